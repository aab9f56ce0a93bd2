"""The ledger's award beside its peers, in one run: django-hordak 2.0 as it comes and guarded, and pgbench writing the same rows.

    python bench/ledger.py [--seconds 1.5] [--rounds 2] [--history 200000] [--full] [--only WORD]

Wants PostgreSQL at TEST_DATABASE_URL (default postgres://root@127.0.0.1:5432/postgres) on this machine, a server of its own where figures are to be
quoted: CPU is that of the writers and of the whole server. Every cell is measured once a round, rounds interleaved; the table shows the
medians, `noise` the largest spread of a cell's CPU. --full lays 10 million transfers for the balances and the statement.
"""

import argparse
import datetime
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
from ledger_history import history
from ledger_stage import OURS, SERVER, WALLETS, issuing, lay_wallets, set_up
from measuring import postmaster, run, settled_cpu

PEER, COPY = "bench_hordak", "points_limit"
VENV = ROOT / "var" / "bench-hordak"
PGBENCH = f"""
\\set w random(1, {WALLETS})
BEGIN;
INSERT INTO {COPY}_transfer (public_id, asset_id, source_id, target_id, amount_points, kind, reason, origin, object_type, object_id, rule_version,
  arm, client, reference, digest, part, effective_at, recorded_at, lapses_at) VALUES (gen_random_uuid(), 1, 1, :w, 10, 'single', 'bench',
  'engagement', '', NULL, NULL, '', 'bench', gen_random_uuid()::text, repeat('0', 64), '', now(), now(), now() + interval '1 year') RETURNING id \\gset
UPDATE {COPY}_account SET posted = posted + 10, seq = seq + 1, last_transfer_id = :id, moved_at = now() WHERE id = :w RETURNING seq, posted \\gset
INSERT INTO {COPY}_entry (account_id, seq, transfer_id, delta, balance_after, held_after, at) VALUES (:w, :seq, :id, 10, :posted, 0, now());
INSERT INTO {COPY}_lot (transfer_id, account_id, lapses_at, original, remaining) VALUES (:id, :w, now() + interval '1 year', 10, 10);
COMMIT;
"""


def awards(wallets: list, *, hot: bool, size: int, issued: list):
    """prepare() of measuring.run: each writer awards to wallets of its own (or all to one), one by one or in linked batches."""
    from points import ledger

    lapses_at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=365)
    source_of = {source.asset_id: source for source in issued}

    def prepare(number):
        mine = wallets[:1] if hot else wallets[number::32]
        run_id = uuid.uuid4().hex

        def order(n):
            wallet = mine[n % len(mine)]
            return ledger.Order(
                source=source_of[wallet.asset_id], target=wallet, amount_points=10, reference=f"{run_id}:{n}", client="bench", reason="bench",
                origin="engagement", lapses_at=lapses_at,
            )  # fmt: skip

        def work(call):
            if size == 1:
                ledger.transfer(order(call))
            else:
                ledger.batch([order(call * size + n) for n in range(size)])
            return size

        return work

    return prepare


class Bench:
    def __init__(self, options):
        self.options, self.found = options, {}
        self.server = 0

    def measure(self, name, once):
        """once() -> (awards, seconds, CPU seconds of writers and server)."""
        if self.options.only and self.options.only not in name:
            return
        done, gone, cpu = once()
        self.found.setdefault(name, []).append((done / gone, cpu / done * 1_000))

    def cell(self, name):
        """(awards a second, CPU ms an award): medians over the rounds."""
        rounds = self.found[name]
        return statistics.median(each[0] for each in rounds), statistics.median(each[1] for each in rounds)

    def table(self):
        print(f"\n{'':52}{'awards/s':>10}{'CPU ms':>9}{'min–max':>14}")
        for name, rounds in self.found.items():
            rate, cpu = self.cell(name)
            print(f"{name:52}{rate:10.0f}{cpu:9.2f}{min(each[1] for each in rounds):8.2f}–{max(each[1] for each in rounds):.2f}")

    def goal(self, says, is_met, figure):
        print(f"{'met    ' if is_met else 'NOT MET'}  {says}: {figure}")


