"""Limits that many share: a company's members together, everybody together; and a member's within a year."""

import datetime
import random

import pytest
from django.db import transaction
from django.utils import timezone, translation

from members import activity
from members.models import Activity, Member
from points import accruing, backtesting, capping, caps, reading, scoring, wording
from points.auditing import audit
from points.models import Accrual, Rule
from tests.points.rule_forms import rule_form
from tests.seeds import FRESH

Kind = Activity.Kind
NOON = timezone.make_aware(datetime.datetime(2026, 11, 10, 12))


@pytest.fixture
def rule(asset):
    """Four points for each club event, and nothing else pays for one."""
    Rule.objects.filter(activity_kind=Kind.EVENT_ATTENDED).update(is_active=False)
    return Rule.objects.create(programme=asset.programme, name="Events", activity_kind=Kind.EVENT_ATTENDED, amount_points=4, live=True)


def record(member, number, *, minutes=None, kind=Kind.EVENT_ATTENDED):
    at = NOON + datetime.timedelta(minutes=number if minutes is None else minutes)
    with transaction.atomic():
        return activity.record(member, kind, cause=f"event:{number}", happened_at=at, details={"object": f"event:{number % 3}"})


def attend(member, number, **more):
    row = record(member, number, **more)
    accruing.weigh(row.pk)
    return row


def undo(number, kind=Kind.EVENT_ATTENDED):
    with transaction.atomic():
        row = activity.undo(kind, cause=f"event:{number}")
    accruing.weigh(row.pk)


def change(rule, caps=None, **more):
    Rule.objects.filter(pk=rule.pk).update(**({} if caps is None else {"caps": caps}), **more)
    rule.refresh_from_db()


def paid():
    rows = Accrual.objects.filter(outcome="awarded", bonus_percent=None).order_by("activity__happened_at")
    return [int(cause.partition(":")[2]) for cause in rows.values_list("activity__cause", flat=True)]


def test_colleagues_share_what_their_company_may_get_and_another_company_has_its_own(alice, bob, charlie, rule):
    change(rule, {"company:awards:day": 2})
    for number, member in enumerate((alice, bob, alice, charlie, bob, charlie, charlie)):
        attend(member, number)
    assert paid() == [0, 1, 3, 5]
    attend(bob, 9, minutes=24 * 60)
    assert paid() == [0, 1, 3, 5, 9]


def test_everybody_together_gets_no_more_than_there_is_and_the_last_is_cut_to_fit(alice, bob, charlie, rule):
    change(rule, {"all:points:ever": 10})
    for number, member in enumerate((alice, charlie, bob, charlie)):
        attend(member, number)
    assert [reading.balance_of(member) for member in (alice, bob, charlie)] == [4, 2, 4]


def test_who_has_no_company_stands_alone(alice, bob, rule):
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(company=None)
    change(rule, {"company:awards:ever": 1})
    for number, member in enumerate((alice, bob, alice, bob)):
        attend(Member.objects.get(pk=member.pk), number)
    assert paid() == [0, 1]


def test_who_moves_to_another_company_takes_their_share_along_and_nothing_is_taken_back(alice, bob, charlie, rule):
    change(rule, {"company:awards:ever": 2})
    for number, member in enumerate((alice, bob, bob)):
        attend(member, number)
    assert paid() == [0, 1]
    Member.objects.filter(pk=alice.pk).update(company=charlie.company)
    # The old company has room for one again, the new one has room for one left: neither pays for what was refused before.
    for number, member in enumerate((bob, bob, charlie, charlie, alice), start=3):
        attend(Member.objects.get(pk=member.pk), number)
    assert paid() == [0, 1, 3, 5]
    # Back again, over both limits at once: what stands stays, and nothing comes to it.
    Member.objects.filter(pk=alice.pk).update(company=bob.company)
    for number, member in enumerate((alice, bob), start=10):
        attend(Member.objects.get(pk=member.pk), number)
    assert paid() == [0, 1, 3, 5]
    assert audit().differences == []


@pytest.mark.parametrize(("time", "days"), [("day", 1), ("week", 6), ("month", 21), ("year", 52)])
def test_each_time_begins_anew(alice, bob, rule, time, days):
    """The first deed is of Tuesday, 10 November 2026; each of these many days later begins another day, week, month and year."""
    change(rule, {f"company:awards:{time}": 1})
    attend(alice, 0)
    attend(bob, 1)
    attend(bob, 2, minutes=days * 24 * 60)
    assert paid() == [0, 2]


