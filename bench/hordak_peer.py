"""django-hordak 2.0's award, as it comes and with the lock and the sum that make it refuse an overdraft. Run by bench/ledger.py.

hordak_peer.py DATABASE_URL plain|guarded WRITERS SECONDS SERVER_PID -> one line of JSON. Its environment: bench/hordak.txt.
"""

import json
import sys
from urllib.parse import urlsplit

from measuring import run

WALLETS = 256


def set_up(url: str) -> None:
    import django
    from django.conf import settings

    parts = urlsplit(url)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username or "",
        "HOST": parts.hostname or "",
    }
    database |= {"PORT": parts.port or "", "PASSWORD": parts.password or "", "CONN_MAX_AGE": None}
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DEFAULT_CURRENCY="EUR",
        CURRENCIES=["EUR"],
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def main(url: str, kind: str, writers: int, seconds: float, server: int) -> None:
    set_up(url)
    from django.db import connections, transaction
    from hordak.models import Account
    from moneyed import Money

    if not Account.objects.exists():
        Account.objects.create(name="Issued", code="0", type="EQ", currencies=["EUR"])
        for number in range(1, WALLETS + 1):
            Account.objects.create(name=f"Wallet {number}", code=str(number), type="LI", currencies=["EUR"])
    issued = Account.objects.get(code="0")
    wallets = list(Account.objects.exclude(code="0").order_by("pk"))
    amount = Money(10, "EUR")
    connections.close_all()

    def prepare(number):
        def plain(call):
            wallet = wallets[(number + call * writers) % WALLETS]
            with transaction.atomic():
                issued.transfer_to(wallet, amount)
            return 1

        def guarded(call):
            wallet = wallets[(number + call * writers) % WALLETS]
            with transaction.atomic():
                locked = Account.objects.select_for_update().get(pk=wallet.pk)
                if locked.get_balance()["EUR"] < Money(-(10**9), "EUR"):
                    raise ValueError("overdraft")
                issued.transfer_to(locked, amount)
            return 1

        return {"plain": plain, "guarded": guarded}[kind]

    done, gone, cpu = run(prepare, writers, seconds, server=server)
    print(json.dumps([done, gone, cpu]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
