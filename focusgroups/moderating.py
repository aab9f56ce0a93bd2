"""What a moderator does in a room. Each is one transaction, and the same client_id again the same answer."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups import exercises, rescheduling, turns
from focusgroups.models import Group, Item, Seat
from focusgroups.refusals import Refused
from focusgroups.turns import ALL, ME, STAFF, Turn, Written, who
from members.models import Member

POSABLE = tuple(kind for kind in Item.Kind if kind not in (Item.Kind.SECTION, Item.Kind.PROBE))


def take_lead(group_id: int, member: Member, client_id: uuid.UUID | None) -> Turn:
    """A moderator's turn. Raises Refused for anybody else, and once the group has ended."""
    turn = turns.take(group_id, member, client_id)
    turn.require(Seat.Role.MODERATOR)
    if turn.done is None and turn.group.is_closed:
        raise Refused("closed", _("This group has ended."))
    return turn


@transaction.atomic
def change_status(group_id: int, *, member: Member, client_id: uuid.UUID | None, status: Group.Status) -> Written:
    """Open the room (or open it again), pause it, or close it for good."""
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    now, group = timezone.now(), turn.group
    is_called_off = status == Group.Status.CLOSED and group.status == Group.Status.PLANNED
    group.status = status
    if status == Group.Status.OPEN and group.opened_at is None:
        group.opened_at = now
    if status == Group.Status.CLOSED:
        group.closed_at = now
    group.save(update_fields=["status", "opened_at", "closed_at"])
    written = turn.write(ALL, "status", who(turn.seat) | {"status": status})
    if is_called_off:
        rescheduling.tell_called_off(group, by=member)
    return written


@transaction.atomic
def pose(group_id: int, *, member: Member, client_id: uuid.UUID | None, item: int | None = None, body: str = "") -> Written:
    """Put an item of the guide before the room, or a question made up on the spot."""
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    if item is None and body:
        last = turn.group.items.order_by("-sort_order").first()
        posed = Item.objects.create(group=turn.group, text=body, sort_order=(last.sort_order if last else 0) + 1)
    else:
        posed = item_of(turn, item, *POSABLE, Item.Kind.PROBE)
    return _put_before_room(turn, posed)


@transaction.atomic
def pose_next(group_id: int, *, member: Member, client_id: uuid.UUID | None, item: int | None = None) -> Written:
    """Put the guide's next item before the room. Follow-ups in reserve are passed over.

    item   what the moderator saw coming: of two who press at once, one asks it and the other is told
    """
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    following = turn.group.items.filter(kind__in=POSABLE, posed_at=None).first()
    if following is None:
        raise Refused("guide-ended", _("Everything in the guide has been asked."))
    if item is not None and item != following.pk:
        raise Refused("asked-already", _("Another moderator has just asked that."))
    return _put_before_room(turn, following)


def _put_before_room(turn: Turn, item: Item) -> Written:
    now = timezone.now()
    item.posed_at = item.posed_at or now
    item.save(update_fields=["posed_at"])
    turn.group.current_item = item
    turn.group.save(update_fields=["current_item"])
    section = section_of(item)
    if section and section.posed_at is None:
        section.posed_at = now
        section.save(update_fields=["posed_at"])
    written = turn.write(ALL, "item", exercises.item_shown(item))
    if section:
        turn.write(STAFF, "section", exercises.section_shown(section), is_copy=True)
    return written


def section_of(item: Item) -> Item | None:
    """The section of the guide that an item stands in."""
    before = item.group.items.filter(kind=Item.Kind.SECTION, sort_order__lte=item.sort_order)
    return before.order_by("-sort_order", "-id").first()


@transaction.atomic
def extend(group_id: int, *, member: Member, client_id: uuid.UUID | None, minutes: int) -> Written:
    """Give the section that the room is in more minutes."""
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    current = turn.group.current_item
    section = section_of(current) if current else None
    if section is None:
        raise Refused("no-section", _("The room is in no section of the guide."))
    section.extra_minutes = min(600, section.extra_minutes + minutes)
    section.save(update_fields=["extra_minutes"])
    return turn.write(STAFF, "section", exercises.section_shown(section))


