"""Rules that tell members something, and the form in which a marketer says what is held and told."""

import datetime

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from community.demo import clock
from community.recurring import give_what_was_held
from members import activity
from members.models import Activity, ContactPreference
from notifications import mailing
from notifications.models import Notification
from points import accruing, approving, backtesting, reading
from points.auditing import audit
from points.models import Accrual, Approval, Rule, Transfer
from tests.points.rule_forms import edit, submit

Kind = Activity.Kind
NOW = timezone.now()
WORDS = {"notice": "You are our guest: see what comes next.", "notice_zh": "欢迎您的到来，敬请期待后续活动。"}


@pytest.fixture
def rule(asset):
    """Who comes to a club event is told so, and gets no points; nothing else pays for one."""
    Rule.objects.filter(activity_kind=Kind.EVENT_ATTENDED).update(is_active=False)
    what = {"name": "Evening", "activity_kind": Kind.EVENT_ATTENDED, "amount_points": 0, "live": True}
    return Rule.objects.create(programme=asset.programme, **WORDS, **what)


def attend(member, number=1, *, minutes=-60, **more):
    at = NOW + datetime.timedelta(minutes=minutes)
    with transaction.atomic():
        row = activity.record(member, Kind.EVENT_ATTENDED, cause=f"event:{number}", title="Evening", happened_at=at, **more)
    accruing.weigh(row.pk)


def undo(number=1, how=activity.undo):
    with transaction.atomic():
        row = how(Kind.EVENT_ATTENDED, cause=f"event:{number}")
    accruing.weigh(row.pk)


def told(member):
    return Notification.objects.filter(member=member, kind=Notification.Kind.NOTICE)


def letters(days=1):
    with clock.set_to(NOW + datetime.timedelta(days=days)):
        mailing.send_due()
    return [letter.subject for letter in mail.outbox]


def test_a_member_is_told_once_in_their_own_language_and_gets_no_points(client, alice, rule):
    attend(alice, 1)
    attend(alice, 2, minutes=-50)
    undo(1)
    undo(1, how=activity.restore)
    assert told(alice).count() == 1
    assert (reading.balance_of(alice), Transfer.objects.count()) == (0, 0)
    client.force_login(alice)
    assert WORDS["notice"] in client.get("/notifications/").content.decode()
    assert WORDS["notice_zh"] in client.get("/zh-hans/notifications/").content.decode()
    earn = client.get("/points/")
    assert rule.pk not in [each.pk for each in earn.context["rules"]]
    assert audit().differences == []


def test_by_mail_it_goes_only_to_those_who_want_it(alice, bob, rule):
    ContactPreference.objects.create(member=alice, channel="email", purpose="notice", is_wanted=True)
    attend(alice, 1)
    attend(bob, 2)
    assert letters() == [f"[Clubroom] {WORDS['notice']}"]
    assert mail.outbox[0].to == [alice.email]
    assert told(bob).count() == 1


def test_who_refused_such_news_in_the_club_is_told_nothing(alice, rule):
    ContactPreference.objects.create(member=alice, channel="site", purpose="notice", is_wanted=False)
    attend(alice)
    assert not told(alice).exists()


def test_the_preferences_offer_the_choice(client, alice):
    client.force_login(alice)
    assert "News of the club about what you did" in client.get("/notifications/preferences/").content.decode()


def test_beyond_the_rule_s_limits_nobody_is_told(alice, bob, charlie, rule):
    Rule.objects.filter(pk=rule.pk).update(caps={"all:awards:ever": 1})
    attend(alice, 1, minutes=-60)
    attend(bob, 2, minutes=-50)
    assert (told(alice).count(), told(bob).count()) == (1, 0)
    # An earlier deed arrives late: it is the first now.
    attend(charlie, 3, minutes=-70)
    assert told(charlie).count() == 1


def test_beside_points_it_is_told_when_they_come(alice, rule):
    Rule.objects.filter(pk=rule.pk).update(amount_points=5, hold_days=3)
    attend(alice)
    assert not told(alice).exists()
    with clock.set_to(NOW + datetime.timedelta(days=3)):
        give_what_was_held()
        give_what_was_held()
    assert told(alice).count() == 1
    assert Notification.objects.filter(member=alice, kind="points_earned").count() == 1


