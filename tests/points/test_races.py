"""What happens at the same time: 16 processes on PostgreSQL, 16 threads on SQLite, each with a connection of its own."""

import datetime
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.models import Sum
from django.utils import timezone

from members import activity
from members.models import Activity, Member
from points import accounts, accruing, ledger, loading, redeeming, reviewing, sealing, shelving
from points.auditing import audit
from points.models import (
    Account,
    Accrual,
    Budget,
    Entry,
    Grant,
    Lot,
    Partner,
    Redemption,
    Review,
    Reward,
    Rule,
    SealBlock,
    SetAside,
    Standing,
    Transfer,
    VoucherCode,
)
from points.ordering import patiently
from points.redeeming import RewardRefused
from points.refusals import InsufficientPoints, NotPending

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 16


def at_once(works, writers=WRITERS):
    """Do all the works, as many at once as there are writers, which start together. Returns each one's result, or its exception's name."""
    shares = [works[n::writers] for n in range(min(writers, len(works)))]
    results = (in_processes if connection.vendor == "postgresql" else in_threads)(shares)
    return [result for share in results for result in share]


def one_by_one(share, start):
    start.wait(timeout=60)
    results = []
    for work in share:
        try:
            results.append(work())
        except Exception as error:
            results.append(type(error).__name__)
    return results


def in_threads(shares):
    start = threading.Barrier(len(shares))

    def run(share):
        try:
            return one_by_one(share, start)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(shares)) as pool:
        return list(pool.map(run, shares))


