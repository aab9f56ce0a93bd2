"""Who leads a room: the lead shared or handed over while it runs. A group always has a moderator, and a live room one who is in it."""

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from focusgroups import moderating, seating, turns
from focusgroups.models import Group, Seat
from focusgroups.refusals import Refused
from focusgroups.turns import ALL, Turn, Written
from members.models import Member

Role = Seat.Role


@transaction.atomic
def hand_over(group_id: int, *, member: Member, client_id: uuid.UUID | None, seat: int, is_staying: bool = False) -> Written:
    """Give the lead to an observer or another moderator, and step behind the glass; with `is_staying` both lead from now on.

    An observer who leads is called by their own name: that of the back room would tell that there is one.
    Raises Refused: not-yours, closed, no-such-seat (participants never lead), yourself, leads-already, not-there.
    """
    turn = moderating.take_lead(group_id, member, client_id)
    if turn.done:
        return turn.done
    if seat == turn.seat.pk:
        raise Refused("yourself", _("Choose somebody else to hand over to."))
    other = moderating.seat_of(turn, seat, Role.OBSERVER, Role.MODERATOR)
    _require_leader(turn, other, is_staying=is_staying)
    written = _begin(turn, other) if other.role == Role.OBSERVER else None
    if is_staying and written:
        return written
    return _step_back(turn, is_copy=written is not None, first=written)


@transaction.atomic
def take(group_id: int, *, member: Member, client_id: uuid.UUID | None) -> Written:
    """Who runs the club's research and watches from behind the glass begins to lead, beside whoever does.

    A moderator whose account is gone can hand nothing over, and one whose line is dead does not.
    Raises Refused: not-yours (anybody else, and who takes part), closed, leads-already.
    """
    turn = turns.take(group_id, member, client_id)
    if turn.done:
        return turn.done
    turn.require(Role.OBSERVER, Role.MODERATOR)
    if not may_take(turn.seat):
        raise Refused("not-yours", _("That is not yours to do here."))
    if turn.group.is_closed:
        raise Refused("closed", _("This group has ended."))
    if turn.seat.is_moderator:
        raise Refused("leads-already", _("You lead already."))
    return _begin(turn, turn.seat)


def may_take(seat: Seat) -> bool:
    """Whether the club's research is theirs to run. Asked of the database: a socket open for hours remembers what was allowed then."""
    return not seat.is_participant and Member.objects.get(pk=seat.member_id).has_perm("focusgroups.change_group")


def is_led(group: Group) -> bool:
    """Whether anybody leads it who can still sign in."""
    return group.seats.filter(role=Role.MODERATOR, removed_at=None, member__is_active=True).exists()


def _require_leader(turn: Turn, other: Seat, *, is_staying: bool) -> None:
    if other.is_participant or not other.member.is_active:
        raise Refused("no-such-seat", _("Only an observer or another moderator can lead."))
    if is_staying and other.is_moderator:
        raise Refused("leads-already", _("They lead already."))
    is_running = turn.group.status in (Group.Status.OPEN, Group.Status.PAUSED) and not turn.group.is_board
    if is_running and not is_staying and not other.is_here():
        raise Refused("not-there", _("They are not in the room. Hand over to somebody who is."))


def _begin(turn: Turn, other: Seat) -> Written:
    other.role, other.pseudonym = Role.MODERATOR, seating.name_for(turn.group, other.member, Role.MODERATOR)
    other.save(update_fields=["role", "pseudonym"])
    return turn.write(ALL, "lead", {"seat": other.pk, "name": other.pseudonym, "hue": other.hue, "is_leading": True})


def _step_back(turn: Turn, *, is_copy: bool, first: Written | None) -> Written:
    """Participants read that somebody no longer leads, and not whether they still watch."""
    turn.seat.role = Role.OBSERVER
    turn.seat.save(update_fields=["role"])
    said = {"seat": turn.seat.pk, "name": turn.seat.pseudonym, "is_leading": False}
    written = turn.write(ALL, "lead", said, is_copy=is_copy)
    return first or written
