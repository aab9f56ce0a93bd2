import datetime

import pytest
from django.utils import timezone

from points import accounts, balances, ledger
from points.models import Account, Entry, Lot, Transfer
from points.refusals import AmountTooLarge, AssetsDiffer, BadAmount, InsufficientPoints, NotPending, NotReversible, ReferenceReused


def balance(account):
    account.refresh_from_db()
    return account.posted, account.held


def test_an_award_reaches_the_wallet_with_its_statement_line(wallet, issued, move):
    row = move(issued, wallet, 30)
    assert balance(wallet) == (30, 0)
    line = Entry.objects.get(account=wallet)
    assert (line.seq, line.transfer, line.delta, line.balance_after) == (1, row, 30, 30)
    assert balances.sum_of(issued) == -30


def test_the_same_reference_moves_points_once(wallet, issued, move):
    first = move(issued, wallet, 30, reference="once")
    again = move(issued, wallet, 30, reference="once")
    assert (first.is_replay, again.is_replay) == (False, True)
    assert first == again
    assert balance(wallet) == (30, 0)


def test_a_reference_used_for_another_request_is_refused(wallet, issued, move):
    move(issued, wallet, 30, reference="once")
    with pytest.raises(ReferenceReused):
        move(issued, wallet, 31, reference="once")
    assert balance(wallet) == (30, 0)


def test_nobody_spends_more_than_they_have_and_the_refusal_keeps_the_reference_free(funded, redeemed, issued, move):
    with pytest.raises(InsufficientPoints):
        move(funded, redeemed, 101, reference="spend")
    assert balance(funded) == (100, 0)
    move(issued, funded, 1)
    assert not move(funded, redeemed, 101, reference="spend").is_replay
    assert balance(funded) == (0, 0)


@pytest.mark.parametrize("points", [0, -5, 10**16])
def test_an_amount_out_of_bounds_is_refused(wallet, issued, move, points):
    with pytest.raises(BadAmount):
        move(issued, wallet, points)


def test_points_do_not_go_round_in_a_circle(funded, move):
    with pytest.raises(AssetsDiffer):
        move(funded, funded, 5)


def test_reserved_points_cannot_be_spent_and_posting_a_part_frees_the_rest(funded, redeemed, move):
    pending = move(funded, redeemed, 70, kind="pending")
    assert balance(funded) == (100, 70)
    assert balances.status_of(pending) == "pending"
    with pytest.raises(InsufficientPoints):
        move(funded, redeemed, 31)
    ledger.post(pending, amount_points=50)
    assert balance(funded) == (50, 0)
    assert balances.status_of(pending) == "posted"
    assert Lot.objects.get(account=funded).remaining == 50


def test_a_reservation_is_settled_once(funded, redeemed, move):
    pending = move(funded, redeemed, 70, kind="pending")
    first = ledger.void(pending)
    assert ledger.void(pending) == first
    with pytest.raises(NotPending):
        ledger.post(pending)
    assert balance(funded) == (100, 0)
    assert balances.status_of(pending) == "voided"


def test_more_than_was_reserved_cannot_be_posted(funded, redeemed, move):
    with pytest.raises(AmountTooLarge):
        ledger.post(move(funded, redeemed, 10, kind="pending"), amount_points=11)


def test_a_reservation_whose_time_is_over_gives_way_to_a_spend(funded, redeemed, move):
    pending = move(funded, redeemed, 90, kind="pending", seconds=60)
    later = timezone.now() + datetime.timedelta(seconds=61)
    move(funded, redeemed, 100, now=later)
    assert balance(funded) == (0, 0)
    assert balances.status_of(pending) == "lapsed"
    with pytest.raises(NotPending):
        ledger.post(pending, now=later)


def test_a_reservation_is_posted_up_to_its_time_and_no_later(funded, redeemed, move):
    late, in_time = (move(funded, redeemed, 10, kind="pending", seconds=60) for _twice in range(2))
    with pytest.raises(NotPending):
        ledger.post(late, now=late.times_out_at)
    assert balances.status_of(late) == "pending"
    ledger.post(in_time, now=in_time.times_out_at - datetime.timedelta(seconds=1))
    assert balance(funded) == (90, 10)


def test_points_that_lapse_first_are_spent_first_and_lapsed_ones_never(wallet, issued, redeemed, move):
    now = timezone.now()
    soon, late = now + datetime.timedelta(days=1), now + datetime.timedelta(days=90)
    move(issued, wallet, 10, lapses_at=late)
    move(issued, wallet, 10, lapses_at=soon)
    move(wallet, redeemed, 4)
    assert list(Lot.objects.order_by("lapses_at").values_list("remaining", flat=True)) == [6, 10]
    with pytest.raises(InsufficientPoints):
        move(wallet, redeemed, 11, now=now + datetime.timedelta(days=2))
    move(wallet, redeemed, 10, now=now + datetime.timedelta(days=2))
    assert balance(wallet) == (0, 0)
    assert balances.sum_of(accounts.system(Account.Kind.LAPSED)) == 6


