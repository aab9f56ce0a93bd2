"""The demo club as seed_demo leaves it, seeded once for all of these tests and swept away behind them."""

import collections
import io
import json

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.utils import timezone

from cms.models import ArticlePage, EventPage, IssuePage, Seat
from community import recurring
from focusgroups.models import Group
from forum.models import Board, Post, Thread
from insights import comparisons, payback
from insights.stages import report as report_on_care
from live.models import Event
from members.models import Activity, Company, Member
from notifications.models import EmailOut
from points import trials
from points.models import Account, Accrual, Entry, Programme, Redemption, Reward, Transfer
from referrals.models import Referral
from surveys.models import Questionnaire, Submission
from tests import demo_template, lanes
from tests.community import demo_digest
from tests.community.demo_digest import digest
from tests.conftest import member_of
from tests.database_template import lay_anew


def said(*command: str, **options) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


def seeded() -> str:
    return said("seed_demo")


# Seeded once, by the process that runs them all.
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker, media):
    """The doorbell and the hub need commits, so the demo is seeded for real, and the database laid anew afterwards."""
    from django.test import override_settings

    with override_settings(MEDIA_ROOT=str(media)), django_db_blocker.unblock():
        try:
            demo_template.lay_here(media)
            yield
        finally:
            lay_anew()


@pytest.fixture(autouse=True)
def _database(db):
    pass


def test_the_club_is_as_large_as_was_promised():
    customers = Member.objects.filter(is_staff=False, company__isnull=False)
    assert Company.objects.count() >= 6
    assert customers.count() >= 30
    on_boards = Q(thread__board__kind=Board.Kind.BOARD)
    assert Board.objects.boards().count() >= 3
    assert Thread.objects.filter(board__kind=Board.Kind.BOARD).count() >= 40
    assert Post.objects.filter(on_boards).count() >= 250
    entries = collections.Counter(Thread.objects.filter(board__kind=Board.Kind.BLOG).values_list("board", flat=True))
    assert len(entries) >= 5
    assert min(entries.values()) >= 2
    for language in ("en", "zh-hans"):
        assert IssuePage.objects.live().filter(locale__language_code=language).count() == 3
        assert ArticlePage.objects.live().filter(locale__language_code=language).exclude(cover=None).count() >= 10
    assert Questionnaire.objects.count() == 3
    assert Submission.objects.filter(questionnaire__slug="club-nps").count() >= 25
    assert Reward.objects.filter(live=True).count() >= 5
    assert Redemption.objects.count() >= 3


def test_every_care_stage_and_customer_class_occurs():
    companies = list(Company.objects.all())
    assert {company.stage for company in companies} == set(Company.Stage)
    assert {company.customer_class for company in companies} == set(Company.CustomerClass.values)


def test_threads_are_solved_pinned_locked_quoted_and_in_both_languages():
    boards = Thread.objects.filter(board__kind=Board.Kind.BOARD)
    assert boards.exclude(solution=None).count() >= 20
    assert boards.filter(is_pinned=True).count() == 3
    assert boards.filter(is_locked=True).exists()
    assert set(boards.values_list("lang", flat=True)) == {"en", "zh-hans"}
    assert Post.objects.filter(mentions__isnull=False).count() >= 5
    assert Post.objects.filter(html__contains="<blockquote>").exists()


def test_one_group_was_held_and_one_has_free_seats():
    live = Group.objects.filter(kind=Group.Kind.LIVE)
    held, open_ = live.get(status=Group.Status.CLOSED), live.get(status=Group.Status.OPEN)
    spoken = Event.objects.filter(stream__name=f"group:{held.pk}:all", kind="message")
    assert spoken.count() >= 55
    assert len({event.body["name"] for event in spoken}) == 7
    assert held.seats.filter(role="participant").exclude(attended_confirmed_at=None).count() == 6
    assert open_.items.count() >= 5
    assert open_.open_seats > open_.seats.filter(role="participant").count()


def test_a_board_is_in_its_third_day_with_answers_replies_and_somebody_missing():
    board = Group.objects.get(kind=Group.Kind.BOARD)
    assert board.status == Group.Status.OPEN
    assert [item.answers.count() for item in board.items.order_by("sort_order")] == [3, 3, 2, 0]
    assert board.items.filter(posed_at=None).count() == 1
    assert Event.objects.filter(stream__name__startswith=f"group:{board.pk}:", body__has_key="answer", kind="message").exists()


def test_referrals_stand_at_every_stage():
    for kind, stages in (("internal", {"named", "took_part"}), ("external", {"named", "qualified", "met", "bought"})):
        assert stages <= set(Referral.objects.filter(kind=kind).values_list("stage", flat=True)), kind
    assert set(Referral.objects.values_list("outcome", flat=True)) >= {"open", "won", "lost"}


def test_the_past_event_has_guests_and_the_next_has_seats():
    assert Seat.objects.exclude(attended_at=None).count() >= 10
    ahead = [event for event in EventPage.objects.filter(locale__language_code="en") if not event.is_over]
    assert len(ahead) == 2
    assert all(event.seats.taken().count() < event.capacity for event in ahead)


def test_the_ledger_balances_and_every_award_has_its_deed():
    assert said("audit_ledger").startswith("ledger balanced:")
    awards = Transfer.objects.filter(source__kind=Account.Kind.ISSUED)
    deeds = set(Activity.objects.values_list("pk", flat=True))
    assert awards.count() > 500
    assert all(transfer.object_type == "activity" and transfer.object_id in deeds for transfer in awards)
    assert not Activity.objects.filter(weighing=None).exists()
    assert not Accrual.objects.filter(outcome=Accrual.Outcome.AWARDED, transfer=None).exists()


