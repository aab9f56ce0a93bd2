"""A balance, a balance as of a date and a statement page among 10,000 transfers and among many: `python bench/ledger.py --only history`."""

import datetime
import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from ledger_stage import OURS, SERVER, issuing, set_up


def history(many: int, goal: Callable[[str, bool, str], None]) -> None:
    """Among 10,000 transfers and among so many; goal(what, whether it is met, the figure)."""
    from django.db import connection, connections

    from tests.database_template import lay_postgres

    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        set_up(f"{SERVER}/{OURS}")
    taken = {}
    for count in (10_000, many):
        connections.close_all()
        lay_postgres(SERVER, OURS)
        _lay_history(count)
        taken[count] = _reading(count)
    connections.close_all()
    small, large = taken.values()
    for name in small:
        ratio = large[name] / small[name]
        says = f"{name} among {many:,} transfers within 1.5 × of among 10,000"
        goal(says, ratio <= 1.5, f"{ratio:.2f} × ({small[name]:.3f} → {large[name]:.3f} ms CPU)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        print(f"{many:,} transfers take {cursor.fetchone()[0]}")
    connections.close_all()


def _lay_history(count: int) -> None:
    """100 awards to a wallet, as the ledger would leave them; laid by the million, so the guards look away and the audit's rules are kept."""
    from django.db import connection

    from points import accounts

    asset, issued = accounts.default_asset(), issuing()[0]
    wallets = count // 100
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO points_account (id, asset_id, kind, code, floor, posted, held, seq, opened_at, moved_at, last_transfer_id)"
            " SELECT 1000000 + n, %s, 'wallet', 'member:' || gen_random_uuid(), 0, 1000, 0, 100, now(), now(), 1000000 + 99 * %s + n"
            " FROM generate_series(1, %s) n", [asset.pk, wallets, wallets])  # fmt: skip
        # Interleaved in time, as awards come: a wallet's lines are spread over the whole table.
        cursor.execute(
            "INSERT INTO points_transfer (id, public_id, asset_id, source_id, target_id, amount_points, kind, reason, origin, object_type,"
            " arm, client, reference, digest, part, effective_at, recorded_at)"
            " SELECT 1000000 + (k - 1) * %s + n, gen_random_uuid(), %s, %s, 1000000 + n, 10, 'single', 'bench', 'engagement', '', '', 'bench',"
            " 'h' || k || '-' || n, repeat('0', 64), '', t, t FROM generate_series(1, 100) k, generate_series(1, %s) n,"
            " LATERAL (SELECT now() - interval '400 days' + k * interval '4 days' AS t) l", [wallets, asset.pk, issued.pk, wallets])  # fmt: skip
        cursor.execute(
            "INSERT INTO points_entry (account_id, seq, transfer_id, delta, balance_after, held_after, at)"
            " SELECT target_id, (id - 1000001) / %s + 1, id, 10, ((id - 1000001) / %s + 1) * 10, 0, recorded_at FROM points_transfer"
            " WHERE client = 'bench'", [wallets, wallets])  # fmt: skip
        cursor.execute("SET session_replication_role = DEFAULT")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _reading(count: int) -> dict[str, float]:
    """CPU ms of each reading, the server's included: medians of five rounds of 200 over wallets spread evenly."""
    from django.db import connection

    from members.models import Member
    from points import balances, statements
    from points.models import Account

    reader = Member()
    wallets = list(Account.objects.filter(kind="wallet", seq=100).order_by("pk")[:: max(1, count // 100 // 100)][:100])
    moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=200)
    readings = {
        "balance": lambda wallet: balances.balance_as_of(Account.objects.get(pk=wallet.pk)),
        "balance as of a date": lambda wallet: balances.balance_as_of(wallet, moment),
        "a statement page": lambda wallet: statements.lines(wallet, reader=reader, before=61, most=30),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = cursor.fetchone()[0]
    found = {}
    for name, read in readings.items():
        rounds = []
        for _round in range(6):
            random.Random(_round).shuffle(wallets)
            before = _cpu_of(server) + time.process_time()
            for wallet in wallets * 4:
                read(wallet)
            rounds.append((_cpu_of(server) + time.process_time() - before) / len(wallets) / 4 * 1_000)
        found[name] = statistics.median(rounds[1:])
    return found


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
