"""The cast of every test: people of two companies, and the club's own."""

import gc
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.utils import timezone, translation

from live import hints
from members import roles
from members.models import Company, Member
from tests import database_template

PASSWORD = "a-long-password-for-tests"
# What a test asks for when it asks the database.
ASKS_THE_DATABASE = {"db", "transactional_db", "club", "stage"}


def pytest_collection_modifyitems(config, items):
    """On the second engine leave out what asks no database: it was looked at on the first."""
    if os.environ.get("TEST_ONLY_DATABASE"):
        asks = {item: bool(ASKS_THE_DATABASE & set(item.fixturenames) or item.get_closest_marker("django_db")) for item in items}
        config.hook.pytest_deselected(items=[item for item in items if not asks[item]])
        items[:] = [item for item in items if asks[item]]


def pytest_collection_finish():
    """Look for garbage among what tests make only: going through all that was imported again and again took a seventh of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Lay this process's test database as a copy of the migrated template."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database_template.lay_sqlite(Path(database["TEST"]["NAME"]))
    else:
        name = database.get("TEST", {}).get("NAME") or f"test_{database['NAME']}"
        database_template.lay_postgres(database_template.server_of(os.environ["DATABASE_URL"]), name)


@pytest.fixture(scope="session")
def django_db_keepdb():
    """The copy is there already; Django only looks that no migration is missing."""
    return True


@pytest.fixture(scope="session", autouse=True)
def _hints_of_ones_own():
    """The workers of a run share one Redis and number their groups alike: what has no number would be heard in the other's rooms."""
    hints.CHANNEL = f"{hints.CHANNEL}:{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language_and_hour():
    """A page read in Chinese leaves its language in the thread; the next test begins in the club's own."""
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _committed_rows_go_with_their_database():
    """Lay the template anew after a test that commits.

    Django would empty every table (which the ledger's triggers refuse) and found the club again, which takes longer than the test.
    """
    from django.test import TransactionTestCase

    teardown = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: database_template.lay_anew()
    yield
    TransactionTestCase._fixture_teardown = teardown


def member_of(company: Company | None, email: str, name: str, **fields) -> Member:
    from allauth.account.models import EmailAddress

    member = Member.objects.create_user(email, PASSWORD, name=name, company=company, **fields)
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member


def in_role(member: Member, role: str) -> Member:
    member.groups.add(Group.objects.get(name=role))
    return member


@pytest.fixture
def harbour(db) -> Company:
    """A small trading company, customer for a year."""
    return Company.objects.create(
        name="Harbour Trading", email_domain="harbour.example", industry="Trade", purchased_on="2025-11-01", contract_ends_on="2027-10-31"
    )


@pytest.fixture
def pine(db) -> Company:
    """A printing works: another company, to be kept apart from the first."""
    return Company.objects.create(
        name="Pine Printing", email_domain="pine.example", industry="Printing", purchased_on="2026-08-01", contract_ends_on="2027-07-31"
    )


@pytest.fixture
def alice(harbour) -> Member:
    """A customer of Harbour Trading."""
    return member_of(harbour, "alice@harbour.example", "Alice Chen")


@pytest.fixture
def bob(harbour) -> Member:
    """Alice's colleague, and their company's administrator."""
    return member_of(harbour, "bob@harbour.example", "Bob Lin", company_role=Member.CompanyRole.ADMIN)


@pytest.fixture
def charlie(pine) -> Member:
    """A customer of another company."""
    return member_of(pine, "charlie@pine.example", "Charlie Wu")


@pytest.fixture
def mei(pine) -> Member:
    """A customer who reads the club in Chinese."""
    return member_of(pine, "mei@pine.example", "梅雨晴", locale="zh-hans")


@pytest.fixture
def marketer(db) -> Member:
    return in_role(member_of(None, "mara@club.example", "Mara the marketer", is_staff=True), roles.MARKETER)


@pytest.fixture
def researcher(db) -> Member:
    return in_role(member_of(None, "rui@club.example", "Rui the researcher", is_staff=True), roles.RESEARCHER)


@pytest.fixture
def moderator(db) -> Member:
    return in_role(member_of(None, "momo@club.example", "Momo the moderator", is_staff=True), roles.MODERATOR)


@pytest.fixture
def observer(db) -> Member:
    """Watches focus groups behind the glass; enters no back office."""
    return in_role(member_of(None, "olga@club.example", "Olga the observer"), roles.OBSERVER)


@pytest.fixture
def admin(db) -> Member:
    return member_of(None, "ada@club.example", "Ada the administrator", is_staff=True, is_superuser=True)