def test_a_control_group_and_a_history_that_is_loaded_are_told_nothing(alice, bob, rule):
    attend(alice)
    assert Accrual.objects.get().outcome == "awarded"
    with transaction.atomic():
        activity.record(bob, Kind.EVENT_ATTENDED, cause="event:9", happened_at=NOW)
    list(accruing.weigh_missed(at_their_time=True, quiet=True))
    assert not told(bob).exists()


def test_a_back_test_counts_each_member_who_would_be_told_once(client, alice, bob, marketer, rule):
    day = 24 * 60
    for number, (member, days) in enumerate(((alice, 40), (alice, 3), (bob, 3), (bob, 2))):
        attend(member, number, minutes=-days * day)
    (total,) = backtesting.replay(backtesting.live_rules())["totals"]
    assert total["notices"] == 2
    since = (NOW - datetime.timedelta(days=10)).date()
    (total,) = backtesting.replay(backtesting.live_rules(), since=since)["totals"]
    assert (total["notices"], total["points"]) == (1, 0)
    client.force_login(marketer)
    assert "Members told by a notice" in client.post("/admin/points/back-tests/", {"rule": rule.pk}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"notice": "Only English."}, "notice_zh", "say it in both"),
        ({"notice_zh": "只有中文。"}, "notice", "say it in both"),
        ({"notice": "x" * 201, "notice_zh": "好"}, "notice", "at most 200"),
        ({"notice": "好", "notice_zh": "好" * 201}, "notice_zh", "at most 200"),
        ({"notice": "One\nTwo", "notice_zh": "好"}, "notice", "one line"),
        ({"hold_days": "0"}, "hold_days", "greater than or equal to 1"),
        ({"hold_days": "367"}, "hold_days", "less than or equal to 366"),
        ({"hold_days": "3", "hold_until": "2027-01-01"}, "hold_until", "either how many days"),
        ({"hold_until": "2027-01-01", "starts_on": "2027-01-01"}, "hold_until", "it would hold nothing"),
        ({"hold_event": "event_attended"}, "hold_days", "how long it may follow"),
        ({"hold_event": "undone", "hold_days": "3"}, "hold_event", "not one of the available choices"),
        ({"hold_days": "3", "hold_same": "on"}, "hold_event", "what has to follow"),
        ({"effect": "multiply", "factor_percent": "200", "hold_days": "3"}, "hold_days", "does not have this"),
        ({"amount_points": "0"}, "amount_points", "what is given in their place"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(client, marketer, changes, field, said):
    rule = Rule.objects.get(activity_kind=Kind.REPLY_POSTED)
    response = submit(client, rule, marketer, **({"group": ""} | changes))
    assert said in str(response.context["form"].errors[field])
    assert rule.revisions.count() == 0


def test_a_marketer_says_it_in_the_form_and_a_second_person_reads_it_before_it_holds(client, marketer, admin, alice, rule):
    changes = {"amount_points": "20", "hold_days": "14", "hold_event": "survey_completed"} | WORDS
    page = edit(client, rule, marketer, **changes, **{"condition-reshape": "group"}).content.decode()
    words = "held until this follows within 14 days: Survey completed, telling each of them once: “You are our guest: see what comes next.”"
    assert words in page
    assert "保留至 14 天内随后发生" in page
    assert f"并告知每人一次：“{WORDS['notice_zh']}”" in page
    assert submit(client, rule, marketer, **changes).status_code == 302
    rule.refresh_from_db()
    assert (rule.hold_days, rule.amount_points) == (None, 0)
    client.force_login(admin)
    approval = Approval.objects.get()
    asked = client.get(f"/admin/points/approvals/{approval.pk}/").content.decode()
    assert words in asked
    approving.approve(approval, by=admin)
    rule.refresh_from_db()
    assert (rule.hold_days, rule.hold_event, rule.notice_zh) == (14, "survey_completed", WORDS["notice_zh"])
    attend(alice)
    assert Accrual.objects.get().outcome == "deferred"


def test_members_do_not_read_what_they_are_told_before(client, alice, rule):
    Rule.objects.filter(pk=rule.pk).update(is_promotion=True, amount_points=5, hold_days=3)
    client.force_login(alice)
    page = client.get("/points/promotions/").content.decode()
    assert "held for 3 days" in page
    assert WORDS["notice"] not in page
