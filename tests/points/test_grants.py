"""What awards bring beside points: badges, vouchers, a tier for a time."""

import datetime
import io
import json
import zipfile

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from community.demo import clock
from community.erasing import erase
from members import activity
from members.models import Activity, Member
from notifications.models import Notification
from notifications.sentences import sentence
from points import accruing, backtesting, granting, loading, reading, redeeming, reviewing, standings, wording
from points.auditing import audit
from points.models import Accrual, Badge, Grant, Review, Reward, Rule, Standing, Tier, TierChange, VoucherCode
from points.redeeming import RewardRefused
from tests.points.rule_forms import rule_form

Kind = Activity.Kind
NOON = (timezone.now() - datetime.timedelta(days=1)).replace(hour=4, minute=0)


@pytest.fixture
def reward(asset):
    row = Reward.objects.create(
        programme=asset.programme, slug="coffee", name="Coffee", name_zh="咖啡", price_points=50, gives_code=True, live=True
    )
    loading.load_codes(row, ["A-1", "A-2"])
    return row


@pytest.fixture
def gold(asset):
    return Tier.objects.get(programme=asset.programme, slug="gold")


@pytest.fixture
def rule(asset, reward, gold):
    """Four points, a badge, a coffee and ten days of gold for each club event; nothing else pays for one."""
    Rule.objects.filter(activity_kind=Kind.EVENT_ATTENDED).update(is_active=False)
    badge = Badge.objects.create(slug="founder", name="Founding guest", name_zh="创始嘉宾", about="Came to the first evening")
    more = {"badge": badge, "voucher_of": reward, "lifts_to": gold, "lift_days": 10}
    what = {"name": "First evening", "activity_kind": Kind.EVENT_ATTENDED, "amount_points": 4, "live": True}
    return Rule.objects.create(programme=asset.programme, **what, **more)


def attend(member, number=1, *, minutes=0):
    with transaction.atomic():
        row = activity.record(member, Kind.EVENT_ATTENDED, cause=f"event:{number}", happened_at=NOON + datetime.timedelta(minutes=minutes))
    accruing.weigh(row.pk)
    return row


def take_back(number=1, how=activity.undo):
    with transaction.atomic():
        row = how(Kind.EVENT_ATTENDED, cause=f"event:{number}")
    accruing.weigh(row.pk)
    return row


def had(member):
    return dict(Grant.objects.filter(member=member).values_list("kind", "status"))


def code_of(member):
    return VoucherCode.objects.get(grant__member=member, voided_at=None)


def tier_of(member):
    return reading.tier_of(member).slug


def test_a_deed_brings_points_a_badge_a_voucher_and_a_tier_for_a_time_and_the_pages_say_so(client, alice, bob, rule):
    attend(alice)
    assert had(alice) == dict.fromkeys(("badge", "voucher", "tier"), "standing")
    assert (reading.balance_of(alice), tier_of(alice)) == (4, "gold")
    client.force_login(alice)
    page = client.get("/points/promotions/").content.decode()
    for word in ("Founding guest", "Coffee", "Gold", "A-1", "First evening", "Given"):
        assert word in page
    assert "A-1" in client.get("/points/rewards/").content.decode()
    tier = client.get("/points/").content.decode()
    for words in ("with the badge “Founding guest”", "with a voucher of “Coffee”", "lifted to Gold for 10 days"):
        assert words in tier
    assert "you were lifted to it for a time" in tier
    assert "By your points your tier is Member." in tier
    assert "Founding guest" in client.get(alice.get_absolute_url()).content.decode()
    client.force_login(bob)
    assert "A-1" not in client.get("/points/promotions/").content.decode()
    assert "A-1" not in client.get("/points/rewards/").content.decode()
    assert "Founding guest" in client.get(alice.get_absolute_url()).content.decode()


