"""Rows that every deed writes: the statement is made once for each table, and the database itself says whether the row was there."""

from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models

from members.cursors import asked, done

_TEXT, _NOTHING = frozenset[type]({str, type(None)}), frozenset[type]({type(None)})
# What a field's value may be to need no look of the field at it. Of Django's own fields only: another may keep it otherwise.
AS_THEY_ARE: dict[type, frozenset[type]] = {
    **dict.fromkeys((models.CharField, models.TextField, models.EmailField, models.SlugField), _TEXT),
    **dict.fromkeys((models.ForeignKey, models.OneToOneField, models.DateTimeField, models.UUIDField), _NOTHING),
    models.BooleanField: frozenset({bool, type(None)}),
}


def keep(row: models.Model, *, under: str = "") -> bool:
    """Insert an unsaved row unless one of its unique keys is taken. Returns whether it was new; then it has its id.

    For what is written with every deed: where `get_or_create` looks and then inserts under a savepoint, this only inserts,
    in one statement that is ready made. Sends no signals.

    under   the foreign key to a row that is shared first, to the end of the transaction: whoever holds that row alone is waited for, and
            what they wrote is there for the next statement. On SQLite whoever writes is alone anyway.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    shared = under if database.vendor == "postgresql" else ""
    statement, fields = _insert(type(row), shared)
    values = _values(row, fields, database)
    kept = asked(statement, [*values, getattr(row, f"{shared}_id")] if shared else values, database)
    if not kept:
        return False
    if row.pk is None:
        row.pk = kept[0][0]
    row._state.adding, row._state.db = False, database.alias
    return True


def change(row: models.Model, *names: str) -> None:
    """Write these fields of a saved row, by their names or with `_id`. Sends no signals; raises DatabaseError where the row is gone."""
    database: Any = connections[DEFAULT_DB_ALIAS]
    statement, fields = _update(type(row), names)
    if done(statement, [*_values(row, fields, database), row.pk], database) != 1:
        raise DatabaseError("the row to change is not there")


def _values(row: models.Model, fields: list[Any], database: Any) -> list[Any]:
    """As the database takes them. Most are texts, truths or nothing, which the field hands on as they are, by five calls each."""
    return [
        value if type(value) in AS_THEY_ARE.get(type(field), ()) else field.get_db_prep_save(value, database)
        for field, value in ((field, getattr(row, field.attname)) for field in fields)
    ]


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields = [model._meta.get_field(name) for name in names]
    places = ", ".join(f'"{field.column}" = %s' for field in fields)  # type: ignore[union-attr]
    return f'UPDATE "{model._meta.db_table}" SET {places} WHERE "{model._meta.pk.column}" = %s', fields  # type: ignore[union-attr]  # noqa: S608


@cache
def _insert(model: type[models.Model], under: str = "") -> tuple[str, list[Any]]:
    # A key that the database draws is left to it.
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    key = model._meta.pk.column  # type: ignore[union-attr]
    row = f"VALUES ({places})"
    if under:
        held: Any = model._meta.get_field(under).related_model
        row = f'SELECT {places} FROM "{held._meta.db_table}" WHERE "{held._meta.pk.column}" = %s FOR KEY SHARE'  # noqa: S608
    return f'INSERT INTO "{model._meta.db_table}" ({names}) {row} ON CONFLICT DO NOTHING RETURNING "{key}"', fields
