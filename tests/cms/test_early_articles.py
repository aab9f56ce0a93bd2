"""Articles that a tier reads before everybody else: a benefit that opens a door."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.models import Member
from points.models import Programme, Standing, Tier

from .conftest import article_in

PLACES = ("/", "/magazine/", "/magazine/issue-3/", "/magazine/feed/", "/sitemap.xml", "/search/?q=quiet")


@pytest.fixture
def early(issue):
    """Open to everybody in two days; gold reads three days early."""
    return article_in(issue, "early", "A quiet early story", public_from=timezone.now() + datetime.timedelta(days=2))


@pytest.fixture
def gold(bob) -> Member:
    programme = Programme.objects.get(slug="relationship")
    Standing.objects.update_or_create(
        member=bob, programme=programme, defaults={"tier": Tier.objects.get(programme=programme, slug="gold")}
    )
    return bob


def test_gold_reads_it_before_everybody_else(client, early, gold, bob):
    client.force_login(gold)
    page = client.get("/magazine/issue-3/early/")
    assert page.status_code == 200
    assert "You read this early" in page.content.decode()
    assert "A quiet early story" in client.get("/magazine/issue-3/").content.decode()
    assert "A <mark>quiet</mark> early story" in client.get("/search/?q=quiet").content.decode()


def test_nobody_else_reads_it_by_any_door(client, early, alice):
    for reader in (None, alice):
        if reader:
            client.force_login(reader)
        for address in PLACES:
            assert "A quiet early story" not in client.get(address).content.decode(), address
            assert "issue-3/early" not in client.get(address).content.decode(), address
        page = client.get("/magazine/issue-3/early/")
        assert page.status_code == 403
        assert "You can read this from" in page.content.decode()
        assert "The press stood still" not in page.content.decode()
        assert client.get(f"/magazine/articles/{early.translation_key}/").status_code == 404


def test_reading_it_to_the_end_is_for_who_may_read_it(client, early, alice):
    client.force_login(alice)
    assert client.post(f"/magazine/articles/{early.pk}/readings/", {"token": "x"}).status_code == 404


def test_even_gold_waits_for_the_hours_that_the_tier_gives(client, issue, gold):
    article_in(issue, "later", "A much later story", public_from=timezone.now() + datetime.timedelta(days=4))
    client.force_login(gold)
    assert client.get("/magazine/issue-3/later/").status_code == 403
    assert "A much later story" not in client.get("/magazine/issue-3/").content.decode()


def test_from_its_day_on_everybody_reads_it_and_the_feed_dates_it_so(client, early):
    early.public_from = timezone.now() - datetime.timedelta(minutes=1)
    early.save()
    assert client.get("/magazine/issue-3/early/").status_code == 200
    for address in ("/magazine/issue-3/", "/sitemap.xml", "/search/?q=quiet"):
        assert "early" in client.get(address).content.decode(), address


def test_who_makes_the_magazine_reads_it_on_the_site(client, early, marketer):
    client.force_login(marketer)
    assert client.get("/magazine/issue-3/early/").status_code == 200


def test_without_early_articles_no_page_asks_for_a_tier(client, article, alice):
    client.force_login(alice)
    client.get("/magazine/issue-3/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/magazine/issue-3/")
    assert not [each["sql"] for each in asked.captured_queries if "early_hours" in each["sql"]]
