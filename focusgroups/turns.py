"""A turn: one member's deed in one room, while the room is held still."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from focusgroups import audiences, statements
from focusgroups.audiences import ALL, ME, STAFF
from focusgroups.models import Group, Seat
from focusgroups.refusals import NoSuchGroup, NotAdmitted, Refused
from live import gathering, streams
from live.models import Event
from live.news import News
from members.models import Member


@dataclass(frozen=True)
class Written:
    """Where a deed stands in the record: the stream's label and its number there."""

    stream: str
    seq: int


@dataclass
class Turn:
    """The room and the seat, both as of now. `done` is what this client_id wrote before, if anything; `append` writes an event."""

    group: Group
    seat: Seat
    client_id: uuid.UUID | None
    done: Written | None
    append: Callable[..., Event | News] = streams.append

    def write(self, label: str, kind: str, body: dict[str, Any], *, to: Seat | None = None, is_copy: bool = False) -> Written:
        """Add an event to an audience; `me` is that of `to`, or of whoever has the turn.

        A copy carries no client_id: that is for the one event that answers it.
        """
        whose = str((to or self.seat).member_id) if label == ME else label
        client_id = None if is_copy else self.client_id
        shown = body | {"client_id": str(client_id)} if client_id else body
        name = audiences.stream(self.group.pk, whose)
        # Asked for under the room's lock when the turn was taken.
        event = self.append(name, kind, shown, author=self.seat.member, client_id=client_id, is_new=True)
        return Written(label, event.seq)

    def require(self, *roles: Seat.Role) -> None:
        if self.seat.role not in roles:
            raise Refused("not-yours", _("That is not yours to do here."))

    def require_open(self) -> None:
        """Participants speak while the room is open; moderators also before it and in a pause."""
        if self.group.status == Group.Status.CLOSED:
            raise Refused("closed", _("This group has ended."))
        if self.group.status != Group.Status.OPEN and not self.seat.is_moderator:
            raise Refused("not-open", _("The room is not open at the moment."))
        if self.seat.is_muted:
            raise Refused("muted", _("The moderator has muted you for now."))


def take(group_id: int, member: Member, client_id: uuid.UUID | None) -> Turn:
    """Hold the room until the transaction ends, and ask whether this member may be in it.

    Raises NoSuchGroup, or NotAdmitted without a seat, after removal, or before consent.
    """
    group = statements.hold(group_id)
    if group is None:
        raise NoSuchGroup
    seat = statements.seat_in(group, member)
    if seat is None or not seat.may_enter:
        raise NotAdmitted
    return Turn(group, seat, client_id, _done(seat, client_id))


def take_all(
    asking: Sequence[tuple[int, Member, uuid.UUID]], append: Callable[..., Event | News]
) -> list[Turn | NoSuchGroup | NotAdmitted]:
    """`take` to speak, for many and in many rooms, in as many statements as for one: a turn each, or why not."""
    groups = statements.hold_to_speak({group_id for group_id, _member, _client_id in asking})
    seats = statements.seats_to_speak(groups, [member for _group_id, member, _client_id in asking])
    turns: list[Turn | NoSuchGroup | NotAdmitted] = []
    for group_id, member, client_id in asking:
        group, seat = groups.get(group_id), seats.get((group_id, member.pk))
        if group is None:
            turns.append(NoSuchGroup())
        else:
            turns.append(Turn(group, seat, client_id, None, append) if seat and seat.may_enter else NotAdmitted())
    taken = [turn for turn in turns if isinstance(turn, Turn)]
    labels = [{name: label for label, name in audiences.streams_of(turn.seat).items()} for turn in taken]
    found = gathering.written_of(
        [(list(names), turn.seat.member_id, turn.client_id) for turn, names in zip(taken, labels, strict=True) if turn.client_id]
    )
    for turn, names, row in zip(taken, labels, found, strict=True):
        turn.done = Written(names[row[0]], row[1]) if row else None
    return turns


def _done(seat: Seat, client_id: uuid.UUID | None) -> Written | None:
    if client_id is None:
        return None
    names = {name: label for label, name in audiences.streams_of(seat).items()}
    row = streams.written(names, seat.member_id, client_id)
    return Written(names[row[0]], row[1]) if row else None


def who(seat: Seat) -> dict[str, Any]:
    """How a seat signs what it does: never with the member's name."""
    return {"seat": seat.pk, "name": seat.pseudonym, "role": seat.role}


__all__ = ["ALL", "ME", "STAFF", "Turn", "Written", "take", "take_all", "who"]
