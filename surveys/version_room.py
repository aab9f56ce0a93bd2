"""The researchers' pages about a survey's versions: what can be compared, what each asked, and answers as their own version worded them."""

import json
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members import meanwhile
from members.meanwhile import ChangedMeanwhile
from surveys import correcting, differences, equivalence, history, publishing, redrafting
from surveys.counting import NOTHING
from surveys.models import EarlierAnswers, EarlierDraft, Questionnaire, SchemaVersion, Submission
from surveys.office import DeskRequest, wants

VERSIONS_SHOWN = 20


def _find(pk: int) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.select_related("version"), pk=pk)


def _outline(version: SchemaVersion) -> dict[str, Any]:
    found: dict[str, Any] = version.outline.get(get_language() or "en") or version.outline["en"]
    return found


@wants("view_submission")
def versions(request: DeskRequest, pk: int) -> HttpResponse:
    """Every version beside the one of today, newest first, with what of its answers can be compared."""
    questionnaire = _find(pk)
    today = questionnaire.version
    rows = questionnaire.versions.annotate(answer_count=Count("submissions")).select_related("published_by")
    compared: list[tuple[SchemaVersion, list[equivalence.Comparison]]] = []
    for version in rows[:VERSIONS_SHOWN]:
        if today is None or version.pk == today.pk:
            compared.append((version, []))
            continue
        facts = (_outline(version), _outline(today), version.definition, today.definition, questionnaire.equivalents)
        compared.append((version, equivalence.compare(*facts)))
    gone = {each.name: each.title for _version, found in compared for each in found if each.verdict == equivalence.GONE}
    context: dict[str, Any] = {"questionnaire": questionnaire, "today": today, "compared": compared, "gone": gone}
    context["seen"] = meanwhile.packed(questionnaire.equivalents)
    context["draft_seen"] = meanwhile.mark(questionnaire.draft_definition)
    context["earlier_drafts"] = _earlier_drafts(questionnaire)
    context["questions"] = [question for question in _outline(today)["questions"] if question["type"] not in NOTHING] if today else []
    return render(request, "surveys/office/versions.html", context)


def _earlier_drafts(questionnaire: Questionnaire) -> list[tuple[EarlierDraft, list[str], str]]:
    """Each with what is otherwise in it than in the draft of now, and as JSON."""
    return [
        (
            draft,
            differences.told(draft.definition, questionnaire.draft_definition),
            json.dumps(draft.definition, ensure_ascii=False, indent=1),
        )
        for draft in questionnaire.earlier_drafts.all()[:VERSIONS_SHOWN]
    ]


@require_POST
@wants("change_questionnaire")
def bring_back(request: DeskRequest, pk: int, draft_pk: int) -> HttpResponse:
    """Make an earlier draft the draft again; that of now is kept where it is not published. Or throw it away (`drop`)."""
    earlier = get_object_or_404(EarlierDraft.objects.select_related("questionnaire__survey"), pk=draft_pk, questionnaire=pk)
    if request.POST.get("drop"):
        earlier.delete()
        messages.success(request, _("Removed."))
        return redirect("surveys_office:versions", pk)
    seen = request.POST.get("seen") or "nothing"
    try:
        redrafting.bring_back(earlier, seen=seen, through="the desk")
    except ChangedMeanwhile:
        messages.error(request, _("Nothing is changed: somebody else saved another draft meanwhile. Look at what is different now."))
        return redirect(f"{reverse('surveys_office:versions', args=[pk])}#earlier-drafts")
    messages.success(request, _("This is the draft again."))
    return redirect("surveys_office:edit", pk)


@require_POST
@wants("change_questionnaire")
def declare(request: DeskRequest, pk: int) -> HttpResponse:
    """Say that an earlier question's answers count under one of today (`old`, `new`), or no longer do (no `new`)."""
    questionnaire = _find(pk)
    old, new = request.POST.get("old", ""), request.POST.get("new", "")
    if new and not _fits(questionnaire, old, new):
        messages.error(request, _("These two cannot count as one: they are answered in another form or on another scale."))
        return redirect("surveys_office:versions", pk)
    try:
        publishing.revise_entry(questionnaire, "equivalents", old, new or None, seen=meanwhile.unpacked(request.POST.get("seen", "")))
    except ChangedMeanwhile:
        messages.error(
            request, _("Somebody else declared this otherwise meanwhile. It is now as below; declare it again if you still mean it.")
        )
        return redirect("surveys_office:versions", pk)
    messages.success(request, _("Saved. The results are counted anew."))
    return redirect("surveys_office:versions", pk)


def _fits(questionnaire: Questionnaire, old: str, new: str) -> bool:
    """Whether today asks `new`, an earlier version asked `old`, and wherever it did the two are answered alike."""
    if questionnaire.version is None:
        return False
    asked = {question["value_name"]: question for question in questionnaire.version.outline["en"]["questions"]}
    if new not in asked or old in asked:
        return False
    earlier = [
        question
        for version in questionnaire.versions.all()[:VERSIONS_SHOWN]
        for question in version.outline["en"]["questions"]
        if question["value_name"] == old
    ]
    return bool(earlier) and all(equivalence.may_count_as(question, asked[new]) for question in earlier)


@wants("view_submission")
def answer(request: DeskRequest, pk: int, submission_pk: int) -> HttpResponse:
    """One set of answers in the words of the version that it was given to."""
    submission = get_object_or_404(
        Submission.objects.select_related("version", "questionnaire", "member"), pk=submission_pk, questionnaire=pk
    )
    context: dict[str, Any] = {"questionnaire": submission.questionnaire, "submission": submission}
    context["said"] = equivalence.in_words(_outline(submission.version), submission.data)
    context["may_correct"] = correcting.may_correct(submission)
    changes = history.changes_of(submission, get_language() or "en")
    context["changes"] = [
        (each, equivalence.in_words(_outline(each.earlier.version), each.earlier.data), _coded(each.earlier)) for each in changes
    ]
    return render(request, "surveys/office/answer.html", context)


def _coded(earlier: EarlierAnswers) -> list[tuple[str, list[str]]]:
    """The codes that words had which were changed then, by the question's title."""
    titles = {question["value_name"]: question["title"] for question in _outline(earlier.version)["questions"]}
    return [(titles.get(name, name), codes) for name, codes in earlier.codes.items()]


@wants("view_submission")
def asked(request: DeskRequest, pk: int, number: int) -> HttpResponse:
    """What one version asked, in its own words."""
    version = get_object_or_404(SchemaVersion.objects.select_related("questionnaire"), questionnaire=pk, number=number)
    if not version.outline:
        raise Http404
    context: dict[str, Any] = {"questionnaire": version.questionnaire, "version": version, "questions": _outline(version)["questions"]}
    return render(request, "surveys/office/asked.html", context)
