"""What group commit is worth: 64 writers at once in one room, each message a transaction of its own, and in groups of up to 64.

    python -m bench.live_commits                              SQLite (WAL, synchronous=FULL)
    DATABASE_URL=postgres://user@host:5432/any python -m bench.live_commits     a database of its own on that server

The deed, the writer and the acknowledgement are the club's own; nobody listens, for a delivery costs the processor and not the disk and is
measured by bench/live.py. Rounds of both by turns, so that a noisy minute falls on both. Beside it what one commit of one row costs here.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
WRITERS, SECONDS, ROUNDS = 64, 3.0, 5
TEXT = "这批货下周才到，仓库里已经放不下了。" * 3


def lay(folder: Path) -> str:
    from tests import database_template

    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        database_template.lay_sqlite(folder / "club.sqlite3")
        return f"sqlite:///{folder / 'club.sqlite3'}"
    server = url.rpartition("/")[0]
    database_template.lay_postgres(server, "bench_live_commits")
    return f"{server}/bench_live_commits"


def seat_writers():
    from django.utils import timezone

    from focusgroups.models import Group, Seat, Study
    from members.models import Member

    group = Group.objects.create(study=Study.objects.create(title="Bench"), title="Bench", status="open", opened_at=timezone.now())
    made = [Member(email=f"w{n}@bench.example", handle=f"w{n}", name=f"W {n}", password="!") for n in range(WRITERS)]
    Member.objects.bulk_create(made)
    members = list(Member.objects.filter(email__endswith="@bench.example"))
    for member in members:
        agreed = {"consented_at": timezone.now(), "consent_version": group.consent_version}
        Seat.objects.create(group=group, member=member, pseudonym=f"P{member.pk}", **agreed)
    return group, members


async def spell(group, members, batch: int) -> tuple[float, float, float]:
    """Acknowledged writes a second, CPU ms of this process for each, and the median wait of a writer in ms."""
    from django.conf import settings

    from focusgroups import discussing
    from live import committing

    settings.LIVE_BATCH = batch
    waits: list[float] = []
    until = time.monotonic() + SECONDS

    async def speak(member) -> None:
        while (began := time.monotonic()) < until:
            deed = committing.Share(discussing.say_all, discussing.Saying(group.pk, member, uuid.uuid4(), TEXT))
            await committing.write(deed, is_whole=True)
            waits.append(time.monotonic() - began)

    cpu, began = time.process_time(), time.monotonic()
    await asyncio.gather(*(speak(member) for member in members))
    spent, lasted = time.process_time() - cpu, time.monotonic() - began
    return len(waits) / lasted, 1000 * spent / len(waits), 1000 * median(waits)


def one_commit() -> float:
    """Median ms of the clock for a transaction that changes one row, and what keeps it: the floor of one transaction each."""
    from django.db import connection, transaction

    from live.models import Stream

    Stream.objects.get_or_create(name="bench")
    took = []
    for _time in range(60):
        began = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE live_stream SET last_seq = last_seq + 1 WHERE name = 'bench'")
        took.append(time.monotonic() - began)
    return 1000 * median(took)


def measure() -> None:
    import django

    django.setup()
    from django.db import connection

    group, members = seat_writers()
    asyncio.run(spell(group, members[:4], 64))
    found: dict[int, list[tuple[float, float, float]]] = {1: [], 64: []}
    floors = []
    for _round in range(ROUNDS):
        floors.append(one_commit())
        for batch, rates in found.items():
            rates.append(asyncio.run(spell(group, members, batch)))
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit" if connection.vendor == "postgresql" else "PRAGMA synchronous")
        kept = cursor.fetchone()[0]
    print(f"{connection.vendor}, synchronous {kept}; load average {Path('/proc/loadavg').read_text().split()[0]}; medians of {ROUNDS}")
    for batch, rates in found.items():
        rate, cpu, wait = (median(each[place] for each in rates) for place in range(3))
        least, most = min(each[0] for each in rates), max(each[0] for each in rates)
        name = "one transaction each" if batch == 1 else f"groups of up to {batch}"
        print(f"{name:24} {rate:7.0f} a second ({least:.0f} to {most:.0f}), {cpu:5.2f} ms CPU each, a writer waits {wait:.0f} ms")
    ratios = sorted(together[0] / alone[0] for alone, together in zip(found[1], found[64], strict=True))
    print(
        f"{median(ratios):.1f} times as many ({ratios[0]:.1f} to {ratios[-1]:.1f}); a commit of one row takes {median(floors):.1f} ms here"
    )


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--laid", action="store_true", help=argparse.SUPPRESS)
    if words.parse_args().laid:
        measure()
        return
    with tempfile.TemporaryDirectory() as name:
        env = os.environ | {"DATABASE_URL": lay(Path(name)), "DEBUG": "false", "SECRET_KEY": "bench" * 12, "ALLOWED_HOSTS": "127.0.0.1"}
        env |= {"DATABASE_POOL_SIZE": "2", "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "community.settings", "EMAIL_URL": "dummymail://"}
        # Whatever the server is set to: what is acknowledged is on the disk.
        env["PGOPTIONS"] = "-c synchronous_commit=on"
        subprocess.run([sys.executable, "-m", "bench.live_commits", "--laid"], cwd=ROOT, env=env, check=True)


if __name__ == "__main__":
    main()
