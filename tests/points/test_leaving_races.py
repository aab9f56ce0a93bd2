"""Members erased at the moment at which their deeds are weighed, undone or decided: nobody waits in a circle, and nothing is left open."""

import datetime
import threading
import time

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from community.erasing import erase
from members import activity
from members.models import Activity, Member
from notifications.models import Notification
from points import accounts, accruing, gifting, maturing, redeeming
from points.auditing import audit
from points.models import Account, AccountOwner, Asset, Deferral, Gift, Redemption, Review, Reward, Rule, Transfer
from points.refusals import AccountClosed, NotPending
from tests.points.racing import at_once, in_threads_at_once

pytestmark = pytest.mark.django_db(transaction=True)
EVENT = Activity.Kind.EVENT_ATTENDED
RACES = pytest.mark.parametrize("race", [at_once, in_threads_at_once], ids=["writers", "threads"])


@pytest.fixture
def unheard():
    """Deeds are weighed by the test, at the moment that it means."""
    activity.recorded.disconnect(dispatch_uid="points.accruing")
    yield
    activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")


def leavers(count, company):
    made = [f"leaver{number}" for number in range(count)]
    return [Member.objects.create_user(f"{name}@pine.example", "x", name=name, handle=name, company=company) for name in made]


def attends(member, number=0, counterpart=None):
    with transaction.atomic():
        return activity.record(member, EVENT, cause=f"event:{member.pk}:{number}", happened_at=timezone.now(), counterpart=counterpart)


def leave(member):
    return lambda: erase(Member.objects.get(pk=member.pk))


def weigh(deed):
    return lambda: accruing.weigh(deed.pk)


def check(results, gone, *refusals):
    """Nobody sees an error of the database on PostgreSQL; on SQLite one of many writers may have given up, and does it again."""
    found = {result for result in results if isinstance(result, str)}
    assert found <= {OperationalError.__name__, *(refusal.__name__ for refusal in refusals)}
    if connection.vendor == "postgresql":
        assert OperationalError.__name__ not in found
    for member in Member.objects.filter(pk__in=[each.pk for each in gone], erased_at=None):
        erase(member)
    call_command("accrue_points")
    codes = [accounts.code_of(member) for member in gone]
    assert not Activity.objects.filter(weighing=None).exists()
    assert not Account.objects.filter(code__in=codes, closed_at=None).exists()
    assert not Account.objects.filter(code__in=codes).exclude(posted=0, held=0).exists()
    assert not AccountOwner.objects.filter(member__in=gone).exists()
    assert not Notification.objects.filter(member__in=gone).exists()
    assert not Transfer.objects.filter(kind="pending", settled_by=None).exists()
    assert audit().differences == []


@RACES
def test_who_is_erased_while_their_deed_is_weighed_has_nothing_left_open(unheard, harbour, race):
    gone = leavers(5, harbour)
    for member in gone[:3]:
        accruing.weigh(attends(member).pk)
    works = [work for member in gone for work in (weigh(attends(member, 1)), leave(member), weigh(attends(member, 2)))]
    check(race(works), gone)


@RACES
def test_who_is_erased_while_a_deed_opens_the_first_account_of_another_kind_keeps_nobody_waiting(unheard, harbour, race):
    """Points that only count for the tier lie in an account of their own, opened with the first of them."""
    gone = leavers(5, harbour)
    for member in gone:
        accruing.weigh(attends(member).pk)
    rule = Rule.objects.filter(activity_kind=EVENT).get()
    rule.qualifying_points = 3
    rule.save()
    works = [work for member in gone for work in (weigh(attends(member, 1)), leave(member))]
    check(race(works), gone)
    assert Account.objects.filter(asset__kind=Asset.Kind.QUALIFYING).exclude(posted=0).count() == 0


@RACES
def test_two_of_one_deed_are_both_erased_while_it_is_weighed(unheard, harbour, race):
    Rule.objects.filter(activity_kind=EVENT).update(pays="both", notice="Thank you.")
    one, other = leavers(2, harbour)
    deeds = [attends(*((one, n, other) if n % 2 else (other, n, one))) for n in range(8)]
    check(race([*map(weigh, deeds), leave(one), leave(other)]), [one, other])


@RACES
def test_what_waits_is_decided_undone_and_given_up_while_its_member_is_erased(unheard, harbour, marketer, alice, asset, race):
    """A review, a reservation, a gift and what a rule holds, each decided by somebody at that moment."""
    mug = Reward.objects.create(programme=asset.programme, slug="mug", name="A mug", price_points=1, stock=9)
    Rule.objects.filter(activity_kind=EVENT).update(budget_points=1_000)
    gone = leavers(2, harbour)
    works = []
    for member in gone:
        deeds = [attends(member, number) for number in range(4)]
        for deed in deeds:
            accruing.weigh(deed.pk)
        asked = redeeming.redeem(mug, member=member, reference="r")
        gift = gifting.offer(member, to=alice, points=1, reference="g")
        Rule.objects.filter(activity_kind=EVENT).update(hold_days=3)
        accruing.weigh(attends(member, 9).pk)
        Rule.objects.filter(activity_kind=EVENT).update(hold_days=None)
        waits = Deferral.objects.get(accrual__member=member)
        with transaction.atomic():
            back = [activity.undo(EVENT, cause=deed.cause) for deed in deeds[:2]]
        works += [leave(member), *map(weigh, back)]
        works += [lambda asked=asked: redeeming.fulfil(asked, by=marketer).pk, lambda gift=gift: gifting.accept(gift, by=alice).pk]
        works.append(lambda waits=waits: bool(maturing.decide(waits, now=timezone.now() + datetime.timedelta(days=4))))
    check(race(works), gone, gifting.GiftRefused, redeeming.RewardRefused, AccountClosed, NotPending)
    assert not Redemption.objects.filter(status="reserved").exists()
    assert not Gift.objects.filter(status__in=gifting.OPEN).exists()
    assert not Review.objects.filter(status="waiting").exists()
    assert not Deferral.objects.filter(status="waiting").exists()


def test_who_is_erased_waits_for_what_is_being_handed_over_with_no_account_in_hand(issued, move, asset, marketer, bob):
    mug = Reward.objects.create(programme=asset.programme, slug="mug", name="A mug", price_points=1, stock=9)
    [member] = leavers(1, None)
    move(issued, accounts.wallet_of(member), 10)
    asked = redeeming.redeem(mug, member=member, reference="r")
    gifting.offer(member, to=bob, points=1, reference="g")
    is_held = threading.Event()

    @transaction.atomic
    def hand_over():
        list(Redemption.objects.select_for_update(no_key=True).filter(pk=asked.pk))
        is_held.set()
        # Long enough for the other to come to where it waits.
        time.sleep(0.4)
        return redeeming.fulfil(asked, by=marketer).pk

    def leave_then():
        is_held.wait(timeout=60)
        erase(Member.objects.get(pk=member.pk))

    check(in_threads_at_once([hand_over, leave_then]), [member])
    assert Redemption.objects.get().status == "fulfilled"
