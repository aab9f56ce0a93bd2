"""Asking a member to pause: silence (reads, does not write) or suspension (does not come in), always with an end."""

import datetime

from django.db import transaction
from django.utils import timezone

from forum.models import ModerationAction, Restriction
from forum.noting import Verb, insist, note
from forum.permissions import is_moderator
from forum.refusals import NotYours
from members.models import Member

LONGEST = datetime.timedelta(days=3_660)
Kind = Restriction.Kind


@transaction.atomic
def silence(member: Member, *, by: Member, until: datetime.datetime, reason: str) -> ModerationAction:
    """A member may read but not write until then. Raises NotYours, also for one moderator against another."""
    _restrict(member, Kind.SILENCE, by, until, reason)
    return note(by, Verb.SILENCE, reason, concerns=member, after={"until": until.isoformat()})


@transaction.atomic
def lift_silence(member: Member, *, by: Member, reason: str) -> ModerationAction | None:
    insist(by)
    return note(by, Verb.LIFT, reason, concerns=member) if _lift(member, Kind.SILENCE) else None


@transaction.atomic
def suspend(member: Member, *, by: Member, until: datetime.datetime, reason: str) -> ModerationAction:
    """A member may not come in until then: their sessions and sockets end, signing in is refused with the reason and the way to appeal."""
    _restrict(member, Kind.SUSPENSION, by, until, reason)
    # Told first, as a member who may still be told.
    action = note(by, Verb.SUSPEND, reason, concerns=member, after={"until": until.isoformat()})
    _set_suspended(member)
    return action


@transaction.atomic
def lift_suspension(member: Member, *, by: Member, reason: str) -> ModerationAction | None:
    insist(by)
    if not _lift(member, Kind.SUSPENSION):
        return None
    _set_suspended(member)
    return note(by, Verb.LIFT_SUSPENSION, reason, concerns=member)


def in_force(member: Member, kind: str = Kind.SILENCE) -> Restriction | None:
    """The restriction under which a member stands now, the longest of them."""
    rows = Restriction.objects.filter(member=member, kind=kind, until__gt=timezone.now(), lifted_at=None)
    return rows.order_by("-until").first()


def _restrict(member: Member, kind: Restriction.Kind, by: Member, until: datetime.datetime, reason: str) -> None:
    insist(by)
    if is_moderator(member) or member.pk == by.pk:
        raise NotYours
    if not timezone.now() < until <= timezone.now() + LONGEST:
        raise ValueError("a restriction ends, within ten years")
    Member.objects.select_for_update().get(pk=member.pk)
    Restriction.objects.create(member=member, kind=kind, until=until, reason=reason.strip()[:500], set_by=by)


def _lift(member: Member, kind: Restriction.Kind) -> int:
    Member.objects.select_for_update().get(pk=member.pk)
    rows = Restriction.objects.filter(member=member, kind=kind, until__gt=timezone.now(), lifted_at=None)
    return rows.update(lifted_at=timezone.now())


def _set_suspended(member: Member) -> None:
    found = in_force(member, Kind.SUSPENSION)
    member.suspended_until = found.until if found else None
    member.save(update_fields=["suspended_until"])
