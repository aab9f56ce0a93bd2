"""Statements whose text never changes and which are said with every deed: with as little between them and the database as there can be.

PostgreSQL keeps them prepared, and plans each of them once instead of every time. Django's cursor takes as long as a small statement there,
and several times as long on SQLite, where it takes a few microseconds: the driver, which keeps its statements prepared, is asked directly.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def asked(sql: str, values: Sequence[Any], database: Any = None) -> list[Any]:
    """The rows of a statement, its values as the database takes them. Raises what Django's cursor raises.

    database   this thread's connection, where the caller has it at hand: to find it takes as long as a small statement
    """
    database = database or connections[DEFAULT_DB_ALIAS]
    if not (database.execute_wrappers or database.queries_logged):
        try:
            rows: list[Any] = _told(database, sql, values).fetchall()
            return rows
        except Exception:
            # Only now: to be ready for it takes as long as a small statement.
            with database.wrap_database_errors:
                raise
    with preparing() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def done(sql: str, values: Sequence[Any], database: Any = None) -> int:
    """How many rows a statement changed."""
    database = database or connections[DEFAULT_DB_ALIAS]
    if not (database.execute_wrappers or database.queries_logged):
        try:
            return int(_told(database, sql, values).rowcount)
        except Exception:
            with database.wrap_database_errors:
                raise
    with preparing() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _told(database: Any, sql: str, values: Sequence[Any]) -> Any:
    """The driver's cursor. Not where somebody listens to the statements, such as a test that counts them."""
    # A server may have left since the last request.
    if database.health_check_enabled:
        database.close_if_health_check_failed()
    if database.connection is None:
        database.ensure_connection()
    if database.needs_rollback:
        database.validate_no_broken_transaction()
    if database.vendor == "sqlite":
        return database.connection.execute(_with_marks(sql), values)
    return _kept(database).execute(sql, values)


def _kept(database: Any) -> Any:
    """A cursor of the connection's own that sends values beside the text: making one takes as long as a small statement.

    Its rows are always fetched before it is asked anew.
    """
    known: tuple[Any, Any] | None = getattr(database, "kept_cursor", None)
    if known is not None and known[0].connection is database.connection and known[1] is database.timezone:
        return known[0]
    with _server_binding(database):
        made = database.create_cursor()
    database.kept_cursor = made, database.timezone
    return made


@contextmanager
def _server_binding(database: Any) -> Iterator[None]:
    """Cursors made meanwhile send values beside the text and do not write them into it."""
    from django.db.backends.postgresql.base import ServerBindingCursor

    driver: Any = database.connection
    usual, driver.cursor_factory = driver.cursor_factory, ServerBindingCursor
    try:
        yield
    finally:
        driver.cursor_factory = usual


@cache
def _with_marks(sql: str) -> str:
    """As SQLite writes places; the texts are few, for that is what all this is for."""
    return sql.replace("%s", "?").replace("%%", "%")


@contextmanager
def preparing() -> Iterator[Any]:
    """Django's cursor, but with values sent beside the text and not written into it; on SQLite the usual one.

    The driver prepares what it has seen five times (DATABASE_PREPARES; off behind a pooler that keeps no prepared statements).
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    # Django's log of queries finds the values in the text only.
    if database.vendor != "postgresql" or database.queries_logged:
        with database.cursor() as cursor:
            yield cursor
        return
    database.ensure_connection()
    with _server_binding(database):
        cursor = database.cursor()
    with cursor:
        yield cursor
