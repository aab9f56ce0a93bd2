"""The researchers' desk in the back office. Whoever lacks the right sees no such page."""

import csv
import io
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members import asking, meanwhile
from members.meanwhile import ChangedMeanwhile
from members.models import Member
from surveys import closing, correcting, exporting, inviting, json_limits, judging, publishing, reading, rejecting, sampling, trends
from surveys import contradictions as rules
from surveys.forms import BeginForm, InviteForm, LimitForm, QuestionnaireForm, QuotaForm, RejectForm
from surveys.judging import EngineDown, Problem
from surveys.models import EarlierAnswers, Questionnaire, Submission
from surveys.quotas import QuotaFull
from surveys.sampling import Segment
from surveys.starters import STARTERS

PAGE = 50
SENT_SECONDS = 3_600


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
        return publishing.proofread_whole(questionnaire)
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
    form = BeginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if _was_sent(request):
            return redirect("surveys_office:desk")
        brought = form.cleaned_data["definition"]
        starter = STARTERS.get(form.cleaned_data["starter"], {"pages": [{"name": "page1", "elements": []}]})
        made = publishing.create(title=form.cleaned_data["title"], definition=brought or starter, created_by=request.user)
        # What was brought is first proof-read, which its page does.
        return redirect("surveys_office:edit" if brought else "surveys_office:build", made.pk)
    context = {"form": form, "once": secrets.token_urlsafe(9)}
    return render(request, "surveys/office/begin.html", context, status=422 if form.errors else 200)


