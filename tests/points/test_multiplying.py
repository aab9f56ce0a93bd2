"""Rules that multiply what other rules give: double points for some, for a time."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from members import activity
from members.models import Activity, Segment
from points import accruing, backtesting, reading, reviewing, wording
from points.auditing import audit
from points.models import Accrual, Approval, Enrolment, Review, Rule
from points.trials import Arm
from tests.conftest import in_role, member_of
from tests.points.lots import draw
from tests.points.rule_forms import rule_form

Kind = Activity.Kind
NOON = timezone.make_aware(datetime.datetime(2026, 11, 10, 12))
DOUBLE = {"name": "Double week", "name_zh": "双倍积分周", "effect": "multiply", "factor_percent": 200}


@pytest.fixture
def double(asset):
    """Everything that earns points earns twice as many."""
    return Rule.objects.create(programme=asset.programme, live=True, **DOUBLE)


def did(member, kind, number, *, day=0, **more):
    with transaction.atomic():
        row = activity.record(
            member, kind, cause=f"thing:{number}", happened_at=NOON + datetime.timedelta(days=day, minutes=number), **more
        )
    accruing.weigh(row.pk)


def undo(kind, number, how=activity.undo):
    with transaction.atomic():
        row = how(kind, cause=f"thing:{number}")
    accruing.weigh(row.pk)


def bonuses(member):
    rows = Accrual.objects.filter(member=member, bonus_percent__isnull=False, outcome="awarded").order_by("activity__happened_at")
    return [
        (int(cause.partition(":")[2].partition("#")[0]), points) for cause, points in rows.values_list("activity__cause", "amount_points")
    ]


def test_a_marketer_doubles_a_week_a_second_approves_and_it_is_counted_on_top(client, marketer, alice, asset):
    blank = Rule(programme=asset.programme, name="Double week", activity_kind="")
    days = {"starts_on": "2026-11-09", "ends_on": "2026-11-15", "effect": "multiply", "factor_percent": "200", "amount_points": ""}
    client.force_login(marketer)
    response = client.post("/admin/snippets/points/rule/add/", rule_form(blank, cap_per_day=None, **days, **{"action-ask": "yes"}))
    assert response.status_code == 302
    client.force_login(in_role(member_of(None, "sam@club.example", "Sam the second", is_staff=True), "Marketers"))
    page = client.get(reverse("points_approval", args=[Approval.objects.get().pk])).content.decode()
    assert "Anything that earns points: 2 times what other rules give" in page
    assert "任何能赚积分的活动" in page
    did(alice, Kind.THREAD_STARTED, 1)
    client.post(reverse("points_approval", args=[Approval.objects.get().pk]), {"verdict": "approve"})
    did(alice, Kind.THREAD_STARTED, 2)
    did(alice, Kind.THREAD_STARTED, 3, day=6)
    assert reading.balance_of(alice) == 2 + (2 + 2) + 2
    assert bonuses(alice) == [(2, 2)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"factor_percent": ""}, "factor_percent"),
        ({"factor_percent": "100"}, "factor_percent"),
        ({"group": "writing"}, "group"),
        ({"amount_up_to": "9"}, "amount_up_to"),
        ({"effect": "award"}, "factor_percent"),
        ({"effect": "award", "factor_percent": "", "activity_kind": ""}, "activity_kind"),
        ({"effect": "award", "factor_percent": "", "amount_points": ""}, "amount_points"),
    ],
)
def test_a_multiplier_that_makes_no_sense_is_refused_at_its_field(client, marketer, double, wrong, field):
    client.force_login(marketer)
    form = rule_form(double, **({"effect": "multiply", "factor_percent": "200", "activity_kind": Kind.REPLY_POSTED} | wrong))
    response = client.post(f"/admin/snippets/points/rule/edit/{double.pk}/", form)
    assert field in response.context["form"].errors
    assert not double.revisions.exists()


@pytest.mark.parametrize("wrong", [{"factor_percent": None}, {"group": "writing"}, {"effect": "award"}])
def test_the_database_keeps_no_half_of_a_multiplier(double, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.filter(pk=double.pk).update(**wrong)


def test_it_multiplies_what_limits_left_and_follows_what_moves(alice, double):
    """Ten pieces a day are paid; one that comes late, or goes, moves another's double with it."""
    for number in range(1, 12):
        did(alice, Kind.REPLY_POSTED, number)
    assert [number for number, _points in bonuses(alice)] == list(range(1, 11))
    did(alice, Kind.THREAD_STARTED, 0)
    assert bonuses(alice) == [(0, 2), *((number, 1) for number in range(1, 10))]
    undo(Kind.REPLY_POSTED, 4)
    undo(Kind.REPLY_POSTED, 5)
    assert [number for number, _points in bonuses(alice)] == [0, 1, 2, 3, 6, 7, 8, 9, 10, 11]
    undo(Kind.REPLY_POSTED, 4, activity.restore)
    assert [number for number, _points in bonuses(alice)] == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert reading.balance_of(alice) == 2 * (2 + 9)
    assert audit().differences == []


