"""Any order of everything, against a model of dicts and lists: every invariant is asked after every step, on both engines."""

import copy
import datetime
import itertools
import os
from unittest import mock

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from members.models import Member
from points import accounts, balances, erasing, in_postgres, ledger
from points.auditing import audit
from points.models import Account, Entry, Lot, LotUse, Transfer
from points.refusals import LedgerRefusal, ReferenceReused
from tests.long import again_for
from tests.points.model_books import DEBT, Books, Refused

START = timezone.now()
AMOUNTS = st.integers(1, 40)
WHO = st.integers(0, 2)
PICK = st.integers(0, 10_000)
RUNS = itertools.count()
WALLETS = ("a", "b", "c")


class Walk(RuleBasedStateMachine):
    """Awards, spends, gifts, reservations and their settlements, reversals, batches, replays, erasures; time that passes."""

    def __init__(self):
        super().__init__()
        self.run, self.steps = next(RUNS), 0
        self.now = START
        self.clock = mock.patch("django.utils.timezone.now", side_effect=lambda: self.now)
        self.clock.start()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.asset = accounts.default_asset()
        people = [Member.objects.create_user(f"walk{self.run}-{n}@walk.example", name=f"Walk {self.run} {n}") for n in range(3)]
        self.people = dict(zip(WALLETS, people, strict=True))
        self.accounts = {name: accounts.wallet_of(member) for name, member in self.people.items()}
        self.accounts |= {kind: accounts.system(kind) for kind in ("issued", "redeemed", "lapsed")}
        self.numbers = itertools.count()
        self.model = Books(WALLETS)
        # What was asked for: (order, the real transfer, the model's row)
        self.made: list[tuple[ledger.Order, Transfer, int]] = []

    def teardown(self):
        self.clock.stop()
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def account(self, name):
        return Account.objects.get(pk=self.accounts[name].pk)

    def order(self, source, target, points, **more):
        reference = f"walk:{self.run}:{next(self.numbers)}"
        return ledger.Order(source=self.account(source), target=self.account(target), amount_points=points, reference=reference, **more)

    def both(self, real, modelled):
        """Do it in both. Either both refuse, and nothing has changed, or neither does."""
        before = copy.deepcopy(self.model)
        try:
            wanted = modelled()
        except Refused as refused:
            self.model, wanted = before, refused
        try:
            with transaction.atomic():
                got = real()
        except LedgerRefusal as refusal:
            got = refusal
        assert isinstance(got, LedgerRefusal) == isinstance(wanted, Refused), (got, wanted)
        return (None, None) if isinstance(wanted, Refused) else (got, wanted)

    def move(self, source, target, points, *, days=None, kind="single", hours=None):
        lapses_at = self.now + datetime.timedelta(days=days) if days is not None else None
        order = self.order(source, target, points, kind=kind, lapses_at=lapses_at, seconds=hours and hours * 3_600)
        times_out_at = self.now + datetime.timedelta(hours=hours) if hours else None
        model = lambda: self.model.move(source, target, points, self.now, kind=kind, lapses_at=lapses_at, times_out_at=times_out_at)  # noqa: E731
        got, wanted = self.both(lambda: ledger.transfer(order), model)
        if got is not None:
            self.made.append((order, got, wanted.number))

    @rule(who=WHO, points=AMOUNTS, days=st.sampled_from([None, 0, 3, 30]))
    def award(self, who, points, days):
        self.move("issued", WALLETS[who], points, days=days)

    @rule(who=WHO, points=AMOUNTS)
    def spend(self, who, points):
        self.move(WALLETS[who], "redeemed", points)

    @rule(who=WHO, to=WHO, points=AMOUNTS)
    def give(self, who, to, points):
        if who != to:
            self.move(WALLETS[who], WALLETS[to], points)

    @rule(who=WHO, to=st.sampled_from(["redeemed", "redeemed", *WALLETS]), points=AMOUNTS, hours=st.sampled_from([None, 1, 48]))
    def hold(self, who, to, points, hours):
        if WALLETS[who] != to:
            self.move(WALLETS[who], to, points, kind="pending", hours=hours)

    @precondition(lambda self: any(order.kind == "pending" for order, _row, _number in self.made))
    @rule(pick=PICK, less=st.integers(0, 5), kind=st.sampled_from(["post", "post", "void", "lapse"]))
    def settle(self, pick, less, kind):
        """Post in full or in part, void, time out; also what was settled already."""
        held = [each for each in self.made if each[0].kind == "pending"]
        _order, row, number = held[pick % len(held)]
        points = max(1, row.amount_points - less) if kind == "post" else None
        self.both(lambda: ledger.settle(row, kind, amount_points=points), lambda: self.model.settle(number, kind, self.now, points))

    @precondition(lambda self: self.made)
    @rule(pick=PICK)
    def reverse(self, pick):
        _order, row, number = self.made[pick % len(self.made)]
        parts, wanted = self.both(lambda: ledger.reverse(row), lambda: self.model.reverse(number, self.now))
        if parts is not None:
            assert [(part.part, part.amount_points) for part in parts] == [(part.part, part.points) for part in wanted]

    @precondition(lambda self: self.made)
    @rule(pick=PICK, more=st.integers(1, 5))
    def replay(self, pick, more):
        order, row, _number = self.made[pick % len(self.made)]
        again = ledger.transfer(order)
        assert (again.pk, again.is_replay) == (row.pk, True)
        with pytest.raises(ReferenceReused), transaction.atomic():
            ledger.transfer(ledger.Order(**{**vars(order), "amount_points": order.amount_points + more}))

    @rule(parts=st.lists(st.tuples(st.sampled_from(["issued", *WALLETS]), st.sampled_from(["redeemed", *WALLETS]), AMOUNTS), max_size=4))
    def batch(self, parts):
        parts = [part for part in parts if part[0] != part[1]]
        orders = [self.order(*part) for part in parts]
        got, wanted = self.both(lambda: ledger.batch(orders), lambda: [self.model.move(*part, self.now) for part in parts])
        if got is not None:
            self.made += [(order, row, each.number) for order, row, each in zip(orders, got, wanted, strict=True)]

    @precondition(lambda self: not self.model.closed and len(self.made) > 5)
    @rule(who=WHO)
    def erase(self, who):
        def do():
            erasing.erase(self.people[WALLETS[who]])
            return True

        self.both(do, lambda: self.model.erase(WALLETS[who], self.now) or True)

    @rule(hours=st.sampled_from([1, 2, 30, 100]), swept=st.booleans())
    def time_passes(self, hours, swept):
        """With or without the night's round: a spend must find the same either way."""
        self.now += datetime.timedelta(hours=hours)
        for name in WALLETS if swept else ():
            ledger.lapse_due(self.account(name), now=self.now)
            self.model.lapse_due(name, self.now)

    @invariant()
    def accounts_say_what_the_model_says(self):
        for name in WALLETS:
            row = self.account(name)
            assert (row.posted, row.held, row.seq) == (self.model.posted[name], self.model.held[name], len(self.model.lines[name]))
            assert 0 <= row.held <= row.posted  # I3
            debt = Account.objects.filter(code=f"{row.code}:debt").first()
            assert (balances.sum_of(debt) if debt else 0) == self.model.posted[DEBT + name]

    @invariant()
    def transfers_are_whole_and_once(self):
        mine = Transfer.objects.filter(asset=self.asset)
        said = ((row.kind, row.amount_points, row.part) for row in mine)
        assert sorted(said) == sorted((row.kind, row.points, row.part) for row in self.model.rows)
        assert not any(row.amount_points <= 0 or row.source_id == row.target_id for row in mine)  # I1
        assert not mine.values("client", "reference").annotate(n=Count("id")).filter(n__gt=1).exists()  # I2
        assert not mine.exclude(settles=None).values("settles").annotate(n=Count("id")).filter(n__gt=1).exists()  # I6

    @invariant()
    def the_database_refuses_to_be_rewritten(self):
        """I4 and I5."""
        for sql in (
            "UPDATE points_account SET posted = posted + 1",
            "DELETE FROM points_entry",
            "UPDATE points_transfer SET amount_points = 1",
        ):
            if Entry.objects.exists():
                with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"{sql} WHERE asset_id = {self.asset.pk}" if "entry" not in sql else sql)

    @invariant()
    def lots_hold_what_is_available(self):
        for name in WALLETS:
            row = self.account(name)
            lots = list(Lot.objects.filter(account=row).order_by("id"))
            assert [(lot.lapses_at, lot.original, lot.remaining) for lot in lots] == [
                (lot.lapses_at, lot.original, lot.remaining) for lot in self.model.lots[name]
            ]
            assert sum(lot.remaining for lot in lots) == row.available  # I7
            used = LotUse.objects.filter(lot__in=lots).aggregate(total=Sum("amount"))["total"]
            assert sum(lot.original - lot.remaining for lot in lots) == (used or 0)

    @invariant()
    def statement_lines_run_without_a_gap(self):
        for name in WALLETS:
            lines = Entry.objects.filter(account=self.accounts[name]).order_by("seq").values_list("delta", "balance_after", "held_after")
            assert list(lines) == self.model.lines[name]  # I8, with I4: each line is explained by one transfer
            if self.model.lines[name]:
                account = self.account(name)
                assert balances.balance_as_of(account, self.now) == (account.posted, account.held)

    @invariant()
    def the_books_balance(self):
        """I9 at every step; the audit, which looks at all of it in its own way, at every fifth."""
        into, out = (
            {
                row[side]: int(row["total"])
                for row in Transfer.objects.filter(balances.MOVES).values(side).annotate(total=Sum("amount_points"))
            }
            for side in ("target", "source")
        )
        sums = {pk: into.get(pk, 0) - out.get(pk, 0) for pk in into | out}
        assert sum(sums.values()) == 0
        assert all(sums.get(self.accounts[name].pk, 0) == self.model.posted[name] for name in (*WALLETS, "issued", "redeemed", "lapsed"))
        self.steps += 1
        if self.steps % 5 == 0:
            assert audit().differences == []


@pytest.mark.parametrize("path", ["function", "plain"])
def test_any_order_of_everything_keeps_every_invariant(db, path, monkeypatch):
    """On PostgreSQL both ways of writing are held to it; SQLite knows the plain one."""
    if path == "function" and connection.vendor != "postgresql":
        pytest.skip("SQLite has no functions")
    monkeypatch.setattr(in_postgres, "is_on", path == "function")
    minutes = float(os.environ.get("WALK_MINUTES", "0")) / (2 if connection.vendor == "postgresql" else 1)
    examples = 20 if minutes else int(os.environ.get("WALKS", "4"))
    # To shrink a failing walk for minutes helps nobody in CI; WALKS=100 with Phase.shrink does at a desk.
    few = settings(
        max_examples=examples,
        # The same walks for everybody, and new ones at a desk.
        derandomize=not (minutes or "WALKS" in os.environ),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        stateful_step_count=50 if minutes else 25,
        print_blob=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    for _round in again_for(60 * minutes):
        run_state_machine_as_test(Walk, settings=few)
