"""A migrated, empty database kept from run to run, which every test process copies: two hundred migrations take longer than most tests.

The template's name is a digest of all that it depends on: our migrations and what is laid after them, and the locked packages.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import psycopg

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
KEPT_TEMPLATES = 9
LAID_AFTERWARDS = (
    "members/roles.py",
    "forum/taggings.py",
    "points/starting.py",
    "points/guards.py",
    "points/in_postgres.py",
    "points/in_sets.py",
    "cms/founding.py",
    "cms/first_words.py",
    "community/settings.py",
)


def digest() -> str:
    found = hashlib.sha256()
    depends_on = [
        *ROOT.glob("*/migrations/*.py"),
        *(ROOT / name for name in LAID_AFTERWARDS),
        ROOT / "requirements.txt",
        Path(__file__).resolve(),
    ]
    for path in sorted(depends_on):
        if path.exists():
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _migrate(url: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "DATABASE_POOL_SIZE": "0", "DEBUG": "true"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
    )


def lay_sqlite(target: Path) -> None:
    """Put a fresh migrated database at target."""
    VAR.mkdir(exist_ok=True)
    template = VAR / f"template-{digest()}.sqlite3"
    with (VAR / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            for old in VAR.glob("template-*.sqlite3*"):
                old.unlink()
            making = VAR / "template-making.sqlite3"
            _migrate(f"sqlite:///{making}")
            # VACUUM INTO folds the write-ahead log in; a plain copy of the file might lack it.
            import sqlite3

            with sqlite3.connect(making) as connection:
                connection.execute("VACUUM INTO ?", (str(template),))
            for part in VAR.glob("template-making.sqlite3*"):
                part.unlink()
    laid = Path(f"{target}.laid")
    shutil.copyfile(template, laid)
    for part in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        part.unlink(missing_ok=True)
    # Whole at once: a thread that outlived its test must not open what is half written.
    laid.replace(target)


def lay_postgres(server_url: str, target: str) -> None:
    """Make a fresh migrated database of the name target on a server, `postgres://user@host:port`."""
    import psycopg

    template = f"clubroom_template_{digest()}"
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as connection:
        # One process makes the template, the others wait here; the lock goes with the connection.
        connection.execute("SELECT pg_advisory_lock(20261122)")
        newest_first = "SELECT datname FROM pg_database WHERE datname LIKE 'clubroom_template_%' ORDER BY oid DESC"
        names = [name for (name,) in connection.execute(newest_first)]
        if template not in names:
            # Other checkouts may stand at other migrations: only what nobody can still want goes.
            for old in names[KEPT_TEMPLATES:]:
                connection.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
            making = "clubroom_template_making"
            connection.execute(f'DROP DATABASE IF EXISTS "{making}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{making}"')
            _migrate(f"{server_url}/{making}")
            _keep_what_was_laid(f"{server_url}/{making}")
            connection.execute(f'ALTER DATABASE "{making}" RENAME TO "{template}"')
        copy(connection, template, target)


def copy(connection: "psycopg.Connection", template: str, target: str) -> None:
    """Make a test's database of a template. Its commits wait for no disk: it need not outlive its server, as with SQLite's here."""
    connection.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
    connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{template}"')
    connection.execute(f'ALTER DATABASE "{target}" SET synchronous_commit = off')


def _keep_what_was_laid(url: str) -> None:
    """Put aside what migrating wrote: the rows of every table that has some, and where each sequence stands."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA laid")
        for name in _tables_with_rows(connection):
            connection.execute(f'CREATE TABLE laid."{name}" AS TABLE public."{name}"')
        connection.execute("CREATE TABLE laid.sequence_stands (name text, value bigint)")
        connection.execute("INSERT INTO laid.sequence_stands SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")


def _tables_with_rows(connection: "psycopg.Connection") -> list[str]:
    names = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM public.\"{name}\")" for (name,) in names)
    return [name for (name,) in connection.execute(asked)]


def _put_back(url: str) -> None:
    """Bring a copy of the template back to what was laid, which takes a tenth of copying it again."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        # The guards refuse to have the books emptied; a replica's writes pass them.
        connection.execute("SET session_replication_role = replica")
        laid = {
            name
            for (name,) in connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'laid'::regnamespace AND relkind = 'r'")
        }
        for name in {*_tables_with_rows(connection), *laid} - {"sequence_stands"}:
            connection.execute(f'DELETE FROM public."{name}"')
            if name in laid:
                connection.execute(f'INSERT INTO public."{name}" SELECT * FROM laid."{name}"')
        connection.execute(
            "SELECT setval(format('public.%I', name)::regclass, coalesce(value, 1), value IS NOT NULL) FROM laid.sequence_stands"
        )


def lay_anew() -> None:
    """Put this process's test database back to the migrated template: quicker than emptying a hundred guarded tables."""
    from django.db import connection

    from live import threads

    name = str(connection.settings_dict["NAME"])
    connection.close()
    # The sockets' threads hold the old file open.
    threads.begin_anew()
    if connection.vendor == "sqlite":
        lay_sqlite(Path(name))
    else:
        _put_back(f"{server_of(os.environ['DATABASE_URL'])}/{name}")


def server_of(url: str) -> str:
    """The server's part of a database's address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
