"""How members come to sit in a group: invited, or in a seat open to all; and what they agree to before they enter."""

from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from focusgroups import audiences, quotas, turns
from focusgroups.models import Group, Seat
from focusgroups.pseudonyms import free_pseudonym
from focusgroups.refusals import Refused
from live import streams
from live.models import Event
from members.models import Consent, Member
from notifications.models import Notification
from notifications.telling import tell

Role = Seat.Role


@transaction.atomic
def invite(
    group: Group, *, member: Member, role: Seat.Role = Role.PARTICIPANT, by: Member | None = None, pseudonym: str = "", is_told: bool = True
) -> Seat:
    """Give a member a seat and tell them, once; who was removed is let in again. A seat taken before keeps its role.

    Raises Refused where the group has ended, or somebody who was removed lets themselves in again.
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    if group.is_closed:
        raise Refused("closed", _("This group has ended."))
    seat, is_new = _seat(group, member, role, pseudonym)
    if not is_new and seat.removed_at:
        if by == member:
            raise Refused("shown-out", _("You were shown out of this group. Somebody else who runs it can let you in again."))
        seat.removed_at = None
        seat.save(update_fields=["removed_at"])
    if is_told:
        details = {"points": group.incentive_points if role == Role.PARTICIPANT else 0, "role": role} | when(group)
        # A rehearsal asks nothing of anybody, as far as the limit of asking goes.
        details |= {"is_rehearsal": True} if group.is_rehearsal else {}
        kind = Notification.Kind.GROUP_INVITATION
        tell(member, kind, cause=f"group:{group.pk}", title=group.title, url=address(group), actor=by, details=details)
    return seat


@transaction.atomic
def take_open_seat(group: Group, *, member: Member) -> Seat:
    """Sit down where any member may, while a seat is free. Raises Refused when none is, or when the moderator has shown them out."""
    group = Group.objects.select_for_update().get(pk=group.pk)
    seat = group.seats.filter(member=member).first()
    if seat and seat.removed_at is None:
        return seat
    if seat or group.is_closed or free_seats(group) < 1:
        raise Refused("no-seat", _("There is no free seat in this group any more."))
    return _seat(group, member, Role.PARTICIPANT, "")[0]


def _require_room(group: Group, segment: str) -> None:
    """Raises Refused where the door is locked, or as many have agreed to come as were wanted, in all or of this segment."""
    if group.is_locked:
        raise Refused("locked", _("The moderator has closed the door. Nobody else can come in."))
    if quotas.is_full(group):
        raise Refused("full", _("Enough people have agreed to come. Thank you; we will ask you another time."))
    if quotas.is_cell_full(group, segment):
        raise Refused("full", _("Enough people like you have agreed to come. Thank you; we will ask you another time."))


def why_shut(group: Group, seat: Seat | None) -> Any:
    """Why whoever stands at the door cannot come in now, in words; empty where they may, as who agreed before and the staff always may."""
    if seat and (seat.is_staff or seat.consented_at):
        return ""
    try:
        _require_room(group, quotas.segment_of(seat) if seat and group.quotas.exists() else "")
    except Refused as refusal:
        return refusal.message
    return ""


def free_seats(group: Group) -> int:
    """Open seats that nobody sits in yet."""
    if not group.open_seats:
        return 0
    return max(0, group.open_seats - group.seats.filter(role=Role.PARTICIPANT, removed_at=None).count())


@transaction.atomic
def consent(seat: Seat, *, version: str = "") -> Seat:
    """Agree to the group's wording as it stands, and appear in the room. Again: nothing more happens, unless the wording has changed.

    version   of the wording that was read, where it is known
    Raises Refused where the door is locked, or enough have agreed, or other words were read. Whoever agreed before keeps their place.
    """
    group = Group.objects.select_for_update().get(pk=seat.group_id)
    seat = Seat.objects.select_related("member", "group").get(pk=seat.pk)
    if seat.consented_at and seat.consent_version == group.consent_version:
        return seat
    if version and version != group.consent_version:
        raise Refused("reworded", _("The wording has just been changed. Please read it again."))
    is_first = seat.consented_at is None
    if seat.is_participant and is_first:
        seat.segment = quotas.segment_of(seat) if group.quotas.exists() else seat.segment
        _require_room(group, seat.segment)
    seat.consented_at, seat.consent_version = timezone.now(), group.consent_version
    seat.save(update_fields=["consented_at", "consent_version", "segment"])
    wording = {"wording": group.consent_text, "wording_version": f"group {group.pk} v{group.consent_version}"}
    Consent.objects.create(member=seat.member, purpose=Consent.Purpose.RECORDING, is_given=True, **wording)
    if is_first:
        audience = audiences.STAFF if seat.role == Role.OBSERVER else audiences.ALL
        streams.append(audiences.stream(group.pk, audience), "seated", turns.who(seat) | {"hue": seat.hue}, author=seat.member)
    return seat


@transaction.atomic
def decline(seat: Seat) -> None:
    """Say that one does not come. The place is free again, which those are told who have not agreed and could not while all was taken.

    Raises Refused for the staff, and once the group has begun.
    """
    group = Group.objects.select_for_update().get(pk=seat.group_id)
    seat = Seat.objects.select_related("member", "group").get(pk=seat.pk)
    if not seat.is_participant or group.status != Group.Status.PLANNED:
        raise Refused("begun", _("The group has begun or ended. Whoever does not want to go on simply leaves."))
    if seat.removed_at:
        return
    had_agreed = seat.consented_at is not None
    was_full = had_agreed and (quotas.is_full(group) or quotas.is_cell_full(group, seat.segment))
    seat.removed_at, seat.consented_at, seat.consent_version, seat.here_until = timezone.now(), None, "", None
    seat.save(update_fields=["removed_at", "consented_at", "consent_version", "here_until"])
    if had_agreed:
        gone = {"seat": seat.pk, "name": seat.pseudonym, "is_own": True}
        streams.append(audiences.stream(group.pk, audiences.ALL), "removed", gone, author=seat.member)
    if was_full:
        _tell_of_place(group, seat)


def _tell_of_place(group: Group, left: Seat) -> None:
    waiting = group.seats.filter(role=Role.PARTICIPANT, removed_at=None, consented_at=None).select_related("member")
    if group.quotas.exists() and not group.seats_wanted:
        waiting = waiting.filter(segment__in=("", left.segment))
    kind, cause = Notification.Kind.GROUP_INVITATION, f"group:{group.pk}:free:{left.pk}"
    for seat in waiting:
        tell(seat.member, kind, cause=cause, title=group.title, url=address(group), details={"is_free": True} | when(group))


def name_for(group: Group, member: Member, role: Seat.Role, wish: str = "") -> str:
    """Under which name somebody sits down: moderators under their own, where nobody has it."""
    taken = set(group.seats.values_list("pseudonym", flat=True))
    name = wish or (member.display_name[:40] if role == Role.MODERATOR else "")
    if not name or name in taken:
        name = free_pseudonym(group.language, taken, is_observer=role == Role.OBSERVER)
    return name


def _seat(group: Group, member: Member, role: Seat.Role, pseudonym: str) -> tuple[Seat, bool]:
    name = name_for(group, member, role, pseudonym)
    # Counted without the observers: a colour must not tell how many sit behind the glass.
    hue = group.seats.exclude(role=Role.OBSERVER).count() % 12
    return Seat.objects.get_or_create(group=group, member=member, defaults={"role": role, "pseudonym": name, "hue": hue})


def when(group: Group) -> dict[str, Any]:
    """A group's time among the details of what is told of it, for the sentence and the calendar."""
    if group.starts_at is None:
        return {}
    ends_at = group.ends_at.isoformat() if group.ends_at else None
    return {"calendar": f"group-{group.pk}", "starts_at": group.starts_at.isoformat(), "ends_at": ends_at, "sequence": sequence(group)}


def sequence(group: Group) -> int:
    """How often its time was set anew: calendars take the file with the highest number."""
    staff = audiences.stream(group.pk, audiences.STAFF)
    return Event.objects.filter(stream__name=staff, kind__in=("moved", "called_off")).count()


def address(group: Group) -> str:
    """The room's path without a language prefix, as rows keep it."""
    with translation.override("en"):
        return group.get_absolute_url()