def test_weighing_again_gives_nothing_twice(alice, rule):
    row = attend(alice)
    accruing.weigh(row.pk)
    granting.follow(list(Accrual.objects.select_related("rule__programme", "member", "activity")))
    assert Grant.objects.count() == 3
    assert VoucherCode.objects.exclude(grant=None).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        VoucherCode.objects.filter(grant=None).update(grant=Grant.objects.get(kind="voucher"))


def test_what_a_deed_brought_goes_with_it_visibly(client, alice, rule):
    attend(alice)
    take_back()
    assert had(alice) == dict.fromkeys(("badge", "voucher", "tier"), "taken_back")
    assert (reading.balance_of(alice), tier_of(alice)) == (0, "member")
    client.force_login(alice)
    page = client.get("/points/promotions/").content.decode()
    assert "Taken back" in page
    assert "<s>A-1</s>" in page
    assert "Founding guest" not in client.get(alice.get_absolute_url()).content.decode()
    assert list(TierChange.objects.order_by("pk").values_list("reason", flat=True)) == ["lifted", "lift_ended"]
    assert "From Gold back to Member" in client.get("/points/").content.decode()
    assert audit().differences == []


def test_a_deed_that_is_restored_brings_it_all_again_with_another_code(alice, rule):
    attend(alice)
    take_back()
    take_back(how=activity.restore)
    assert Grant.objects.filter(member=alice, status="standing").count() == 3
    assert code_of(alice).code == "A-2"
    assert tier_of(alice) == "gold"


def test_a_voucher_that_was_used_stays_and_a_void_one_cannot_be_used(client, alice, bob, rule, marketer):
    attend(alice)
    attend(bob, 2)
    grants = {grant.member_id: grant for grant in Grant.objects.filter(kind="voucher")}
    client.force_login(alice)
    assert client.post(f"/admin/points/grants/{grants[alice.pk].pk}/use/").status_code in (302, 403)
    assert code_of(alice).used_at is None
    client.force_login(marketer)
    assert "A-1" in client.get(f"/admin/points/accounts/{alice.pk}/").content.decode()
    client.post(f"/admin/points/grants/{grants[alice.pk].pk}/use/")
    take_back(1)
    take_back(2)
    assert (had(alice)["voucher"], had(bob)["voucher"]) == ("kept", "taken_back")
    assert code_of(alice).code == "A-1"
    page = client.post(f"/admin/points/grants/{grants[bob.pk].pk}/use/", follow=True).content.decode()
    assert "This voucher is void." in page


def test_who_comes_when_no_code_is_left_waits_and_gets_the_next(client, alice, bob, charlie, rule, reward, marketer):
    for number, member in enumerate((alice, bob, charlie)):
        attend(member, number, minutes=number)
    assert had(charlie)["voucher"] == "waiting"
    client.force_login(charlie)
    assert "Waits for a code" in client.get("/points/rewards/").content.decode()
    client.force_login(marketer)
    client.post(f"/admin/points/rewards/{reward.pk}/codes/", {"codes": "A-2\nB-1\nB-2"})
    assert had(charlie)["voucher"] == "standing"
    assert code_of(charlie).code == "B-1"


def test_a_code_that_a_rule_gave_is_not_sold_too(alice, bob, charlie, rule, reward, issued, move):
    from points import accounts

    attend(alice)
    attend(bob, 2)
    move(issued, accounts.wallet_of(charlie), 100)
    with pytest.raises(RewardRefused):
        redeeming.redeem(reward, member=charlie, reference="one")
    take_back(1)
    with pytest.raises(RewardRefused):
        redeeming.redeem(reward, member=charlie, reference="two")


def test_a_deed_beyond_the_limit_brings_nothing_until_it_moves_up(alice, rule):
    Rule.objects.filter(pk=rule.pk).update(cap_in_all=1)
    attend(alice, 1)
    attend(alice, 2, minutes=5)
    assert Grant.objects.count() == 3
    take_back(1)
    assert Grant.objects.filter(accrual__activity__cause="event:2", status="standing").count() == 3
    assert code_of(alice).code == "A-2"