def postgres(bench: Bench) -> None:
    options = bench.options
    from tests.database_template import lay_postgres

    lay_postgres(SERVER, OURS)
    set_up(f"{SERVER}/{OURS}")
    from django.db import connection, connections

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        bench.server = postmaster(cursor.fetchone()[0])
    print("CPU: writers and the whole server" if bench.server else "CPU: writers only; the server is not on this machine")
    wallets, issued = lay_wallets(), issuing()
    many, many_issued = _many_programmes()
    _lay_copy()
    hordak = None if options.no_peer else _hordak()
    connections.close_all()
    writers = [int(n) for n in options.writers.split(",")]
    for _round in range(options.rounds):
        for number in writers:
            for what, hot in (("distinct wallets", False), ("one hot wallet", True)):
                for size in (1, 100):
                    way = "one by one" if size == 1 else "batches of 100"
                    prepare = awards(wallets, hot=hot, size=size, issued=issued)
                    name = f"PostgreSQL, {way}, {what}, {number} writers"
                    bench.measure(name, lambda prepare=prepare, number=number: run(prepare, number, options.seconds, server=bench.server))
            for how in ("simple", "prepared"):
                name = f"pgbench, the same rows, {how}, {number} writers"
                bench.measure(name, lambda number=number, how=how: _pgbench(number, options.seconds, how, bench.server))
            if hordak:
                for kind in ("plain", "guarded"):
                    bench.measure(
                        f"django-hordak 2.0, {kind}, {number} writers", lambda kind=kind, number=number: hordak(kind, number, bench.server)
                    )
        prepare = awards(many, hot=False, size=1, issued=many_issued)
        bench.measure(
            "PostgreSQL, one by one, 16 programmes, 8 writers",
            lambda prepare=prepare: run(prepare, 8, options.seconds, server=bench.server),
        )
    connections.close_all()


def _many_programmes() -> tuple[list, list]:
    from points.models import Account, Programme
    from points.starting import open_books

    for n in range(16):
        programme = Programme.objects.create(slug=f"bench-{n}", name=f"Bench {n}")
        open_books(programme)
    issued = list(
        Account.objects.filter(kind="issued", asset__programme__slug__startswith="bench-", asset__kind="redeemable").order_by("pk")
    )
    rows = [Account(asset=source.asset, kind="wallet", floor=0, code=f"member:{uuid.uuid4()}") for source in issued for _n in range(256)]
    Account.objects.bulk_create(rows, batch_size=500)
    found = Account.objects.filter(kind="wallet", asset__programme__slug__startswith="bench-").select_related("asset__programme")
    return sorted(found, key=lambda row: row.code), issued


def _lay_copy() -> None:
    """The tables with their keys, indexes and CHECKs, without a trigger or a foreign key: what the rows themselves cost."""
    from django.db import connection

    with connection.cursor() as cursor:
        for name in ("transfer", "account", "entry", "lot"):
            cursor.execute(f"CREATE TABLE {COPY}_{name} (LIKE points_{name} INCLUDING ALL)")
        cursor.execute(
            f"INSERT INTO {COPY}_account (id, asset_id, kind, code, floor, posted, held, seq, opened_at)"
            f" SELECT n, 1, 'wallet', n, 0, 0, 0, 0, now() FROM generate_series(1, {WALLETS}) n"
        )
    # A wallet of its own id as source would trip the CHECK: the issuing side is account 0.
    global PGBENCH
    PGBENCH = PGBENCH.replace("gen_random_uuid(), 1, 1, :w,", "gen_random_uuid(), 1, 0, :w,")


def _pgbench(writers: int, seconds: float, how: str, server: int) -> tuple[int, float, float]:
    import resource

    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(PGBENCH)
        script.flush()
        before, served = resource.getrusage(resource.RUSAGE_CHILDREN), settled_cpu(server) if server else 0.0
        command = [
            "pgbench",
            "--no-vacuum",
            "--protocol",
            how,
            "--file",
            script.name,
            "--client",
            str(writers),
            "--jobs",
            str(min(writers, 2)),
        ]
        program = next((str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))), "pgbench")
        command[0] = program
        began = time.perf_counter()
        out = subprocess.run([*command, "--time", str(max(1, round(seconds))), f"{SERVER}/{OURS}".replace("postgres://", "postgresql://")],
                             capture_output=True, text=True, check=True).stdout  # fmt: skip
        gone = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = next(int(line.split(":")[1].split("/")[0]) for line in out.splitlines() if "actually processed" in line)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done, gone, cpu + (settled_cpu(server) - served if server else 0.0)


