"""What somebody in a room may know of it: read only, through their own seat."""

import datetime
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Q

from focusgroups import audiences, exercises, moderating, statements
from focusgroups.models import Answer, Group, Item, Seat
from focusgroups.refusals import NoSuchGroup, NotAdmitted
from live import clock, streams
from live.models import Event
from live.news import News
from members.models import Member

PAGE = 500


def seat_of(group_id: int, member: Member) -> Seat:
    """The member's seat, with its group. Raises NoSuchGroup, or NotAdmitted without one."""
    seat = statements.seat_with_room(group_id, member)
    if seat is None:
        if not Group.objects.filter(pk=group_id).exists():
            raise NoSuchGroup
        raise NotAdmitted
    return seat


def hello(seat: Seat) -> dict[str, Any]:
    """`epoch`, `you` and `room` of the room's first frame."""
    group = seat.group
    answered = Answer.objects.filter(seat=seat).order_by("item_id").values_list("item_id", flat=True)
    you = {"seat": seat.pk, "name": seat.pseudonym, "role": seat.role, "is_muted": seat.is_muted, "answered": list(answered)}
    room: dict[str, Any] = {"id": group.pk, "title": group.title, "status": group.status, "language": group.language}
    room["item"] = exercises.item_shown(group.current_item) if group.current_item else None
    room["spotlight"] = group.spotlight_seq
    room["seats"] = people(seat)
    room["takes_pictures"] = group.takes_pictures
    room["edit_minutes"], room["edits_max"] = group.edit_minutes, group.edits_max
    if seat.is_staff:
        room["is_locked"] = group.is_locked
        section = moderating.section_of(group.current_item) if group.current_item else None
        room["section"] = exercises.section_shown(section) if section else None
        room["guide"] = guide(group, with_notes=seat.is_moderator)
    return {"epoch": group.epoch, "you": you, "room": room}


# What many ask for at once: a room's people, for as long as nothing has happened in it and for two seconds at most.
KEPT_SECONDS, KEPT_ROOMS = 2.0, 200
_kept: dict[tuple[Any, ...], tuple[float, Any, Any]] = {}


def _keep(key: tuple[Any, ...], make: Callable[[], Any], *, state: Any = None) -> Any:
    """state: by what one sees that it has changed; of one key only the last is kept, as a large room's list is large."""
    now = time.monotonic()
    kept = _kept.get(key)
    if kept and now - kept[0] < KEPT_SECONDS and kept[1] == state:
        return kept[2]
    if len(_kept) > KEPT_ROOMS:
        _kept.clear()
    made = make()
    _kept[key] = (now, state, made)
    return made


def people(asker: Seat) -> list[dict[str, Any]]:
    """Who sits here, as far as the asker may know. Only moderators learn a participant's name in the club."""
    if asker.is_moderator:
        return _people(asker)
    # Whatever changes the list is an event of these streams.
    heads = streams.heads(audiences.stream(asker.group_id, audience) for audience in (audiences.ALL, audiences.STAFF))
    return _keep((asker.group.epoch, asker.is_staff, "people"), partial(_people, asker), state=tuple(heads.values()))


def _people(asker: Seat) -> list[dict[str, Any]]:
    rows, now = Seat.objects.shown_to(asker), clock.now()
    rows = rows.select_related("member") if asker.is_moderator else rows
    return [_person(seat, now, with_name=asker.is_moderator) for seat in rows]


def _person(seat: Seat, now: datetime.datetime, *, with_name: bool) -> dict[str, Any]:
    person = {"seat": seat.pk, "name": seat.pseudonym, "role": seat.role, "hue": seat.hue}
    person |= {"is_muted": seat.is_muted, "is_here": seat.is_here(now)}
    if not with_name:
        return person
    return person | {"member_name": seat.member.display_name, "is_checked": seat.checked_at is not None}


def guide(group: Group, *, with_notes: bool) -> list[dict[str, Any]]:
    """The discussion guide in its order, for the staff."""
    items = group.items.select_related("image").all()
    return [_line(item) | ({"note": item.note} if with_notes else {}) for item in items]


def _line(item: Item) -> dict[str, Any]:
    return exercises.item_shown(item) | {"is_posed": item.posed_at is not None}


def here(asker: Seat) -> list[int]:
    """The seats whose people are in the room now, as far as the asker may know."""
    rows = Seat.objects.shown_to(asker).filter(here_until__gt=clock.now()).values_list("pk", flat=True)
    return _keep((asker.group.epoch, asker.is_staff, "here"), lambda: list(rows))


def events_after(seat: Seat, cursor: dict[str, int], limit: int | None = PAGE) -> list[dict[str, Any]]:
    """All that this seat may read behind the cursor, oldest first, at most `limit`; all where it is None."""
    names = {name: label for label, name in audiences.streams_of(seat).items()}
    wanted = Q()
    for name, label in names.items():
        wanted |= Q(stream__name=name, seq__gt=cursor.get(label, 0))
    # The room is held still during every deed, so the order of ids is the order in which things happened.
    rows = Event.objects.filter(wanted).order_by("id")[:limit]
    values = rows.values_list("stream__name", "seq", "kind", "body", "at")
    return [News(name, seq, kind, body, at).as_dict(names[name]) for name, seq, kind, body, at in values]
