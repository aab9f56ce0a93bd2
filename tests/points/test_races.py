"""What is asked of the ledger and the shelf at the same time: 16 processes on PostgreSQL, 16 threads on SQLite."""

import datetime
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from members.models import Member
from points import accounts, ledger, redeeming, sealing, shelving
from points.auditing import audit
from points.models import Account, Entry, Lot, Partner, Redemption, Reward, SealBlock, SetAside, Standing, Transfer
from points.ordering import patiently
from points.redeeming import RewardRefused
from points.refusals import InsufficientPoints, NotPending
from tests.points.racing import WRITERS, at_once, in_threads

pytestmark = pytest.mark.django_db(transaction=True)


def spend(source, target, points, reference):
    """A work that answers (the transfer's id, whether it was there already)."""

    def work():
        order = ledger.Order(source=source, target=target, amount_points=points, reference=reference)
        row = patiently(lambda: ledger.transfer(order))
        return row.pk, row.is_replay

    return work


def test_draining_an_account_lets_exactly_the_affordable_spends_through(funded, redeemed):
    results = at_once([spend(funded, redeemed, 9, f"spend:{n}") for n in range(32)])
    assert sum(isinstance(result, tuple) for result in results) == 11
    assert results.count(InsufficientPoints.__name__) == 21
    funded.refresh_from_db()
    assert funded.posted == 1
    assert audit().differences == []


def test_one_reference_sixty_four_times_moves_points_once(funded, redeemed):
    results = at_once([spend(funded, redeemed, 9, "once") for _n in range(64)])
    assert {pk for pk, _is_replay in results} == {Transfer.objects.get(reference="once").pk}
    assert sum(not is_replay for _pk, is_replay in results) == 1
    funded.refresh_from_db()
    assert funded.posted == 91


def test_opposite_transfers_between_two_members_never_deadlock(funded, bob, issued, move):
    other = accounts.wallet_of(bob)
    move(issued, other, 100)
    works = [spend(funded, other, 1, f"there:{n}") for n in range(32)] + [spend(other, funded, 1, f"back:{n}") for n in range(32)]
    works = [work for pair in zip(works[:32], works[32:], strict=True) for work in pair]
    assert all(isinstance(result, tuple) for result in at_once(works))
    assert audit().differences == []
    other.refresh_from_db()
    assert other.posted == 100


