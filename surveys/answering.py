"""Answering: keeping a draft, finishing once, and paying for it once, by name or without one."""

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from survey.models import Response
from survey.signals import survey_completed

from members import meanwhile, once
from members.meanwhile import ChangedMeanwhile
from members.models import Member
from surveys import apportioning, closing, coding, judging, mirroring, quality, quotas, releasing, statements, tallying
from surveys.blind_receipts import blind, token_of
from surveys.judging import Problem, Verdict
from surveys.models import Draft, EarlierAnswers, Participation, Questionnaire, SchemaVersion, Submission
from surveys.versions_known import known


class Refused(ValueError):  # noqa: N818
    """The answers are not a possible outcome of the survey; `problems` says why, each at its question's path."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.question}: {problem.message}" for problem in problems))
        self.problems = problems


class NotAsking(Exception):  # noqa: N818
    """The survey is closed, not yet open, or does not ask this member."""


class AlreadyAnswered(Exception):  # noqa: N818
    """This member finished this survey before."""


@dataclass(frozen=True)
class Terms:
    """What decides about one member's answers to one survey: read with the survey, or in one query."""

    has_answered: bool
    offer: int | None
    draft_of: int | None


def terms_of(questionnaire: Questionnaire, member: Member) -> Terms:
    """The terms; no query where the survey was read with them (`with_terms_for`)."""
    names = [field.name for field in fields(Terms)]
    if all(name in questionnaire.__dict__ for name in names):
        return Terms(**{name: questionnaire.__dict__[name] for name in names})
    return Terms(*statements.terms(questionnaire.pk, member.pk))


class WentOnElsewhere(Exception):  # noqa: N818
    """The draft is another than a page knows: its member went on in another window or on another device. `draft`: what stands there."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.pk)
        self.draft = draft


def state_of(draft: Draft) -> str:
    """What names a state of a draft."""
    return draft.saved_at.isoformat()


def save_draft(questionnaire: Questionnaire, *, member: Member, data: dict[str, Any], page: int = 0, since: str | None = None) -> str:
    """Keep unfinished answers, unjudged. Returns what names their state (`state_of`).

    since   what named the draft that these answers go on from, "" where there was none; None replaces whatever is there
    Raises NotAsking, AlreadyAnswered, and WentOnElsewhere where another draft than that is there.
    """
    if not questionnaire.is_asking or questionnaire.version_id is None:
        raise NotAsking
    if terms_of(questionnaire, member).has_answered:
        raise AlreadyAnswered
    kept: dict[str, Any] = {"data": data, "page": page}
    now, moment = timezone.now(), _moment(since)
    if (since is None or moment) and statements.save_draft(questionnaire.pk, member.pk, now=now, since=moment, **kept):
        return now.isoformat()
    if once.keep(Draft(questionnaire=questionnaire, member=member, version_id=questionnaire.version_id, saved_at=now, **kept)):
        return now.isoformat()
    if since is None:
        statements.save_draft(questionnaire.pk, member.pk, now=now, **kept)
        return now.isoformat()
    held = Draft.objects.filter(questionnaire=questionnaire, member=member).first()
    if held is None:  # finished elsewhere at this moment
        raise AlreadyAnswered
    raise WentOnElsewhere(held)


def _moment(said: str | None) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(said or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@transaction.atomic
def keep_changes(questionnaire: Questionnaire, *, member: Member, data: dict[str, Any], page: int = 0, since: str | None = None) -> str:
    """Keep unsent changes of answers that were sent, unjudged, beside them. Returns what names their state (`state_of`).

    since   what named the state that they go on from (`standing`); None replaces whatever is there
    Raises NotAsking where they may not be changed, WentOnElsewhere where something else stands there.
    """
    held = changeable(questionnaire, member, is_held=True)
    if held is None:
        raise NotAsking
    if since is not None and (stands := standing(held)).saved_at != _moment(since):
        raise WentOnElsewhere(stands)
    now = timezone.now()
    fields = {"version": held.version, "data": data, "page": page, "saved_at": now}
    Draft.objects.update_or_create(questionnaire=questionnaire, member=member, defaults=fields)
    return now.isoformat()


def changes_of(held: Submission) -> Draft | None:
    """The changes of sent answers that were kept and not sent; a draft from before the sending is none."""
    since = held.edited_at or held.completed_at
    return Draft.objects.filter(
        questionnaire=held.questionnaire_id, member=held.member_id, version=held.version_id, saved_at__gt=since
    ).first()


def standing(held: Submission) -> Draft:
    """What a change of sent answers goes on from: the changes that were kept, or what was sent, as a draft that is not stored."""
    sent_at: Any = held.edited_at or held.completed_at  # answers that have a name have the moment, too
    return changes_of(held) or Draft(data=held.data, page=0, saved_at=sent_at)


def changeable(questionnaire: Questionnaire, member: Member, *, is_held: bool = False) -> Submission | None:
    """The answers that a member may still change. `is_held`: their row is locked to the end of the caller's transaction."""
    if not questionnaire.is_editable or not questionnaire.is_asking:
        return None
    rows = Submission.objects.filter(questionnaire=questionnaire, member=member, rejected_at=None).select_related("version")
    return (rows.select_for_update(of=("self",)) if is_held else rows).first()