def in_processes(shares):
    """Forked, so that they share nothing but the database."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    start, results = fork.Barrier(len(shares)), fork.SimpleQueue()

    def run(share):
        try:
            results.put(one_by_one(share, start))
        finally:
            results.put(None)

    children = [fork.Process(target=lambda share=share: (run(share), os._exit(0))) for share in shares]
    for child in children:
        child.start()
    found, ended = [], 0
    while ended < len(children):
        result = results.get()
        found, ended = (found, ended + 1) if result is None else ([*found, result], ended)
    for child in children:
        child.join()
    return found


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


def test_many_deeds_at_once_keep_the_days_limit(alice):
    activity.recorded.disconnect(dispatch_uid="points.accruing")
    with transaction.atomic():
        rows = [activity.record(alice, Activity.Kind.REPLY_POSTED, cause=f"post:{n}") for n in range(16)]
    activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    results = at_once([lambda row=row: accruing.weigh(row.pk) for row in rows])
    assert set(results) <= {True, OperationalError.__name__}
    for row in rows:
        # Where two writers clashed and one lost, the catch-up does it; of the others it does nothing.
        accruing.weigh(row.pk)
    wallet = accounts.wallet_of(alice)
    assert wallet.posted == 10
    assert audit().differences == []


def test_deeds_taken_back_decided_and_done_at_once_keep_the_limit_and_the_books(alice, bob, charlie, marketer):
    """A person decides about held awards while some of their deeds are taken back and others, earlier ones, arrive."""
    kind, noon = Activity.Kind.COLLEAGUE_REGISTERED, timezone.now() - datetime.timedelta(hours=2)
    Rule.objects.filter(activity_kind=kind).update(cap_in_all=6, pays="member", budget_points=1_000)
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(phone="+86 20 1234 5678")
    alice.refresh_from_db()
    bob.refresh_from_db()

    def bring(number, invitee):
        with transaction.atomic():
            at = noon + datetime.timedelta(minutes=number)
            return activity.record(alice, kind, cause=f"invitation:{number}", counterpart=invitee, happened_at=at)

    activity.recorded.disconnect(dispatch_uid="points.accruing")
    try:
        for number in range(10, 18):
            accruing.weigh(bring(number, bob if number % 2 else charlie).pk)
        late = [bring(number, charlie) for number in range(4)]
        with transaction.atomic():
            back = [activity.undo(kind, cause=f"invitation:{number}") for number in (11, 12, 13)]
    finally:
        activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    reviews = list(Review.objects.order_by("pk"))
    assert len(reviews) == 3
    works = [lambda row=row: accruing.weigh(row.pk) for row in [*late, *back]]
    for review in reviews:
        works += [
            lambda review=review: reviewing.release(review, by=marketer).pk,
            lambda review=review: reviewing.refuse(review, by=marketer, note="No.").pk,
        ]
    results = at_once(works)
    assert {result for result in results if isinstance(result, str)} <= {NotPending.__name__, OperationalError.__name__}
    if connection.vendor == "postgresql":
        assert OperationalError.__name__ not in results
    for row in [*late, *back]:
        accruing.weigh(row.pk)
    standing = Accrual.objects.filter(outcome__in=("awarded", "held"))
    wallet = accounts.wallet_of(alice)
    assert standing.count() <= 6
    assert wallet.posted == 2 * standing.filter(outcome="awarded").count()
    assert Budget.objects.get(rule__activity_kind=kind).given_points == 2 * standing.count()
    assert Review.objects.filter(status="waiting").count() == standing.filter(outcome="held").count()
    assert audit().differences == []


@pytest.mark.parametrize("limit", ["company:awards:ever", "all:awards:day"])
def test_many_colleagues_at_once_get_no_more_than_they_may_together(harbour, limit):
    kind, at = Activity.Kind.EVENT_ATTENDED, timezone.now()
    Rule.objects.filter(activity_kind=kind).update(caps={limit: 5})
    colleagues = [Member.objects.create_user(f"m{number}@harbour.example", name=f"M {number}", company=harbour) for number in range(16)]
    activity.recorded.disconnect(dispatch_uid="points.accruing")
    with transaction.atomic():
        rows = [activity.record(member, kind, cause=f"event:{member.pk}", happened_at=at) for member in colleagues]
    activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    results = at_once([lambda row=row: accruing.weigh(row.pk) for row in rows])
    assert set(results) <= ({True} if connection.vendor == "postgresql" else {True, OperationalError.__name__})
    for row in rows:
        accruing.weigh(row.pk)
    first = sorted(row.pk for row in rows)[:5]
    assert list(Accrual.objects.filter(outcome="awarded").order_by("activity").values_list("activity", flat=True)) == first
    assert audit().differences == []


def test_vouchers_given_and_taken_back_at_once_are_each_given_once(harbour, asset):
    kind, at = Activity.Kind.EVENT_ATTENDED, timezone.now()
    coffee = Reward.objects.create(programme=asset.programme, slug="coffee", name="Coffee", price_points=5, gives_code=True)
    loading.load_codes(coffee, [f"C-{number}" for number in range(6)])
    Rule.objects.filter(activity_kind=kind).update(voucher_of=coffee)
    guests = [Member.objects.create_user(f"m{number}@harbour.example", name=f"M {number}", company=harbour) for number in range(16)]
    activity.recorded.disconnect(dispatch_uid="points.accruing")
    with transaction.atomic():
        rows = [activity.record(member, kind, cause=f"event:{member.pk}", happened_at=at) for member in guests]
    for row in rows[:3]:
        accruing.weigh(row.pk)
    with transaction.atomic():
        back = [activity.undo(kind, cause=f"event:{member.pk}") for member in guests[:3]]
    activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    works = [lambda row=row: accruing.weigh(row.pk) for row in [*rows[3:], *back]]
    results = at_once([*works, lambda: bool(loading.load_codes(coffee, ["D-1", "D-2"]))])
    assert set(results) <= ({True} if connection.vendor == "postgresql" else {True, OperationalError.__name__})
    for row in [*rows, *back]:
        accruing.weigh(row.pk)
    loading.load_codes(coffee, ["D-1", "D-2"])
    codes = VoucherCode.objects.exclude(grant=None)
    assert codes.filter(voided_at=None).count() == Grant.objects.filter(status="standing").count() == 5
    assert Grant.objects.filter(status="waiting").count() == 8
    assert codes.exclude(voided_at=None).count() == Grant.objects.filter(status="taken_back").count() == 3


def test_deeds_of_colleagues_and_strangers_at_once_keep_what_they_share(alice, bob, charlie, mei, marketer):
    """Late ones among them move others' awards, some are taken back, some are decided: nobody waits in a circle."""
    kind, noon = Activity.Kind.EVENT_ATTENDED, timezone.now() - datetime.timedelta(days=1)
    Rule.objects.filter(activity_kind=kind).update(caps={"company:awards:ever": 5, "all:points:ever": 34})
    thanks = Activity.Kind.COLLEAGUE_REGISTERED
    Rule.objects.filter(activity_kind=thanks).update(caps={"all:awards:ever": 6})
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(phone="+86 20 1234 5678")
    members = [alice, charlie, bob, mei]

    def come(number):
        at = noon + datetime.timedelta(minutes=number)
        with transaction.atomic():
            row = activity.record(members[number % 4], kind, cause=f"event:{number}", happened_at=at)
            other = members[(number + 2 - number % 2) % 4]
            return row, activity.record(members[number % 4], thanks, cause=f"guest:{number}", counterpart=other, happened_at=at)

    activity.recorded.disconnect(dispatch_uid="points.accruing")
    try:
        for row in [row for number in range(20, 32) for row in come(number)]:
            accruing.weigh(row.pk)
        late = [row for number in range(12) for row in come(number)]
        with transaction.atomic():
            back = [activity.undo(kind, cause=f"event:{number}") for number in (20, 21, 22)]
    finally:
        activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    works = [lambda row=row: accruing.weigh(row.pk) for row in [*late, *back]]
    for review in Review.objects.order_by("pk"):
        works.append(lambda review=review: reviewing.refuse(review, by=marketer, note="No.").pk)
    assert len(works) > 27
    results = at_once(works)
    assert {result for result in results if isinstance(result, str)} <= {NotPending.__name__, OperationalError.__name__}
    if connection.vendor == "postgresql":
        assert OperationalError.__name__ not in results
    for row in [*late, *back]:
        accruing.weigh(row.pk)
    stands = Accrual.objects.filter(outcome__in=("awarded", "held"))
    attended, thanked = stands.filter(rule__activity_kind=kind), stands.filter(rule__activity_kind=thanks)
    for company in (alice.company, charlie.company):
        assert attended.filter(member__company=company).count() <= 5
    assert attended.aggregate(points=Sum("amount_points"))["points"] == 34
    # The first by time, whatever order they came in.
    assert max(int(cause.partition(":")[2]) for cause in attended.values_list("activity__cause", flat=True)) < 12
    assert thanked.count() == 6
    posted = sum(accounts.wallet_of(member).posted for member in members)
    assert posted == stands.filter(outcome="awarded").aggregate(points=Sum("amount_points"))["points"]
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
