"""The club whose ledger is measured: its database, its wallets."""

import os
import uuid

SERVER = os.environ.get("TEST_DATABASE_URL", "postgres://root@127.0.0.1:5432/postgres").rsplit("/", 1)[0]
OURS = "bench_ledger"
WALLETS = 4_096


def set_up(url: str) -> None:
    os.environ |= {"DATABASE_URL": url, "DATABASE_POOL_SIZE": "0", "DEBUG": "true", "EMAIL_URL": "memorymail://"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
    import django
    from django.conf import settings

    django.setup()
    # A worker keeps its connection, as a web process does.
    settings.DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}


def lay_wallets() -> list:
    """Open the wallets, without owners. Returns them."""
    from points import accounts
    from points.models import Account

    asset = accounts.default_asset()
    rows = [Account(asset=asset, kind="wallet", floor=0, code=f"member:{uuid.uuid4()}") for _n in range(WALLETS)]
    Account.objects.bulk_create(rows, batch_size=500)
    return list(Account.objects.filter(kind="wallet").select_related("asset__programme").order_by("pk"))


def issuing() -> list:
    from points import accounts

    return [accounts.system("issued", accounts.default_asset())]
