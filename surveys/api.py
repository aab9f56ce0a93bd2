"""Surveys for other systems: definitions in and out, answers page by page, results."""

import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import translation
from ninja import Header, Router, Schema
from pydantic import ConfigDict, Field

from members import meanwhile
from members.keys import needs
from members.meanwhile import ChangedMeanwhile
from members.models import ApiKey
from members.problems import Problem
from surveys import json_limits, judging, publishing, reading, redrafting, summaries
from surveys.judging import EngineDown
from surveys.models import EarlierDraft, Questionnaire, Submission
from surveys.schemas import (
    EarlierDrafts,
    ProblemsOut,
    Redefined,
    ResponsesPage,
    ResultsOut,
    SurveyOut,
    SurveysPage,
    SurveyWhole,
    VerdictOut,
)

router = Router(tags=["surveys"])
MOST = 200
SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
IfMatch = Annotated[str, Header("", alias="If-Match", max_length=100)]


class Given(Schema):
    model_config = ConfigDict(extra="forbid")


class NewSurvey(Given):
    title: str = Field(min_length=1, max_length=200)
    slug: str = Field("", max_length=60, pattern=rf"^$|{SLUG}")
    summary: str = Field("", max_length=500)
    definition: dict[str, Any]
    publish: bool = False


class NewDefinition(Given):
    definition: dict[str, Any]
    publish: bool = False


class Answers(Given):
    data: dict[str, Any]


def _unbound(request: HttpRequest) -> None:
    """A key of one programme or partner sees no surveys."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if key.programme_slug or key.partner_slug:
        raise Problem(404, "not-found")


def _find(request: HttpRequest, slug: str) -> Questionnaire:
    _unbound(request)
    questionnaire = Questionnaire.objects.filter(slug=slug).select_related("survey", "version").first()
    if questionnaire is None:
        raise Problem(404, "not-found", f"There is no survey {slug}.")
    return questionnaire


def _bounded(definition: dict[str, Any]) -> dict[str, Any]:
    try:
        json_limits.check(definition, most_levels=json_limits.DEFINITION_DEPTH)
    except json_limits.BadJson as problem:
        raise Problem(422, "definition-unusable", str(problem)) from problem
    return definition


def _publish(questionnaire: Questionnaire, **told: Any) -> None:
    """told: what else a refusal says."""
    try:
        publishing.publish(questionnaire)
    except publishing.NotPublishable as refusal:
        errors = [{"path": problem.question, "message": problem.message} for problem in refusal.problems]
        raise Problem(422, "definition-refused", "Kept as a draft, not published.", errors=errors, **told) from refusal
    except ChangedMeanwhile as changed:
        words = "Somebody else saved another draft at this moment; nothing was published."
        raise Problem(409, "changed-meanwhile", words, **told) from changed
    except EngineDown as problem:
        raise Problem(503, "engine-down", "Kept as a draft; publish it again in a moment.", retry_after=30, **told) from problem
    questionnaire.refresh_from_db()


def _shown(questionnaire: Questionnaire, *, whole: bool = False) -> dict[str, Any]:
    version = questionnaire.version
    shown = {
        "slug": questionnaire.slug,
        "title": questionnaire.title,
        "summary": questionnaire.summary,
        "state": questionnaire.state,
        "audience": questionnaire.audience,
        "is_anonymous": questionnaire.is_anonymous,
        "points": questionnaire.points,
        "minutes": questionnaire.minutes,
        "version": version.number if version else None,
        "digest": version.digest if version else None,
    }
    if whole:
        draft = questionnaire.draft_definition
        shown["definition"] = version.definition if version else draft
        shown["draft"] = {"mark": meanwhile.mark(draft), "is_published": bool(version and version.digest == judging.digest_of(draft))}
        shown["losses"] = [
            {"path": loss.path, "feature": loss.feature, "reason": str(loss.reason)} for loss in reading.losses_of(questionnaire)
        ]
    return shown


def _page(rows: list[Any], limit: int) -> tuple[list[Any], str | None]:
    return rows[:limit], str(rows[limit - 1].pk) if len(rows) > limit else None


def _before(cursor: str) -> dict[str, int]:
    if not cursor:
        return {}
    if not cursor.isdigit() or len(cursor) > 18:
        raise Problem(422, "invalid-request", "This cursor is not one of ours.")
    return {"pk__lt": int(cursor)}


@router.get("/surveys", auth=needs("surveys:read"), response=SurveysPage, summary="All surveys, newest first")
def surveys(request: HttpRequest, limit: int = 50, cursor: str = "") -> dict[str, Any]:
    _unbound(request)
    limit = max(1, min(limit, MOST))
    rows = Questionnaire.objects.filter(**_before(cursor)).select_related("version").order_by("-pk")[: limit + 1]
    items, following = _page(list(rows), limit)
    return {"items": [_shown(questionnaire) for questionnaire in items], "next": following}


@router.post("/surveys", auth=needs("surveys:write"), response={201: SurveyWhole}, summary="Make a survey")
def make(request: HttpRequest, given: NewSurvey) -> tuple[int, dict[str, Any]]:
    _unbound(request)
    if given.slug and Questionnaire.objects.filter(slug=given.slug).exists():
        raise Problem(409, "slug-taken", f"There is a survey {given.slug} already.")
    definition = _bounded(given.definition)
    questionnaire = publishing.create(title=given.title, summary=given.summary, slug=given.slug, definition=definition)
    if given.publish:
        _publish(questionnaire)
    return 201, _shown(questionnaire, whole=True)


@router.get("/surveys/{slug}", auth=needs("surveys:read"), response=SurveyWhole, summary="One survey with its definition")
def one(request: HttpRequest, slug: str) -> dict[str, Any]:
    return _shown(_find(request, slug), whole=True)


@router.post("/surveys/{slug}/definition", auth=needs("surveys:write"), response=Redefined, summary="Give a survey its next definition")
def redefine(request: HttpRequest, slug: str, given: NewDefinition, if_match: IfMatch = "") -> dict[str, Any]:
    """A draft that is replaced unpublished is kept: `replaced_draft` names it. `If-Match`: the mark of the draft that is meant."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    seen, through = if_match.strip().strip('"'), f"API: {key.name}"
    try:
        questionnaire, kept = redrafting.put(_find(request, slug), definition=_bounded(given.definition), through=through, seen=seen)
    except ChangedMeanwhile as changed:
        mark = meanwhile.mark(changed.now["definition"])
        raise Problem(412, "changed-meanwhile", "The draft is another by now; nothing was written.", draft={"mark": mark}) from changed
    replaced = {"replaced_draft": _earlier(kept) if kept else None}
    if given.publish:
        _publish(questionnaire, **replaced)
    return _shown(questionnaire, whole=True) | replaced