def test_lapsing_twice_lapses_once(wallet, issued, move):
    now = timezone.now()
    move(issued, wallet, 10, lapses_at=now)
    assert ledger.lapse_due(wallet, now=now) == 10
    assert ledger.lapse_due(wallet, now=now) == 0


def test_held_points_lapse_only_when_given_back(wallet, issued, redeemed, move):
    now = timezone.now()
    move(issued, wallet, 10, lapses_at=now + datetime.timedelta(days=1))
    pending = move(wallet, redeemed, 6, kind="pending")
    later = now + datetime.timedelta(days=2)
    assert ledger.lapse_due(wallet, now=later) == 4
    ledger.void(pending, now=later)
    assert ledger.lapse_due(wallet, now=later) == 6
    assert balance(wallet) == (0, 0)


def test_an_award_taken_back_comes_from_what_is_left_of_it(wallet, issued, move):
    award = move(issued, wallet, 10)
    move(issued, wallet, 5)
    parts = ledger.reverse(award)
    assert [(part.part, part.amount_points) for part in parts] == [("left", 10)]
    assert balance(wallet) == (5, 0)
    assert [part.is_replay for part in ledger.reverse(award)] == [True]


def test_an_award_taken_back_after_it_was_spent_becomes_a_debt_that_later_awards_pay(wallet, issued, redeemed, move):
    now = timezone.now()
    award = move(issued, wallet, 10, lapses_at=now + datetime.timedelta(days=1))
    move(wallet, redeemed, 7)
    later = now + datetime.timedelta(days=2)
    parts = ledger.reverse(award, now=later)
    assert [(part.part, part.amount_points) for part in parts] == [("lapsed", 3), ("spent", 7)]
    assert balance(wallet) == (0, 0)
    debt = accounts.debt_of(wallet)
    assert balances.sum_of(debt) == -7
    move(issued, wallet, 5)
    assert balance(wallet) == (0, 0)
    move(issued, wallet, 5)
    assert balance(wallet) == (3, 0)
    assert balances.sum_of(debt) == 0


def test_a_batch_of_awards_pays_a_debt_too(wallet, bob, issued, redeemed, move):
    award = move(issued, wallet, 10)
    move(wallet, redeemed, 7)
    ledger.reverse(award)
    other = accounts.wallet_of(bob)
    ledger.batch([ledger.Order(source=issued, target=each, amount_points=9, reference=f"b:{each.pk}") for each in (other, wallet)])
    assert balances.sum_of(accounts.debt_of(wallet)) == 0
    assert (balance(wallet), balance(other)) == ((2, 0), (9, 0))


def test_a_spend_taken_back_returns_to_the_lots_it_came_from(wallet, issued, redeemed, move):
    soon = timezone.now() + datetime.timedelta(days=1)
    move(issued, wallet, 10, lapses_at=soon)
    pending = move(wallet, redeemed, 8, kind="pending")
    ledger.post(pending, amount_points=6)
    ledger.reverse(pending)
    assert balance(wallet) == (10, 0)
    lot = Lot.objects.get()
    assert (lot.remaining, lot.lapses_at) == (10, soon)


def test_a_reversal_cannot_be_reversed(wallet, issued, move):
    (part,) = ledger.reverse(move(issued, wallet, 10))
    with pytest.raises(NotReversible):
        ledger.reverse(part)


def test_a_gift_keeps_the_day_its_points_lapse(funded, bob, issued, move):
    soon = timezone.now() + datetime.timedelta(days=9)
    move(issued, funded, 10, lapses_at=soon)
    target = accounts.wallet_of(bob)
    move(funded, target, 25)
    assert list(Lot.objects.filter(account=target).order_by("id").values_list("original", "lapses_at")) == [(10, soon), (15, None)]


def test_a_balance_can_be_asked_as_of_a_moment(funded, redeemed, move):
    before = timezone.now()
    move(funded, redeemed, 40)
    assert balances.balance_as_of(funded, before) == (100, 0)
    assert balances.balance_as_of(funded, timezone.now()) == (60, 0)
    assert balances.balance_as_of(redeemed, before) == (0, 0)


def test_a_batch_is_all_or_nothing_and_says_which_was_refused(funded, redeemed):
    orders = [ledger.Order(source=funded, target=redeemed, amount_points=60, reference=f"batch:{n}") for n in range(2)]
    with pytest.raises(InsufficientPoints) as refused:
        ledger.batch(orders)
    assert refused.value.position == 1
    assert balance(funded) == (100, 0)
    assert not Transfer.objects.filter(reference__startswith="batch:").exists()
