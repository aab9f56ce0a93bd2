import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from community.erasing import erase
from members import activity
from members.models import Activity
from notifications.models import Notification
from points import accounts, accruing, adjusting, balances, budgeting, erasing, ledger, reminding, reporting, sealing
from points.auditing import audit
from points.models import Account, AccountOwner, Accrual, Budget, Reward, Rule, Standing, TransferNote
from points.refusals import AccountClosed


def test_erasing_a_member_changes_no_sum_and_no_seal(funded, alice, redeemed, marketer, move):
    move(funded, redeemed, 20)
    move(funded, redeemed, 5, kind="pending")
    adjusting.adjust(alice, points=3, reason="For Alice, after her call", by=marketer, reference="g")
    sealing.seal()
    before = balances.sum_of(accounts.system(Account.Kind.ISSUED))
    with transaction.atomic():
        erasing.erase(alice)
    assert not AccountOwner.objects.filter(member=alice).exists()
    assert not TransferNote.objects.filter(text__contains="Alice").exists()
    funded.refresh_from_db()
    assert (funded.posted, funded.held) == (0, 0)
    assert balances.sum_of(accounts.system(Account.Kind.ISSUED)) == before
    assert audit().differences == []


def test_a_closed_account_takes_no_more_points(funded, alice, issued, move):
    with transaction.atomic():
        erasing.erase(alice)
    funded.refresh_from_db()
    try:
        move(issued, funded, 1)
    except AccountClosed:
        return
    raise AssertionError("a closed account took points")


def test_what_somebody_spent_before_they_were_erased_is_not_taken_back(wallet, issued, redeemed, alice, move):
    award = move(issued, wallet, 10)
    move(wallet, redeemed, 10)
    with transaction.atomic():
        erasing.erase(alice)
    with pytest.raises(AccountClosed):
        ledger.reverse(award)
    assert not Account.objects.filter(kind=Account.Kind.DEBT).exists()
    assert audit().differences == []


def test_members_are_reminded_once_at_each_step_before_points_lapse(alice, wallet, issued, move):
    now = timezone.now()
    move(issued, wallet, 10, lapses_at=now + datetime.timedelta(days=40))
    for days in (0, 0, 15, 15, 35, 35):
        list(reminding.remind(now=now + datetime.timedelta(days=days)))
    told = Notification.objects.filter(member=alice, kind=Notification.Kind.POINTS_LAPSING)
    assert told.count() == 3
    assert told.first().details["points"] == 10


@pytest.fixture
def mug(asset):
    return Reward.objects.create(programme=asset.programme, slug="mug", name="A mug", name_zh="马克杯", price_points=40, stock=3)


def told_of_rewards(member):
    return Notification.objects.filter(member=member, kind=Notification.Kind.REWARD)


def test_who_has_enough_for_a_reward_hears_of_it_once(alice, funded, mug):
    Reward.objects.create(programme=mug.programme, slug="bag", name="A bag", price_points=30)
    now = timezone.now()
    for days in (0, 1, 40):
        list(reminding.remind_of_rewards(now=now + datetime.timedelta(days=days)))
    told = told_of_rewards(alice)
    assert [(each.title, each.details["price"]) for each in told] == [("A mug", 40)]


def test_nobody_hears_of_what_they_cannot_have(alice, bob, funded, mug):
    gold = mug.programme.tiers.get(slug="gold")
    Reward.objects.filter(pk=mug.pk).update(least_tier=gold)
    Reward.objects.create(programme=mug.programme, slug="gone", name="Gone", price_points=10, stock=0)
    Reward.objects.create(programme=mug.programme, slug="draft", name="A draft", price_points=10, live=False)
    Reward.objects.create(programme=mug.programme, slug="dear", name="Too dear", price_points=1_000)
    list(reminding.remind_of_rewards())
    assert not told_of_rewards(alice).exists()
    assert not told_of_rewards(bob).exists()


def weighed(member, kind, cause):
    with transaction.atomic():
        row = activity.record(member, kind, cause=cause)
    accruing.weigh(row.pk)


def undone(kind, cause):
    with transaction.atomic():
        row = activity.undo(kind, cause=cause)
    return accruing.weigh(row.pk)


@pytest.fixture
def rule(asset):
    Rule.objects.filter(activity_kind=Activity.Kind.EVENT_ATTENDED).update(is_active=False)
    more = {"budget_points": 100, "caps": {"all:awards:ever": 1}}
    return Rule.objects.create(
        programme=asset.programme, name="Evening", activity_kind=Activity.Kind.EVENT_ATTENDED, amount_points=4, live=True, **more
    )


@pytest.mark.parametrize("spent", [0, 3, 4])
def test_a_deed_of_somebody_who_was_erased_is_undone_and_their_account_stays_closed(alice, bob, rule, redeemed, move, spent):
    weighed(alice, rule.activity_kind, "event:1")
    weighed(bob, rule.activity_kind, "event:2")
    if spent:
        move(accounts.wallet_of(alice), redeemed, spent)
    erase(alice)
    assert undone(rule.activity_kind, "event:1")
    outcomes = dict(Accrual.objects.values_list("member", "outcome"))
    assert outcomes == {alice.pk: "kept", bob.pk: "awarded"}
    assert balances.sum_of(accounts.system(Account.Kind.ISSUED)) == -8
    assert Budget.objects.get(rule=rule).given_points == budgeting.given(rule) == 8
    assert sum(row.points for row in reporting.points_by_rule()) == reporting.issued_points() == 8
    assert not Standing.objects.filter(member=alice).exists()
    assert [*accruing.weigh_missed()] == []
    assert audit().differences == []


def test_a_deed_that_is_restored_gives_nobody_who_was_erased_anything(alice, rule, redeemed, move):
    weighed(alice, rule.activity_kind, "event:1")
    move(accounts.wallet_of(alice), redeemed, 4)
    erase(alice)
    undone(rule.activity_kind, "event:1")
    with transaction.atomic():
        row = activity.restore(rule.activity_kind, cause="event:1")
    assert accruing.weigh(row.pk)
    assert Accrual.objects.get().outcome == "kept"
    assert audit().differences == []
