"""`manage.py serve`, or `uvicorn …`, with something wrong: ODD says what, as JSON. Run by tests in a process of its own.

clock_seconds   this process's clock is so much ahead (or behind)
lost            the share of hints to other processes that never arrive
mute_while      no hint leaves this process while there is a file of this name
late            each hint leaves up to so many seconds late, and so out of order
jump            a file: while it is there, this process's clocks are as many seconds ahead as it says
full_while      while there is a file of this name the disk is full: SQLite may not grow by a page
read_only_while while there is a file of this name the database takes nothing (SQLite)
dies_at         "before-ack" or "before-fan-out": the process is gone there, as by kill -9, after `dies_after` deeds or events
"""

import faulthandler
import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
# Asked by SIGUSR1, it says in its log what each thread is doing.
faulthandler.register(signal.SIGUSR1)
ODD = json.loads(os.environ.get("ODD", "{}"))


def turn_the_clock() -> None:
    """Before any model is loaded: their defaults keep the function itself."""
    import datetime

    from django.utils import timezone

    real, ahead = timezone.now, datetime.timedelta(seconds=ODD["clock_seconds"])
    timezone.now = lambda: real() + ahead


def turn_the_clock_while_told() -> None:
    """Both clocks that a process may ask for the time of day; what counts seconds (monotonic) stays, as it does in a kernel."""
    import datetime
    import time

    from django.utils import timezone

    told, now, clock = Path(ODD["jump"]), timezone.now, time.time

    def ahead() -> float:
        try:
            return float(told.read_text() or 0)
        except OSError:
            return 0

    timezone.now = lambda: now() + datetime.timedelta(seconds=ahead())
    time.time = lambda: clock() + ahead()


def lose_hints() -> None:
    from live import hints

    lot, publish = random.Random(ODD.get("seed", 1)), hints.publish
    hints.publish = lambda *words: None if lot.random() < ODD["lost"] else publish(*words)


def lose_hints_while_told() -> None:
    from live import hints

    told, publish = Path(ODD["mute_while"]), hints.publish
    hints.publish = lambda *words: None if told.exists() else publish(*words)


def send_hints_late() -> None:
    import threading

    from live import hints

    lot, publish = random.Random(ODD.get("seed", 1)), hints.publish
    hints.publish = lambda *words: threading.Timer(lot.random() * ODD["late"], publish, words).start()


def spoil_the_disk() -> None:
    """SQLite itself refuses, with the errors of a full disk and of a file that may only be read."""
    from django.db import connection
    from django.db.backends.signals import connection_created

    from live import committing

    do, full, read_only = committing.do, Path(ODD["full_while"]), Path(ODD["read_only_while"])

    def spoil(connection: Any, **_more: Any) -> None:
        with connection.cursor() as cursor:
            # No limit may lie below what there is, so the smallest of all means: not a page more.
            cursor.execute(f"PRAGMA max_page_count = {1 if full.exists() else 2**30}")
            cursor.execute(f"PRAGMA query_only = {int(read_only.exists())}")

    committing.do = lambda batch: (spoil(connection), do(batch))
    # What fails is tried again over a new connection.
    connection_created.connect(spoil, weak=False)


def die() -> None:
    from live import committing, hub

    left = [ODD["dies_after"]]

    def count_down() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os._exit(9)

    if ODD["dies_at"] == "before-ack":
        answer = committing.Deed.answer
        committing.Deed.answer = lambda deed: (count_down(), answer(deed))
        return
    deliver = hub.Hub._deliver
    hub.Hub._deliver = lambda self: (count_down(), deliver(self))


if "clock_seconds" in ODD:
    turn_the_clock()
if "lost" in ODD:
    lose_hints()
if "mute_while" in ODD:
    lose_hints_while_told()
if "jump" in ODD:
    turn_the_clock_while_told()
if "late" in ODD:
    send_hints_late()
if "full_while" in ODD:
    import django

    django.setup()
    spoil_the_disk()
if "dies_at" in ODD:
    import django

    django.setup()
    die()

if sys.argv[1:2] == ["uvicorn"]:
    import uvicorn

    sys.exit(uvicorn.main(sys.argv[2:]))

from django.core.management import execute_from_command_line

execute_from_command_line(["manage.py", *sys.argv[1:]])