def _hordak():
    """The peer's environment, made where it is missing. Returns once(kind, writers, server)."""
    import psycopg

    mark = VENV / hashlib.sha256((ROOT / "bench" / "hordak.txt").read_bytes()).hexdigest()[:16]
    if not mark.exists():
        print("Making the peer's environment from bench/hordak.txt ...")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        pip = [str(VENV / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r"]
        subprocess.run([*pip, str(ROOT / "bench/hordak.txt")], check=True)
        mark.touch()
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{PEER}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{PEER}"')

    def once(kind: str, writers: int, server: int) -> tuple[int, float, float]:
        command = [
            str(VENV / "bin/python"),
            str(ROOT / "bench/hordak_peer.py"),
            f"{SERVER}/{PEER}",
            kind,
            str(writers),
            str(OPTIONS.seconds),
            str(server),
        ]
        return tuple(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))

    once("plain", 1, 0)
    return once


def sqlite(options) -> None:
    """In a process of its own: settings know one database."""
    from tests.database_template import lay_sqlite

    with tempfile.TemporaryDirectory(dir=ROOT / "var") as folder:
        lay_sqlite(Path(folder) / "bench.sqlite3")
        set_up(f"sqlite:///{folder}/bench.sqlite3")
        from django.db import connections

        bench = Bench(options)
        wallets, issued = lay_wallets(), issuing()
        connections.close_all()
        for _round in range(options.rounds):
            for number in (1, 8):
                for size in (1, 100):
                    way = "one by one" if size == 1 else "batches of 100"
                    prepare = awards(wallets, hot=False, size=size, issued=issued)
                    name = f"SQLite, {way}, distinct wallets, {number} writers"
                    bench.measure(name, lambda prepare=prepare, number=number: run(prepare, number, options.seconds))
        print(json.dumps(bench.found))


def goals(bench: Bench) -> None:
    if bench.options.only or bench.options.no_peer:
        return
    ours, ours_cpu = bench.cell("PostgreSQL, one by one, distinct wallets, 8 writers")
    _rate, limit = bench.cell("pgbench, the same rows, simple, 8 writers")
    _rate, prepared = bench.cell("pgbench, the same rows, prepared, 8 writers")
    _rate, batch = bench.cell("PostgreSQL, batches of 100, distinct wallets, 8 writers")
    plain, plain_cpu = bench.cell("django-hordak 2.0, plain, 8 writers")
    guarded, guarded_cpu = bench.cell("django-hordak 2.0, guarded, 8 writers")
    _many, many_cpu = bench.cell("PostgreSQL, one by one, 16 programmes, 8 writers")
    print()
    bench.goal(
        "one by one at most 1.5 × pgbench's CPU",
        ours_cpu <= 1.5 * limit,
        f"{ours_cpu / limit:.2f} × ({ours_cpu / prepared:.2f} × with prepared statements)",
    )
    bench.goal("in batches at most 0.5 × pgbench's CPU", batch <= 0.5 * limit, f"{batch / limit:.2f} × ({batch / prepared:.2f} ×)")
    bench.goal("at least 4 × plain hordak's awards a second", ours >= 4 * plain, f"{ours / plain:.1f} × (CPU {plain_cpu / ours_cpu:.1f} ×)")
    bench.goal("at least 10 × guarded hordak's", ours >= 10 * guarded, f"{ours / guarded:.1f} × (CPU {guarded_cpu / ours_cpu:.1f} ×)")
    bench.goal("one programme costs less than 10 % against 16", ours_cpu < 1.1 * many_cpu, f"{(ours_cpu / many_cpu - 1) * 100:+.0f} %")


def main() -> None:
    bench = Bench(OPTIONS)
    print(f"# {' '.join(sys.argv)}  ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})")
    if OPTIONS.sqlite:
        sqlite(OPTIONS)
        return
    if OPTIONS.only == "history":
        history(bench.options.history, bench.goal)
        return
    postgres(bench)
    if not OPTIONS.only:
        told = subprocess.run([sys.executable, __file__, "--sqlite", *sys.argv[1:]], capture_output=True, text=True, check=True).stdout
        bench.found |= {name: [tuple(each) for each in rounds] for name, rounds in json.loads(told.splitlines()[-1]).items()}
    bench.table()
    goals(bench)
    if not OPTIONS.only:
        history(bench.options.history, bench.goal)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.5, help="how long each cell is measured, each round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--writers", default="1,8,32")
    parser.add_argument("--history", type=int, default=200_000, help="transfers among which balances are read")
    parser.add_argument("--full", action="store_true", help="5 rounds of 4 seconds, 10 million transfers")
    parser.add_argument("--only", default="", help="only cells whose name holds this; `history`: only that")
    parser.add_argument("--no-peer", action="store_true", help="without django-hordak")
    parser.add_argument("--sqlite", action="store_true", help=argparse.SUPPRESS)
    OPTIONS = parser.parse_args()
    if OPTIONS.full:
        OPTIONS.seconds, OPTIONS.rounds, OPTIONS.history = 4.0, 5, 10_000_000
    main()