@transaction.atomic
def lock(group_id: int, *, member: Member, client_id: uuid.UUID | None, is_locked: bool = True) -> Written:
    """Let nobody in who has not been in before, or open the door again."""
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    turn.group.is_locked = is_locked
    turn.group.save(update_fields=["is_locked"])
    return turn.write(STAFF, "locked", {"is_locked": is_locked})


@transaction.atomic
def probe(group_id: int, *, member: Member, client_id: uuid.UUID | None, seat: int, body: str, item: int | None = None) -> Written:
    """Whisper to one participant, perhaps about an item of the guide; only they and the staff will ever know."""
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    listener = seat_of(turn, seat)
    whisper = who(turn.seat) | {"to": listener.pk, "to_name": listener.pseudonym, "body": body}
    if item and turn.group.items.filter(pk=item).exists():
        whisper["item"] = item
    written = turn.write(STAFF, "probe", whisper)
    turn.write(ME, "probe", whisper, to=listener, is_copy=True)
    return written


@transaction.atomic
def reveal(group_id: int, *, member: Member, client_id: uuid.UUID | None, item: int) -> Written:
    """Show everybody what was answered to a masked item; from now on its answers go to all."""
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    asked = item_of(turn, item, *POSABLE, Item.Kind.PROBE)
    asked.revealed_at = asked.revealed_at or timezone.now()
    asked.save(update_fields=["revealed_at"])
    return turn.write(ALL, "reveal", exercises.revealed(asked))


@transaction.atomic
def mute(group_id: int, *, member: Member, client_id: uuid.UUID | None, seat: int, is_muted: bool = True) -> Written:
    """Let a participant read but not speak, or speak again."""
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    muted = seat_of(turn, seat)
    muted.is_muted = is_muted
    muted.save(update_fields=["is_muted"])
    return turn.write(ALL, "muted", {"seat": muted.pk, "name": muted.pseudonym, "is_muted": is_muted})


@transaction.atomic
def remove(group_id: int, *, member: Member, client_id: uuid.UUID | None, seat: int) -> Written:
    """Show somebody out, another moderator too. Their sockets close when the event reaches them, everywhere.

    Whoever does it stays, so a group is never left without a moderator.
    """
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    if seat == turn.seat.pk:
        raise Refused("yourself", _("You cannot show yourself out. Hand over the lead instead."))
    removed = seat_of(turn, seat, Seat.Role.OBSERVER, Seat.Role.MODERATOR)
    removed.removed_at = timezone.now()
    removed.here_until = None
    removed.save(update_fields=["removed_at", "here_until"])
    audience = STAFF if removed.role == Seat.Role.OBSERVER else ALL
    return turn.write(audience, "removed", {"seat": removed.pk, "name": removed.pseudonym})


@transaction.atomic
def spotlight(group_id: int, *, member: Member, client_id: uuid.UUID | None, target: int | None) -> Written:
    """Lift one message of the room above the others; None puts it back."""
    turn = take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    turn.group.spotlight_seq = target
    turn.group.save(update_fields=["spotlight_seq"])
    return turn.write(ALL, "spotlight", {"target": target})


def item_of(turn: Turn, item_id: int | None, *kinds: Any) -> Item:
    """The guide's item of one of these kinds. Raises Refused where there is none."""
    item = turn.group.items.filter(pk=item_id, kind__in=kinds).first()
    if item is None:
        raise Refused("no-such-item", _("There is no such item in the guide."))
    return item


def seat_of(turn: Turn, seat_id: int, *more: Seat.Role) -> Seat:
    """A participant's seat, or one of these roles too. Raises Refused where there is none."""
    seat = turn.group.seats.filter(pk=seat_id, role__in=[Seat.Role.PARTICIPANT, *more], removed_at=None).select_related("member").first()
    if seat is None:
        raise Refused("no-such-seat", _("Nobody sits there."))
    return seat
