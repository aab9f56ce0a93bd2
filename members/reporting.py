"""Deeds that other systems report: a training attended, a target met. Rules weigh them like our own."""

import datetime
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import transaction

from members import activity
from members.models import Activity, Member

# What another system may know better than we do. What happens in the club itself is recorded by the club alone.
REPORTABLE = (
    Activity.Kind.REPORTED,
    Activity.Kind.EVENT_ATTENDED,
    Activity.Kind.REVENUE_TARGET_MET,
    Activity.Kind.RENEWED_ON_TIME,
)


LONGEST_CAUSE: int = Activity._meta.get_field("cause").max_length or 0


class ReportDiffers(Exception):  # noqa: N818
    """This cause was reported before, of somebody else or with other details."""


class CauseTooLong(Exception):  # noqa: N818
    """The cause does not fit beside the source's own name. `most`: how many characters would."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class Source(NamedTuple):
    """Whose word a reported deed is, by what its key is bound to: slugs, empty where it is bound to neither.

    Each source has causes of its own; the same deed that was told before without its programme is not new to it. Where it is told without
    one only afterwards, it is for the rules of every other programme (`told_twice`).
    A deed of a programme's or a partner's source is for that programme's rules only.
    """

    programme: str = ""
    partner: str = ""

    def cause(self, said: str) -> str:
        """A cause as it is kept. No slug holds a colon or a stroke."""
        return f"reported:{self.programme}{'/' if self.programme else ''}{self.partner}:{said}"

    @property
    def wider(self) -> "Source | None":
        """The same without its programme, as causes were kept before they named one: also this programme's rules weighed those."""
        return Source(partner=self.partner) if self.programme else None


ANYBODY = Source()


@transaction.atomic
def report(
    member: Member,
    *,
    kind: str,
    cause: str,
    title: str = "",
    details: dict[str, Any] | None = None,
    happened_at: datetime.datetime | None = None,
    source: Source = ANYBODY,
) -> tuple[Activity, bool]:
    """Keep a reported deed, once per (kind, cause). Returns the activity and whether it is new.

    source   whose word for it is taken
    Raises ValueError for a kind that is not reported, CauseTooLong, ReportDiffers where the cause is known for something else.
    """
    if kind not in REPORTABLE:
        raise ValueError(kind)
    own_cause = source.cause(cause)
    # Of two keys that tell of one deed at once, the second sees what the first said.
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    if len(own_cause) > LONGEST_CAUSE:
        raise CauseTooLong(LONGEST_CAUSE - len(source.cause("")))
    said = (member.pk, title[:200], details or {})
    known = Activity.objects.filter(kind=kind, cause=own_cause).first()
    if known is None and (wider := source.wider):
        # A deed that this programme's rules weighed already, told once more: not one of which another system says something else.
        earlier = Activity.objects.filter(kind=kind, cause=wider.cause(cause)).first()
        known = earlier if earlier and _contents(earlier) == said else None
    row = known or activity.record(
        member, Activity.Kind(kind), cause=own_cause, title=title, details=details or {}, happened_at=happened_at
    )
    if _contents(row) != said:
        raise ReportDiffers(cause)
    return row, known is None


def _contents(row: Activity) -> tuple[int, str, dict[str, Any]]:
    return row.member_id, row.title, row.details


# A deed as somebody would tell it without its programme: kind, cause as it is kept, member, title, details.
Deed = tuple[str, str, int, str, str]


def deed_of(kind: str, cause: str, member: int, title: str, details: dict[str, Any]) -> Deed:
    return kind, cause, member, title, json.dumps(details, sort_keys=True)


def told_twice(kind: str = "", cause: str = "", member: int = 0) -> Mapping[Deed, set[str]]:
    """The programmes whose own keys told a deed, by how it is told without its programme: their rules weigh it by that, and not again.

    Of one deed, where kind, cause as it is kept and member are said; else of all. At most one query.
    """
    if kind and not _is_told_without_programme(kind, cause):
        return {}
    rows = Activity.objects.filter(kind__in=REPORTABLE, cause__startswith="reported:", undone_by=None).order_by()
    if kind:
        rows = rows.filter(kind=kind, member=member, cause__endswith=f"/{cause.removeprefix('reported:')}")
    found: dict[Deed, set[str]] = {}
    for of_kind, kept, whose, title, details in rows.values_list("kind", "cause", "member_id", "title", "details"):
        source = source_of(of_kind, kept)
        if source.wider:
            deed = deed_of(of_kind, source.wider.cause(kept.split(":", 2)[2]), whose, title, details)
            found.setdefault(deed, set()).add(source.programme)
    return found


def _is_told_without_programme(kind: str, cause: str) -> bool:
    return kind in REPORTABLE and cause.startswith("reported:") and not source_of(kind, cause).programme


def cause_of(reported: Activity) -> str:
    """The cause in the reporting system's own words."""
    return reported.cause.split(":", 2)[2]


def source_of(kind: str, cause: str) -> Source:
    """Whose word a deed is, from its kind and its cause as it is kept; nobody's in particular for what the club itself saw."""
    if kind not in REPORTABLE or not cause.startswith("reported:"):
        return ANYBODY
    programme, _stroke, partner = cause.split(":", 2)[1].rpartition("/")
    return Source(programme, partner) if programme or partner else ANYBODY
