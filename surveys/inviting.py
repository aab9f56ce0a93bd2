"""Asking members by name, and telling them."""

import datetime
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from members import asking
from members.models import Member
from notifications.models import Notification
from notifications.telling import tell
from surveys.blind_receipts import blind, token_of
from surveys.models import Participation, Questionnaire, SurveyInvitation

REMIND_AFTER_DAYS, REMINDERS_MOST = 3, 2


@transaction.atomic
def invite(
    questionnaire: Questionnaire,
    members: Iterable[Member],
    *,
    points: int | None = None,
    expires_at: datetime.datetime | None = None,
    by: Member | None = None,
) -> int:
    """Invite members who were not invited yet and may be asked now, and tell each. Returns how many are new; harmless when repeated."""
    asking.lock()
    tired = asking.tired()
    known = set(SurveyInvitation.objects.filter(questionnaire=questionnaire).values_list("member_id", flat=True))
    fresh = [member for member in members if member.pk not in known and member.pk not in tired]
    fields = {"questionnaire": questionnaire, "points": points, "expires_at": expires_at, "invited_by": by}
    SurveyInvitation.objects.bulk_create([SurveyInvitation(member=member, **fields) for member in fresh], ignore_conflicts=True)
    for member in fresh:
        tell_of(questionnaire, member, points=points)
    return len(fresh)


def tell_of(questionnaire: Questionnaire, member: Member, *, points: int | None, cause: str = "") -> None:
    """Tell a member of an invitation, in the survey's words in their language. A draft is not told of before it opens."""
    if questionnaire.version_id is None:
        return
    promised = points if points is not None else questionnaire.points
    tell(
        member,
        Notification.Kind.SURVEY_INVITATION,
        cause=cause or f"survey:{questionnaire.pk}",
        title=questionnaire.title_in(member.locale),
        url=f"/surveys/{questionnaire.slug}/",
        details={"points": promised, "minutes": questionnaire.minutes},
    )


@transaction.atomic
def tell_all_waiting(questionnaire: Questionnaire) -> None:
    """Tell those who were invited while the survey was a draft; nobody is told twice."""
    for invitation in questionnaire.invitations.select_related("member"):
        tell_of(questionnaire, invitation.member, points=invitation.points)


@transaction.atomic
def remind(questionnaire: Questionnaire) -> int:
    """Remind whoever was invited, has not answered, was last told days ago and may be asked now; at most twice. Returns how many."""
    if not questionnaire.is_asking:
        return 0
    now = timezone.now()
    before = now - datetime.timedelta(days=REMIND_AFTER_DAYS)
    receipts = Participation.objects.filter(questionnaire=questionnaire)
    answered, blinds = receipts.exclude(member=None).values("member"), set(receipts.exclude(blind=None).values_list("blind", flat=True))
    waiting = questionnaire.invitations.filter(reminders__lt=REMINDERS_MOST, created_at__lt=before).exclude(member__in=answered)
    waiting = waiting.filter(Q(reminded_at=None) | Q(reminded_at__lt=before), Q(expires_at=None) | Q(expires_at__gt=now))
    asking.lock()
    count, tired = 0, asking.tired()
    for invitation in waiting.select_related("member"):
        is_answered = blinds and blind(token_of(invitation.member_id), questionnaire.pk) in blinds
        if is_answered or invitation.member_id in tired:
            continue
        tell_of(
            questionnaire, invitation.member, points=invitation.points, cause=f"survey:{questionnaire.pk}:again:{invitation.reminders + 1}"
        )
        SurveyInvitation.objects.filter(pk=invitation.pk).update(reminders=F("reminders") + 1, reminded_at=now)
        count += 1
    return count


def personal_link(invitation: SurveyInvitation) -> str:
    """The secret address by which one member answers without signing in, once; the same each time it is asked for."""
    if not invitation.token:
        SurveyInvitation.objects.filter(pk=invitation.pk, token=None).update(token=secrets.token_urlsafe(32))
        invitation.refresh_from_db(fields=["token"])
    return f"/surveys/link/{invitation.token}/"


def invitation_by(token: str) -> SurveyInvitation | None:
    """The open invitation behind a personal link. The club's own people have none: their rights must not travel by mail."""
    rows = SurveyInvitation.objects.select_related("member", "questionnaire").filter(token=token, member__is_active=True)
    found = rows.filter(member__is_staff=False, member__erased_at=None).first()
    return found if found is not None and found.is_open else None
