"""Queries that are asked with every deed or page: their SQL is made once, where a queryset makes it anew each time.

On a page of ten queries the ORM spends more time on putting them together than the database on answering them. What is asked is still
said as a queryset, with places for the values:

    admitted = Ready(lambda group, member: Seat.objects.select_related("group").filter(group=group, member=member))
    seats = admitted.all(group=7, member=3)
"""

import datetime
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import signals
from django.db.models import sql as statements
from django.db.models.base import ModelState
from django.db.models.expressions import Expression
from django.db.models.query import ModelIterable, QuerySet, get_related_populators
from django.db.transaction import TransactionManagementError
from modelcluster.models import ClusterableModel

from members.cursors import asked, done

_LISTS = (list, tuple, set, frozenset)
_FIELDS: "dict[type, models.Field[Any, Any]]" = {
    bool: models.BooleanField(),
    int: models.BigIntegerField(),
    str: models.TextField(),
    datetime.datetime: models.DateTimeField(),
    datetime.date: models.DateField(),
    uuid.UUID: models.UUIDField(),
    dict: models.JSONField(),
}


# A place, or the doubled % that stands for one.
_PLACE = re.compile(r"(%%|%s)")


class _Place(Expression):
    """Where a value will stand: its name, and its position where it is one of a list."""

    def __init__(self, name: str, position: int, field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name, self.position = name, position

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def value(self, values: dict[str, Any], database: Any) -> Any:
        found = values[self.name]
        if self.position >= 0:
            found = found[self.position]
        # Numbers are taken as they are by every database.
        return found if type(found) is int else self.output_field.get_db_prep_value(found, connection=database)


@dataclass(frozen=True)
class _Statement:
    sql: str
    places: list[Any]
    locks: bool
    converters: list[tuple[int, Any, Any]]
    read: Callable[[list[Any]], Any]

    def values(self, given: dict[str, Any], database: Any) -> list[Any]:
        return [place.value(given, database) if isinstance(place, _Place) else place for place in self.places]


class _Prepared:
    """A statement made when it is first asked for, and again for lists of other lengths."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self._build = build
        self._made: dict[Any, _Statement | None] = {}

    def _statement(self, values: dict[str, Any], database: Any) -> _Statement | None:
        """None where no row can be meant (a list is empty). Turns what iterates in `values` into lists."""
        if None in values.values():
            raise ValueError("a value is missing: NULL is no value to compare with")
        lists = {name: list(value) for name, value in values.items() if isinstance(value, _LISTS)}
        values |= lists
        key = (database.vendor, *(len(found) for found in lists.values()))
        if key not in self._made:
            try:
                self._made[key] = self._make(self._build(**{name: _places(name, value) for name, value in values.items()}))
            except EmptyResultSet:
                self._made[key] = None
        return self._made[key]

    def _make(self, built: Any) -> _Statement:
        raise NotImplementedError


class Ready(_Prepared):
    """A query whose values come later. build: the queryset, from a place for each value (a list of places for a list).

    Values are numbers, texts, dates, moments, UUIDs, JSON objects, or lists of one of them; never None. Whatever else the queryset says
    stays as it is when it is first asked.

    It yields models with what is joined to them, or tuples (`values_list`); prefetches are not followed.
    """

    def all(self, **values: Any) -> list[Any]:
        """The rows. One query; raises as the queryset would, and ValueError for None."""
        database = connections[DEFAULT_DB_ALIAS]
        made = self._statement(values, database)
        if made is None:
            return []
        if made.locks and not database.in_atomic_block:
            raise TransactionManagementError("what locks rows is asked inside a transaction")
        rows = asked(made.sql, made.values(values, database), database)
        return [made.read(_converted(made, row, database)) for row in rows]

    def first(self, **values: Any) -> Any:
        """The first row; None where there is none."""
        return next(iter(self.all(**values)), None)

    def _make(self, built: QuerySet[Any, Any]) -> _Statement:
        compiler = built.query.get_compiler(connection=connection)
        sql, places = _settled(*compiler.as_sql())
        columns = [column for column, _sql, _alias in compiler.select]
        converters = [
            (place, _quicker(convert), column) for place, (found, column) in compiler.get_converters(columns).items() for convert in found
        ]
        is_model = built._iterable_class is ModelIterable  # type: ignore[attr-defined]
        return _Statement(sql, places, built.query.select_for_update, converters, _reader(compiler) if is_model else tuple)


class _Change(_Prepared):
    def do(self, **values: Any) -> int:
        """How many rows it met. One statement, which sends no signals; ValueError for None."""
        database = connections[DEFAULT_DB_ALIAS]
        made = self._statement(values, database)
        if made is None:
            return 0
        return done(made.sql, made.values(values, database), database)


class ReadyUpdate(_Change):
    """An UPDATE whose values come later. build: the rows, and what to set in them by name."""

    def _make(self, built: tuple[QuerySet[Any, Any], dict[str, Any]]) -> _Statement:
        rows, changes = built
        query: Any = rows.query.chain(statements.UpdateQuery)
        query.add_update_values(changes)
        return _bare(query)


class ReadyDelete(_Change):
    """A DELETE whose values come later, of rows to which no others belong. build: the rows."""

    def _make(self, built: QuerySet[Any, Any]) -> _Statement:
        return _bare(built.query.chain(statements.DeleteQuery))


def _bare(query: Any) -> _Statement:
    sql, places = _settled(*query.get_compiler(connection=connection).as_sql())
    return _Statement(sql, places, locks=False, converters=[], read=tuple)


def _settled(sql: str, places: Sequence[Any]) -> tuple[str, list[Any]]:
    """The statement with what is the same each time written into it, on PostgreSQL.

    It plans a prepared statement once for all values only where that is no dearer than to know them. Of `level = $1` it cannot say how
    many rows it means, nor that an index of the visible ones will do: it would plan anew each time.
    """
    if connection.vendor != "postgresql":
        return sql, list(places)
    left: list[Any] = []
    rest = iter(places)
    made = []
    for part in _PLACE.split(sql):
        if part == "%s":
            place = next(rest)
            literal = _literal(place)
            if literal is None:
                left.append(place)
            else:
                part = literal
        made.append(part)
    return "".join(made), left


def _literal(value: Any) -> str | None:
    """As it stands in a statement; None for what is better sent beside it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"({int(value)})"
    if isinstance(value, str) and "\\" not in value and "\0" not in value:
        return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"
    return None


def _places(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_Place(name, position, _FIELDS[type(each)]) for position, each in enumerate(value)]
    return _Place(name, -1, _FIELDS[type(value)])


def _converted(made: _Statement, row: tuple[Any, ...], database: Any) -> list[Any]:
    values = list(row)
    for place, convert, column in made.converters:
        # Of nothing every converter makes nothing, and most moments of a row have not come yet.
        if values[place] is not None:
            values[place] = convert(values[place], column, database)
    return values


def _quicker(convert: Any) -> Any:
    """A converter, or one of our own that does the same in fewer calls."""
    is_moment = connection.vendor == "sqlite" and getattr(convert, "__name__", "") == "convert_datetimefield_value"
    return _moment if is_moment and connection.timezone is datetime.UTC else convert


def _moment(value: Any, column: Any, database: Any) -> Any:
    """A moment from SQLite, whose driver has read it already: it is in UTC and does not say so."""
    if type(value) is datetime.datetime and value.tzinfo is None:
        return value.replace(tzinfo=datetime.UTC)
    return database.ops.convert_datetimefield_value(value, column, database)


def maker(model: type[models.Model]) -> Callable[[str, list[str], list[Any]], models.Model]:
    """As `from_db`, past an `__init__` that would look at each field and be told nothing: a third of what reading a row costs.

    Not for a model that reads its rows in a way of its own, or whose making somebody listens to.
    """
    has_own_way = model.from_db.__func__ is not models.Model.from_db.__func__  # type: ignore[attr-defined]
    plain = {models.Model.__init__, ClusterableModel.__init__}
    if has_own_way or model.__init__ not in plain or any(made.has_listeners(model) for made in (signals.pre_init, signals.post_init)):
        return model.from_db

    def make(alias: str, names: list[str], row: list[Any]) -> models.Model:
        made = model.__new__(model)
        made._state = ModelState()
        made._state.adding, made._state.db = False, alias
        # A column that was not asked for is not there, and so is asked for when it is wanted.
        made.__dict__.update(zip(names, row, strict=True))
        return made

    return make


class _Made:
    """What stands for a model in Django's populator of joined rows, which asks it for `from_db` alone."""

    def __init__(self, model: type[models.Model]) -> None:
        self.from_db = maker(model)


def _quicken(joined: list[Any]) -> None:
    for each in joined:
        each.model_cls = _Made(each.model_cls)
        _quicken(each.related_populators)


def _reader(compiler: Any) -> Callable[[list[Any]], models.Model]:
    """What makes a row into the model, with its annotations and what was joined to it: as Django's own ModelIterable does."""
    about, alias = compiler.klass_info, connection.alias
    make = maker(about["model"])
    start, end = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in compiler.select[start:end]]
    joined: list[Any] = get_related_populators(about, compiler.select, alias)  # type: ignore[call-arg]  # the stubs are of a later Django
    _quicken(joined)
    annotated = compiler.annotation_col_map or {}

    def read(row: list[Any]) -> models.Model:
        made = make(alias, names, row[start:end])
        for each in joined:
            each.populate(row, made)
        for name, place in annotated.items():
            setattr(made, name, row[place])
        return made

    return read
