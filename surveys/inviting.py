"""Asking members by name, and telling them."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from members.models import Member
from notifications.models import Notification
from notifications.telling import tell
from surveys.models import Questionnaire, SurveyInvitation


@transaction.atomic
def invite(
    questionnaire: Questionnaire,
    members: Iterable[Member],
    *,
    points: int | None = None,
    expires_at: datetime.datetime | None = None,
    by: Member | None = None,
) -> int:
    """Invite members who were not invited yet and tell each. Returns how many are new; harmless when repeated."""
    known = set(SurveyInvitation.objects.filter(questionnaire=questionnaire).values_list("member_id", flat=True))
    fresh = [member for member in members if member.pk not in known]
    fields = {"questionnaire": questionnaire, "points": points, "expires_at": expires_at, "invited_by": by}
    SurveyInvitation.objects.bulk_create([SurveyInvitation(member=member, **fields) for member in fresh], ignore_conflicts=True)
    for member in fresh:
        tell_of(questionnaire, member, points=points)
    return len(fresh)


def tell_of(questionnaire: Questionnaire, member: Member, *, points: int | None) -> None:
    """Tell a member of an invitation, in the survey's words in their language. A draft is not told of before it opens."""
    if questionnaire.version_id is None:
        return
    promised = points if points is not None else questionnaire.points
    tell(
        member,
        Notification.Kind.SURVEY_INVITATION,
        cause=f"survey:{questionnaire.pk}",
        title=questionnaire.title_in(member.locale),
        url=f"/surveys/{questionnaire.slug}/",
        details={"points": promised, "minutes": questionnaire.minutes},
    )


@transaction.atomic
def tell_all_waiting(questionnaire: Questionnaire) -> None:
    """Tell those who were invited while the survey was a draft; nobody is told twice."""
    for invitation in questionnaire.invitations.select_related("member"):
        tell_of(questionnaire, invitation.member, points=invitation.points)


def segment(*, customer_class: str = "", company: int | None = None, locale: str = "") -> list[Member]:
    """Active members of a simple segment; what is left empty does not narrow it. The club's own people are never in it."""
    rows = Member.objects.filter(is_active=True, erased_at=None, is_staff=False)
    if customer_class:
        rows = rows.filter(company__customer_class=customer_class)
    if company:
        rows = rows.filter(company=company)
    if locale:
        rows = rows.filter(locale=locale)
    return list(rows.order_by("pk"))