def test_what_is_held_brings_nothing_until_a_person_releases_it(alice, bob, rule, marketer):
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(phone="+86 20 1234 5678")
    Rule.objects.filter(activity_kind=Kind.COLLEAGUE_REGISTERED).update(badge=rule.badge, pays="member")
    with transaction.atomic():
        row = activity.record(Member.objects.get(pk=alice.pk), Kind.COLLEAGUE_REGISTERED, cause="guest:1", counterpart=bob)
    accruing.weigh(row.pk)
    review = Review.objects.get()
    assert had(alice) == {}
    reviewing.release(review, by=marketer)
    assert had(alice) == {"badge": "standing"}


def test_a_control_group_gets_nothing_beside_points_either(alice, rule):
    Rule.objects.filter(pk=rule.pk).update(control_percent=90)
    rule.refresh_from_db()
    for _each in range(400):
        Rule.objects.filter(pk=rule.pk).update(is_active=False)
        rule.pk, rule.is_active = None, True
        rule.save()
        if accruing.scoring.Scorer(rule).arm(accruing.Payee(alice.pk, accruing.facts.of([alice.pk])[alice.pk], "")) == "control":
            break
    attend(alice)
    assert Accrual.objects.get().outcome == "shadow"
    assert had(alice) == {}


def test_a_tier_for_a_time_ends_on_its_day_and_leaves_what_points_reached(alice, rule, wallet, issued, move):
    move(issued, wallet, 70, occurred_at=timezone.now())
    standings.recompute(alice)
    own = Standing.objects.get(member=alice)
    attend(alice)
    lifted = Standing.objects.get(member=alice)
    assert (lifted.tier.slug, lifted.own_tier.slug, lifted.rank, lifted.lasts_until) == ("gold", "silver", 3, own.lasts_until)
    until = timezone.localtime(NOON).date() + datetime.timedelta(days=10)
    assert lifted.lifted_until == until
    with clock.set_to(timezone.make_aware(datetime.datetime.combine(until, datetime.time(20)))):
        standings.recompute(alice)
        assert tier_of(alice) == "gold"
    with clock.set_to(timezone.make_aware(datetime.datetime.combine(until, datetime.time(20))) + datetime.timedelta(days=1)):
        standings.recompute(alice)
        standings.recompute(alice)
    after = Standing.objects.get(member=alice)
    assert (after.tier.slug, after.own_tier, after.rank, after.lasts_until) == ("silver", None, 2, own.lasts_until)
    assert list(TierChange.objects.order_by("pk").values_list("reason", flat=True)) == ["reached", "lifted", "lift_ended"]


def test_of_two_tiers_for_a_time_the_higher_holds_and_then_the_other(alice, rule, gold, asset):
    silver = Tier.objects.get(programme=asset.programme, slug="silver")
    attend(alice, 1)
    Rule.objects.filter(pk=rule.pk).update(lifts_to=silver, lift_days=40)
    attend(alice, 2, minutes=3)
    assert tier_of(alice) == "gold"
    with clock.set_to(timezone.now() + datetime.timedelta(days=15)):
        standings.recompute(alice)
        assert tier_of(alice) == "silver"
        take_back(2)
        assert tier_of(alice) == "member"


def test_who_reaches_by_points_what_they_were_lifted_to_keeps_it(alice, rule, wallet, issued, move):
    attend(alice)
    move(issued, wallet, 300, occurred_at=timezone.now())
    standings.recompute(alice)
    take_back()
    standing = Standing.objects.get(member=alice)
    assert (standing.tier.slug, standing.own_tier) == ("gold", None)
    assert list(TierChange.objects.order_by("pk").values_list("reason", flat=True)) == ["lifted", "reached"]