def test_a_members_year_is_limited_too(alice, bob, rule):
    change(rule, {"member:points:year": 6})
    for number, minutes in enumerate((0, 20 * 24 * 60, 51 * 24 * 60, 52 * 24 * 60)):
        attend(alice, number, minutes=minutes)
    attend(bob, 9)
    assert (reading.balance_of(alice), reading.balance_of(bob)) == (4 + 2 + 4, 4)


def test_a_late_deed_takes_a_colleagues_place_and_its_going_gives_it_back_visibly(client, alice, bob, rule):
    change(rule, {"company:awards:ever": 1})
    attend(bob, 5)
    assert reading.balance_of(bob) == 4
    attend(alice, 1)
    assert (reading.balance_of(alice), reading.balance_of(bob)) == (4, 0)
    undo(1)
    assert (reading.balance_of(alice), reading.balance_of(bob)) == (0, 4)
    client.force_login(bob)
    assert client.get("/points/").content.decode().count("Club event attended") >= 3
    assert audit().differences == []


def test_a_lower_limit_takes_nothing_back_and_a_higher_one_pays_nothing_that_was_refused(alice, bob, rule):
    change(rule, {"all:awards:ever": 3})
    for number in range(4):
        attend((alice, bob)[number % 2], number)
    change(rule, {"all:awards:ever": 1})
    attend(bob, 10, minutes=-5)
    assert paid() == [0, 1, 2]
    change(rule, {"all:awards:ever": 4})
    attend(alice, 11)
    assert paid() == [0, 1, 2, 11]


def test_nothing_moves_to_or_from_who_was_erased(alice, bob, charlie, rule):
    from community.erasing import erase

    change(rule, {"all:awards:ever": 2})
    for number, member in enumerate((alice, bob, bob, charlie)):
        attend(member, 10 + number)
    assert paid() == [10, 11]
    erase(Member.objects.get(pk=bob.pk))
    attend(charlie, 1)
    assert (reading.balance_of(alice), reading.balance_of(charlie)) == (0, 4)
    undo(1)
    assert (reading.balance_of(alice), reading.balance_of(charlie)) == (4, 0)
    undo(10)
    assert reading.balance_of(charlie) == 4
    assert Accrual.objects.filter(member=bob, outcome="awarded").count() == 1
    assert audit().differences == []


LIMITED = [
    {"company:awards:ever": 4},
    {"all:points:week": 15},
    {"company:points:month": 9, "all:awards:week": 4},
    {"company:awards:day": 2, "all:points:year": 31, "member:awards:year": 3},
]


@pytest.mark.parametrize("limited", LIMITED)
@pytest.mark.parametrize("group", ["", "together"])
def test_whatever_order_deeds_come_and_go_in_the_first_by_time_are_paid(alice, bob, charlie, mei, rule, limited, group):
    """Beside a reckoning of the whole from the start, and beside the back-test, which know nothing of what came when."""
    draw = random.Random(f"{FRESH} {limited} {group}")
    change(rule, limited, group=group, cap_per_day=3)
    if group:
        Rule.objects.filter(activity_kind=Kind.GROUP_ATTENDED).update(is_active=False)
        what = {"activity_kind": Kind.GROUP_ATTENDED, "amount_points": 3, "group": group}
        Rule.objects.create(programme=rule.programme, name="Groups", live=True, **what)
        times = {"effect": "multiply", "factor_percent": 250, "caps": {"all:points:week": 23, "company:awards:day": 3}}
        Rule.objects.create(programme=rule.programme, name="Two and a half times", live=True, **times)
    members, kinds = [alice, bob, charlie, mei], [Kind.EVENT_ATTENDED, Kind.GROUP_ATTENDED if group else Kind.EVENT_ATTENDED]
    deeds = [(draw.choice(members), draw.randrange(12 * 24 * 60), draw.choice(kinds)) for _number in range(24)]
    standing = []
    for number, (member, minutes, kind) in enumerate(deeds):
        attend(member, number, minutes=minutes, kind=kind)
        standing.append(number)
        if draw.random() < 0.3:
            gone = standing.pop(draw.randrange(len(standing)))
            undo(gone, kind=deeds[gone][2])
    rows = Accrual.objects.exclude(outcome="taken_back").select_related("activity", "rule", "member")
    countings, wanted, base = {pk: scoring.Counting() for pk in (each.pk for each in members)}, {}, {}
    limits = {each.pk: scoring.Limits.of(each) for each in Rule.objects.all()}
    together = caps.Together((each.sharing, each.caps) for each in limits.values())
    for row in rows.order_by("activity__happened_at", "activity_id", "rule__effect", "rule_id"):
        day, mine, unit = timezone.localtime(row.activity.happened_at).date(), limits[row.rule_id], capping.unit_of(row.member)
        asked = base[row.activity_id] * 150 // 100 if row.rule.multiplies else row.full_points
        left = together.left(mine.sharing, mine.caps, asked, day, unit)
        wanted[row.pk] = left and countings[row.member_id].allow(mine, left, day, row.activity.details["object"])
        together.add(mine.sharing, wanted[row.pk], day, unit)
        base.setdefault(row.activity_id, wanted[row.pk])
    assert {row.pk: row.amount_points if row.outcome == "awarded" else 0 for row in rows} == wanted
    assert sum(map(reading.balance_of, members)) == sum(wanted.values())
    assert audit().differences == []
    replayed = backtesting.replay(backtesting.live_rules())
    assert replayed["totals"][0]["points"] == sum(wanted.values())


