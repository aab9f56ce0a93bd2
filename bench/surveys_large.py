"""A survey of many answers: its results page from running counts, and its files made as tasks, each in a process of its own.

python -m bench.surveys --large [--answers 50000]
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.surveys_kinds import ABC, static

BATCH = 2_000
WORDS = ["slow", "fast", "invoice", "stock", "month end", "太慢", "库存不准", "很好用", "发票", "月末结账"]


def fill(count: int, member: Any) -> Any:
    """A survey of a hundred questions with so many answers, written as answering leaves them, but many at a time."""
    from survey.models import Response

    from surveys import publishing
    from surveys.models import Questionnaire, Submission

    definition, _answers = static(100)
    made = publishing.create(title=f"Large {count}", definition=definition, minutes=0, created_by=member)
    publishing.publish(made)
    survey = Questionnaire.objects.select_related("version").get(pk=made.pk)
    dice = random.Random(count)
    verdict = {"engine": "2.5.38", "definition": survey.version.digest, "valid": True, "dropped": [], "not_asked": []}
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        responses = Response.objects.bulk_create(
            Response(survey_id=survey.survey_id, interview_uuid=f"{survey.pk}-{start + number}") for number in range(size)
        )
        Submission.objects.bulk_create(
            Submission(
                questionnaire=survey, version=survey.version, response=response, data=_answers_by(dice), verdict=verdict, locale="en"
            )
            for response in responses
        )
    return survey


def _answers_by(dice: random.Random) -> dict[str, Any]:
    values = (
        lambda: dice.randrange(11),
        lambda: dice.choice(ABC),
        lambda: dice.sample(ABC, dice.randrange(1, 4)),
        lambda: " ".join(dice.choices(WORDS, k=dice.randrange(3, 12))),
        lambda: dice.randrange(101),
        lambda: dice.choice(ABC),
        lambda: dice.randrange(1, 6),
        lambda: dice.sample(ABC, dice.randrange(1, 4)),
        lambda: dice.choice(ABC),
        lambda: dice.choice(WORDS),
    )
    return {f"q{number}": values[number % 10]() for number in range(100)}


def measure(answers: int) -> None:
    from django.contrib.auth.models import Group
    from django.db import connection
    from django.test import Client

    from bench.surveys import members
    from members import roles
    from surveys import analysing, tallying
    from surveys.models import Export, Submission

    [researcher] = members(1, "researcher")
    researcher.groups.add(Group.objects.get(name=roles.RESEARCHER))
    print(f"\nA survey of 100 questions ({connection.vendor})")
    for count in (answers // 10, answers):
        began = time.monotonic()
        survey = fill(count, researcher)
        print(f"{count:,} answers (laid in {time.monotonic() - began:.0f} s)")
        _timed("  all answers folded into the counts, once", lambda survey=survey: tallying.current(survey))
        client = Client()
        client.force_login(researcher)
        address = f"/surveys/{survey.slug}/results/"
        for name in ("first time", "again", "again"):
            _timed(f"  results page, {name}", lambda client=client, address=address: _page(client, address))
        last = Submission.objects.filter(questionnaire=survey).order_by("-pk").first()
        Submission.objects.filter(pk=last.pk).update(is_counted=False)
        tallying.Tally.objects.filter(questionnaire=survey).update(total=count - 1)
        _timed("  results page, one more answer to fold in", lambda client=client, address=address: _page(client, address))
        _looks(client, f"/admin/surveys/{survey.pk}/analysis/")
        one, two = [question["name"] for question in analysing.closed_questions(analysing.outline_of(survey))][:2]
        for kind, wanted in (("xlsx", {}), ("sav", {}), ("pdf", {}), ("pdf", {"row": one, "column": two})):
            export = Export.objects.create(questionnaire=survey, format=kind, asked_by=researcher, rows_total=count, wanted=wanted)
            command = [sys.executable, "-m", "bench.surveys_large", str(export.pk)]
            done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
            print(f"  {kind}{' with a cross-tab' if wanted else ''}: {done.stdout.strip() or done.stderr[-500:]}")


def _page(client: Any, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200, response.status_code


def _looks(client: Any, address: str) -> None:
    """The analysis of what somebody chose, looked at until all of it was read."""
    spent, is_whole = [], False
    while not is_whole:
        wall, cpu = time.perf_counter(), time.process_time()
        page = client.get(address, {"only": '["q1", "\\"a\\""]'})
        spent.append((time.perf_counter() - wall, time.process_time() - cpu))
        assert page.status_code == 200, page.status_code
        is_whole = b"survey-counting" not in page.content
    longest, cpu = max(wall for wall, _cpu in spent), sum(cpu for _wall, cpu in spent)
    print(
        f"  analysis of one choice, {len(spent)} looks: {sum(w for w, _c in spent):.1f} s, {cpu:.1f} s CPU, the longest look {longest:.2f} s"
    )


def _timed(name: str, work: Any) -> None:
    from django.db import connection

    asked = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(sql, params, many, context)

    wall, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        work()
    print(f"{name:55}{time.perf_counter() - wall:8.2f} s{time.process_time() - cpu:8.2f} s CPU{asked:6} queries", flush=True)


def make(pk: int) -> None:
    """One file, as the task makes it: time, CPU, the largest memory and the file's size."""
    import django

    django.setup()
    from surveys import delivering
    from surveys.models import Export

    before = _highest_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    export = Export.objects.get(pk=pk)
    delivering.make(export)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    export.refresh_from_db()
    assert export.state == "done", export.problem
    most, path = _highest_mb(), delivering.path_of(export)
    print(f"{wall:.1f} s, {cpu:.1f} s CPU, at most {most:.0f} MB (begun with {before:.0f}), a file of {path.stat().st_size / 2**20:.1f} MB")
    path.unlink()


def _highest_mb() -> float:
    """The most memory that this process ever held; unlike what getrusage tells, without its parent's."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__" and len(sys.argv) > 1:
    make(int(sys.argv[1]))
