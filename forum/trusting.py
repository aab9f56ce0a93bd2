"""Trust levels 0–3 by deeds: what somebody new may not yet do, and when they are new no more."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from forum.models import ModerationAction, Post, Review, State, ThreadMember, Trust
from forum.noting import Verb, insist, note
from members.models import Member
from members.ready import Ready

Level = Trust.Level
LOOK_BACK = datetime.timedelta(days=90)
BATCH = 200


@dataclass(frozen=True)
class Deeds:
    """What is counted of a member: shown posts, days with one, threads read, reactions received, days since joining, upheld reports."""

    posts: int = 0
    days: int = 0
    threads_read: int = 0
    reactions: int = 0
    age_days: int = 0
    upheld: int = 0


# What each level asks for, all of it; `upheld` is the most that it bears within LOOK_BACK.
NEEDED = {
    Level.KNOWN: Deeds(posts=1, days=1, threads_read=3, age_days=1, upheld=1),
    Level.AT_HOME: Deeds(posts=10, days=5, threads_read=20, reactions=3, age_days=14, upheld=0),
    Level.REGULAR: Deeds(posts=50, days=20, threads_read=100, reactions=20, age_days=60, upheld=0),
}


def earned(deeds: Deeds) -> Trust.Level:
    """The highest level whose needs, and whose lower levels' needs, are met. Pure."""
    level = Level.NEW
    for each, needed in NEEDED.items():
        counted = ("posts", "days", "threads_read", "reactions", "age_days")
        if deeds.upheld > needed.upheld or any(getattr(deeds, name) < getattr(needed, name) for name in counted):
            break
        level = each
    return level


_LEVEL = Ready(lambda member: Trust.objects.filter(member=member).order_by().values_list("level"))


def level_of(member: Member) -> int:
    """A member's level now. The club's own people are regulars, and a customer's employees are known from the first day."""
    if member.is_staff:
        return Level.REGULAR
    found = _LEVEL.first(member=member.pk)
    return found[0] if found else _at_first(member)


def deeds_of(members: list[Member]) -> dict[int, Deeds]:
    """Counted for many at once; four queries."""
    since, now = timezone.now() - LOOK_BACK, timezone.now()
    shown = Post.objects.filter(author__in=members, state=State.VISIBLE, thread__state=State.VISIBLE).order_by()
    written: Any = shown.values("author").annotate(n=Count("pk"), days=Count(TruncDate("created_at"), distinct=True))
    written = {row["author"]: row for row in written}
    reactions: Any = shown.values("author").annotate(n=Count("reactions__member", distinct=True))
    reactions = {row["author"]: row["n"] for row in reactions}
    read: Any = ThreadMember.objects.filter(member__in=members, last_read_no__gt=0).order_by().values("member").annotate(n=Count("pk"))
    read = {row["member"]: row["n"] for row in read}
    upheld: Any = Review.objects.filter(post__author__in=members, status=Review.Status.UPHELD, decided_at__gt=since)
    upheld = {row["post__author"]: row["n"] for row in upheld.order_by().values("post__author").annotate(n=Count("post", distinct=True))}
    return {
        member.pk: Deeds(
            posts=written.get(member.pk, {}).get("n", 0),
            days=written.get(member.pk, {}).get("days", 0),
            threads_read=read.get(member.pk, 0),
            reactions=reactions.get(member.pk, 0),
            age_days=(now - member.joined_at).days,
            upheld=upheld.get(member.pk, 0),
        )
        for member in members
    }


def recompute_all() -> Iterator[int]:
    """The round: weigh everybody who wrote or read since, in batches. Yields how many were weighed so far."""
    last, weighed = 0, 0
    while members := list(Member.objects.filter(pk__gt=last, is_active=True, thread_rows__isnull=False).distinct().order_by("pk")[:BATCH]):
        _weigh(members)
        last, weighed = members[-1].pk, weighed + len(members)
        yield weighed


def weigh(member: Member) -> int:
    """Weigh one member now, after a decision about them."""
    _weigh([member])
    return level_of(member)


@transaction.atomic
def set_level(member: Member, level: int, *, by: Member, reason: str) -> ModerationAction:
    """A moderator sets the level; the round leaves it alone from then on. Raises NotYours."""
    insist(by)
    before = level_of(member)
    Trust.objects.update_or_create(member=member, defaults={"level": Level(level), "is_fixed": True, "computed_at": timezone.now()})
    return note(by, Verb.SET_TRUST, reason, concerns=member, before={"level": before}, after={"level": int(level)})


@transaction.atomic
def unfix(member: Member) -> None:
    """Let deeds decide again."""
    Trust.objects.filter(member=member).update(is_fixed=False)
    _weigh([member])


def _weigh(members: list[Member]) -> None:
    fixed = set(Trust.objects.filter(member__in=members, is_fixed=True).values_list("member_id", flat=True))
    rows = []
    for pk, deeds in deeds_of([member for member in members if member.pk not in fixed]).items():
        member = next(each for each in members if each.pk == pk)
        level = max(earned(deeds), _at_first(member) if not deeds.upheld else Level.NEW)
        rows.append(Trust(member=member, level=level, deeds=deeds.__dict__, computed_at=timezone.now()))
    Trust.objects.bulk_create(rows, update_conflicts=True, unique_fields=["member"], update_fields=["level", "deeds", "computed_at"])


def _at_first(member: Member) -> int:
    is_customer = member.company is not None and member.company.purchased_on is not None
    return Level.KNOWN if is_customer or member.is_staff else Level.NEW
