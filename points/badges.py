"""Badges: what a member has done often enough to be proud of it. Worked out from what happened; what is taken back takes its badge too."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import CharField, Count, QuerySet, Value
from django.utils.translation import gettext as _

from members.models import Activity, Member
from points.models import Badge

Kind = Activity.Kind
# What counts together, and how often for each of the three steps.
FAMILIES: dict[str, tuple[frozenset[str], tuple[int, ...]]] = {
    "voice": (frozenset({Kind.THREAD_STARTED, Kind.REPLY_POSTED}), (1, 25, 100)),
    "author": (frozenset({Kind.BLOG_ENTRY_POSTED}), (1, 5, 20)),
    "helper": (frozenset({Kind.REPLY_ACCEPTED}), (1, 5, 20)),
    "adviser": (frozenset({Kind.SURVEY_COMPLETED, Kind.GROUP_ATTENDED}), (1, 5, 15)),
    "guest": (frozenset({Kind.EVENT_ATTENDED}), (1, 3, 10)),
    "bridge": (frozenset({Kind.COLLEAGUE_REGISTERED, Kind.REFERRAL_QUALIFIED}), (1, 3, 10)),
}


@dataclass(frozen=True)
class SteppedBadge:
    """step 1..3 (0: not earned yet); done so far, and wanted for the next step (None: the highest is reached)."""

    slug: str
    name: str
    about: str
    step: int
    done: int
    wanted: int | None

    @property
    def missing(self) -> int:
        return (self.wanted or self.done) - self.done


def earned(counts: Mapping[str, int]) -> list[SteppedBadge]:
    """The badges of who did each kind of deed so often: earned ones first, the highest on top."""
    names = {
        "voice": (_("Voice"), _("Threads and replies in the forum")),
        "author": (_("Author"), _("Blog entries")),
        "helper": (_("Helper"), _("Replies accepted as solution")),
        "adviser": (_("Adviser"), _("Surveys and focus groups")),
        "guest": (_("Guest"), _("Club events attended")),
        "bridge": (_("Bridge builder"), _("People brought to the club")),
    }
    found = []
    for slug, (kinds, steps) in FAMILIES.items():
        done = sum(counts.get(kind, 0) for kind in kinds)
        step = sum(done >= wanted for wanted in steps)
        found.append(SteppedBadge(slug, *names[slug], step, done, steps[step] if step < len(steps) else None))
    return sorted(found, key=lambda badge: (-badge.step, badge.missing))


def badges_of(member: Member) -> list[SteppedBadge]:
    """One query."""
    return earned(dict(_deeds(member).values_list("kind").annotate(n=Count("pk"))))


def _deeds(member: Member) -> QuerySet[Activity]:
    kinds = {kind for family, _steps in FAMILIES.values() for kind in family}
    return Activity.objects.filter(member=member, kind__in=kinds, undone_by=None).order_by()


_WORDS = ("name", "name_zh", "about", "about_zh")


def honours_of(member: Member) -> tuple[list[SteppedBadge], list[Badge]]:
    """The badges that a member has a step of, and those that rules gave them and that still stand. One query."""
    blank = {name: Value("", output_field=CharField()) for name in _WORDS}
    deeds = _deeds(member).values("kind").annotate(n=Count("pk"), **blank).values_list("kind", "n", *_WORDS)
    given = Badge.objects.filter(grants__member=member, grants__status="standing").order_by().distinct()
    worn = given.annotate(kind=Value("", output_field=CharField()), n=Value(0)).values_list("kind", "n", *_WORDS)
    rows = list(deeds.union(worn, all=True))
    stepped = earned({kind: n for kind, n, *_words in rows if kind})
    badges = [Badge(**dict(zip(_WORDS, words, strict=True))) for kind, _n, *words in rows if not kind]
    return [badge for badge in stepped if badge.step], sorted(badges, key=lambda badge: badge.name)
