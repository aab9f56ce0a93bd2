"""Promotions that members join, badges, and the statement of a period."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from members import activity
from members.models import Activity, Segment
from points import accounts, accruing, badges, reading
from points.models import Enrolment, Programme, Rule
from points.starting import open_books


@pytest.fixture
def promotion(asset):
    today = timezone.localdate()
    days = {"starts_on": today, "ends_on": today + datetime.timedelta(days=9)}
    said = {"name": "Autumn answers", "name_zh": "秋季答题", "description": "Seven more for each reply."}
    what = {"activity_kind": Activity.Kind.REPLY_POSTED, "amount_points": 7, "is_promotion": True, "needs_enrolment": True}
    return Rule.objects.create(programme=asset.programme, live=True, **what, **said, **days)


def reply(member, number):
    with transaction.atomic():
        row = activity.record(member, Activity.Kind.REPLY_POSTED, cause=f"post:{number}")
    accruing.weigh(row.pk)
    return row


def test_a_member_joins_a_promotion_and_earns_from_then_on(client, alice, promotion):
    client.force_login(alice)
    reply(alice, 1)
    before = accounts.wallet_of(alice).posted
    page = client.get("/points/promotions/").content.decode()
    assert "Seven more for each reply." in page
    assert "at most" not in page
    for _twice in range(2):
        assert client.post(f"/points/promotions/{promotion.pk}/enrolments/").status_code == 302
    assert Enrolment.objects.filter(member=alice).count() == 1
    assert "Joined on" in client.get("/points/promotions/").content.decode()
    reply(alice, 2)
    assert accounts.wallet_of(alice).posted == before + 7 + 1


def test_a_promotion_of_another_programme_is_seen_by_its_name_joined_and_paid_there(client, alice, promotion):
    academy = Programme.objects.create(slug="academy", name="Academy points")
    open_books(academy)
    Rule.objects.filter(pk=promotion.pk).update(programme=academy)
    client.force_login(alice)
    page = client.get("/points/promotions/").content.decode()
    assert '<span class="mark">Academy points</span>' in page
    assert client.post(f"/points/promotions/{promotion.pk}/enrolments/").status_code == 302
    reply(alice, 1)
    assert (reading.balance_of(alice, "academy"), reading.balance_of(alice)) == (7, 1)
    Rule.objects.filter(pk=promotion.pk).update(programme=Programme.objects.get(slug="relationship"))
    assert "Academy points" not in client.get("/points/promotions/").content.decode()


@pytest.mark.parametrize(
    "change", [{"live": False}, {"ends_on": datetime.date(2020, 1, 1), "starts_on": None}, {"is_active": False}, "segment"]
)
def test_a_promotion_that_is_not_for_the_member_is_neither_seen_nor_joined(client, alice, promotion, change):
    if change == "segment":
        condition = {"field": "company.industry", "operator": "=", "value": "Printing"}
        change = {"segment": Segment.objects.create(slug="printers", name="Printers", condition=condition)}
    Rule.objects.filter(pk=promotion.pk).update(**change)
    client.force_login(alice)
    assert "Autumn answers" not in client.get("/points/promotions/").content.decode()
    assert client.post(f"/points/promotions/{promotion.pk}/enrolments/").status_code == 404
    assert not Enrolment.objects.exists()


def test_a_rule_that_nobody_joins_cannot_be_joined(client, alice):
    client.force_login(alice)
    rule = Rule.objects.filter(is_promotion=False).first()
    assert client.post(f"/points/promotions/{rule.pk}/enrolments/").status_code == 404


def test_badges_follow_what_was_done_and_go_with_what_is_taken_back(alice):
    for number in range(25):
        reply(alice, number)
    voice = badges.badges_of(alice)[0]
    assert (voice.slug, voice.step, voice.done, voice.wanted) == ("voice", 2, 25, 100)
    with transaction.atomic():
        activity.undo(Activity.Kind.REPLY_POSTED, cause="post:0")
    assert badges.badges_of(alice)[0].step == 1


def test_a_statement_of_a_period_opens_and_closes_with_its_balances(client, alice, issued, move):
    wallet, now = accounts.wallet_of(alice), timezone.now()
    for days, points in ((40, 10), (20, 20), (0, 5)):
        move(issued, wallet, points, now=now - datetime.timedelta(days=days))
    client.force_login(alice)
    first, last = (timezone.localdate() - datetime.timedelta(days=days) for days in (30, 10))
    shown = client.get(f"/points/?from={first}&to={last}").context
    assert [line.delta_points for line in shown["lines"]] == [20]
    assert (shown["period"].opening, shown["period"].closing) == (10, 30)
    lines = client.get(f"/points/statement.csv?from={first}&to={last}").getvalue().decode().splitlines()
    assert len(lines) == 2


@pytest.mark.parametrize("query", ["from=soon", "from=2026-02-02&to=2026-01-01", "to=9999-12-31"])
def test_a_period_that_is_none_is_said_and_all_is_shown(client, alice, funded, query):
    client.force_login(alice)
    shown = client.get(f"/points/?{query}").context
    assert shown["period"].error
    assert len(shown["lines"]) == 1