def complete(
    questionnaire: Questionnaire,
    *,
    member: Member,
    data: Any,
    language: str = "",
    began_at: datetime.datetime | None = None,
    since: str | None = None,
) -> Participation:
    """Judge the answers and, if they are possible, keep them, their mirror, the receipt and the activity in one transaction.

    began_at   when the survey was opened, where that is known; a draft of before was begun earlier
    since      what named the draft that they go on from, as of `save_draft`
    Raises Refused with the judge's reasons, NotAsking, AlreadyAnswered, QuotaFull, WentOnElsewhere, and EngineDown when nobody could
    judge: then nothing is stored.
    """
    if not questionnaire.is_asking:
        raise NotAsking
    terms = terms_of(questionnaire, member)
    if terms.has_answered:
        raise AlreadyAnswered
    # What was begun on a version is finished on it.
    draft = Draft.objects.filter(pk=terms.draft_of).select_related("version").first() if terms.draft_of else None
    version = draft.version if draft else questionnaire.version
    if version is None:
        raise NotAsking
    if since is not None and draft is not None and _moment(since) != draft.saved_at and draft.data != data:
        raise WentOnElsewhere(draft)
    verdict = judging.judge(known(version).text, data, language=language, contradictions=questionnaire.contradictions)
    if not verdict.valid:
        raise Refused(verdict.errors)
    try:
        participation = _keep(questionnaire, version, member, verdict, language, draft, terms, began_at)
    except IntegrityError as problem:
        if Participation.objects.held_by(member, questionnaire).exists():
            raise AlreadyAnswered from problem
        raise
    if questionnaire.is_anonymous:  # nothing that is kept could make them again
        participation.words = closing.words(version, verdict.data, language)
    return participation


@transaction.atomic
def _keep(
    questionnaire: Questionnaire,
    version: SchemaVersion,
    member: Member,
    verdict: Verdict,
    language: str,
    draft: Draft | None,
    terms: Terms,
    began_at: datetime.datetime | None,
) -> Participation:
    # First, so that the database refuses a second one before anything else is written.
    participation = Participation(questionnaire=questionnaire)
    if questionnaire.is_anonymous:
        participation.blind = blind(token_of(member.pk), questionnaire.pk)
    else:
        participation.member, participation.is_recorded = member, True
        participation.points = questionnaire.points if terms.offer is None else terms.offer
    if not once.keep(participation, under="questionnaire"):
        raise AlreadyAnswered
    digest = judging.digest_of(verdict.data)
    has_same, has_quotas = _still_asking(questionnaire, digest)
    facts = quotas.take(questionnaire, member, verdict.data) if has_quotas else {}
    begun = None if questionnaire.is_anonymous else _began(draft, began_at)
    seconds = max(0, int((timezone.now() - begun).total_seconds())) if begun else None
    flags = _flags(questionnaire, version, verdict, seconds, has_same)
    _submit(questionnaire, version, None if questionnaire.is_anonymous else member, verdict, language, seconds, flags, digest, facts=facts)
    # A draft may have come since, from another window; where answers are anonymous, none may stay.
    if draft or questionnaire.is_anonymous:
        Draft.objects.filter(questionnaire=questionnaire, member=member).delete()
    if not questionnaire.is_anonymous:
        releasing.record(participation, questionnaire, timezone.now())
    return participation


