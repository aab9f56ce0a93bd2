"""Queries that are asked with every deed or page: their SQL is made once, where a queryset makes it anew each time.

On a page of ten queries the ORM spends more time on putting them together than the database on answering them. What is asked is still
said as a queryset, with places for the values:

    admitted = Ready(lambda group, member: Seat.objects.select_related("group").filter(group=group, member=member))
    seats = admitted.all(group=7, member=3)
"""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.query import ModelIterable, QuerySet, get_related_populators
from django.db.transaction import TransactionManagementError

_FIELDS: "dict[type, models.Field[Any, Any]]" = {
    bool: models.BooleanField(),
    int: models.BigIntegerField(),
    str: models.TextField(),
    datetime.datetime: models.DateTimeField(),
    datetime.date: models.DateField(),
    uuid.UUID: models.UUIDField(),
}


class _Place(Expression):
    """Where a value will stand: its name, and its position where it is one of a list."""

    def __init__(self, name: str, position: int, field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name, self.position = name, position

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def value(self, values: dict[str, Any]) -> Any:
        found = values[self.name]
        return self.output_field.get_db_prep_value(found[self.position] if self.position >= 0 else found, connection=connection)


@dataclass(frozen=True)
class _Statement:
    sql: str
    places: list[Any]
    locks: bool
    converters: list[tuple[int, list[Any], Any]]
    read: Callable[[list[Any]], Any]


class Ready:
    """A query whose values come later. build: the queryset, from a place for each value (a list of places for a list).

    Values are numbers, texts, dates, moments, UUIDs, or lists of one of them; never None. Whatever else the queryset says stays as it is
    when it is first asked. It yields models with what is joined to them, or tuples (`values_list`); prefetches are not followed.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._made: dict[Any, _Statement | None] = {}

    def all(self, **values: Any) -> list[Any]:
        """The rows. One query; raises as the queryset would, and ValueError for None."""
        if None in values.values():
            raise ValueError("a value is missing: NULL is no value to compare with")
        lists = {name: list(value) for name, value in values.items() if isinstance(value, list | tuple | set | frozenset)}
        values |= lists
        key = (connection.vendor, *(len(found) for found in lists.values()))
        if key not in self._made:
            self._made[key] = self._make(values)
        made = self._made[key]
        if made is None:
            return []
        if made.locks and not connection.in_atomic_block:
            raise TransactionManagementError("what locks rows is asked inside a transaction")
        with connection.cursor() as cursor:
            cursor.execute(made.sql, [place.value(values) if isinstance(place, _Place) else place for place in made.places])
            rows = cursor.fetchall()
        return [made.read(_converted(made, row)) for row in rows]

    def first(self, **values: Any) -> Any:
        """The first row; None where there is none."""
        return next(iter(self.all(**values)), None)

    def _make(self, values: dict[str, Any]) -> _Statement | None:
        asked = self._build(**{name: _places(name, value) for name, value in values.items()})
        compiler = asked.query.get_compiler(connection=connection)
        try:
            sql, places = compiler.as_sql()
        except EmptyResultSet:
            return None
        columns = [column for column, _sql, _alias in compiler.select]
        converters = [(place, found, column) for place, (found, column) in compiler.get_converters(columns).items()]
        is_model = asked._iterable_class is ModelIterable  # type: ignore[attr-defined]
        return _Statement(sql, list(places), asked.query.select_for_update, converters, _reader(compiler) if is_model else tuple)


def _places(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_Place(name, position, _FIELDS[type(each)]) for position, each in enumerate(value)]
    return _Place(name, -1, _FIELDS[type(value)])


def _converted(made: _Statement, row: tuple[Any, ...]) -> list[Any]:
    values = list(row)
    for place, converters, column in made.converters:
        for convert in converters:
            values[place] = convert(values[place], column, connection)
    return values


def _reader(compiler: Any) -> Callable[[list[Any]], models.Model]:
    """What makes a row into the model, with its annotations and what was joined to it: as Django's own ModelIterable does."""
    about, alias = compiler.klass_info, connection.alias
    start, end = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in compiler.select[start:end]]
    joined = get_related_populators(about, compiler.select, alias)  # type: ignore[call-arg]  # the stubs are of a later Django
    annotated = compiler.annotation_col_map or {}

    def read(row: list[Any]) -> models.Model:
        made: models.Model = about["model"].from_db(alias, names, row[start:end])
        for each in joined:
            each.populate(row, made)
        for name, place in annotated.items():
            setattr(made, name, row[place])
        return made

    return read
