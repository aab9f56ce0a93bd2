import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from notifications.models import Notification
from points import accounts, adjusting, balances, erasing, ledger, reminding, sealing
from points.auditing import audit
from points.models import Account, AccountOwner, Reward, TransferNote
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