def _began(draft: Draft | None, began_at: datetime.datetime | None) -> datetime.datetime | None:
    """The earlier of what is known."""
    return min((moment for moment in (draft.started_at if draft else None, began_at) if moment), default=None)


def _submit(
    questionnaire: Questionnaire,
    version: SchemaVersion,
    member: Member | None,
    verdict: Verdict,
    language: str,
    seconds: int | None,
    flags: list[str],
    digest: str,
    named: uuid.UUID | None = None,
    facts: dict[str, Any] | None = None,
) -> Submission:
    """What has no name keeps no more than a sign of haste.

    seconds   how long it took, where that is known
    facts     the member's, by which it has its places among the quotas
    """
    response, answers = mirroring.mirror_response(questionnaire, version, verdict.data, member, named=named)
    about: dict[str, Any] = {"completed_at": timezone.now(), "seconds_spent": seconds, "locale": language, "facts": facts or {}}
    if member is None:
        about = {"pk": mirroring.drawn_numbers(Submission, 1)[0], "is_mixed": not questionnaire.is_anonymous}
    submission = Submission.objects.create(
        questionnaire=questionnaire,
        version=version,
        response=response,
        member=member,
        data=verdict.data,
        verdict=_kept_verdict(verdict, version),
        quality_flags=flags,
        fingerprint=digest,
        **about,
    )
    told = {"survey_id": questionnaire.survey_id, "interview_uuid": response.interview_uuid}
    told["responses"] = [(answer.question_id, answer.body) for answer in answers]
    transaction.on_commit(partial(survey_completed.send_robust, sender=Response, instance=response, data=told))
    return submission


def _still_asking(questionnaire: Questionnaire, digest: str) -> tuple[bool, bool]:
    """Whether equal answers came before, and whether there are quotas, asked in the transaction that adds these answers.

    Raises NotAsking if the survey closed a moment ago.
    """
    found = statements.still_asking(questionnaire.pk, digest)
    if found is None:
        raise NotAsking
    return found


def _flags(questionnaire: Questionnaire, version: SchemaVersion, verdict: Verdict, seconds: int | None, has_same: bool) -> list[str]:
    found = quality.flags(known(version).outline, verdict.data, seconds_spent=seconds, minutes=questionnaire.minutes)
    if verdict.contradictions:
        found.append(quality.CONTRADICTORY)
    if has_same and len(verdict.data) >= quality.ANSWERS_TO_TELL:
        found.append(quality.DUPLICATE)
    return found


def change(
    questionnaire: Questionnaire,
    *,
    member: Member,
    data: Any,
    language: str = "",
    seen: Mapping[str, str] | None = None,
    since: str | None = None,
) -> Submission:
    """Judge changed answers and put them in the place of the first, which are kept beside. Pays nothing.

    What changes nothing leaves no trace.

    seen    marks (`members.meanwhile`) of the answers that the change began from, by their names
    since   what named the unsent changes that it goes on from, as of `keep_changes`
    Raises Refused, EngineDown, ChangedMeanwhile where some of them are others by now, WentOnElsewhere where other unsent changes are kept,
    and NotAsking where there is nothing to change, the survey has closed, or it keeps answers as they are.
    """
    held, now = changeable(questionnaire, member), timezone.now()
    if held is None:
        raise NotAsking
    if seen is not None and (others := meanwhile.unseen(data if isinstance(data, dict) else {}, held.data, seen)):
        raise ChangedMeanwhile(others)
    if unheard := _unheard(held, since, data):
        raise WentOnElsewhere(unheard)
    verdict = judging.judge(known(held.version).text, data, language=language, contradictions=questionnaire.contradictions)
    if not verdict.valid:
        raise Refused(verdict.errors)
    if verdict.data == held.data:
        Draft.objects.filter(questionnaire=questionnaire, member=member, saved_at__lte=now).delete()  # not what came since, from elsewhere
        return held
    began_from = "" if seen is None else judging.digest_of(held.data)
    return replace(held, verdict, seen=began_from, unheard=partial(_unheard, since=since, data=data))


