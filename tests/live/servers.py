"""Servers of a test's own, to be stopped and hurt: Redis, PostgreSQL, and the club on uvicorn. Never the machine's."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.browser.conftest import ROOT, Club, free_port

# PostgreSQL will not run as root.
AS_POSTGRES = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def program(name: str) -> str | None:
    return shutil.which(name) or next((str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)


class Redis:
    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, **QUIET)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def pause(self, is_paused: bool) -> None:
        self.process.send_signal(signal.SIGSTOP if is_paused else signal.SIGCONT)


class Postgres:
    """A cluster in a folder, with a copy of another server's database in it."""

    def __init__(self, folder: Path, source_url: str) -> None:
        self.port, self.folder = free_port(), folder / "cluster"
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/club"
        for path in (folder, *folder.parents):
            if path.stat().st_uid == os.geteuid() and path != Path("/tmp"):
                path.chmod(path.stat().st_mode | 0o711)
        self.folder.mkdir()
        if AS_POSTGRES:
            shutil.chown(self.folder, **AS_POSTGRES)
        initdb = [program("initdb"), "-D", str(self.folder), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, cwd="/", **QUIET, **AS_POSTGRES)
        self.start()
        server = self.url.rpartition("/")[0]
        subprocess.run([program("createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "club"], check=True, **QUIET)
        dump = subprocess.Popen([program("pg_dump"), "--no-owner", "--no-privileges", source_url], stdout=subprocess.PIPE)
        subprocess.run([program("psql"), "-q", f"{server}/club"], stdin=dump.stdout, check=True, **QUIET)
        dump.wait(60)

    def start(self) -> None:
        command = [program("postgres"), "-D", str(self.folder), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        command += ["-c", f"unix_socket_directories={self.folder}", "-c", "max_connections=60"]
        self.process = subprocess.Popen(command, cwd="/", **QUIET, **AS_POSTGRES)
        until = time.monotonic() + 60
        ready = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
        while subprocess.run(ready, check=False, **QUIET).returncode and time.monotonic() < until:
            time.sleep(0.1)

    def stop(self, signal_number: int = signal.SIGQUIT) -> None:
        """SIGQUIT is the immediate stop: no checkpoint, what was promised is in the log."""
        self.process.send_signal(signal_number)
        self.process.wait(30)

    def restart(self) -> None:
        self.stop()
        self.start()

    def be_read_only(self, is_read_only: bool) -> None:
        """What is asked from now on may read and not write, also over connections that are open."""
        for statement in (f"ALTER SYSTEM SET default_transaction_read_only = {is_read_only}", "SELECT pg_reload_conf()"):
            # The session that takes it back may write, whatever the rule is.
            options = os.environ | {"PGOPTIONS": "-c default_transaction_read_only=off"}
            subprocess.run([program("psql"), "-q", "-c", statement, self.url], check=True, env=options, **QUIET)
        # The server has read it, and told those connected before, once somebody new is told.
        asked = [program("psql"), "-At", "-c", "SHOW default_transaction_read_only", self.url]
        while (subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip() == "on") != is_read_only:
            time.sleep(0.01)


class UvicornClub(Club):
    """The same club on uvicorn, as `docs/operating.md` says to start it."""

    program: tuple[str, ...] = ("-m", "uvicorn")

    def start(self) -> None:
        port = self.url.rsplit(":", 1)[1].strip("/")
        command = [sys.executable, *self.program, "community.asgi:application", "--port", port, "--ws-max-size", "65536"]
        command += ["--lifespan", "off", "--log-level", "warning", "--timeout-graceful-shutdown", "5"]
        command += ["--ws", "community.uvicorn_sockets:ClubSocket"]
        log = open(Path(self.env["MAILBOX_DIR"]).parent / "serve.log", "ab")  # noqa: SIM115
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)
        self._answers()

    def _answers(self) -> None:
        import urllib.request

        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}healthz", timeout=2) as answer:
                    if answer.status == 200:
                        assert answer.headers["server"] == "uvicorn"
                        return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("uvicorn did not open")


ODD_SERVER = str(ROOT / "tests/live/odd_server.py")


class OddUvicornClub(UvicornClub):
    """The club on uvicorn with something wrong in it; `env["ODD"]` says what (`odd_server.py`)."""

    program = (ODD_SERVER, "uvicorn")


class OddClub(Club):
    """The club by `manage.py serve` with something wrong in it."""

    def start(self) -> None:
        port = self.url.rsplit(":", 1)[1].strip("/")
        log = open(Path(self.env["MAILBOX_DIR"]).parent / "serve.log", "ab")  # noqa: SIM115
        command = [sys.executable, ODD_SERVER, "serve", "--port", port]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            if "is open at" in line:
                return
        raise RuntimeError("the odd club did not open")
