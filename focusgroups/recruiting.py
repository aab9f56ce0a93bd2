"""Drawing participants by quota, from a screener or from stages and deeds; more than wanted, for some will not come."""

import datetime
import math
import random
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups import quotas, seating
from focusgroups.models import Group, Seat
from focusgroups.quotas import POOL_MAX
from focusgroups.refusals import Refused
from members import asking
from members.models import Activity, Member

# Whoever has not answered an invitation by then, or by half of the time to the group's start, is drawn for again.
ANSWER_WITHIN = datetime.timedelta(days=3)


@dataclass(frozen=True)
class Line:
    """One quota as it stands: seats given, agreed, may still answer, wanted with those who will not come, and in the pool."""

    segment: str
    wanted: int
    invited: int
    agreed: int
    waiting: int
    target: int
    pool: int

    @property
    def lacking(self) -> int:
        """How many to invite: nobody once enough have agreed; else until those who agreed and those who may are as many as the target."""
        return max(0, self.target - self.agreed - self.waiting) if self.agreed < self.wanted else 0


def standing(group: Group) -> list[Line]:
    """Each quota of a group; one without a name where only a number of participants is wanted."""
    pool, now = _pool(group), timezone.now()
    seats = list(group.seats.filter(role=Seat.Role.PARTICIPANT, removed_at=None))
    lines = []
    for segment, wanted in quotas.cells(group):
        own = [seat for seat in seats if not segment or seat.segment == segment]
        agreed = sum(seat.consented_at is not None for seat in own)
        waiting = sum(seat.consented_at is None and now < _answer_by(group, seat) for seat in own)
        lines.append(Line(segment, wanted, len(own), agreed, waiting, _target(group, wanted), len(pool.get(segment, []))))
    return lines


@transaction.atomic
def draw(group: Group, *, by: Member) -> list[Seat]:
    """Invite by lot what the quotas lack, also for those who never answered; never two of one company.

    Raises Refused for a group without quota or number, or an ended one.
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    if group.is_rehearsal or group.is_closed:
        raise Refused("closed", _("Nobody is drawn for this group."))
    if not quotas.cells(group):
        raise Refused("no-quota", _("Say first how many participants are wanted."))
    asking.lock()
    pool, companies = _pool(group), _companies(group)
    made: list[Seat] = []
    for line in standing(group):
        candidates = pool.get(line.segment, [])
        random.shuffle(candidates)
        lacking = line.lacking
        for member in candidates:
            if lacking <= 0:
                break
            if member.company_id in companies:
                continue
            companies.add(member.company_id)
            seat = seating.invite(group, member=member, by=by)
            seat.segment = line.segment
            seat.save(update_fields=["segment"])
            made.append(seat)
            lacking -= 1
    return made


def _target(group: Group, wanted: int) -> int:
    return math.ceil(wanted * (100 + group.over_percent) / 100)


def _answer_by(group: Group, seat: Seat) -> datetime.datetime:
    if group.starts_at is None or group.starts_at <= seat.invited_at:
        return seat.invited_at + ANSWER_WITHIN
    return seat.invited_at + min(ANSWER_WITHIN, (group.starts_at - seat.invited_at) / 2)


def _companies(group: Group) -> set[int | None]:
    rows = group.seats.filter(role=Seat.Role.PARTICIPANT, removed_at=None).values_list("member__company_id", flat=True)
    return set(rows) - {None}


def _pool(group: Group) -> dict[str, list[Member]]:
    """segment → whom to draw from; all of them also under the empty segment."""
    rested = timezone.now() - datetime.timedelta(days=group.rest_days)
    sat = Seat.objects.filter(role=Seat.Role.PARTICIPANT, first_here_at__gte=rested, group__is_rehearsal=False)
    tired = sat.exclude(group=group).values("member_id")
    # Seats of a group whose time is over are gone; that its points were earned stays in the log.
    attended = Activity.objects.filter(kind=Activity.Kind.GROUP_ATTENDED, happened_at__gte=rested, undone_by=None)
    paid = attended.exclude(cause__startswith=f"group:{group.pk}:").values("member_id")
    there = group.seats.values("member_id")
    people = Member.objects.filter(is_active=True, is_staff=False, company__isnull=False)
    free = people.exclude(Q(pk__in=tired) | Q(pk__in=paid) | Q(pk__in=there))
    if group.deed:
        since = timezone.now() - datetime.timedelta(days=group.deed_days)
        done = Activity.objects.filter(member=OuterRef("pk"), kind=group.deed, happened_at__gte=since, undone_by=None)
        free = free.filter(Exists(done))
    segments, weary = quotas.segments(group, free), asking.tired()
    pool: dict[str, list[Member]] = {"": []}
    for member in free.filter(pk__in=segments).select_related("company").order_by("pk")[:POOL_MAX]:
        if member.pk in weary:
            continue
        pool[""].append(member)
        pool.setdefault(segments[member.pk], []).append(member)
    return pool
