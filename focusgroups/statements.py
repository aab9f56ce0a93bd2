"""Reading a room and a seat at the beginning of every turn, by statements that are made once.

Every deed in a room asks these questions; the ORM spends ten times longer on making such a statement than the database on answering
it. What they ask for is what the querysets here say.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from focusgroups.models import Group, Seat
from members.models import Member

GROUP, MEMBER = -1, -2


@dataclass(frozen=True)
class Statement:
    """A queryset's SQL, which value stands in which place, and what makes a row's values into the model's."""

    model: type[Model]
    sql: str
    places: tuple[int, ...]
    names: list[str]
    converters: list[tuple[int, list[Any], Any]]


@cache
def _statement(vendor: str, name: str) -> Statement:
    """Made inside a transaction, for it may lock."""
    querysets: dict[str, QuerySet[Any]] = {
        "group": Group.objects.select_for_update().order_by().filter(pk=GROUP),
        "seat": Seat.objects.admitted(Member(pk=MEMBER)).order_by().filter(group=GROUP),
    }
    asked = querysets[name]
    compiler = asked.query.get_compiler(connection=connection)
    sql, places = compiler.as_sql()
    if not {GROUP, MEMBER}.issuperset(places):
        raise RuntimeError(f"what is asked for a {name} has other values than the room and the member")
    columns = [column for column, _sql, _alias in compiler.select]
    converters = [(place, found, column) for place, (found, column) in compiler.get_converters(columns).items()]
    return Statement(asked.model, sql, tuple(places), [column.target.attname for column in columns], converters)


def _ask(name: str, values: dict[int, int]) -> Any:
    asked = _statement(connection.vendor, name)
    with connection.cursor() as cursor:
        cursor.execute(asked.sql, [values[place] for place in asked.places])
        row = cursor.fetchone()
    if row is None:
        return None
    made = list(row)
    for place, converters, column in asked.converters:
        for convert in converters:
            made[place] = convert(made[place], column, connection)
    return asked.model.from_db(connection.alias, asked.names, made)


def hold(group_id: int) -> Group | None:
    """The room, locked until the transaction ends."""
    group: Group | None = _ask("group", {GROUP: group_id})
    return group


def seat_in(group: Group, member: Member) -> Seat | None:
    """The seat that a member may sit in now, with its room and member at hand."""
    seat: Seat | None = _ask("seat", {GROUP: group.pk, MEMBER: member.pk})
    if seat is not None:
        seat.group, seat.member = group, member
    return seat
