"""Deeds that other systems report: a training attended, a target met. Rules weigh them like our own."""

import datetime
from typing import Any

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


class ReportDiffers(Exception):  # noqa: N818
    """This cause was reported before, of somebody else or with other details."""


@transaction.atomic
def report(
    member: Member,
    *,
    kind: str,
    cause: str,
    title: str = "",
    details: dict[str, Any] | None = None,
    happened_at: datetime.datetime | None = None,
    source: str = "",
) -> tuple[Activity, bool]:
    """Keep a reported deed, once per (kind, cause). Returns the activity and whether it is new.

    source   whose word for the cause it is; each source has causes of its own
    Raises ValueError for a kind that is not reported, ReportDiffers where the cause is known for something else.
    """
    if kind not in REPORTABLE:
        raise ValueError(kind)
    own_cause = f"reported:{source}:{cause}"
    known = Activity.objects.filter(kind=kind, cause=own_cause).first()
    row = known or activity.record(
        member, Activity.Kind(kind), cause=own_cause, title=title, details=details or {}, happened_at=happened_at
    )
    if (row.member_id, row.title, row.details) != (member.pk, title[:200], details or {}):
        raise ReportDiffers(cause)
    return row, known is None


def cause_of(reported: Activity) -> str:
    """The cause in the reporting system's own words."""
    return reported.cause.split(":", 2)[2]
