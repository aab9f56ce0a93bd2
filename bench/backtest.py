"""Back-test: stored activities replayed through rules. The goal: 1,000,000 activities through 10 rules in less than 60 s of CPU.

    bench/backtest.py [--activities N] [--full]

Lays a SQLite database of its own in a temporary directory, fills it with generated activities of 5,000 members of 500 companies,
and replays them through 10 rules and a draft of one of them (so that 11 rules are asked, in two sets). The CPU is that of this process,
which is the database's as well; reading the rows is part of it. The peer is the reading alone.
"""

import argparse
import datetime
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEMBERS, COMPANIES, BATCH = 5_000, 500, 10_000
GOAL_SECONDS, GOAL_ACTIVITIES = 60, 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--activities", type=int, default=50_000)
    parser.add_argument("--full", action="store_true", help="a million activities")
    asked = parser.parse_args()
    count = GOAL_ACTIVITIES if asked.full else asked.activities
    with tempfile.TemporaryDirectory() as folder:
        _open(folder)
        _fill(count)
        _measure(count)


def _open(folder: str) -> None:
    """A database as the test suite's are: a copy of the migrated template."""
    os.environ.update(DATABASE_URL=f"sqlite:///{folder}/bench.sqlite3", DEBUG="1", DJANGO_SETTINGS_MODULE="community.settings")
    sys.path.insert(0, str(ROOT))
    import django
    from django.conf import settings
    from django.db import connection

    from tests import database_template

    database_template.lay_sqlite(Path(folder) / "bench.sqlite3")
    django.setup()
    connection.cursor().execute("PRAGMA synchronous = OFF")
    # In development Django keeps every statement; a benchmark is not development.
    settings.DEBUG = False


def _fill(count: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from members.models import Activity, Company, Member
    from points.models import Programme, Rule

    dice = random.Random(1)
    kind_of = Activity.Kind
    Company.objects.bulk_create(Company(name=f"Company {n}", industry=dice.choice(["Trade", "Printing"])) for n in range(COMPANIES))
    firms = list(Company.objects.values_list("pk", flat=True))
    Member.objects.bulk_create(
        Member(email=f"m{n}@bench.example", handle=f"m{n}", password="!", company_id=dice.choice(firms)) for n in range(MEMBERS)
    )
    members = list(Member.objects.values_list("pk", flat=True))
    Rule.objects.all().delete()
    programme = Programme.objects.get()
    kinds = [kind_of.REPLY_POSTED, kind_of.ARTICLE_READ, kind_of.REACTION_RECEIVED, kind_of.THREAD_STARTED, kind_of.EVENT_ATTENDED]
    for number, kind in enumerate(kinds * 2):
        condition = {} if number < 5 else {"all": [{"field": "company.industry", "operator": "=", "value": "Trade"},
                                                   {"field": "activity.weekday", "operator": "<=", "value": 5}]}  # fmt: skip
        Rule.objects.create(
            programme=programme, name=f"Rule {number}", activity_kind=kind, amount_points=number + 1, cap_per_day=10, condition=condition
        )
    start = timezone.make_aware(datetime.datetime(2025, 1, 1))
    for first in range(0, count, BATCH):
        with transaction.atomic():
            Activity.objects.bulk_create(
                Activity(
                    member_id=dice.choice(members),
                    kind=dice.choice(kinds),
                    cause=f"bench:{n}",
                    title="Paper that does not curl",
                    url=f"/forum/threads/{n % 9_000}/",
                    details={"minutes": n % 20, "board": "print"},
                    happened_at=start + datetime.timedelta(seconds=dice.randrange(365 * 86_400)),
                )
                for n in range(first, min(count, first + BATCH))
            )


def _measure(count: int) -> None:
    from points import backtesting
    from points.models import Rule

    rules = backtesting.live_rules()
    draft = Rule.objects.order_by("pk").last()
    draft.amount_points = 99
    before = time.process_time()
    read = sum(1 for _row in backtesting._rows(rules, None))
    reading = time.process_time() - before
    before = time.process_time()
    result = backtesting.replay(rules, draft)
    spent = time.process_time() - before
    assert read == result["activities"] == count
    print(f"{count:,} activities, {len(rules)} rules and a draft: {spent:.1f} s of CPU ({spent / count * 1e6:.1f} µs an activity)")
    print(f"  of it reading the rows and preparing them: {reading:.1f} s")
    print(f"  a million would take {spent / count * GOAL_ACTIVITIES:.1f} s; the goal is {GOAL_SECONDS} s")
    if spent / count * GOAL_ACTIVITIES > GOAL_SECONDS:
        sys.exit("slower than the goal")


if __name__ == "__main__":
    main()