def _was_sent(request: DeskRequest) -> bool:
    """Whether this very form came before: a button was pressed twice, and one survey is made."""
    sent = [sorted((name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"), request.path, request.user.pk]
    if not request.POST.get("once") or cache.add(f"surveys:sent:{judging.digest_of({'sent': sent})}", True, SENT_SECONDS):
        return False
    messages.info(request, _("This was sent twice; it was done once."))
    return True


@wants("change_questionnaire")
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    form = QuestionnaireForm(request.POST or None, instance=questionnaire)
    if request.method == "POST" and form.is_valid():
        try:
            held = publishing.revise(questionnaire, **form.cleaned_data)
        except ChangedMeanwhile as changed:
            form.tell(changed)
            messages.error(request, _("Nothing is saved yet: somebody else changed the same meanwhile. Look at what is marked below."))
            return edit_page(request, _find(pk), form=form, status=409)
        messages.success(request, _("Saved."))
        if theirs := form.others_in(held):
            told = _("Others changed meanwhile, and it stays as they put it: %(fields)s.")
            messages.info(request, told % {"fields": ", ".join(theirs)})
        return redirect("surveys_office:edit", pk)
    return edit_page(request, questionnaire, form=form, status=422 if form.errors else 200)


def edit_page(
    request: DeskRequest, questionnaire: Questionnaire, *, form: QuestionnaireForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a survey; a form of it that was refused comes in `more`, with what was typed."""
    form = form or QuestionnaireForm(None, instance=questionnaire)
    errors, warnings = ([], []) if form.errors else _proofread(questionnaire)
    context = {
        "questionnaire": questionnaire,
        "form": form,
        "problems": errors,
        "warnings": warnings,
        "invite_form": InviteForm(),
        "limit": asking.limit(),
        "quota_form": QuotaForm(),
        "contradictions": "\n".join(questionnaire.contradictions),
        "contradictions_seen": meanwhile.packed({"contradictions": questionnaire.contradictions}),
        "once": secrets.token_urlsafe(9),
        "draft_seen": meanwhile.mark(questionnaire.draft_definition),
    }
    context["losses"] = reading.losses_by_reason(questionnaire)
    context["earlier_draft"] = questionnaire.earlier_drafts.first()
    context["unpublished"] = not questionnaire.version or questionnaire.version.digest != judging.digest_of(questionnaire.draft_definition)
    return render(request, "surveys/office/edit.html", context | more, status=status)


@require_POST
@wants("publish_questionnaire")
def publish(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    try:
        version = publishing.publish(questionnaire, by=request.user, seen=request.POST.get("seen", ""))
    except ChangedMeanwhile:
        messages.error(
            request, _("Not published: somebody else saved another draft meanwhile. It is the one below; look at it and publish again.")
        )
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
@wants("add_questionnaire")
def copy(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask the same again: as a survey of its own, or as the next wave of this one."""
    questionnaire = _find(pk)
    if _was_sent(request):
        return redirect("surveys_office:desk")
    is_next_wave = bool(request.POST.get("wave")) and questionnaire.version_id is not None
    waves = trends.waves_of(questionnaire)
    if is_next_wave:
        title = _("%(title)s, wave %(number)s") % {"title": waves[0].title[:180], "number": len(waves) + 1}
    else:
        title = _("%(title)s, copy") % {"title": questionnaire.title[:180]}
    made = publishing.copy(questionnaire, title=title, is_next_wave=is_next_wave, by=request.user)
    messages.success(request, _("This is the copy. Nothing of it is published or sent yet."))
    return redirect("surveys_office:edit", made.pk)


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
        messages.error(request, _("Nobody was invited: please correct what is marked below."))
        return edit_page(request, questionnaire, invite_form=form, status=422)
    wanted = form.cleaned_data
    company = wanted["company"]
    segment = Segment(
        customer_class=wanted["customer_class"],
        company=company.pk if company else None,
        locale=wanted["locale"],
        stage=wanted["stage"],
        did=wanted["did"],
        did_at=wanted["did_at"],
        did_days=wanted["did_days"] or 30,
        tier=wanted["tier"],
        saved=wanted["segment"],
    )
    drawn = sampling.draw(questionnaire, segment, size=wanted["size"], seed=wanted["seed"] or 0)
    if request.POST.get("look"):
        return edit_page(request, questionnaire, invite_form=form, drawn=drawn)
    count = inviting.invite(questionnaire, drawn.members, points=wanted["points"], expires_at=wanted["expires_at"], by=request.user)
    if drawn.tired:
        left = {"count": drawn.tired}
        messages.info(
            request,
            ngettext(
                "%(count)s member was left out: asked often enough.", "%(count)s members were left out: asked often enough.", drawn.tired
            )
            % left,
        )
    messages.success(request, ngettext("%(count)s member invited.", "%(count)s members invited.", count) % {"count": count})
    return redirect("surveys_office:edit", pk)


@wants("add_surveyinvitation")
def limit(request: DeskRequest) -> HttpResponse:
    """How often all research together may ask one member."""
    form = LimitForm(request.POST or None, instance=asking.limit())
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            asking.set_limit(**form.cleaned_data)
        except ChangedMeanwhile as changed:
            meanwhile.tell(form, changed)
            status = 409
        else:
            messages.success(request, _("Saved."))
            return redirect("surveys_office:limit")
    return render(request, "surveys/office/limit.html", {"form": form}, status=422 if form.errors and status == 200 else status)


@require_POST
@wants("add_surveyinvitation")
def remind(request: DeskRequest, pk: int) -> HttpResponse:
    count = inviting.remind(_find(pk))
    messages.success(request, ngettext("%(count)s member reminded.", "%(count)s members reminded.", count) % {"count": count})
    return redirect("surveys_office:edit", pk)


@wants("add_surveyinvitation")
def links(request: DeskRequest, pk: int) -> HttpResponse:
    """The personal links of everybody invited, as a CSV to write letters with."""
    questionnaire = _find(pk)
    text = io.StringIO()
    writer = csv.writer(text)
    for invitation in questionnaire.invitations.select_related("member").filter(member__is_staff=False):
        address = request.build_absolute_uri(inviting.personal_link(invitation))
        writer.writerow([exporting.safe_cell(invitation.member.name), exporting.safe_cell(invitation.member.email), address])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="links-{questionnaire.slug}.csv"'
    return response


@require_POST
@wants("change_questionnaire")
def kiosk(request: DeskRequest, pk: int) -> HttpResponse:
    """Switch the kiosk on (`kiosk=on`), under a new secret address, or off."""
    questionnaire = _find(pk)
    wanted = secrets.token_urlsafe(32) if request.POST.get("kiosk") == "on" else None
    if bool(wanted) != bool(questionnaire.kiosk_token):
        # What the page wants and not the other of what is: pressed twice, it stays as it was wanted, under the first address.
        with suppress(ChangedMeanwhile):
            publishing.revise(questionnaire, kiosk_token=wanted, seen={"kiosk_token": meanwhile.mark(questionnaire.kiosk_token)})
    return redirect("surveys_office:edit", pk)


@require_POST
@wants("change_questionnaire")
def contradictions(request: DeskRequest, pk: int) -> HttpResponse:
    """Expressions of which none is true of consistent answers, a line each; they must be readable by the engine."""
    questionnaire = _find(pk)
    lines = [line.strip() for line in request.POST.get("contradictions", "")[:5_000].splitlines() if line.strip()][:30]
    seen = request.POST.get("seen", "")[: meanwhile.PACKED_MOST]
    told, _doubtful = rules.proofread_rules(questionnaire.draft_definition, lines)
    if told:
        typed = request.POST["contradictions"][:5_000]
        return edit_page(request, questionnaire, contradictions=typed, contradictions_seen=seen, contradictions_told=told, status=422)
    try:
        publishing.revise(questionnaire, contradictions=lines, seen=meanwhile.unpacked(seen))
    except ChangedMeanwhile as changed:
        theirs = _("Somebody else changed these rules meanwhile. They are now as below; save again to put yours in their place.")
        told = [Problem("", theirs), *(Problem("", rule) for rule in changed.now["contradictions"])]
        fresh = _find(pk)
        return edit_page(request, fresh, contradictions="\n".join(lines), contradictions_told=told, status=409)
    messages.success(request, _("Saved."))
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
    definition = _find(pk).draft_definition
    try:
        body = json_limits.read(request.body, most_bytes=json_limits.ANSWERS_BYTES, most_levels=json_limits.ANSWERS_DEPTH + 1)
        verdict = judging.judge(definition, body.get("data") if isinstance(body, dict) else None)
    except (json_limits.BadJson, judging.BadDefinition, EngineDown) as problem:
        return JsonResponse({"errors": [{"question": "", "message": str(problem)}]}, status=400)
    if not verdict.valid:
        return JsonResponse({"errors": [vars(problem) for problem in verdict.errors]}, status=422)
    said = closing.words_in(json.dumps(definition), verdict.data, get_language() or "")
    return JsonResponse({"thanks": f"{request.path.removesuffix('check/')}preview/?kept={len(verdict.data)}", "words": said})


@wants("view_submission")
def responses(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    earlier = EarlierAnswers.objects.filter(submission=OuterRef("pk"))
    rows = Submission.objects.filter(questionnaire=questionnaire).select_related("member__company", "version").order_by("-pk")
    last_reason = Subquery(earlier.order_by("-pk").values("reason")[:1])
    rows = rows.annotate(is_corrected=Exists(earlier.exclude(reason="")), last_reason=last_reason)
    before = request.GET.get("before", "")
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    only = next((name for name in ("flagged", "rejected") if request.GET.get(name)), "")
    if only == "flagged":
        rows = rows.filter(rejected_at=None).exclude(quality_flags=[])
    elif only == "rejected":
        rows = rows.filter(rejected_at__isnull=False)
    found = list(rows[: PAGE + 1])
    for submission in found:
        submission.seen = correcting.seen(submission)  # type: ignore[attr-defined]
        submission.shown = json.dumps(submission.data, ensure_ascii=False, indent=1)[:4000]  # type: ignore[attr-defined]
    context = {"questionnaire": questionnaire, "submissions": found[:PAGE], "reject_form": RejectForm(), "only": only}
    context |= {"field": reading.fieldwork(questionnaire), "unfinished": reading.unfinished(questionnaire)}
    context["next"] = found[PAGE - 1].pk if len(found) > PAGE else None
    return render(request, "surveys/office/responses.html", context)


@require_POST
@wants("change_submission")
def reject(request: DeskRequest, pk: int, submission_pk: int) -> HttpResponse:
    submission = get_object_or_404(Submission, pk=submission_pk, questionnaire=pk)
    form = RejectForm(request.POST)
    if request.POST.get("accept"):
        try:
            rejecting.accept(submission)
        except QuotaFull:
            messages.error(request, _("Another answer has taken the last place of its quota."))
    elif form.is_valid():
        try:
            rejecting.reject(submission, by=request.user, reason=form.cleaned_data["reason"], seen=request.POST.get("seen", ""))
        except ChangedMeanwhile:
            messages.error(request, _("Not rejected: these answers were changed meanwhile. Look at them as they are now."))
            return redirect("surveys_office:answer", pk, submission.pk)
    else:
        messages.error(request, _("Please give a reason."))
    return redirect("surveys_office:responses", pk)


@wants("export_questionnaire")
def export(request: DeskRequest, pk: int) -> StreamingHttpResponse:
    questionnaire = _find(pk)
    response = StreamingHttpResponse(exporting.csv_lines(questionnaire), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="survey-{questionnaire.slug}.csv"'
    return response
