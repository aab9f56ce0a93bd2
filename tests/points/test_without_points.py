"""Rules that give no points: a badge, a voucher, a tier for a time or qualifying points alone."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from community.erasing import erase
from members import activity, purchasing
from members.models import Activity, Member
from notifications.models import Notification
from points import accruing, backtesting, granting, loading, reading, reviewing, wording
from points.auditing import audit
from points.models import Accrual, Badge, Grant, Review, Reward, Rule, Tier, Transfer, VoucherCode
from tests.points.rule_forms import rule_form

Kind = Activity.Kind
NOON = (timezone.now() - datetime.timedelta(days=1)).replace(hour=4, minute=0)
ALL = ("badge", "voucher", "tier", "points")


@pytest.fixture
def rule(asset):
    """For each club event a badge, a coffee, ten days of gold and five qualifying points, but no points; nothing else pays for one."""
    Rule.objects.filter(activity_kind=Kind.EVENT_ATTENDED).update(is_active=False)
    coffee = Reward.objects.create(
        programme=asset.programme, slug="coffee", name="Coffee", name_zh="咖啡", price_points=50, gives_code=True
    )
    loading.load_codes(coffee, ["A-1", "A-2", "A-3"])
    badge = Badge.objects.create(slug="guest", name="Founding guest", name_zh="创始嘉宾")
    gold = Tier.objects.get(programme=asset.programme, slug="gold")
    more = {"badge": badge, "voucher_of": coffee, "lifts_to": gold, "lift_days": 10, "qualifying_points": 5}
    what = {"name": "Evening", "activity_kind": Kind.EVENT_ATTENDED, "amount_points": 0, "live": True}
    return Rule.objects.create(programme=asset.programme, **what, **more)


def attend(member, number=1, *, minutes=0, **more):
    at = NOON + datetime.timedelta(minutes=minutes)
    with transaction.atomic():
        row = activity.record(member, Kind.EVENT_ATTENDED, cause=f"event:{number}", happened_at=at, **more)
    accruing.weigh(row.pk)
    return row


def undo(number=1, how=activity.undo):
    with transaction.atomic():
        row = how(Kind.EVENT_ATTENDED, cause=f"event:{number}")
    accruing.weigh(row.pk)


def had(member):
    return dict(Grant.objects.filter(member=member).values_list("kind", "status"))


def spendable():
    return Transfer.objects.filter(asset__kind="redeemable")


def test_a_deed_brings_what_the_rule_gives_and_no_points(client, alice, rule):
    attend(alice)
    assert had(alice) == dict.fromkeys(ALL, "standing")
    assert (reading.balance_of(alice), reading.tier_of(alice).slug) == (0, "gold")
    assert not spendable().exists()
    assert not Notification.objects.filter(member=alice, kind=Notification.Kind.POINTS_EARNED).exists()
    assert Notification.objects.filter(member=alice, kind=Notification.Kind.GRANT).count() == 3
    client.force_login(alice)
    earn = client.get("/points/").content.decode()
    assert "<span>the badge “Founding guest”</span>" in earn
    assert ">+0<" not in earn
    assert "A-1" in client.get("/points/rewards/").content.decode()
    assert audit().differences == []


def test_weighing_again_gives_nothing_twice(alice, rule):
    row = attend(alice)
    accruing.weigh(row.pk)
    granting.follow(list(Accrual.objects.select_related("rule__programme", "member", "activity")))
    assert Grant.objects.count() == 4


def test_what_was_given_goes_with_its_deed_and_comes_again_with_another_code(alice, rule):
    attend(alice)
    undo()
    assert had(alice) == dict.fromkeys(ALL, "taken_back")
    undo(how=activity.restore)
    assert Grant.objects.filter(member=alice, status="standing").count() == 4
    assert VoucherCode.objects.get(grant__member=alice, voided_at=None).code == "A-2"
    assert not spendable().exists()
    assert audit().differences == []


def test_a_restored_deed_brings_what_it_brought_though_the_rule_gives_points_now(alice, rule):
    attend(alice, 1)
    undo(1)
    Rule.objects.filter(pk=rule.pk).update(amount_points=7)
    attend(alice, 2, minutes=5)
    undo(1, how=activity.restore)
    assert reading.balance_of(alice) == 7
    undo(2)
    Rule.objects.filter(pk=rule.pk).update(amount_points=0)
    undo(2, how=activity.restore)
    assert reading.balance_of(alice) == 7
    assert audit().differences == []


@pytest.mark.parametrize(
    "limit",
    [{"cap_in_all": 1}, {"cap_per_day": 1}, {"cap_per_month": 1}, {"cap_per_object": 1}, {"caps": {"company:awards:week": 1}},
     {"caps": {"all:awards:ever": 1}}, {"caps": {"member:awards:year": 1}}],
)  # fmt: skip
@pytest.mark.parametrize("late", [False, True])
def test_its_limits_leave_the_first_by_time_and_who_comes_next_moves_up(alice, rule, limit, late):
    Rule.objects.filter(pk=rule.pk).update(**limit)
    for number in (2, 1) if late else (1, 2):
        attend(alice, number, minutes=number, details={"object": "hall"})
    stands = Grant.objects.filter(status="standing")
    assert set(stands.values_list("accrual__activity__cause", flat=True)) == {"event:1"}
    undo(1)
    assert set(stands.values_list("accrual__activity__cause", flat=True)) == {"event:2"}
    assert stands.count() == 4


def test_what_is_held_is_given_once_a_person_releases_it_and_never_once_refused(client, alice, bob, rule, marketer):
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(phone="+86 20 1234 5678")
    Rule.objects.filter(activity_kind=Kind.COLLEAGUE_REGISTERED).update(is_active=False)
    Rule.objects.filter(pk=rule.pk).update(activity_kind=Kind.COLLEAGUE_REGISTERED)
    for number in (1, 2):
        with transaction.atomic():
            row = activity.record(Member.objects.get(pk=alice.pk), Kind.COLLEAGUE_REGISTERED, cause=f"guest:{number}", counterpart=bob)
        accruing.weigh(row.pk)
    first, second = Review.objects.order_by("pk")
    assert had(alice) == {}
    client.force_login(marketer)
    assert client.get("/admin/points/reviews/").status_code == 200
    client.post(f"/admin/points/reviews/{first.pk}/", {"verb": "release", "note": ""})
    client.post(f"/admin/points/reviews/{second.pk}/", {"verb": "refuse", "note": "no"})
    assert had(alice) == dict.fromkeys(ALL, "standing")
    assert set(Grant.objects.values_list("accrual", flat=True)) == {first.accrual_id}
    assert not spendable().exists()
    with pytest.raises(reviewing.NotPending):
        reviewing.release(second, by=marketer)


def test_a_control_group_gets_nothing_and_is_counted(alice, rule):
    for _each in range(400):
        rule.pk, rule.control_percent = None, 90
        rule.save()
        if accruing.scoring.Scorer(rule).arm(accruing.Payee(alice.pk, accruing.facts.of([alice.pk])[alice.pk], "")) == "control":
            break
        Rule.objects.filter(pk=rule.pk).update(is_active=False)
    Rule.objects.filter(control_percent=0).update(is_active=False)
    attend(alice)
    assert Accrual.objects.get().outcome == "shadow"
    assert had(alice) == {}
    undo()
    assert Accrual.objects.get().outcome == "taken_back"
    assert not Transfer.objects.exists()


def test_of_an_order_it_stays_until_all_of_it_went_back(alice, harbour, rule):
    Rule.objects.filter(activity_kind=Kind.PURCHASED).update(is_active=False)
    Rule.objects.filter(pk=rule.pk).update(activity_kind=Kind.PURCHASED)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    order, _is_new = purchasing.record_purchase(
        harbour, order_id="o-1", product="Paper", amount_fen=100_00, ordered_on=yesterday, buyer=alice
    )
    list(accruing.weigh_missed())
    purchasing.record_return(order, return_id="r-1", amount_fen=60_00, returned_on=yesterday)
    list(accruing.weigh_missed())
    assert Grant.objects.filter(status="standing", kind__in=["badge", "voucher", "tier"]).count() == 3
    purchasing.record_return(order, return_id="r-2", amount_fen=40_00, returned_on=yesterday)
    list(accruing.weigh_missed())
    assert not Grant.objects.filter(status="standing").exists()
    assert audit().differences == []


def test_a_rule_that_multiplies_multiplies_points_only(alice, rule, asset):
    common = {"programme": asset.programme, "activity_kind": Kind.EVENT_ATTENDED, "live": True}
    Rule.objects.create(name="Four", amount_points=4, **common)
    Rule.objects.create(name="Double", effect="multiply", factor_percent=200, **common)
    attend(alice)
    assert reading.balance_of(alice) == 8
    assert backtesting.replay(backtesting.live_rules())["totals"][0]["points"] == 8


def test_a_back_test_counts_things_and_no_points(client, alice, bob, rule, marketer):
    for number, member in enumerate((alice, bob, alice)):
        attend(member, number, minutes=number)
    row = next(each for each in backtesting.replay(backtesting.live_rules())["rules"] if each["rule"] == rule.pk)
    figures = row["sets"][0]
    counted = {name: figures[name] for name in ("points", "awards", "members", "badges", "vouchers", "lifts", "qualifying", "months")}
    assert counted == {"points": 0, "awards": 3, "members": 2, "badges": 2, "vouchers": 3, "lifts": 3, "qualifying": 15, "months": {}}
    client.force_login(marketer)
    rule.save_revision(user=marketer)
    page = client.post(reverse("points_back_tests"), {"rule": rule.pk}, follow=True).content.decode()
    assert "Evening" in page


def test_it_is_said_in_both_languages(rule):
    said = wording.of_rule(rule)
    for words in ("5 qualifying points", "the badge “Founding guest”", "a voucher of “Coffee”", "the tier Gold for 10 days"):
        assert words in said
    assert "0 points" not in said
    with translation.override("zh-hans"):
        said = wording.of_rule(rule)
        for words in ("5 定级积分", "徽章“创始嘉宾”", "“咖啡”兑换券", "10 天"):
            assert words in said


def saved(client, rule, **changes):
    given = {"badge": rule.badge_id, "voucher_of": rule.voucher_of_id, "lifts_to": rule.lifts_to_id, "lift_days": 10}
    data = rule_form(rule, amount_points="0") | given | changes
    return client.post(f"/admin/snippets/points/rule/edit/{rule.pk}/", {key: value for key, value in data.items() if value is not None})


def test_it_is_laid_down_in_its_form(client, marketer, rule):
    client.force_login(marketer)
    assert saved(client, rule, name="Salon").status_code == 302
    draft = rule.latest_revision or Rule.objects.get(pk=rule.pk).latest_revision
    version = draft.as_object()
    assert (version.name, version.amount_points, version.badge_id) == ("Salon", 0, rule.badge_id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"badge": None, "voucher_of": None, "lifts_to": None, "lift_days": None}, "amount_points"),
        ({"amount_points": ""}, "amount_points"),
        ({"amount_points": "-1"}, "amount_points"),
        ({"amount_points": "10001"}, "amount_points"),
        ({"tier_amounts": '{"gold": 7}'}, "tier_amounts"),
        ({"is_qualifying": "on"}, "is_qualifying"),
        ({"group": "posts"}, "group"),
        ({"best_of": "spring"}, "best_of"),
        ({"budget_points": "100"}, "budget_points"),
        ({"amount_up_to": "20"}, "amount_up_to"),
        ({"cap_points_per_week": "5"}, "cap_points_per_week"),
        ({"caps-company:points:week": "5"}, "caps"),
    ],
)
def test_what_only_points_have_is_refused_at_its_field(client, marketer, rule, changes, field):
    client.force_login(marketer)
    answer = saved(client, rule, **changes)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert Rule.objects.get(pk=rule.pk).latest_revision is None


def test_the_database_keeps_no_rule_that_gives_nothing(rule):
    for changes in ({"badge": None, "voucher_of": None, "lifts_to": None, "qualifying_points": None}, {"budget_points": 5}, {"group": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rule.objects.filter(pk=rule.pk).update(**changes)


def test_who_leaves_takes_it_along(alice, bob, rule):
    attend(alice)
    attend(bob, 2)
    erase(alice)
    undo(1)
    assert had(alice) == {}
    assert had(bob) == dict.fromkeys(ALL, "standing")
    assert audit().differences == []