@pytest.mark.parametrize("is_source", [True, False])
def test_two_wallets_are_locked_in_the_order_of_their_ids(funded, bob, issued, move, is_source):
    """Whoever waits for the first of two wallets holds not yet the second, whichever way the points go: so nobody waits in a circle."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    other = accounts.wallet_of(bob)
    move(issued, other, 10)
    first, second = sorted((funded, other), key=lambda account: account.pk)
    work = spend(*((second, first) if is_source else (first, second)), 1, "crossing")
    locked = Account.objects.select_for_update(no_key=True, nowait=True)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            locked.get(pk=first.pk)
            waits = pool.submit(in_threads, [[work]])
            wait_for_a_lock()
            locked.get(pk=second.pk)
        assert isinstance(waits.result(timeout=30)[0][0], tuple)
    assert audit().differences == []


def wait_for_a_lock():
    """Until somebody else waits for what this connection holds."""
    for _attempt in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_seal_waits_for_numbers_that_may_yet_appear_and_keeps_nobody_waiting(funded, redeemed, bob, issued, move, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    other, written, may_end = accounts.wallet_of(bob), threading.Event(), threading.Event()

    def dawdle():
        with transaction.atomic():
            spend(funded, redeemed, 1, "slow")()
            written.set()
            may_end.wait(timeout=30)

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(in_threads, [[dawdle]])
        assert written.wait(timeout=30)
        move(issued, other, 5)
        monkeypatch.setattr(sealing, "PATIENCE_SECONDS", 0.2)
        assert sealing.seal() == 0
        monkeypatch.setattr(sealing, "PATIENCE_SECONDS", 30)
        seals = pool.submit(in_threads, [[sealing.seal]])
        move(issued, other, 5)
        may_end.set()
        assert seals.result(timeout=60) == [[1]]
        slow.result(timeout=30)
    assert SealBlock.objects.get().last_id >= Transfer.objects.get(reference="slow").pk
    assert sealing.seal() <= 1
    assert SealBlock.objects.last().last_id == Transfer.objects.order_by("id").last().pk
    assert audit().differences == []


def test_many_who_seal_at_once_make_one_chain(funded, redeemed, move):
    for _n in range(5):
        move(funded, redeemed, 1)
    made = at_once([lambda: sealing.seal(block=2)] * 4)
    assert sum(made) == SealBlock.objects.count() == 3
    assert audit().differences == []


@pytest.mark.parametrize("kinds", [("post", "void"), ("post", "post")])
def test_between_two_accounts_that_nobody_locks_a_reservation_is_settled_once_too(issued, redeemed, move, kinds):
    pending = move(issued, redeemed, 10, kind="pending")
    results = at_once([lambda kind=kind: ledger.settle(pending, kind).pk for kind in kinds * 8])
    assert {result for result in results if isinstance(result, int)} == {Transfer.objects.get(settles=pending).pk}
    assert {result for result in results if isinstance(result, str)} <= {NotPending.__name__}
    assert audit().differences == []


def test_a_reservation_is_settled_by_one_of_many(funded, redeemed, move):
    pending = move(funded, redeemed, 50, kind="pending")
    works = [lambda: ledger.post(pending).pk, lambda: ledger.void(pending).pk] * 8
    results = at_once(works)
    assert {result for result in results if isinstance(result, int)} == {Transfer.objects.get(settles=pending).pk}
    assert {result for result in results if isinstance(result, str)} <= {NotPending.__name__}
    assert audit().differences == []


def test_an_award_is_taken_back_once_by_many(funded, issued, move):
    award = move(issued, funded, 10)
    results = at_once([lambda: [part.pk for part in ledger.reverse(award)]] * WRITERS)
    assert {pk for parts in results for pk in parts} == {Transfer.objects.get(reverses=award).pk}
    funded.refresh_from_db()
    assert funded.posted == 100


def test_a_reward_is_never_oversold(harbour, issued, move):
    reward = Reward.objects.create(programme=issued.asset.programme, name="Mug", slug="mug", price_points=5, stock=5, live=True)
    members = [Member.objects.create_user(f"buyer{n}@harbour.example", name=f"Buyer {n}", company=harbour) for n in range(WRITERS)]
    for member in members:
        move(issued, accounts.wallet_of(member), 5)
    works = [lambda member=member: redeeming.redeem(reward, member=member, reference="1").pk for member in members]
    results = at_once(works)
    assert sum(isinstance(result, int) for result in results) == 5
    assert results.count(RewardRefused.__name__) == WRITERS - 5
    reward.refresh_from_db()
    assert (reward.stock, Redemption.objects.filter(reward=reward).count()) == (0, 5)
    assert audit().differences == []


def test_a_reward_is_not_oversold_while_versions_of_it_go_live_and_pieces_come(harbour, issued, move):
    reward = Reward.objects.create(programme=issued.asset.programme, name="Mug", slug="mug", price_points=5, stock=5, live=True)
    members = [Member.objects.create_user(f"buyer{n}@harbour.example", name=f"Buyer {n}", company=harbour) for n in range(WRITERS)]
    for member in members:
        move(issued, accounts.wallet_of(member), 5)
    revisions = [reward.save_revision() for _n in range(4)]
    works = [lambda member=member: redeeming.redeem(reward, member=member, reference="1").pk for member in members]
    for number, revision in enumerate(revisions):
        works.insert(4 * number, lambda revision=revision: str(patiently(revision.publish)))
        works.insert(4 * number, lambda: str(shelving.move_pieces(reward, 1)))
    results = at_once(works)
    sold = sum(isinstance(result, int) for result in results)
    reward.refresh_from_db()
    assert reward.stock + Redemption.objects.filter(reward=reward).count() == 9
    assert Redemption.objects.filter(reward=reward).count() == sold
    assert audit().differences == []


def test_a_credit_limit_lowered_while_a_partner_gives_is_never_passed(asset, wallet):
    cafe = Partner.objects.create(programme=asset.programme, slug="cafe", name="Harbour Café", credit_limit_points=100)
    block = accounts.block_of(cafe)

    def lower():
        row = Partner.objects.get(pk=cafe.pk)
        row.credit_limit_points = 50
        patiently(row.save)
        return "lowered"

    works = [spend(block, wallet, 10, f"give:{n}") for n in range(12)]
    for place in (2, 6, 10):
        works.insert(place, lower)
    results = at_once(works)
    block.refresh_from_db()
    cafe.refresh_from_db()
    assert {result for result in results if isinstance(result, str)} <= {"lowered", "ValidationError", InsufficientPoints.__name__}
    assert block.floor == -cafe.credit_limit_points
    assert block.posted >= block.floor
    assert audit().differences == []


def test_members_whose_pieces_go_back_while_they_set_others_aside_never_wait_in_a_circle(harbour, asset):
    """Each has a piece, kept too long, of what the next wants."""
    tier = asset.programme.tiers.get(slug="gold")
    one, two = (
        Reward.objects.create(programme=asset.programme, name=slug, slug=slug, price_points=5, stock=20, live=True)
        for slug in ("one", "two")
    )
    works = []
    for number in range(WRITERS):
        member = Member.objects.create_user(f"gold{number}@harbour.example", name=f"Gold {number}", company=harbour)
        Standing.objects.create(member=member, programme=asset.programme, tier=tier)
        had, wanted = (one, two) if number % 2 else (two, one)
        SetAside.objects.create(reward=had, member=member, until=timezone.now() - datetime.timedelta(minutes=1))
        works.append(lambda member=member, wanted=wanted: patiently_on_sqlite(lambda: redeeming.set_aside(wanted, member=member).pk))
    results = at_once(works)
    assert all(isinstance(result, int) for result in results), results
    for reward in (one, two):
        reward.refresh_from_db()
        assert (reward.stock, reward.set_aside.count()) == (20, 8)


def patiently_on_sqlite(work):
    """There a writer may find the file locked; on PostgreSQL an error would be a circle."""
    return patiently(work) if connection.vendor == "sqlite" else work()


@pytest.mark.parametrize("size", [1, 10])
def test_a_killed_writer_leaves_each_order_whole_or_absent_and_a_retry_finishes(wallet, issued, size):
    """kill -9 in the middle of 200 awards, one by one and in linked batches."""

    def orders(first):
        return [ledger.Order(source=issued, target=wallet, amount_points=3, reference=f"k:{n}") for n in range(first, first + size)]

    def all_of_them():
        for first in range(0, 200, size):
            ledger.batch(orders(first)) if size > 1 else ledger.transfer(orders(first)[0])

    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=all_of_them)
    child.start()
    while Transfer.objects.count() < 40 and child.is_alive():
        time.sleep(0.001)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    there = set(Transfer.objects.values_list("reference", flat=True))
    assert 40 <= len(there) < 200
    assert len(there) % size == 0
    assert Entry.objects.count() == Lot.objects.count() == len(there)
    assert audit().differences == []
    all_of_them()
    wallet.refresh_from_db()
    assert (wallet.posted, Transfer.objects.count()) == (600, 200)
    assert audit().differences == []


def test_without_the_lock_points_would_be_lost(funded, redeemed):
    """The same race against a naive reader and writer, to show that the harness can see one."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's writers queue")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS naive (balance bigint)")
        cursor.execute("DELETE FROM naive")
        cursor.execute("INSERT INTO naive VALUES (0)")

    def add():
        for _n in range(10):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT balance FROM naive")
                balance = cursor.fetchone()[0]
                cursor.execute("SELECT pg_sleep(0.002)")
                cursor.execute("UPDATE naive SET balance = %s", [balance + 1])

    at_once([add] * 8)
    with connection.cursor() as cursor:
        cursor.execute("SELECT balance FROM naive")
        assert cursor.fetchone()[0] < 80
        cursor.execute("DROP TABLE naive")
