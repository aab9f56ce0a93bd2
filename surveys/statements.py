"""What every saved draft and every finished survey asks, put together once."""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from members.ready import Ready, ReadyUpdate
from surveys.blind_receipts import token_of
from surveys.models import Draft, Questionnaire, Quota, Submission

_WITH_TERMS = Ready(
    lambda slug, member, token, now: (
        Questionnaire.objects.select_related("version")
        .defer("draft_definition", "version__definition", "version__outline")
        .seen_by_member(member, token)
        .with_terms_for(member, token, now)
        .filter(slug=slug)
    )
)
_TERMS = Ready(
    lambda survey, member, token, now: (
        Questionnaire.objects.filter(pk=survey).with_terms_for(member, token, now).values_list("has_answered", "offer", "draft_of")  # type: ignore[misc]  # annotated by with_terms_for
    )
)
_STILL_ASKING = Ready(
    lambda survey, digest, now: (
        Questionnaire.objects.asking_now(now)
        .filter(pk=survey)
        .values_list(
            Exists(Submission.objects.filter(questionnaire=OuterRef("pk"), fingerprint=digest)),
            Exists(Quota.objects.filter(questionnaire=OuterRef("pk"))),
        )
    )
)
_DRAFT_SAVED = ReadyUpdate(
    lambda survey, member, data, page, now: (
        Draft.objects.filter(questionnaire=survey, member=member),
        {"data": data, "page": page, "saved_at": now},
    )
)
_DRAFT_SAVED_FROM = ReadyUpdate(
    lambda survey, member, since, data, page, now: (
        Draft.objects.filter(questionnaire=survey, member=member, saved_at=since),
        {"data": data, "page": page, "saved_at": now},
    )
)


def with_terms(slug: str, member_id: int) -> Questionnaire | None:
    """A survey that the member sees, with what decides about their answers to it."""
    found: Questionnaire | None = _WITH_TERMS.first(slug=slug, member=member_id, token=token_of(member_id), now=timezone.now())
    return found


def terms(survey_id: int, member_id: int) -> tuple[bool, int | None, int | None]:
    """`has_answered`, `offer`, `draft_of` of a survey that is there."""
    (found,) = _TERMS.all(survey=survey_id, member=member_id, token=token_of(member_id), now=timezone.now())
    return found[0], found[1], found[2]


def still_asking(survey_id: int, digest: str) -> tuple[bool, bool] | None:
    """Whether the survey has answers of this digest, and whether it has quotas; None where it takes no answers any more."""
    found = _STILL_ASKING.first(survey=survey_id, digest=digest, now=timezone.now())
    return None if found is None else (bool(found[0]), bool(found[1]))


def save_draft(
    survey_id: int, member_id: int, *, data: dict[str, Any], page: int, now: datetime.datetime, since: datetime.datetime | None = None
) -> bool:
    """Put newer answers into a member's draft, where `since` is given only into one that was saved then. Returns whether there was one."""
    about: dict[str, Any] = {"survey": survey_id, "member": member_id, "data": data, "page": page, "now": now}
    return bool(_DRAFT_SAVED.do(**about) if since is None else _DRAFT_SAVED_FROM.do(**about, since=since))
