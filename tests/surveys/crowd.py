"""A crowd that answers a survey of a served club over HTTP, and what kills the club's engines meanwhile."""

import contextlib
import http.client
import json
import os
import signal
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.conftest import Club

STORED_BEFORE, TURNED_AWAY = 0.3, 5  # the share that is stored before engines die, and how many are refused before they live again
CSRF = "c" * 32

# Run in the served club's own database: an open survey, and members with open sessions.
SCENE = """
import json
import os
from django.test import Client
from bench.surveys_kinds import static
from members.models import Company, Member
from surveys import publishing
company = Company.objects.create(name="Harbour Traders")
definition, answers = static(int(os.environ.get("CROWD_QUESTIONS", "10")))
survey = publishing.create(title="Crowd", definition=definition, slug="crowd", minutes=0, points=7)
publishing.publish(survey)
cookies = []
for number in range(int(os.environ["CROWD"])):
    member = Member.objects.create_user(f"crowd{number}@faults.example", None, name=f"Crowd {number}", company=company)
    client = Client()
    client.force_login(member)
    cookies.append(client.cookies["sessionid"].value)
print("TOLD " + json.dumps({"cookies": cookies, "answers": answers}))
"""

# What is stored of the crowd, by its members' numbers.
AUDIT = """
import json
from members.models import Activity
from surveys.models import Draft, Participation, Submission
def numbered(rows):
    return [int(email.partition("@")[0].removeprefix("crowd")) for email in rows.values_list("member__email", flat=True)]
told = {"submissions": numbered(Submission.objects.all()), "receipts": numbered(Participation.objects.all())}
told["drafts"] = {number: data for number, data in zip(numbered(Draft.objects.order_by("pk")), Draft.objects.order_by("pk").values_list("data", flat=True))}
told["texts"] = dict(zip(numbered(Submission.objects.order_by("pk")), Submission.objects.order_by("pk").values_list("data__q9", flat=True)))
told["deeds"] = numbered(Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED))
told["mirrored"] = Submission.objects.filter(response__answers__body__startswith="Crowd ").distinct().count()
print("TOLD " + json.dumps(told))
"""  # noqa: E501 (a script)


def told_by(club: Club, script: str) -> dict:
    """What a script, run beside the club, tells."""
    done = club.manage("shell", "-v0", stdin=script)
    line = next((line for line in done.stdout.splitlines() if line.startswith("TOLD ")), None)
    assert line, done.stderr
    return json.loads(line.removeprefix("TOLD "))


def engines_of(server: int) -> list[int]:
    """The process ids of a server's engines."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == server and b"surveys/engine/worker.py" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
    return found


class Crowd:
    """Members who answer, so many at once; each says something of their own, so that nobody's answers stand for another's."""

    def __init__(self, club: Club, clients: int) -> None:
        self.club, self.clients = club, clients
        scene = told_by(club, SCENE)
        self.cookies, self.answers = scene["cookies"], scene["answers"]
        self.statuses: Counter[int] = Counter()
        self.milliseconds: list[float] = []
        self.killed: list[int] = []
        self.lock = threading.Lock()

    def answers_of(self, number: int) -> dict:
        return {**self.answers, "q9": f"Crowd {number}"}

    def send(self, number: int, door: str = "answers") -> int:
        """One member's answers, sent once: the status they were given. door: `draft` keeps them for later."""
        where = urlsplit(self.club.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=120)
        headers = {"Content-Type": "application/json", "X-CSRFToken": CSRF}
        headers["Cookie"] = f"sessionid={self.cookies[number]}; csrftoken={CSRF}"
        began = time.monotonic()
        with contextlib.closing(connection):
            connection.request("POST", f"/surveys/crowd/{door}/", json.dumps({"data": self.answers_of(number)}), headers)
            response = connection.getresponse()
            response.read()
        with self.lock:
            self.statuses[response.status] += 1
            self.milliseconds.append(1_000 * (time.monotonic() - began))
        return response.status

    def send_all(self, numbers, send=None) -> dict[int, int]:
        numbers = list(numbers)
        with ThreadPoolExecutor(self.clients) as threads:
            return dict(zip(numbers, threads.map(send or self.send, numbers), strict=True))

    @contextlib.contextmanager
    def killing(self):
        """Once a part is stored, no engine lives until some were turned away; then they may come back."""
        is_over = threading.Event()

        def reap():
            while not is_over.wait(0.005):
                if self.statuses[200] < STORED_BEFORE * len(self.cookies):
                    continue
                if self.statuses[503] >= TURNED_AWAY:
                    return
                for pid in engines_of(self.club.process.pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        self.killed.append(pid)

        reaper = threading.Thread(target=reap)
        reaper.start()
        try:
            yield
        finally:
            is_over.set()
            reaper.join()

    def figures(self, seconds: float) -> str:
        times = sorted(self.milliseconds)
        p95 = times[int(0.95 * (len(times) - 1))]
        return f"{len(times) / seconds:.1f} requests a second, p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms"


def prove(club: Club, people: int, clients: int) -> Crowd:
    """Everybody answers while engines are killed; whoever was turned away sends again. Fails for an answer lost, doubled or another's."""
    crowd = Crowd(club, clients)
    everybody = set(range(people))
    began = time.monotonic()
    with crowd.killing():
        first = crowd.send_all(everybody)
    refused = {number for number, status in first.items() if status == 503}
    thanked = {number for number, status in first.items() if status == 200}
    assert thanked | refused == everybody, crowd.statuses
    assert len(refused) >= TURNED_AWAY
    assert len(crowd.killed) >= 2
    kept = told_by(club, AUDIT)
    assert sorted(kept["submissions"]) == sorted(kept["receipts"]) == sorted(thanked)
    assert {int(number): data for number, data in kept["drafts"].items()} == {number: crowd.answers_of(number) for number in refused}

    again = crowd.send_all(sorted(refused) + sorted(thanked)[: len(refused)])  # some who were thanked send again as well
    assert set(again.values()) == {200}
    crowd.seconds = time.monotonic() - began

    kept = told_by(club, AUDIT)
    for name in ("submissions", "receipts", "deeds"):
        assert sorted(kept[name]) == sorted(everybody), name
    assert kept["texts"] == {str(number): f"Crowd {number}" for number in everybody}
    assert kept["mirrored"] == people
    assert kept["drafts"] == {}
    crowd.refused = len(refused)
    return crowd
