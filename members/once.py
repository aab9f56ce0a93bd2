"""Writing a row once: the statement is made once for each table, and the database itself says whether the row was there."""

from functools import cache
from typing import Any

from django.db import connection, models


def keep(row: models.Model) -> bool:
    """Insert an unsaved row unless one of its unique keys is taken. Returns whether it was new; then it has its id.

    For what is written with every deed: where `get_or_create` looks and then inserts under a savepoint, this only inserts,
    in one statement that is ready made. Sends no signals.
    """
    statement, fields = _insert(type(row))
    with connection.cursor() as cursor:
        cursor.execute(statement, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields])
        kept = cursor.fetchone()
    if kept is None:
        return False
    row.pk, row._state.adding, row._state.db = kept[0], False, connection.alias
    return True


@cache
def _insert(model: type[models.Model]) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    key = model._meta.pk.column  # type: ignore[union-attr]
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places}) ON CONFLICT DO NOTHING RETURNING "{key}"', fields  # noqa: S608