def test_the_books_record_each_deed_at_its_own_time():
    moments = Transfer.objects.values_list("effective_at", "recorded_at")
    recorded = [recorded_at for _effective_at, recorded_at in moments]
    assert (max(recorded) - min(recorded)).days > 300
    assert all(recorded_at >= effective_at for effective_at, recorded_at in moments)


def test_members_have_plausible_balances():
    posted = list(Account.objects.filter(kind=Account.Kind.WALLET, asset__kind="redeemable").values_list("posted", flat=True))
    assert len(posted) >= 35
    assert min(posted) >= 0
    assert 40 <= max(posted) <= 400


def test_nobody_is_written_to():
    assert not EmailOut.objects.filter(state=EmailOut.State.WAITING).exists()


def test_nor_does_an_open_demo_begin_with_letters():
    for each in recurring.ROUNDS:
        if each.name not in ("clear old sessions", "publish scheduled pages", "make survey exports"):
            assert recurring.run_once(each), each.name
    assert mail.outbox == []
    assert not EmailOut.objects.filter(state__in=(EmailOut.State.WAITING, EmailOut.State.SENT)).exists()


def accounts() -> list[dict[str, str]]:
    return json.loads(said("demo_accounts", json=True))


def test_the_accounts_cover_every_role_and_customers_of_three_companies():
    found = accounts()
    assert set(found[0]) == {"role", "email", "password", "name", "company"}
    roles = {"customer", "company_admin", "marketer", "researcher", "moderator", "observer", "admin", "partner"}
    assert {line["role"] for line in found} == roles
    assert len({line["company"] for line in found if line["role"] == "customer"}) >= 3
    assert found[0]["role"] == "customer"


def test_somebody_in_each_role_can_sign_in(client):
    for line in {line["role"]: line for line in accounts()}.values():
        client.logout()
        answer = client.post("/accounts/login/", {"login": line["email"], "password": line["password"]})
        assert answer.status_code == 302, line
        assert "_auth_user_id" in client.session, line


def test_the_reports_that_defend_the_budget_have_something_to_say(client):
    line = next(line for line in accounts() if line["role"] == "marketer")
    client.post("/accounts/login/", {"login": line["email"], "password": line["password"]})
    club, *others = comparisons.choices()
    found = payback.report(club, 12)
    assert (found.verdict, found.has_enough, bool(found.payback and found.payback.percent)) == ("more", True, True)
    assert [each.key.partition("-")[0] for each in others] == ["rule", "others"]
    assert all(payback.report(each, 12).has_enough for each in others)
    assert "% more" in client.get("/insights/pays/").content.decode()
    care = report_on_care(12)
    assert all(row.companies for row in care.rows)
    assert {each.mark for each in care.renewals} == {0, 45, 90}
    assert "not since the mark" in client.get("/insights/care/").content.decode()


def test_nobody_who_can_sign_in_is_left_out_of_the_points():
    programme = Programme.objects.get(slug="relationship")
    emails = [line["email"] for line in accounts()]
    companies = set(Member.objects.filter(email__in=emails).exclude(company=None).values_list("company", flat=True))
    assert not any(trials.is_left_out(programme, f"company:{company}") for company in companies)
    assert not programme.has_control_on(timezone.localdate())


def test_a_survey_waits_for_the_first_demo_customer():
    customer = Member.objects.get(email=accounts()[0]["email"])
    assert Questionnaire.objects.waiting_for(customer).count() >= 1


def test_the_partner_finds_its_portal_with_its_lines_and_a_promotion_to_decide_on(client):
    line = next(line for line in accounts() if line["role"] == "partner")
    client.post("/accounts/login/", {"login": line["email"], "password": line["password"]})
    page = client.get("/points/partner/").content.decode()
    assert "Qiaotou: training" in page
    block = Account.objects.get(code="partner:qiaotou")
    assert -1500 < block.posted < 0
    last = Entry.objects.filter(account=block).order_by("-seq").first()
    assert "QT-0216" in client.get(f"/points/partner/clearing/{timezone.localdate(last.at):%Y-%m}/").content.decode()
    customer = next(line for line in accounts() if line["role"] == "customer")
    client.post("/accounts/login/", {"login": customer["email"], "password": customer["password"]})
    assert "Qiaotou: training" not in client.get("/points/").content.decode()


def test_a_second_run_adds_nothing_and_says_so():
    before = digest()
    assert "there already" in seeded()
    assert digest() == before


def test_bulk_comes_besides_and_only_by_request():
    members, threads, posts = Member.objects.count(), Thread.objects.count(), Post.objects.count()
    assert "5 threads of bulk" in said("seed_demo", members=3, threads=5, posts=12)
    assert (Member.objects.count(), Thread.objects.count(), Post.objects.count()) == (members + 3, threads + 5, posts + 12)
    thread = Thread.objects.order_by("-id").first()
    assert thread
    assert thread.reply_count == thread.posts.count() - 1
    assert thread.last_post == thread.posts.last()


@pytest.mark.django_db(transaction=True)
def test_what_is_seeded_is_the_same_every_time_and_only_in_an_empty_club(tmp_path):
    digests = {digest()}
    lay_anew()
    member_of(None, "first@harbour.example", "The first member")
    assert "no demo is added" in said("seed_demo", if_empty=True)
    with pytest.raises(CommandError, match="wants an empty database"):
        seeded()
    # Where PostgreSQL answers a demo was seeded there for the browsers, by another process: that one is to be the same.
    if lanes.answers():
        lay_anew()
        seeded()
        digests.add(digest())
    else:
        digests.add(demo_digest.on_postgres(lanes.POSTGRES, tmp_path / "media"))
    assert len(digests) == 1
