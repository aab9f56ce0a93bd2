"""Random walks over the ledger against a model of plain numbers, every invariant asked after every walk."""

import datetime
import itertools

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from members.models import Member
from points import accounts, ledger
from points.auditing import audit
from points.models import Account, Transfer
from points.refusals import InsufficientPoints, NotPending, NotReversible, ReferenceReused

NOW = timezone.now()
AMOUNTS = st.integers(1, 40)
WHO = st.integers(0, 1)


class Walk(RuleBasedStateMachine):
    """Awards, spends, gifts, holds and their settlements, reversals, lapses and replays, in any order."""

    pendings = Bundle("pendings")
    transfers = Bundle("transfers")

    def __init__(self):
        super().__init__()
        self.asset = accounts.default_asset()
        self.issued, self.redeemed = accounts.system(Account.Kind.ISSUED), accounts.system(Account.Kind.REDEEMED)
        run = next(RUNS)
        members = [Member.objects.create_user(f"walk{run}-{n}@walk.example", name=f"Walk {run} {n}") for n in range(2)]
        self.wallets = [accounts.wallet_of(member) for member in members]
        self.numbers = itertools.count()
        self.run = run
        self.now = NOW
        self.posted = {wallet.pk: 0 for wallet in self.wallets}
        self.held = {wallet.pk: 0 for wallet in self.wallets}

    def move(self, source, target, points, reference=None, **more):
        reference = reference or f"walk:{self.run}:{next(self.numbers)}"
        order = ledger.Order(source=source, target=target, amount_points=points, reference=reference, **more)
        return ledger.transfer(order, now=self.now)

    def see(self):
        """Lapsing and debts follow rules of their own, tested apart: the model takes their outcome over, within bounds."""
        for wallet in self.wallets:
            wallet.refresh_from_db()
            self.posted[wallet.pk], self.held[wallet.pk] = wallet.posted, wallet.held

    @rule(target=transfers, who=WHO, points=AMOUNTS, days=st.sampled_from([None, 3, 30]))
    def award(self, who, points, days):
        wallet = self.wallets[who]
        lapses_at = self.now + datetime.timedelta(days=days) if days else None
        row = self.move(self.issued, wallet, points, lapses_at=lapses_at)
        wallet.refresh_from_db()
        assert wallet.posted <= self.posted[wallet.pk] + points
        self.see()
        return row

    @rule(target=transfers, who=WHO, points=AMOUNTS)
    def spend(self, who, points):
        wallet = self.wallets[who]
        try:
            row = self.move(wallet, self.redeemed, points)
        except InsufficientPoints:
            wallet.refresh_from_db()
            assert (wallet.posted, wallet.held) == (self.posted[wallet.pk], self.held[wallet.pk])
            return multiple()
        wallet.refresh_from_db()
        assert wallet.posted <= self.posted[wallet.pk] - points
        self.see()
        return row

    @rule(target=transfers, who=WHO, points=AMOUNTS)
    def give(self, who, points):
        try:
            row = self.move(self.wallets[who], self.wallets[1 - who], points)
        except InsufficientPoints:
            return multiple()
        finally:
            self.see()
        return row

    @rule(target=pendings, who=WHO, points=AMOUNTS, seconds=st.sampled_from([None, 86_400]))
    def hold(self, who, points, seconds):
        try:
            row = self.move(self.wallets[who], self.redeemed, points, kind="pending", seconds=seconds)
        except InsufficientPoints:
            return multiple()
        finally:
            self.see()
        return row

    @rule(row=pendings, less=st.integers(0, 5), posts=st.booleans())
    def settle(self, row, less, posts):
        try:
            if posts:
                ledger.post(row, amount_points=max(1, row.amount_points - less), now=self.now)
            else:
                ledger.void(row, now=self.now)
        except NotPending:
            assert row.settled_by.exists() or row.times_out_at <= self.now
        self.see()

    @rule(row=transfers)
    def reverse(self, row):
        try:
            parts = ledger.reverse(row, now=self.now)
            assert sum(part.amount_points for part in parts) == row.amount_points
        except (NotReversible, InsufficientPoints):
            pass
        self.see()

    @rule(row=transfers)
    def replay(self, row):
        source, target = row.source, row.target
        again = self.move(source, target, row.amount_points, reference=row.reference, lapses_at=row.lapses_at)
        assert (again.pk, again.is_replay) == (row.pk, True)
        with pytest.raises(ReferenceReused):
            self.move(source, target, row.amount_points + 1, reference=row.reference)
        self.see()

    @rule(days=st.integers(1, 10))
    def time_passes(self, days):
        self.now += datetime.timedelta(days=days)
        for wallet in self.wallets:
            ledger.lapse_due(wallet, now=self.now)
        self.see()

    @invariant()
    def the_books_balance(self):
        assert audit().differences == []
        for wallet in self.wallets:
            assert 0 <= self.held[wallet.pk] <= self.posted[wallet.pk]

    def teardown(self):
        with pytest.raises(ObjectDoesNotExist):
            Transfer.objects.get(amount_points__lte=0)


RUNS = itertools.count()


class TestWalks(TestCase, Walk.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
