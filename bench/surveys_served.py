"""Completed surveys a second: members who answer a served club over HTTP, one at a time and eight at once.

Each answer is judged by the engine, mirrored, kept, recorded and paid. The servers, their engines, PostgreSQL and the members share this
machine's cores; what the members themselves cost is said beside it.
"""

import os
import tempfile
import time
from pathlib import Path

from tests.browser.conftest import Club, free_port
from tests.surveys.crowd import Crowd, engines_of

PEOPLE = 300
TICK = os.sysconf("SC_CLK_TCK")


class Members(Crowd):
    """A crowd in front of several servers of one club, in turn."""

    def __init__(self, clubs: list[Club]) -> None:
        super().__init__(clubs[0], 1)
        self.clubs = clubs

    def send(self, number: int, door: str = "answers") -> int:
        self.club = self.clubs[number % len(self.clubs)]
        return super().send(number, door)

    def draft(self, number: int) -> int:
        return self.send(number, "draft")

    def measure(self, what: str, numbers: list[int], clients: int, send) -> None:
        self.clients, self.milliseconds = clients, []
        self.statuses.clear()
        before, own, began = self.cpu(), time.process_time(), time.monotonic()
        self.send_all(numbers, send)
        seconds = time.monotonic() - began
        spent, own = self.cpu() - before, time.process_time() - own
        said = f"{1_000 * spent / len(numbers):5.1f} ms CPU of server and engine each, {1_000 * own / len(numbers):.1f} of the member"
        print(f"{what:34}{clients:2} at once: {self.figures(seconds)}; {said}; {dict(self.statuses)}", flush=True)

    def cpu(self) -> float:
        pids = [pid for club in self.clubs for pid in (club.process.pid, *engines_of(club.process.pid))]
        return sum(sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13])) for pid in pids) / TICK


def measure(url: str, servers: int, questions: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        env = os.environ | {"DATABASE_URL": url, "DATABASE_POOL_SIZE": "8", "DEBUG": "false", "EMAIL_URL": "dummymail://"}
        env |= {"SECRET_KEY": "bench" * 12, "ALLOWED_HOSTS": "127.0.0.1", "SITE_URL": "http://127.0.0.1", "SECURE_SSL_REDIRECT": "false"}
        env |= {"MAILBOX_DIR": f"{name}/mail", "MEDIA_ROOT": f"{name}/media", "DJANGO_SETTINGS_MODULE": "community.settings"}
        env |= {"CROWD": str(3 * PEOPLE), "CROWD_QUESTIONS": str(questions), "RATE_LIMITS_OFF": "true"}
        clubs = [Club(f"http://127.0.0.1:{free_port()}/", env) for _server in range(servers)]
        try:
            for club in clubs:
                club.start()
            load = Path("/proc/loadavg").read_text().split()[0]
            print(f"\n{questions} questions, {servers} served process(es), {url.partition(':')[0]}, load average {load}")
            crowd = Members(clubs)
            crowd.send_all(range(40))
            crowd.measure("draft saved, each one's first", list(range(40, 300)), 1, crowd.draft)
            for clients in (1, 2, 4, 8):
                crowd.measure("draft saved again", list(range(40, 300)), clients, crowd.draft)
            crowd.measure("survey completed, points and all", list(range(300, 400)), 1, crowd.send)
            crowd.measure("survey completed, points and all", list(range(400, 3 * PEOPLE)), 8, crowd.send)
        finally:
            for club in clubs:
                club.stop()
