"""The researchers' desk in the back office. Whoever lacks the right sees no such page."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members.models import Member
from surveys import exporting, inviting, json_limits, judging, publishing, reading, rejecting
from surveys.forms import BeginForm, InviteForm, QuestionnaireForm, RejectForm
from surveys.judging import EngineDown, Problem
from surveys.models import Questionnaire, Submission
from surveys.proofreading import proofread
from surveys.starters import STARTERS

PAGE = 50


class DeskRequest(HttpRequest):
    """A request of somebody who passed the back office's door."""

    user: Member


View = Callable[..., HttpResponseBase]


def wants(right: str) -> Callable[[View], View]:
    """404 for whoever lacks `surveys.RIGHT`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(f"surveys.{right}"):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return guard


def _find(pk: int) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.select_related("survey", "version"), pk=pk)


def _proofread(questionnaire: Questionnaire) -> tuple[list[Problem], list[Problem]]:
    try:
        return proofread(questionnaire.draft_definition)
    except EngineDown:
        return [Problem("", _("The engine is not answering; proof-reading and publishing wait for it."))], []


@wants("view_questionnaire")
def desk(request: DeskRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    rows = Questionnaire.objects.select_related("version")
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    found = list(reading.with_counts(rows)[: PAGE + 1])
    context = {"questionnaires": found[:PAGE], "next": found[PAGE - 1].pk if len(found) > PAGE else None}
    return render(request, "surveys/office/desk.html", context)


@wants("add_questionnaire")
def begin(request: DeskRequest) -> HttpResponse:
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        starter = STARTERS.get(form.cleaned_data["starter"], {"pages": [{"name": "page1", "elements": []}]})
        made = publishing.create(title=form.cleaned_data["title"], definition=starter, created_by=request.user)
        return redirect("surveys_office:edit", made.pk)
    return render(request, "surveys/office/begin.html", {"form": form})


@wants("change_questionnaire")
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    form = QuestionnaireForm(request.POST or None, instance=questionnaire)
    if request.method == "POST" and form.is_valid():
        publishing.revise(questionnaire, definition=form.cleaned_data.pop("definition"), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("surveys_office:edit", pk)
    errors, warnings = ([], []) if form.errors else _proofread(questionnaire)
    context = {"questionnaire": questionnaire, "form": form, "problems": errors, "warnings": warnings, "invite_form": InviteForm()}
    context["losses"] = questionnaire.version.losses.all() if questionnaire.version else []
    context["unpublished"] = not questionnaire.version or questionnaire.version.digest != judging.digest_of(questionnaire.draft_definition)
    return render(request, "surveys/office/edit.html", context, status=422 if form.errors else 200)


@require_POST
@wants("publish_questionnaire")
def publish(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    try:
        version = publishing.publish(questionnaire, by=request.user)
    except publishing.NotPublishable:
        messages.error(request, _("Not published: please correct what is listed below."))
    except EngineDown:
        messages.error(request, _("The engine is not answering; proof-reading and publishing wait for it."))
    else:
        questionnaire.refresh_from_db()
        inviting.tell_all_waiting(questionnaire)
        messages.success(request, _("Version %(number)s is open.") % {"number": version.number})
    return redirect("surveys_office:edit", pk)


@require_POST
@wants("publish_questionnaire")
def close(request: DeskRequest, pk: int) -> HttpResponse:
    publishing.close(_find(pk))
    messages.success(request, _("The survey is closed."))
    return redirect("surveys_office:edit", pk)


@require_POST
@wants("add_surveyinvitation")
def invite(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    form = InviteForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("surveys_office:edit", pk)
    wanted = form.cleaned_data
    company = wanted["company"]
    members = inviting.segment(customer_class=wanted["customer_class"], company=company.pk if company else None, locale=wanted["locale"])
    count = inviting.invite(questionnaire, members, points=wanted["points"], expires_at=wanted["expires_at"], by=request.user)
    messages.success(request, ngettext("%(count)s member invited.", "%(count)s members invited.", count) % {"count": count})
    return redirect("surveys_office:edit", pk)


@wants("view_questionnaire")
def preview(request: DeskRequest, pk: int) -> HttpResponse:
    language = "zh-hans" if request.GET.get("language") == "zh-hans" else "en"
    context = {"questionnaire": _find(pk), "engine_locale": judging.engine_locale(language), "language": language}
    return render(request, "surveys/office/preview.html", context)


@require_POST
@wants("view_questionnaire")
def check(request: DeskRequest, pk: int) -> HttpResponse:
    """Judge the preview's answers without keeping anything."""
    try:
        body = json_limits.read(request.body, most_bytes=json_limits.ANSWERS_BYTES, most_levels=json_limits.ANSWERS_DEPTH + 1)
        verdict = judging.judge(_find(pk).draft_definition, body.get("data") if isinstance(body, dict) else None)
    except (json_limits.BadJson, judging.BadDefinition, EngineDown) as problem:
        return JsonResponse({"errors": [{"question": "", "message": str(problem)}]}, status=400)
    if not verdict.valid:
        return JsonResponse({"errors": [vars(problem) for problem in verdict.errors]}, status=422)
    return JsonResponse({"thanks": f"{request.path.removesuffix('check/')}preview/?kept={len(verdict.data)}"})


@wants("view_submission")
def responses(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    rows = Submission.objects.filter(questionnaire=questionnaire).select_related("member__company", "version").order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    if request.GET.get("flagged"):
        rows = rows.exclude(quality_flags=[])
    found = list(rows[: PAGE + 1])
    for submission in found:
        submission.shown = json.dumps(submission.data, ensure_ascii=False, indent=1)[:4000]  # type: ignore[attr-defined]
    context = {"questionnaire": questionnaire, "submissions": found[:PAGE], "reject_form": RejectForm()}
    context["next"] = found[PAGE - 1].pk if len(found) > PAGE else None
    return render(request, "surveys/office/responses.html", context)


@require_POST
@wants("change_submission")
def reject(request: DeskRequest, pk: int, submission_pk: int) -> HttpResponse:
    submission = get_object_or_404(Submission, pk=submission_pk, questionnaire=pk)
    form = RejectForm(request.POST)
    if request.POST.get("accept"):
        rejecting.accept(submission)
    elif form.is_valid():
        rejecting.reject(submission, by=request.user, reason=form.cleaned_data["reason"])
    else:
        messages.error(request, _("Please give a reason."))
    return redirect("surveys_office:responses", pk)


@wants("export_questionnaire")
def export(request: DeskRequest, pk: int) -> StreamingHttpResponse:
    questionnaire = _find(pk)
    response = StreamingHttpResponse(exporting.csv_lines(questionnaire), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="survey-{questionnaire.slug}.csv"'
    return response
