import json
import os

import pytest
from django.db import connection

from members.models import ApiKey
from points import accounts, in_postgres, ledger
from points.models import Account


@pytest.fixture(autouse=True)
def _functions_as_they_are_here(request):
    """Where `make mutants` asks for it: the database is a copy of a template that has the unharmed SQL functions."""
    if os.environ.get("LAY_FUNCTIONS"):
        request.getfixturevalue("_django_db_helper")
        in_postgres.lay(connection)


@pytest.fixture
def asset(db):
    return accounts.default_asset()


@pytest.fixture
def issued(asset):
    return accounts.system(Account.Kind.ISSUED, asset)


@pytest.fixture
def redeemed(asset):
    return accounts.system(Account.Kind.REDEEMED, asset)


@pytest.fixture
def wallet(alice, asset):
    return accounts.wallet_of(alice, asset)


@pytest.fixture
def move():
    """Move points by a reference of their own: move(source, target, points, reference="…", **order)."""
    counter = iter(range(1, 100_000))

    def _move(source, target, points, *, now=None, **order):
        order.setdefault("reference", f"test:{next(counter)}")
        return ledger.transfer(ledger.Order(source=source, target=target, amount_points=points, **order), now=now)

    return _move


@pytest.fixture
def funded(wallet, issued, move):
    """Alice's wallet with 100 points that never lapse."""
    move(issued, wallet, 100, reason="start")
    wallet.refresh_from_db()
    return wallet


@pytest.fixture
def caller(client, db):
    """Call the API with a key: caller(scopes…) gives call(method, path, body, key=…)."""

    def _caller(*scopes, **bound):
        _row, token = ApiKey.issue("test", list(scopes or ("ledger:read", "ledger:write", "members:read")), **bound)

        def call(method, path, body=None, **headers):
            names = {"HTTP_" + name.upper(): value for name, value in headers.items()}
            data = json.dumps(body) if body is not None else None
            return getattr(client, method)(f"/api/v1{path}", data, "application/json", HTTP_AUTHORIZATION=f"Bearer {token}", **names)

        return call

    return _caller


@pytest.fixture
def call(caller):
    return caller()