def test_two_that_lose_at_once_are_each_taken_back_as_they_stand(alice, double):
    """The first that loses leaves room in which the second rises, just before that loses too."""
    rules = Rule.objects.filter(activity_kind__in=[Kind.EVENT_ATTENDED, Kind.GROUP_ATTENDED])
    rules.update(amount_points=4, group="guests", cap_points_per_day=6)
    Rule.objects.filter(pk=double.pk).update(activity_kind=Kind.EVENT_ATTENDED, cap_points_per_day=5)
    did(alice, Kind.EVENT_ATTENDED, 1)
    did(alice, Kind.EVENT_ATTENDED, 2)
    assert bonuses(alice) == [(1, 4), (2, 1)]
    did(alice, Kind.GROUP_ATTENDED, 0)
    assert bonuses(alice) == [(1, 2)]
    assert reading.balance_of(alice) == 4 + 2 + 2
    assert audit().differences == []


def test_a_deed_that_is_restored_is_multiplied_as_it_was_at_first(alice, double):
    did(alice, Kind.THREAD_STARTED, 1)
    Rule.objects.filter(pk=double.pk).update(factor_percent=500)
    undo(Kind.THREAD_STARTED, 1)
    assert reading.balance_of(alice) == 0
    undo(Kind.THREAD_STARTED, 1, activity.restore)
    assert reading.balance_of(alice) == 4


def test_several_add_up_and_of_a_set_only_the_greatest_counts(alice, double, asset):
    other = Rule.objects.create(programme=asset.programme, live=True, **DOUBLE | {"factor_percent": 250})
    did(alice, Kind.BLOG_ENTRY_POSTED, 1)
    assert reading.balance_of(alice) == 4 + 4 + 6
    Rule.objects.filter(pk__in=[double.pk, other.pk]).update(best_of="times")
    # One word for rules that give points and for rules that multiply sets neither against the other.
    Rule.objects.filter(activity_kind=Kind.BLOG_ENTRY_POSTED).update(best_of="times")
    did(alice, Kind.BLOG_ENTRY_POSTED, 2)
    assert reading.balance_of(alice) == 14 + 4 + 6


def test_it_is_for_a_segment_for_those_who_joined_and_within_its_budget(alice, charlie, double):
    type(alice.company).objects.filter(pk=alice.company_id).update(industry="Shipping")
    segment = Segment.objects.create(name="Shipping", condition={"field": "company.industry", "operator": "=", "value": "Shipping"})
    Rule.objects.filter(pk=double.pk).update(segment=segment, budget_points=4, is_promotion=True, needs_enrolment=True)
    for member in (alice, charlie):
        did(member, Kind.THREAD_STARTED, member.pk * 10)
        Enrolment.objects.create(rule=double, member=member, enrolled_at=NOON)
        for number in (1, 2, 3):
            did(member, Kind.THREAD_STARTED, member.pk * 10 + number, day=1)
    assert reading.balance_of(alice) == 4 * 2 + 4
    assert reading.balance_of(charlie) == 4 * 2


def test_what_a_person_refuses_is_not_multiplied_either(alice, bob, admin, double, monkeypatch):
    from points import guarding

    monkeypatch.setattr(guarding, "suspicion_of", lambda *_each: guarding.Suspicion(Review.Reason.BURST, {}))
    did(alice, Kind.THREAD_STARTED, 1)
    assert set(Accrual.objects.values_list("outcome", flat=True)) == {"held"}
    reviewing.refuse(Review.objects.exclude(accrual__rule=double).get(), by=admin, note="Not theirs.")
    assert not Review.objects.filter(status="waiting").exists()
    assert reading.balance_of(alice) == 0
    assert audit().differences == []


def test_a_back_test_multiplies_as_the_living_club_did(alice, bob, double):
    Rule.objects.filter(pk=double.pk).update(cap_points_per_day=7, factor_percent=150)
    for number in range(16):
        did((alice, bob)[number % 3 > 1], (Kind.BLOG_ENTRY_POSTED, Kind.REPLY_POSTED)[number % 2], number, day=number // 8)
    found = backtesting.replay(backtesting.live_rules())
    points = {row["rule"]: row["sets"][0]["points"] for row in found["rules"]}
    assert points[double.pk] == sum(sum(points for _number, points in bonuses(member)) for member in (alice, bob)) > 7
    assert found["totals"][0]["points"] == reading.balance_of(alice) + reading.balance_of(bob)


def test_a_trial_of_double_points_counts_what_the_control_group_would_have_had(alice, charlie, double):
    draw(double, alice, Arm.CONTROL)
    Rule.objects.filter(pk=double.pk).update(control_percent=50)
    did(alice, Kind.THREAD_STARTED, 1)
    assert reading.balance_of(alice) == 2
    assert Accrual.objects.get(rule=double).outcome == "shadow"
    assert Accrual.objects.get(rule=double).amount_points == 2


def test_members_read_it_in_both_languages(client, alice, double):
    Rule.objects.filter(pk=double.pk).update(is_promotion=True, factor_percent=150)
    double.refresh_from_db()
    did(alice, Kind.THREAD_STARTED, 1)
    client.force_login(alice)
    assert "1.5 times what other rules give" in client.get(reverse("points:promotions")).content.decode()
    assert "Bonus: Thread started" in client.get(reverse("points:statement")).content.decode()
    assert "额外奖励：发表主题" in client.get("/zh-hans/points/").content.decode()
    with override("zh-hans"):
        assert wording.of_rule(double) == "任何能赚积分的活动：给完成的会员 其他规则所给积分的 1.5 倍"