def test_a_control_group_is_counted_beside_and_takes_no_place(alice, bob, charlie, mei, rule):
    change(rule, {"all:awards:ever": 2}, control_percent=50)
    members = [alice, bob, charlie, mei]
    arms = {
        member.pk: scoring.Scorer(rule).arm(accruing.Payee(member.pk, accruing.facts.of([member.pk])[member.pk], "")) for member in members
    }
    for number, member in enumerate(members * 2):
        attend(member, number)
    got = Accrual.objects.filter(outcome="awarded")
    tested = [pk for pk, arm in arms.items() if arm == "test"]
    assert got.count() == min(2, 2 * len(tested))
    assert {row.member_id for row in got} <= set(tested)


def test_the_back_test_counts_what_a_limit_of_the_draft_would_hold_back(alice, bob, charlie, rule, marketer):
    for number, member in enumerate((alice, bob, charlie, bob, alice)):
        attend(member, number)
    rule.caps = {"company:awards:ever": 1, "all:points:ever": 6}
    rule.save_revision(user=marketer)
    test = backtesting.order(by=marketer, rule=rule)
    (row,) = [row for row in test.result["rules"] if row["rule"] == rule.pk]
    assert [(each["points"], each["awards"], each["cut"]) for each in row["sets"]] == [(20, 5, 0), (6, 2, 4)]


def test_a_deed_costs_the_same_however_many_there_were_before(alice, bob, rule, django_assert_max_num_queries, monkeypatch):
    """Also where the limit is used up."""
    from points import limits

    change(rule, {"company:awards:ever": 3, "all:points:year": 1_000})
    for number in range(3):
        attend((alice, bob)[number % 2], number)
    read = []
    monkeypatch.setattr(limits, "_beside", lambda *each: read.append(each))
    row = record(bob, 9)
    with django_assert_max_num_queries(1):
        asked = Accrual(activity=row, rule=rule, member=bob, amount_points=4, full_points=4, outcome="capped")
        assert limits.arriving(asked, [rule]) == [(asked, 0)]
    assert read == []


def edit(client, rule, **changes):
    return client.post(f"/admin/snippets/points/rule/edit/{rule.pk}/", rule_form(rule, cap_per_day=None, **changes))


def test_limits_are_filled_in_in_a_table_and_said_in_both_languages(client, marketer, rule):
    client.force_login(marketer)
    page = client.get(f"/admin/snippets/points/rule/edit/{rule.pk}/").content.decode()
    assert 'name="caps-company:awards:week"' in page
    assert 'name="caps-member:awards:week"' not in page
    assert (
        edit(client, rule, **{"caps-company:awards:week": "3", "caps-all:points:ever": "500", "caps-all:points:day": ""}).status_code == 302
    )
    draft = rule.revisions.get().as_object()
    assert draft.caps == {"company:awards:week": 3, "all:points:ever": 500}
    words = wording.of_rule(draft)
    assert "at most 3 a week for the members of one company together, at most 500 points in all for everybody together" in words
    with translation.override("zh-hans"):
        words = wording.of_rule(draft)
        assert "同一公司的会员合计" in words
        assert "company" not in words


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"caps-company:awards:week": "0"}, "One company, times a week"),
        ({"caps-all:points:ever": "many"}, "Everybody, points in all"),
        ({"caps-all:points:century": "5"}, "no such limit"),
        ({"caps": '{"member:awards:day": 5}'}, "no such limit"),
        ({"caps": "[5]"}, "no such limit"),
    ],
)
def test_a_limit_that_is_none_is_refused_at_its_field(client, marketer, rule, said, because):
    client.force_login(marketer)
    response = edit(client, rule, **said)
    assert because in str(response.context["form"].errors["caps"])
    assert not rule.revisions.exists()


def test_a_rule_that_tops_up_has_no_limit_that_many_share(client, marketer, rule):
    client.force_login(marketer)
    response = edit(client, rule, is_total="on", group="profile", **{"caps-all:points:ever": "5"})
    assert set(response.context["form"].errors) == {"caps"}
