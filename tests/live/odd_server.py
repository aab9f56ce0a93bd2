"""`manage.py serve`, or `uvicorn …`, with something wrong: ODD says what, as JSON. Run by tests in a process of its own.

clock_seconds   this process's clock is so much ahead (or behind)
lost            the share of hints to other processes that never arrive
mute_while      no hint leaves this process while there is a file of this name
dies_at         "before-ack" or "before-fan-out": the process is gone there, as by kill -9, after `dies_after` deeds or events
"""

import faulthandler
import json
import os
import random
import signal
import sys
from pathlib import Path

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


def lose_hints() -> None:
    from live import hints

    lot, publish = random.Random(ODD.get("seed", 1)), hints.publish
    hints.publish = lambda *words: None if lot.random() < ODD["lost"] else publish(*words)


def lose_hints_while_told() -> None:
    from live import hints

    told, publish = Path(ODD["mute_while"]), hints.publish
    hints.publish = lambda *words: None if told.exists() else publish(*words)


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
if "dies_at" in ODD:
    import django

    django.setup()
    die()

if sys.argv[1:2] == ["uvicorn"]:
    import uvicorn

    sys.exit(uvicorn.main(sys.argv[2:]))

from django.core.management import execute_from_command_line

execute_from_command_line(["manage.py", *sys.argv[1:]])