def _earlier(draft: EarlierDraft) -> dict[str, Any]:
    return {"id": draft.pk, "replaced_at": draft.replaced_at.isoformat(), "replaced_through": draft.replaced_through}


@router.get(
    "/surveys/{slug}/drafts",
    auth=needs("surveys:read"),
    response=EarlierDrafts,
    summary="Drafts that were replaced before they were published",
)
def drafts(request: HttpRequest, slug: str) -> dict[str, Any]:
    rows = _find(request, slug).earlier_drafts.all()
    return {"items": [_earlier(draft) | {"definition": draft.definition} for draft in rows], "next": None}


@router.post("/surveys/{slug}/close", auth=needs("surveys:write"), response=SurveyOut, summary="Take no more answers")
def close(request: HttpRequest, slug: str) -> dict[str, Any]:
    questionnaire = _find(request, slug)
    publishing.close(questionnaire)
    questionnaire.refresh_from_db()
    return _shown(questionnaire)


@router.get("/surveys/{slug}/problems", auth=needs("surveys:read"), response=ProblemsOut, summary="Proof-read the draft")
def problems(request: HttpRequest, slug: str) -> dict[str, Any]:
    try:
        errors, warnings = publishing.proofread_whole(_find(request, slug))
    except EngineDown as problem:
        raise Problem(503, "engine-down", retry_after=30) from problem
    listed = [{"path": found.question, "message": found.message} for found in errors]
    return {"errors": listed, "warnings": [{"path": found.question, "message": found.message} for found in warnings]}


@router.post("/surveys/{slug}/check", auth=needs("surveys:read"), response=VerdictOut, summary="Judge answers without keeping them")
def check(request: HttpRequest, slug: str, given: Answers) -> dict[str, Any]:
    questionnaire = _find(request, slug)
    definition = questionnaire.version.definition if questionnaire.version else questionnaire.draft_definition
    try:
        verdict = judging.judge(definition, given.data)
    except EngineDown as problem:
        raise Problem(503, "engine-down", retry_after=30) from problem
    except judging.BadDefinition as problem:
        raise Problem(422, "definition-unusable", str(problem)) from problem
    return {"valid": verdict.valid, "errors": [vars(error) for error in verdict.errors], "data": verdict.data}


@router.get("/surveys/{slug}/responses", auth=needs("surveys:read"), response=ResponsesPage, summary="Answers, newest first")
def responses(request: HttpRequest, slug: str, limit: int = 50, cursor: str = "") -> dict[str, Any]:
    questionnaire = _find(request, slug)
    limit = max(1, min(limit, MOST))
    rows = Submission.objects.filter(questionnaire=questionnaire, **_before(cursor)).select_related("member", "version").order_by("-pk")
    items, following = _page(list(rows[: limit + 1]), limit)
    return {"items": [_answer(submission) for submission in items], "next": following}


def _answer(submission: Submission) -> dict[str, Any]:
    moment: datetime.datetime | None = submission.completed_at
    return {
        "id": submission.pk,
        "member": str(submission.member.public_id) if submission.member else None,
        "version": submission.version.number,
        "completed_at": moment.isoformat() if moment else None,
        "data": submission.data,
        "verdict": submission.verdict,
        "quality_flags": submission.quality_flags,
        "rejected": submission.rejected_at is not None,
    }


@router.get("/surveys/{slug}/results", auth=needs("surveys:read"), response=ResultsOut, summary="Counts and scores for each question")
def results(request: HttpRequest, slug: str, language: str = "en") -> dict[str, Any]:
    questionnaire = _find(request, slug)
    with translation.override(language if language in publishing.LANGUAGES else "en"):
        total, found = reading.all_results(questionnaire)
    return {"survey": slug, "answers": total, "questions": [_result(summary) for summary in found]}


def _result(summary: summaries.Summary) -> dict[str, Any]:
    return {
        "name": summary.name,
        "title": summary.title,
        "type": summary.type,
        "answered": summary.answered,
        "choices": [
            {"text": bar.text, "count": bar.count, "share_percent": bar.share, "interval": [bar.low, bar.high]} for bar in summary.bars
        ],
        "scores": [{"name": score.name, "value": score.value, "interval": [score.low, score.high]} for score in summary.scores],
        "rows": [_result(row) for row in summary.rows],
    }
