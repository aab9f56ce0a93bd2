"""Whom a group wants how many of: its cells, which of them a member belongs to, and whether one is full."""

from django.db.models import QuerySet

from focusgroups.models import Group, Seat
from members.models import Member
from surveys.models import Submission

POOL_MAX = 5_000


def cells(group: Group) -> list[tuple[str, int]]:
    """(segment, wanted); one without a name where only a number of participants is wanted."""
    quotas = [(quota.segment, quota.wanted) for quota in group.quotas.all()]
    return quotas or ([("", group.seats_wanted)] if group.seats_wanted else [])


def segments(group: Group, members: QuerySet[Member]) -> dict[int, str]:
    """member → segment: an answer of the screener, or the stage of the company. Who has none is not in it."""
    if group.screener_id is None:
        return {member.pk: member.company.stage.value for member in members.select_related("company")[:POOL_MAX] if member.company}
    answers = Submission.objects.filter(questionnaire=group.screener_id, rejected_at=None, member__in=members.order_by())
    rows = answers.values_list("member_id", "data")[:POOL_MAX]
    return {pk: str(data.get(group.screener_question, "")) if group.screener_question else "" for pk, data in rows if pk}


def segment_of(seat: Seat) -> str:
    """The cell a seat was drawn for, or the one its member belongs to."""
    return seat.segment or segments(seat.group, Member.objects.filter(pk=seat.member_id)).get(seat.member_id, "")


def is_full(group: Group) -> bool:
    """Whether as many have agreed as are wanted: the number, or else all quotas together. Expects the group's row locked."""
    wanted = group.seats_wanted or sum(number for _segment, number in cells(group))
    return bool(wanted) and _agreed(group).count() >= wanted


def is_cell_full(group: Group, segment: str) -> bool:
    """Whether as many of a segment have agreed as its quota wants; a segment without a quota never is. Expects the group's row locked."""
    wanted = dict(cells(group)).get(segment) if segment else None
    return wanted is not None and _agreed(group).filter(segment=segment).count() >= wanted


def _agreed(group: Group) -> QuerySet[Seat]:
    return group.seats.filter(role=Seat.Role.PARTICIPANT, removed_at=None).exclude(consented_at=None)
