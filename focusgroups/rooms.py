"""What somebody in a room may know of it: read only, through their own seat."""

from typing import Any

from django.db.models import Q

from focusgroups import audiences, exercises
from focusgroups.models import Answer, Group, Item, Seat
from focusgroups.refusals import NoSuchGroup, NotAdmitted
from live.models import Event
from live.news import News
from members.models import Member

PAGE = 500


def seat_of(group_id: int, member: Member) -> Seat:
    """The member's seat, with its group. Raises NoSuchGroup, or NotAdmitted without one."""
    seat = Seat.objects.admitted(member).filter(group_id=group_id).select_related("group", "member").first()
    if seat is None:
        if not Group.objects.filter(pk=group_id).exists():
            raise NoSuchGroup
        raise NotAdmitted
    return seat


def hello(seat: Seat) -> dict[str, Any]:
    """`epoch`, `you` and `room` of the room's first frame."""
    group = seat.group
    answered = Answer.objects.filter(seat=seat).values_list("item_id", flat=True)
    you = {"seat": seat.pk, "name": seat.pseudonym, "role": seat.role, "is_muted": seat.is_muted, "answered": list(answered)}
    room: dict[str, Any] = {"id": group.pk, "title": group.title, "status": group.status, "language": group.language}
    room["item"] = exercises.item_shown(group.current_item) if group.current_item else None
    room["spotlight"] = group.spotlight_seq
    room["seats"] = people(seat)
    if seat.is_staff:
        room["guide"] = guide(group, with_notes=seat.is_moderator)
    return {"epoch": group.epoch, "you": you, "room": room}


def people(asker: Seat) -> list[dict[str, Any]]:
    """Who sits here, as far as the asker may know. Only moderators learn a participant's name in the club."""
    rows = Seat.objects.shown_to(asker).select_related("member")
    return [_person(seat, with_name=asker.is_moderator) for seat in rows]


def _person(seat: Seat, *, with_name: bool) -> dict[str, Any]:
    person = {"seat": seat.pk, "name": seat.pseudonym, "role": seat.role, "hue": seat.hue}
    person |= {"is_muted": seat.is_muted, "is_here": seat.is_here()}
    return person | {"member_name": seat.member.display_name} if with_name else person


def guide(group: Group, *, with_notes: bool) -> list[dict[str, Any]]:
    """The discussion guide in its order, for the staff."""
    items = group.items.select_related("image").all()
    return [_line(item) | ({"note": item.note} if with_notes else {}) for item in items]


def _line(item: Item) -> dict[str, Any]:
    return exercises.item_shown(item) | {"is_posed": item.posed_at is not None}


def here(asker: Seat) -> list[int]:
    """The seats whose people are in the room now, as far as the asker may know."""
    return [seat.pk for seat in Seat.objects.shown_to(asker) if seat.is_here()]


def events_after(seat: Seat, cursor: dict[str, int], limit: int = PAGE) -> list[dict[str, Any]]:
    """All that this seat may read behind the cursor, oldest first, at most `limit`."""
    names = {name: label for label, name in audiences.streams_of(seat).items()}
    wanted = Q()
    for name, label in names.items():
        wanted |= Q(stream__name=name, seq__gt=cursor.get(label, 0))
    # The room is held still during every deed, so the order of ids is the order in which things happened.
    rows = Event.objects.filter(wanted).order_by("id")[:limit]
    values = rows.values_list("stream__name", "seq", "kind", "body", "at")
    return [News(name, seq, kind, body, at).as_dict(names[name]) for name, seq, kind, body, at in values]