def test_the_back_test_counts_what_a_draft_would_bring(client, alice, bob, rule, marketer):
    for number, member in enumerate((alice, bob, alice)):
        attend(member, number, minutes=number)
    rule.badge, rule.lifts_to, rule.lift_days, rule.cap_in_all = None, None, None, 1
    rule.save_revision(user=marketer)
    test = backtesting.order(by=marketer, rule=rule)
    assert [(each["badges"], each["vouchers"], each["lifts"]) for each in test.result["totals"]] == [(2, 3, 3), (0, 2, 0)]
    client.force_login(marketer)
    assert "Members given a badge" in client.get(f"/admin/points/back-tests/{test.pk}/").content.decode()


def test_it_is_said_in_both_languages(rule):
    assert "with the badge “Founding guest”, with a voucher of “Coffee”, lifted to Gold for 10 days" in wording.of_rule(rule)
    with translation.override("zh-hans"):
        said = wording.of_rule(rule)
        assert "创始嘉宾" in said
        assert "提升为金卡 10 天" in said


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lifts_to": "gold"}, "lift_days"),
        ({"lift_days": "9"}, "lifts_to"),
        ({"lifts_to": "gold", "lift_days": "0"}, "lift_days"),
        ({"voucher_of": "mug"}, "voucher_of"),
        ({"voucher_of": "elsewhere"}, "voucher_of"),
        ({"lifts_to": "elsewhere", "lift_days": "9"}, "lifts_to"),
        ({"voucher_of": "coffee", "effect": "multiply", "factor_percent": "200", "activity_kind": ""}, "voucher_of"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client, marketer, rule, asset, changes, field):
    from points.models import Programme

    other = Programme.objects.create(slug="other", name="Other")
    Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", price_points=5)
    Reward.objects.create(programme=other, slug="elsewhere", name="Elsewhere", price_points=5, gives_code=True)
    Tier.objects.create(programme=other, slug="elsewhere", name="Elsewhere", threshold_points=5)
    for name, model in (("voucher_of", Reward), ("lifts_to", Tier)):
        if name in changes:
            changes = changes | {name: model.objects.get(slug=changes[name]).pk}
    client.force_login(marketer)
    page = client.post(f"/admin/snippets/points/rule/edit/{rule.pk}/", rule_form(rule, cap_per_day=None, **changes))
    assert page.status_code == 200
    assert field in page.context["form"].errors


def test_a_badge_is_made_in_the_back_office_and_never_deleted(client, marketer, rule):
    client.force_login(marketer)
    said = {"name": "Helper", "name_zh": "帮手", "slug": "helper", "about": "", "about_zh": ""}
    assert client.post("/admin/snippets/points/badge/add/", said).status_code == 302
    badge = Badge.objects.get(slug="helper")
    assert client.post(f"/admin/snippets/points/badge/delete/{badge.pk}/").status_code in (302, 403)
    assert Badge.objects.filter(pk=badge.pk).exists()


def test_who_leaves_takes_it_along_and_nobody_gets_their_code(alice, bob, rule):
    attend(alice)
    erase(Member.objects.get(pk=alice.pk))
    assert not Grant.objects.exists()
    attend(bob, 2)
    assert code_of(bob).code == "A-2"
    assert VoucherCode.objects.get(code="A-1").voided_at
    assert audit().differences == []


def told(member, step):
    rows = Notification.objects.filter(member=member, kind=Notification.Kind.GRANT, details__step=step)
    return [sentence(row) for row in rows.order_by("details__grant")]


def test_the_member_is_told_once_of_what_comes_and_of_what_is_taken_back(client, alice, rule):
    row = attend(alice)
    accruing.weigh(row.pk)
    granting.follow(list(Accrual.objects.select_related("rule__programme", "member", "activity")))
    badge, tier, voucher = told(alice, "given")
    assert (badge, voucher) == (
        "You were given the badge “Founding guest”.",
        "You were given a voucher: “Coffee”. Its code is among your rewards.",
    )
    assert tier.startswith("Until ")
    assert tier.endswith(" you are at least “Gold”.")
    assert told(alice, "taken_back") == []
    client.force_login(alice)
    assert "Founding guest" in client.get("/notifications/").content.decode()
    take_back()
    badge, tier, voucher = told(alice, "taken_back")
    assert badge == "The badge “Founding guest” was taken back."
    assert "Gold" in tier
    assert voucher == "The voucher “Coffee” was taken back: its code is void."
    take_back(how=activity.restore)
    assert len(told(alice, "given")) == 6
    assert len(told(alice, "taken_back")) == 3


