"""Rules that hold what they give: until some days are over, until a day, or until another deed follows."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format

from community.demo import clock
from community.erasing import erase
from community.recurring import give_what_was_held
from members import activity
from members.models import Member
from notifications.models import Notification
from points import accruing, backtesting, gifting, ledger, maturing, reading, reporting, reviewing, wording
from points.auditing import audit
from points.models import Accrual, Badge, Deferral, Grant, Lot, Programme, Review, Rule, Transfer
from points.refusals import InsufficientPoints, NotPending
from tests.points.held import DAY, NOON, NOW, Kind, attend, change, did, evening_rule, outcomes, sound, tick, undo


@pytest.fixture
def rule(asset):
    return evening_rule(asset)


def test_what_a_rule_holds_is_pending_and_comes_when_its_days_are_over(client, alice, rule, issued):
    attend(alice)
    assert reading.balance_of(alice) == 0
    pending = Transfer.objects.get()
    assert (pending.kind, pending.amount_points, outcomes()) == ("pending", 20, ["deferred"])
    assert not Notification.objects.filter(member=alice, kind="points_earned").exists()
    # Counted from now; the deed was twenty to forty-four hours ago.
    tick(12)
    assert reading.balance_of(alice) == 0
    tick(13.5)
    tick(13.5)
    assert (reading.balance_of(alice), outcomes()) == (20, ["awarded"])
    assert Transfer.objects.filter(kind="post").count() == 1
    assert Notification.objects.filter(member=alice, kind="points_earned").count() == 1
    assert sound()


def test_the_member_sees_how_much_comes_when_and_why_in_both_languages_and_nobody_else_does(client, alice, bob, rule):
    attend(alice)
    client.force_login(alice)
    day = timezone.localtime(NOON + 14 * DAY)
    page = client.get("/points/").content.decode()
    assert "Coming later" in page
    with translation.override("en"):
        assert f"held by the rule until {date_format(day)}" in page
    assert "Evening 1" in page
    assert "<span>held for 14 days</span>" in page
    chinese = client.get("/zh-hans/points/").content.decode()
    assert "晚间活动" in chinese
    assert f"按规则保留至 {day.year}年{day.month}月{day.day}日" in chinese
    client.force_login(bob)
    assert "Coming later" not in client.get("/points/").content.decode()
    tick(14)
    client.force_login(alice)
    assert "Coming later" not in client.get("/points/").content.decode()


def test_held_points_can_be_neither_spent_nor_given_away(alice, bob, rule, wallet):
    attend(alice)
    with pytest.raises(InsufficientPoints):
        gifting.offer(alice, to=bob, points=1, reference="g")
    assert (reading.balance_of(alice), wallet.held) == (0, 0)


def test_a_deed_that_is_undone_before_takes_what_is_held_along(alice, rule):
    attend(alice)
    undo()
    assert outcomes() == ["taken_back"]
    assert Deferral.objects.get().status == "fallen"
    tick(20)
    assert reading.balance_of(alice) == 0
    assert [row.kind for row in Transfer.objects.order_by("pk")] == ["pending", "void"]
    assert sound()


def test_a_deed_that_is_undone_afterwards_takes_the_points_back(alice, rule):
    attend(alice)
    tick(14)
    undo()
    assert (reading.balance_of(alice), outcomes()) == (0, ["taken_back"])
    assert sound()


def test_a_deed_that_is_restored_waits_for_what_is_left_and_brings_all_that_the_rule_gives(alice, rule):
    change(rule, badge=Badge.objects.create(slug="guest", name="Guest"))
    attend(alice)
    undo()
    undo(how=activity.restore)
    assert Deferral.objects.filter(status="waiting").get().due_at == NOON + 14 * DAY
    assert not Grant.objects.exists()
    tick(14)
    assert reading.balance_of(alice) == 20
    assert Grant.objects.get().status == "standing"
    assert sound()


def test_a_deed_that_was_undone_under_review_and_is_restored_brings_all_that_the_rule_gives(alice, bob, marketer, asset):
    kind = Kind.COLLEAGUE_REGISTERED
    Rule.objects.filter(activity_kind=kind).update(pays="member", badge=Badge.objects.create(slug="bridge", name="Bridge"))
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(phone="+86 20 1234 5678")
    alice.refresh_from_db()
    bob.refresh_from_db()
    did(alice, kind, "invitation:1", counterpart=bob)
    for how in (activity.undo, activity.restore):
        with transaction.atomic():
            row = how(kind, cause="invitation:1")
        accruing.weigh(row.pk)
    reviewing.release(Review.objects.get(status="waiting"), by=marketer)
    assert Grant.objects.get().status == "standing"


def test_a_round_does_so_much_and_leaves_the_rest_to_the_next(alice, rule):
    for number in range(3):
        attend(alice, number)
    later = NOW + 15 * DAY
    assert list(maturing.decide_due(now=later, most=2)) == [(1, 0), (2, 0)]
    assert list(maturing.decide_due(now=later, most=2)) == [(1, 0)]
    assert reading.balance_of(alice) == 60


def test_what_is_held_until_a_day_comes_as_it_begins_and_later_deeds_are_not_held(alice, rule):
    day = timezone.localdate(NOW) + datetime.timedelta(days=3)
    change(rule, hold_days=None, hold_until=day)
    attend(alice)
    assert Deferral.objects.get().due_at == timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
    with clock.set_to(NOW + 4 * DAY):
        attend(alice, 2, at=NOW + 4 * DAY)
        assert reading.balance_of(alice) == 20
        give_what_was_held()
    assert reading.balance_of(alice) == 40


def test_a_deed_that_is_weighed_after_its_days_were_over_is_paid_at_once(alice, rule):
    attend(alice, at=NOW - 20 * DAY)
    assert (reading.balance_of(alice), Deferral.objects.count()) == (20, 0)


def test_what_is_held_takes_up_its_room_in_limits_and_budget(alice, bob, rule):
    change(rule, cap_per_day=1, budget_points=30)
    attend(alice, 1)
    attend(alice, 2, at=NOON + datetime.timedelta(minutes=1))
    attend(bob, 3, at=NOON + datetime.timedelta(minutes=2))
    assert outcomes() == ["deferred", "capped", "capped"]
    undo(1)
    assert outcomes() == ["taken_back", "deferred", "capped"]
    assert sound()


def test_what_multiplies_waits_as_long_and_follows_what_falls(alice, rule):
    other = Rule.objects.create(
        programme=rule.programme, name="Evening, at once", activity_kind=Kind.EVENT_ATTENDED, amount_points=10, live=True
    )
    Rule.objects.create(programme=rule.programme, name="Double", activity_kind="", effect="multiply", factor_percent=200, live=True)
    attend(alice)
    assert reading.balance_of(alice) == 10
    assert sorted(Accrual.objects.values_list("outcome", "amount_points")) == [("awarded", 10), ("deferred", 20), ("deferred", 30)]
    tick(14)
    assert reading.balance_of(alice) == 60
    undo()
    assert reading.balance_of(alice) == 0
    assert other.accruals.count() == 1
    assert sound()


def test_other_things_that_the_rule_gives_wait_too_also_without_points(alice, rule):
    badge = Badge.objects.create(slug="guest", name="Guest")
    change(rule, amount_points=0, badge=badge, qualifying_points=3)
    attend(alice)
    assert (outcomes(), Grant.objects.count(), Transfer.objects.count()) == (["deferred"], 0, 0)
    tick(14)
    tick(15)
    assert sorted(Grant.objects.values_list("kind", "status")) == [("badge", "standing"), ("points", "standing")]
    assert sound()


def test_what_looks_like_gaming_is_decided_by_a_person_first_and_then_waits(client, alice, bob, marketer, asset):
    kind = Kind.COLLEAGUE_REGISTERED
    Rule.objects.filter(activity_kind=kind).update(hold_days=14, pays="member", amount_points=20)
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(phone="+86 20 1234 5678")
    alice.refresh_from_db()
    bob.refresh_from_db()
    did(alice, kind, "invitation:1", counterpart=bob)
    assert (outcomes(), Deferral.objects.count()) == (["held"], 0)
    tick(30)
    assert outcomes() == ["held"]
    client.force_login(marketer)
    client.post(f"/admin/points/reviews/{Review.objects.get().pk}/", {"verb": "release", "note": "Two people."})
    assert outcomes() == ["deferred"]
    assert reading.balance_of(alice) == 0
    assert not list(client.get("/admin/points/reviews/").context["waiting"])
    with pytest.raises(NotPending):
        reviewing.refuse(Review.objects.get(), by=marketer, note="After all not.")
    tick(14)
    assert (outcomes(), reading.balance_of(alice)) == (["awarded"], 20)
    assert sound()


def test_what_a_rule_holds_is_not_among_what_a_person_has_to_review(client, alice, marketer, rule):
    attend(alice)
    client.force_login(alice)
    assert "under review" not in client.get("/points/").content.decode()
    client.force_login(marketer)
    assert not list(client.get("/admin/points/reviews/").context["waiting"])


def test_points_lapse_so_long_after_they_came(alice, rule):
    Programme.objects.update(lapse_months=1)
    attend(alice, at=NOW - datetime.timedelta(hours=1))
    change(rule, hold_days=90)
    attend(alice, 2, at=NOW - datetime.timedelta(hours=1))
    tick(91)
    last = Lot.objects.order_by("pk").last()
    assert last.lapses_at > NOW + 110 * DAY
    assert sound()


def test_the_liability_report_shows_it_beside_what_is_owed(client, alice, marketer, rule):
    attend(alice)
    owed = reporting.owed()
    month = f"{timezone.localtime(NOON + 14 * DAY):%Y-%m}"
    assert (owed.total_points, owed.coming_points, owed.coming) == (0, 20, [(month, 20)])
    client.force_login(marketer)
    page = client.get("/admin/points/reports/owed/").content.decode()
    assert "Held by rules, and not owed yet" in page
    assert f"held by rules until {month},20" in client.get("/admin/points/reports/owed/?format=csv").content.decode()
    assert "Held by rules" in client.get(f"/admin/points/accounts/{alice.pk}/").content.decode()
    tick(14)
    assert (reporting.owed().total_points, reporting.owed().coming) == (20, [])
    assert sum(row.points for row in reporting.points_by_rule(until=timezone.localdate(NOW + 15 * DAY)) if row.rule == rule.pk) == 20


def test_the_api_says_what_is_held_and_until_when(call, alice, rule):
    attend(alice)
    (held,) = call("get", f"/members/{alice.public_id}/statement").json()["held_by_rules"]
    assert held["amount_points"] == 20
    assert (held["waits_for"], held["rule"], held["title"]) == (None, "Evening", "Evening 1")
    assert datetime.datetime.fromisoformat(held["due_at"]) == NOON + 14 * DAY
    assert call("get", f"/members/{alice.public_id}").json()["balance_points"] == 0
    tick(14)
    found = call("get", f"/members/{alice.public_id}/statement").json()
    assert (found["held_by_rules"], found["closing_balance_points"]) == ([], 0)


def test_a_member_who_leaves_takes_along_what_is_held_and_the_room_is_not_given_away(alice, bob, rule):
    change(rule, caps={"all:awards:ever": 1})
    attend(alice, 1)
    attend(bob, 2, at=NOON + datetime.timedelta(minutes=1))
    assert outcomes() == ["deferred", "capped"]
    erase(alice)
    assert (Deferral.objects.get().status, outcomes()) == ("fallen", ["taken_back", "capped"])
    tick(20)
    assert [row.kind for row in Transfer.objects.order_by("pk")] == ["pending", "void"]
    assert sound()


def test_the_audit_finds_what_waits_for_nothing_or_was_settled_behind_its_back(alice, rule):
    attend(alice)
    ledger.void(Transfer.objects.get())
    assert len([said for said in audit().differences if "held award" in said]) == 1
    Deferral.objects.update(status="posted", ended_at=NOW)
    said = " ".join(audit().differences)
    assert "is posted, and transfer" in said
    assert "is held, and waits for nothing" in said


def test_one_that_breaks_stops_no_other(alice, bob, rule, monkeypatch):
    attend(alice, 1)
    attend(bob, 2)
    post = ledger.post

    def broken(pending, **more):
        if pending.pk == Transfer.objects.order_by("pk").first().pk:
            raise RuntimeError
        return post(pending, **more)

    monkeypatch.setattr(ledger, "post", broken)
    tick(14)
    assert (reading.balance_of(alice), reading.balance_of(bob)) == (0, 20)
    monkeypatch.undo()
    tick(14)
    assert reading.balance_of(alice) == 20


def test_a_back_test_says_what_is_held_when_and_leaves_out_what_nothing_followed(client, alice, marketer, rule):
    start = timezone.make_aware(datetime.datetime(2026, 6, 25, 12))
    Rule.objects.exclude(pk=rule.pk).update(is_active=False)
    for number in range(3):
        did(alice, Kind.EVENT_ATTENDED, f"event:{number}", at=start + number * DAY, title=f"Evening {number}")
    result = backtesting.replay(backtesting.live_rules())
    (total,) = result["totals"]
    assert (total["points"], total["held_points"], total["held"]) == (60, 60, {"2026-06": 60, "2026-07": -60})
    client.force_login(marketer)
    page = client.post("/admin/points/back-tests/", {"rule": rule.pk}, follow=True).content.decode()
    assert "Points held by rules at the end of the month" in page
    draft = Rule.objects.get(pk=rule.pk)
    draft.hold_event, draft.hold_same = Kind.REPORTED, True
    did(alice, Kind.REPORTED, "reported::1", at=start + 3 * DAY, details={"object": "event:1"})
    did(alice, Kind.REPORTED, "event:1", at=start + 30 * DAY)
    did(alice, Kind.REPORTED, "event:2", at=start + 5 * DAY)
    today, then = backtesting.replay(backtesting.live_rules(), draft)["totals"]
    assert (today["points"], then["points"], then["awards"]) == (60, 20, 1)
    assert then["held"] == {"2026-06": 0}


def test_the_rule_says_in_both_languages_until_when_it_holds(rule):
    day = datetime.date(2027, 1, 15)
    for fields, english, chinese in (
        ({}, "held for 14 days", "保留 14 天后入账"),
        ({"hold_days": None, "hold_until": day}, "held until 15 January 2027", "保留至 2027年1月15日"),
        ({"hold_event": "reported"}, "held until this follows within 14 days: Reported by another system", "保留至 14 天内随后发生"),
        ({"hold_event": "reported", "hold_same": True}, "Reported by another system (about the same thing)", "（就同一件事）"),
    ):
        for name, value in ({"hold_days": 14, "hold_until": None, "hold_event": "", "hold_same": False} | fields).items():
            setattr(rule, name, value)
        with translation.override("en"):
            assert english in wording.of_rule(rule)
        with translation.override("zh-hans"):
            assert chinese in wording.of_rule(rule)


def test_the_database_refuses_a_rule_that_waits_for_ever(rule):
    for fields in ({"hold_days": None, "hold_event": "reported"}, {"hold_until": NOW.date()}, {"hold_same": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rule.objects.filter(pk=rule.pk).update(**fields)


def test_a_member_who_takes_their_data_along_finds_what_waits(alice, rule):
    from points.holding import held

    attend(alice)
    (row,) = held(alice)["points/held.json"]
    assert (row["points"], row["rule"], row["status"]) == (20, "Evening", "waiting")
    assert list(maturing.decide_due(now=NOW)) == []
