"""Sorting a brainstorm: columns that a moderator makes, names and takes away, and which note lies in which. All see it as it happens."""

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from focusgroups import exercises
from focusgroups.exercises import COLUMNS_MAX
from focusgroups.models import Item
from focusgroups.moderating import item_of, take_lead
from focusgroups.refusals import Refused
from focusgroups.turns import ALL, Turn, Written
from members.models import Member


def _board(turn: Turn, item: int) -> Item:
    board = item_of(turn, item, Item.Kind.NOTES)
    if board.posed_at is None:
        raise Refused("no-such-item", _("That question is not before the room."))
    if board.hides_answers:
        raise Refused("masked", _("Show the answers to everybody first, then sort them."))
    return board


@transaction.atomic
def set_column(
    group_id: int,
    *,
    member: Member,
    client_id: uuid.UUID | None,
    item: int,
    column: int | None = None,
    title: str = "",
    is_removed: bool = False,
) -> Written:
    """Add a column to a board (without `column`), name one anew, or take one away: its notes lie unsorted then.

    Raises Refused: masked, too-many, no-title, no-such-column, no-such-item.
    """
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    board = _board(turn, item)
    columns, last = exercises.columns(board), exercises.last_column(board)
    if column is not None and column not in {each["column"] for each in columns}:
        raise Refused("no-such-column", _("There is no such column."))
    if not title and not is_removed:
        raise Refused("no-title", _("Give the column a name."))
    if column is None and is_removed:
        raise Refused("no-such-column", _("There is no such column."))
    if column is None:
        if len(columns) >= COLUMNS_MAX:
            raise Refused("too-many", _("A board has at most %(count)d columns.") % {"count": COLUMNS_MAX})
        # A number is never given twice: what lay in a column that was taken away must not turn up in another.
        last += 1
        columns = [*columns, {"column": last, "title": title}]
    elif is_removed:
        columns = [each for each in columns if each["column"] != column]
    else:
        columns = [{**each, "title": title} if each["column"] == column else each for each in columns]
    board.board = {"last": last, "columns": columns}
    board.save(update_fields=["board"])
    return turn.write(ALL, "columns", {"item": board.pk, "columns": columns})


@transaction.atomic
def place_note(
    group_id: int, *, member: Member, client_id: uuid.UUID | None, item: int, answer: int, note: int, column: int | None = None
) -> Written:
    """Lay one note of an answer (by its place from 0) into a column, or back among the unsorted."""
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    board = _board(turn, item)
    given = board.answers.filter(pk=answer).first()
    notes = given.given.get("notes", []) if given else []
    if given is None or note >= len(notes):
        raise Refused("no-such-note", _("There is no such note."))
    if column is not None and column not in {each["column"] for each in exercises.columns(board)}:
        raise Refused("no-such-column", _("There is no such column."))
    columns = list(given.given.get("columns") or [None] * len(notes))
    columns[note] = column
    given.given = {**given.given, "columns": columns}
    given.save(update_fields=["given"])
    return turn.write(ALL, "placed", {"item": board.pk, "answer": given.pk, "columns": columns})
