"""A cursor for statements whose text never changes: PostgreSQL keeps them prepared, and plans each of them once instead of every time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def preparing() -> Iterator[Any]:
    """Django's cursor, but with values sent beside the text and not written into it; on SQLite the usual one.

    The driver prepares what it has seen five times (DATABASE_PREPARES; off behind a pooler that keeps no prepared statements).
    """
    # Django's log of queries finds the values in the text only.
    if connection.vendor != "postgresql" or connection.queries_logged:
        with connection.cursor() as cursor:
            yield cursor
        return
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    driver: Any = connection.connection
    usual, driver.cursor_factory = driver.cursor_factory, ServerBindingCursor
    try:
        cursor = connection.cursor()
    finally:
        driver.cursor_factory = usual
    with cursor:
        yield cursor