def test_who_waits_for_a_code_is_told_when_it_comes_and_in_their_language(alice, bob, rule, reward):
    Member.objects.filter(pk=bob.pk).update(locale="zh-hans")
    bob.refresh_from_db()
    VoucherCode.objects.all().delete()
    for number, member in enumerate((alice, bob)):
        attend(member, number, minutes=number)
    assert len(told(alice, "given")) == 2
    take_back(0)
    assert len(told(alice, "taken_back")) == 2
    loading.load_codes(reward, ["B-1"])
    with translation.override("zh-hans"):
        assert "你获得了一张兑换券：“咖啡”。券码可在“奖励”页面查看。" in told(bob, "given")
    assert len(told(alice, "given")) == 2


def test_nobody_is_told_of_what_is_held_of_a_control_group_or_of_history(alice, bob, rule):
    with transaction.atomic():
        row = activity.record(alice, Kind.EVENT_ATTENDED, cause="event:1", happened_at=NOON)
    assert accruing.weigh(row.pk, quiet=True)
    assert Grant.objects.filter(member=alice).count() == 3
    with transaction.atomic():
        activity.record(bob, Kind.EVENT_ATTENDED, cause="event:2", happened_at=NOON)
        activity.undo(Kind.EVENT_ATTENDED, cause="event:2")
    list(accruing.weigh_missed())
    assert not Notification.objects.filter(kind=Notification.Kind.GRANT).exists()


@pytest.mark.parametrize("used", [False, True])
def test_a_deed_that_comes_and_goes_brings_a_used_voucher_once_and_what_the_rule_said_at_first(alice, rule, reward, used):
    loading.load_codes(reward, ["A-3"])
    attend(alice)
    if used:
        assert granting.use(Grant.objects.get(kind="voucher"))
    take_back()
    other = Badge.objects.create(slug="other", name="Another")
    until = Grant.objects.get(kind="tier").until
    Rule.objects.filter(pk=rule.pk).update(badge=other, lifts_to=None, lift_days=None)
    take_back(how=activity.restore)
    take_back()
    take_back(how=activity.restore)
    stand = {grant.kind: grant for grant in Grant.objects.filter(status="standing")}
    assert stand.keys() == ({"badge", "tier"} if used else {"badge", "tier", "voucher"})
    assert (stand["badge"].badge.slug, stand["tier"].until) == ("founder", until)
    assert VoucherCode.objects.exclude(grant=None).filter(voided_at=None).count() == 1
    assert audit().differences == []


def test_a_deed_that_was_beyond_the_limit_brings_what_the_rule_says_when_it_comes_again(alice, rule):
    Rule.objects.filter(pk=rule.pk).update(cap_in_all=1)
    attend(alice, 1)
    attend(alice, 2, minutes=1)
    take_back(2)
    Rule.objects.filter(pk=rule.pk).update(cap_in_all=5)
    take_back(2, how=activity.restore)
    assert Grant.objects.filter(status="standing").count() == 6


def test_ones_own_data_hold_what_one_was_given_and_its_codes_and_nobody_elses(client, alice, bob, rule):
    attend(alice)
    attend(bob, 2)
    client.force_login(alice)
    archive = zipfile.ZipFile(io.BytesIO(client.post(reverse("own_data")).content))
    assert [row["code"] for row in json.loads(archive.read("points/vouchercode.json"))] == ["A-1"]
    given = {row["kind"]: row for row in json.loads(archive.read("points/given.json"))}
    assert (given["badge"]["badge_name"], given["voucher"]["reward_name"], given["tier"]["tier_name"]) == (
        "Founding guest",
        "Coffee",
        "Gold",
    )
    assert not any(b"A-2" in archive.read(name) for name in archive.namelist())
