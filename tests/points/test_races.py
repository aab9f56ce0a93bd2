"""What happens at the same time: threads with their own connections, on whichever database the lane runs."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from members import activity
from members.models import Activity
from points import accounts, accruing, ledger
from points.auditing import audit
from points.models import Transfer
from points.refusals import InsufficientPoints, NotPending

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(works):
    """Run the functions in threads that start together. Returns their results, or the exception each raised."""
    start = threading.Barrier(len(works))

    def run(work):
        try:
            start.wait(timeout=30)
            return work()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def spend(source, target, points, reference):
    return lambda: ledger.transfer(ledger.Order(source=source, target=target, amount_points=points, reference=reference))


def test_draining_an_account_lets_exactly_the_affordable_spends_through(funded, redeemed):
    results = at_once([spend(funded, redeemed, 9, f"spend:{n}") for n in range(16)])
    assert sum(isinstance(result, Transfer) for result in results) == 11
    assert sum(isinstance(result, InsufficientPoints) for result in results) == 5
    funded.refresh_from_db()
    assert funded.posted == 1
    assert audit().differences == []


def test_one_reference_sixty_four_times_moves_points_once(funded, redeemed):
    results = at_once([spend(funded, redeemed, 9, "once") for _n in range(64)])
    assert {result.pk for result in results} == {Transfer.objects.get(reference="once").pk}
    assert sum(not result.is_replay for result in results) == 1
    funded.refresh_from_db()
    assert funded.posted == 91


def test_opposite_transfers_between_two_members_never_deadlock(funded, bob, issued, move):
    other = accounts.wallet_of(bob)
    move(issued, other, 100)
    works = [spend(funded, other, 1, f"there:{n}") for n in range(8)] + [spend(other, funded, 1, f"back:{n}") for n in range(8)]
    assert all(isinstance(result, Transfer) for result in at_once(works))
    assert audit().differences == []
    other.refresh_from_db()
    assert other.posted == 100


def test_a_reservation_is_settled_by_one_of_many(funded, redeemed, move):
    pending = move(funded, redeemed, 50, kind="pending")
    works = [lambda: ledger.post(pending)] * 8 + [lambda: ledger.void(pending)] * 8
    results = at_once(works)
    assert len({result.pk for result in results if isinstance(result, Transfer)}) == 1
    assert all(isinstance(result, Transfer | NotPending) for result in results)
    assert audit().differences == []


def test_an_award_is_taken_back_once_by_many(funded, issued, move):
    award = move(issued, funded, 10)
    results = at_once([lambda: ledger.reverse(award)] * 12)
    assert {part.pk for parts in results for part in parts} == {Transfer.objects.get(reverses=award).pk}
    funded.refresh_from_db()
    assert funded.posted == 100


def test_many_deeds_at_once_keep_the_days_limit(alice):
    with transaction.atomic():
        rows = [activity.record(alice, Activity.Kind.REPLY_POSTED, cause=f"post:{n}") for n in range(16)]
    results = at_once([lambda row=row: accruing.weigh(row.pk) for row in rows])
    for row, result in zip(rows, results, strict=True):
        if result is not True:
            # A clash that one of two writers lost: the catch-up does it.
            accruing.weigh(row.pk)
    wallet = accounts.wallet_of(alice)
    assert wallet.posted == 10
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
