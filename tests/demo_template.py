"""The demo club, seeded once and copied: for the tests of what is in it, and for the club that browsers visit.

Kept under var/ (and as a database of the server) by a digest of all that seeding runs through. `python -m tests.demo_template` makes
the one for DATABASE_URL beforehand.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests import database_template
from tests.database_template import KEPT_TEMPLATES, ROOT, VAR, server_of

SEEDED_BY = ("members", "live", "notifications", "codebooks", "forum", "surveys", "referrals", "points", "focusgroups", "cms", "community")


def digest() -> str:
    found = hashlib.sha256(database_template.digest().encode())
    for part in SEEDED_BY:
        for path in sorted((ROOT / part).rglob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


def lay_sqlite(target: Path, media: Path) -> None:
    """Put a seeded club's database at target and its pictures at media."""
    template, pictures = _made_sqlite()
    for part in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        part.unlink(missing_ok=True)
    shutil.copyfile(template, target)
    shutil.copytree(pictures, media, dirs_exist_ok=True)


def lay_postgres(server_url: str, target: str, media: Path) -> None:
    """Make a seeded club's database of the name target on a server, and put its pictures at media."""
    with _locked(server_url) as connection:
        template, pictures = _made_postgres(connection, server_url)
        database_template.copy(connection, template, target)
    shutil.copytree(pictures, media, dirs_exist_ok=True)


def _made_sqlite() -> tuple[Path, Path]:
    VAR.mkdir(exist_ok=True)
    template, pictures = VAR / f"demo-{digest()}.sqlite3", VAR / f"demo-{digest()}-media"
    with (VAR / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            _forget_files("demo-*")
            making = VAR / "making-demo.sqlite3"
            database_template.lay_sqlite(making)
            _seed(f"sqlite:///{making}", pictures)
            with sqlite3.connect(making) as connection:
                connection.execute("VACUUM INTO ?", (str(template),))
            _forget_files("making-demo*")
    return template, pictures


@contextlib.contextmanager
def _locked(server_url: str) -> Iterator[psycopg.Connection]:
    """A connection that only one process has at a time."""
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(20261123)")
        yield connection


def _made_postgres(connection: psycopg.Connection, server_url: str) -> tuple[str, Path]:
    VAR.mkdir(exist_ok=True)
    template, pictures = f"clubroom_demo_{digest()}", VAR / f"postgres-demo-{digest()}-media"
    newest_first = "SELECT datname FROM pg_database WHERE datname LIKE 'clubroom_demo_%' ORDER BY oid DESC"
    names = [name for (name,) in connection.execute(newest_first)]
    if template not in names or not pictures.exists():
        _forget_files("postgres-demo-*")
        for old in {template, *names[KEPT_TEMPLATES:]}:
            connection.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
        database_template.lay_postgres(server_url, "clubroom_making_demo")
        _seed(f"{server_url}/clubroom_making_demo", pictures)
        connection.execute(f'ALTER DATABASE "clubroom_making_demo" RENAME TO "{template}"')
    return template, pictures


def lay_here(media: Path) -> None:
    """Put the seeded club where this process's test database is."""
    from django.db import connection

    from live import threads

    name = str(connection.settings_dict["NAME"])
    connection.close()
    threads.begin_anew()
    if connection.vendor == "sqlite":
        lay_sqlite(Path(name), media)
    else:
        lay_postgres(server_of(os.environ["DATABASE_URL"]), name, media)


def _seed(url: str, pictures: Path) -> None:
    shutil.rmtree(pictures, ignore_errors=True)
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATABASE_POOL_SIZE": "0",
        "SQLITE_SYNCHRONOUS": "OFF",
        "DEBUG": "true",
        "MEDIA_ROOT": str(pictures),
        "EMAIL_URL": "dummymail://",
        "REDIS_URL": "",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run([sys.executable, "manage.py", "seed_demo"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def _forget_files(pattern: str) -> None:
    for old in VAR.glob(pattern):
        if old.is_dir():
            shutil.rmtree(old)
        elif old.suffix != ".lock":
            old.unlink()


def _make_beforehand() -> None:
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        with _locked(server_of(url)) as connection:
            _made_postgres(connection, server_of(url))
    else:
        _made_sqlite()


if __name__ == "__main__":
    _make_beforehand()