def _unheard(held: Submission, since: str | None, data: Any) -> Draft | None:
    """Unsent changes of which whoever sends these answers does not know."""
    unsent = changes_of(held) if since is not None else None
    return unsent if unsent and unsent.saved_at != _moment(since) and unsent.data != data else None


@transaction.atomic
def replace(
    held: Submission,
    verdict: Verdict,
    *,
    by: Member | None = None,
    reason: str = "",
    seen: str = "",
    unheard: Callable[[Submission], Draft | None] | None = None,
) -> Submission:
    """Put judged answers in the place of the first, which are kept beside; with their mirror, counts and quotas.

    by, reason   the researcher who puts them right, and why; else the member changed them
    seen         the digest of what the change began from: what was changed meanwhile is not overwritten
    unheard      finds other unsent changes: asked once more when none can come any more
    Raises NotAsking where they were rejected, ChangedMeanwhile, WentOnElsewhere, QuotaFull.
    """
    tally = tallying.hold(held.questionnaire_id)
    apportioning.hold(held.questionnaire_id)
    held = Submission.objects.select_for_update(of=("self",)).select_related("version", "questionnaire", "response").get(pk=held.pk)
    if held.rejected_at is not None:
        raise NotAsking
    if seen and judging.digest_of(held.data) != seen:
        raise ChangedMeanwhile(held.data)
    if unheard and (kept := unheard(held)):
        raise WentOnElsewhere(kept)
    held.facts = quotas.exchange(held, verdict.data)
    tallying.take_out(held, tally)
    before = {"version": held.version, "data": held.data, "verdict": held.verdict, "codes": coding.take_off_changed(held, verdict.data)}
    EarlierAnswers.objects.create(submission=held, replaced_by=by, reason=reason[:300], **before)
    held.data, held.verdict = verdict.data, _kept_verdict(verdict, held.version)
    digest = judging.digest_of(verdict.data)
    same = Submission.objects.filter(questionnaire=held.questionnaire, fingerprint=digest).exclude(pk=held.pk).exists()
    held.quality_flags = _flags(held.questionnaire, held.version, verdict, held.seconds_spent, same)
    held.fingerprint, held.is_counted = digest, False
    if by is None:
        held.edited_at = timezone.now()
        Draft.objects.filter(questionnaire=held.questionnaire_id, member=held.member_id).delete()
    held.save()
    mirroring.replace_answers(held.response, held.version, verdict.data)
    return held


def complete_at_kiosk(
    questionnaire: Questionnaire, *, data: Any, language: str = "", once_named: uuid.UUID | None = None, seconds: int | None = None
) -> None:
    """Take the answers of whoever stands at the kiosk: nobody's, so nothing is paid and anybody may answer again.

    seconds      from the first answer to the last, by the kiosk's own clock
    once_named   by what the kiosk knows this set; one that was taken before is not taken again
    Raises Refused, NotAsking, QuotaFull, EngineDown.
    """
    if not questionnaire.is_asking or questionnaire.version is None or not questionnaire.kiosk_token:
        raise NotAsking
    verdict = judging.judge(known(questionnaire.version).text, data, language=language, contradictions=questionnaire.contradictions)
    if not verdict.valid:
        raise Refused(verdict.errors)
    with transaction.atomic():
        # The survey's row is held, so that the same set sent twice at once is looked for by one after the other, and no quota is added.
        apportioning.hold(questionnaire.pk)
        if once_named and Response.objects.filter(survey=questionnaire.survey_id, interview_uuid=str(once_named)).exists():
            return
        digest = judging.digest_of(verdict.data)
        has_same, has_quotas = _still_asking(questionnaire, digest)
        if has_quotas:
            quotas.take(questionnaire, None, verdict.data)
        flags = _flags(questionnaire, questionnaire.version, verdict, seconds, has_same)
        _submit(questionnaire, questionnaire.version, None, verdict, language, seconds, flags, digest, named=once_named)


def _kept_verdict(verdict: Verdict, version: SchemaVersion) -> dict[str, Any]:
    asked = set(verdict.asked)
    not_asked = [question["name"] for question in known(version).outline["questions"] if question["name"] not in asked]
    kept = {"engine": verdict.engine, "definition": version.digest, "valid": True, "dropped": verdict.dropped}
    return {**kept, "not_asked": not_asked}
