"""Recording that surveys were finished: at once by name; where answers are anonymous later, together, and in an order drawn by lot.

Until then a receipt names nobody (`blind_receipts`). When enough wait, or at the survey's end, they are replaced by ones with names, in an
order drawn by lot, and the answers that came with them are written anew in another: all of it bears the number of one transaction.
"""

import datetime
import logging
import random
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from survey.models import Answer, Response

from members import activity
from members.models import Activity, Member
from surveys import blind_receipts
from surveys.models import Draft, Participation, Questionnaire, Submission, SurveyInvitation

log = logging.getLogger(__name__)

# Receipts of anonymous answers are recorded this many at a time, or at the close: one alone could be counted off against the answers.
TOGETHER = 5


def promised_points(questionnaire: Questionnaire, member: Member) -> int | None:
    """Points by invitation, or else by the survey; None where the programme's rule decides."""
    invitation = SurveyInvitation.objects.filter(questionnaire=questionnaire, member=member).first()
    return invitation.points if invitation and invitation.points is not None else questionnaire.points


def record(participation: Participation, questionnaire: Questionnaire, at: datetime.datetime) -> None:
    """The deed of a receipt that names its member, inside the caller's transaction."""
    assert participation.member is not None
    details: dict[str, Any] = {"survey": questionnaire.slug}
    if participation.points is not None:
        details["points"] = participation.points
    activity.record(
        participation.member,
        Activity.Kind.SURVEY_COMPLETED,
        cause=f"survey:{questionnaire.pk}:member:{participation.member_id}",
        title=questionnaire.title,
        url=f"/surveys/{questionnaire.slug}/",
        details=details,
        happened_at=at,
    )


@transaction.atomic
def record_held_back(questionnaire: Questionnaire) -> int:
    """Record the receipts of an anonymous survey that wait: when enough do, or at its end. Returns how many."""
    rows = Participation.objects.select_for_update().filter(questionnaire=questionnaire, is_recorded=False)
    waiting = list(rows)
    if not waiting or (questionnaire.is_asking and len(waiting) < TOGETHER):
        return 0
    members = blind_receipts.whose((row.blind for row in waiting if row.blind), questionnaire.pk)
    found = [(row.member_id or members.get(row.blind or "")) for row in waiting]
    if None in found:
        log.error("receipts of survey %s belong to nobody: was the secret key changed without keeping the old one?", questionnaire.pk)
    lot = random.SystemRandom()
    people = Member.objects.in_bulk([pk for pk in found if pk])
    rows.filter(pk__in=[row.pk for row, pk in zip(waiting, found, strict=True) if pk]).delete()
    offers = questionnaire.invitations.filter(member__in=people).exclude(points=None)
    offered, now = dict(offers.values_list("member", "points")), timezone.now()
    for member in lot.sample(list(people.values()), len(people)):
        points = offered.get(member.pk, questionnaire.points)
        receipt = Participation.objects.create(questionnaire=questionnaire, member=member, points=points, is_recorded=True)
        record(receipt, questionnaire, now)
    _mix(questionnaire, lot)
    return len(people)


def _mix(questionnaire: Questionnaire, lot: random.SystemRandom) -> None:
    """Write the answers that were given since the last time anew, in an order drawn by lot: PostgreSQL writes a changed row elsewhere."""
    unmixed = list(Submission.objects.filter(questionnaire=questionnaire, is_mixed=False).values_list("pk", "response_id"))
    for pk, _response in lot.sample(unmixed, len(unmixed)):
        Submission.objects.filter(pk=pk).update(is_mixed=True)
    for _pk, response in lot.sample(unmixed, len(unmixed)):
        Response.objects.filter(pk=response).update(updated=F("updated"))
    answers = list(Answer.objects.filter(response__in=[response for _pk, response in unmixed]).values_list("pk", flat=True))
    for pk in lot.sample(answers, len(answers)):
        Answer.objects.filter(pk=pk).update(updated=F("updated"))


def record_all_held_back() -> int:
    """The round that pays for anonymous answers; safe to repeat and to run twice at once."""
    surveys = Questionnaire.objects.filter(is_anonymous=True, participations__is_recorded=False).distinct()
    # One that ended by the clock was closed by nobody, and begun answers of it bear names.
    Draft.objects.filter(questionnaire__is_anonymous=True, questionnaire__closes_at__lt=timezone.now()).delete()
    return sum(record_held_back(questionnaire) for questionnaire in surveys)
