"""Limits against gaming: which awards look as if somebody games the club. They are held until a person decides.

Every test is a count with a plain limit, so that the reason can be shown with its figures and judged by a person.
"""

import datetime
import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F
from django.utils import timezone

from members.models import Activity, Member
from members.ready import Ready
from points.models import Accrual, DeviceUse, Review

Kind, Reason = Activity.Kind, Review.Reason
REFERRALS = {Kind.COLLEAGUE_REGISTERED, Kind.COLLEAGUE_TOOK_PART, Kind.REFERRAL_QUALIFIED, Kind.REFERRAL_MET, Kind.REFERRAL_BOUGHT}
# Deeds that a member does alone at a keyboard, as fast as they like.
OWN_DEEDS = {Kind.THREAD_STARTED, Kind.REPLY_POSTED, Kind.BLOG_ENTRY_POSTED, Kind.ARTICLE_READ, Kind.SURVEY_COMPLETED}
MUTUAL = {Kind.REACTION_RECEIVED, Kind.REPLY_ACCEPTED}
BURST_DEEDS, BURST_MINUTES = 15, 10
RING_DEEDS, RING_DAYS = 5, 7
# The longest ring that is looked for, and how many ways are followed from one member to the next.
RING_MEMBERS, RING_WIDTH = 4, 100
DEVICE_MEMBERS, DEVICE_DAYS = 4, 7
INTERNAL = {Kind.COLLEAGUE_REGISTERED, Kind.COLLEAGUE_TOOK_PART}


@dataclass(frozen=True)
class Suspicion:
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict)


def suspicion_of(activity: Activity, member: Member) -> Suspicion | None:
    """Why an award to this member for this activity should wait; None for the ordinary. At most five queries."""
    if activity.kind in REFERRALS and activity.counterpart is not None and (found := _is_self_referral(activity)):
        return found
    if activity.kind in MUTUAL and activity.counterpart_id and (found := _is_ring(activity)):
        return found
    if activity.kind in OWN_DEEDS and (found := _is_burst(activity)):
        return found
    return _is_shared_device(member) if activity.kind in REFERRALS | MUTUAL | OWN_DEEDS else None


def _is_self_referral(activity: Activity) -> Suspicion | None:
    one, other = activity.member, activity.counterpart
    assert other is not None
    if _mailbox(one.email) == _mailbox(other.email):
        return Suspicion(Reason.SELF_REFERRAL, {"same": "email"})
    if _digits(one.phone) and _digits(one.phone) == _digits(other.phone):
        return Suspicion(Reason.SELF_REFERRAL, {"same": "phone"})
    # Colleagues sign up at one another's desks; people of two companies do not.
    mine = DeviceUse.objects.filter(member=one).values("device")
    if activity.kind not in INTERNAL and DeviceUse.objects.filter(member=other, device__in=mine).exists():
        return Suspicion(Reason.SELF_REFERRAL, {"same": "device"})
    return None


def _mailbox(email: str) -> str:
    """The mailbox behind an address: a+club@x and a@x are one."""
    name, _at, domain = email.lower().partition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone or "" if letter.isdecimal())


def _is_ring(activity: Activity) -> Suspicion | None:
    """Whether thanks come back to whoever gave them: from the member at once, or by way of one or two others."""
    since = activity.happened_at - datetime.timedelta(days=RING_DAYS)
    rows = Activity.objects.filter(kind__in=MUTUAL, happened_at__gt=since, happened_at__lte=activity.happened_at)
    giver, taker = activity.counterpart_id, activity.member_id
    there = rows.filter(member=taker, counterpart=giver).count()
    if there < RING_DEEDS:
        return None
    came_from: dict[int, int] = {}
    reached, least = {taker}, {taker: there}
    for _step in range(RING_MEMBERS - 1):
        found = rows.filter(counterpart__in=reached).exclude(member__in=[taker, *came_from]).values_list("counterpart", "member")
        counted = found.annotate(count=Count("pk")).filter(count__gte=RING_DEEDS).order_by("-count", "counterpart", "member")
        reached = set()
        for source, target, count in counted[:RING_WIDTH]:
            if target not in came_from:
                came_from[target], least[target] = source, min(count, least[source])
                reached.add(target)
        if giver in reached:
            return _ring(taker, giver, came_from, there, least[giver])
        if not reached:
            return None
    return None


def _ring(taker: int, giver: int, came_from: dict[int, int], there: int, least: int) -> Suspicion:
    members = [giver]
    while members[-1] != taker:
        members.append(came_from[members[-1]])
    if len(members) == 2:
        return Suspicion(Reason.RING, {"there": there, "back": least, "days": RING_DAYS, "member": giver})
    return Suspicion(Reason.RING, {"circle": len(members), "least": least, "days": RING_DAYS, "members": members})


_DEEDS = Ready(
    lambda member, since, until: (
        Activity.objects.filter(member=member, kind__in=sorted(OWN_DEEDS), happened_at__gt=since, happened_at__lte=until)
        .order_by()
        .values("member")
        .values_list(Count("pk"))
    )
)


def _is_burst(activity: Activity) -> Suspicion | None:
    since = activity.happened_at - datetime.timedelta(minutes=BURST_MINUTES)
    deeds = _DEEDS.first(member=activity.member_id, since=since, until=activity.happened_at)[0]
    return Suspicion(Reason.BURST, {"deeds": deeds, "minutes": BURST_MINUTES}) if deeds > BURST_DEEDS else None


def _on_one_device(member: Any) -> Any:
    mine = DeviceUse.objects.filter(member=member).values("device")
    new = DeviceUse.objects.filter(first_at__lt=F("member__joined_at") + datetime.timedelta(days=DEVICE_DAYS), device__in=mine)
    return new.values("device").annotate(members=Count("member")).order_by("-members").values_list("device", "members")[:1]


_ON_ONE_DEVICE = Ready(_on_one_device)


def _is_shared_device(member: Member) -> Suspicion | None:
    """Accounts that were made on one device: who signs in where others have long been members is no sign of anything."""
    most = _ON_ONE_DEVICE.first(member=member.pk)
    return Suspicion(Reason.DEVICE, {"members": most[1]}) if most and most[1] >= DEVICE_MEMBERS else None


def note_device(member: Member, token: str) -> None:
    """Remember that a member signed in where this random token is kept. Only its hash is stored."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    DeviceUse.objects.get_or_create(device=digest, member=member)


def hold(accrual: Accrual, suspicion: Suspicion) -> None:
    """Lay an award before a person. One that fell for its limits while it waited, and comes again, waits again."""
    asked = {"transfer": accrual.transfer, "reason": suspicion.reason, "evidence": suspicion.evidence}
    open_again = {"status": Review.Status.WAITING, "decided_at": None, "decided_by": None, "note": "", "created_at": timezone.now()}
    Review.objects.update_or_create(accrual=accrual, defaults=asked | open_again)


def close(accrual: Accrual, note: str) -> None:
    """Nobody has to decide any more: the award fell by itself."""
    waiting = Review.objects.filter(accrual=accrual, status=Review.Status.WAITING)
    waiting.update(status=Review.Status.REFUSED, decided_at=timezone.now(), note=note)
