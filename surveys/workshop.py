"""The researchers' workshop: the visual builder with its preview, the question bank, the two languages side by side."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members import meanwhile
from members.meanwhile import ChangedMeanwhile
from surveys import bank, judging, publishing, wording
from surveys.building.composing import NotBuildable
from surveys.building.form import BuilderForm, unpacked
from surveys.judging import EngineDown, Problem
from surveys.models import BankQuestion, Questionnaire
from surveys.office import DeskRequest, wants
from surveys.outlining import asked_in, named_at
from surveys.proofreading import proofread

WORDINGS_A_PAGE = 150


def _find(pk: int) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.select_related("survey", "version"), pk=pk)


def _read(definition: dict[str, Any]) -> tuple[list[Problem], list[Problem]]:
    try:
        return proofread(definition)
    except EngineDown:
        return [Problem("", _("The engine is not answering; proof-reading and publishing wait for it."))], []


@wants("change_questionnaire")
def build(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    definition = questionnaire.draft_definition
    try:
        form = BuilderForm(unpacked(request.POST) if request.method == "POST" else None, definition=definition)
    except NotBuildable:
        messages.warning(request, _("This definition cannot be shown as blocks; it is edited as JSON."))
        return redirect("surveys_office:edit", pk)
    if request.method == "POST" and form.is_valid():
        if form.is_overtaken:
            form.overtake(definition)
        else:
            try:
                return _save(request, questionnaire, form.cleaned_data["definition"])
            except ChangedMeanwhile as changed:
                form.overtake(changed.now["definition"])
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_maimed:
        messages.error(request, " ".join(str(problem) for problem in form.non_field_errors()))
        form = BuilderForm(None, definition=definition)
    context = {"questionnaire": questionnaire, "form": form, "media": form.media, "bank": bank.listed(), "asked": asked_in(definition)}
    context["elements"] = [(name, node.get("title")) for name, node in bank.elements(definition).items()]
    context["engine_locale"] = judging.engine_locale(get_language())
    return render(request, "surveys/office/build.html", context, status=status)


def _save(request: DeskRequest, questionnaire: Questionnaire, definition: dict[str, Any]) -> HttpResponse:
    wanted = bank.element(request.POST.get("insert", "")) if request.POST.get("do") == "insert" else None
    if wanted:
        definition = bank.insert(definition, wanted)
    publishing.revise(questionnaire, definition=definition, seen={"definition": meanwhile.mark(questionnaire.draft_definition)})
    messages.success(request, _("Saved."))
    return redirect("surveys_office:build", questionnaire.pk)


@require_POST
@wants("change_questionnaire")
def compose(request: DeskRequest, pk: int) -> JsonResponse:
    """What the builder's fields say just now: `{definition, asked, problems, warnings}`; nothing is kept."""
    try:
        form = BuilderForm(unpacked(request.POST), definition=_find(pk).draft_definition)
    except NotBuildable:
        return JsonResponse(
            {"problems": [{"name": "", "message": _("This definition cannot be shown as blocks; it is edited as JSON.")}]}, status=422
        )
    if not form.is_valid():
        found = form.non_field_errors() or [_("A field cannot be read; save to see which.")]
        return JsonResponse({"problems": [{"name": "", "message": str(message)} for message in found]}, status=422)
    definition = form.cleaned_data["definition"]
    errors, warnings = _read(definition)
    told = {"definition": definition, "asked": asked_in(definition), "missing": wording.missing_in_chinese(definition)}
    for kind, listed in (("problems", errors), ("warnings", warnings)):
        told[kind] = [
            {"name": named_at(definition, problem.question), "place": problem.question, "message": problem.message} for problem in listed
        ]
    return JsonResponse(told)


@wants("view_questionnaire")
def frame(request: DeskRequest, pk: int) -> HttpResponse:
    """The page within the builder in which a survey is tried while it is made."""
    return render(request, "surveys/office/frame.html", {"questionnaire": _find(pk)})


@require_POST
@wants("change_questionnaire")
def keep(request: DeskRequest, pk: int) -> HttpResponse:
    """Put one question of a survey into the bank. Where its name has another question, that is shown, and what to do is asked."""
    questionnaire, name, question = _find(pk), request.POST.get("name", "").strip()[:100] or "?", request.POST.get("question", "")
    try:
        kept = bank.keep(
            questionnaire.draft_definition, question=question, name=name, by=request.user, instead_of=request.POST.get("instead_of", "")
        )
    except KeyError:
        messages.error(request, _("There is no such question; save the survey first."))
    except bank.NameTaken as taken:
        mine = bank.keepable(questionnaire.draft_definition, question)
        context = {
            "questionnaire": questionnaire,
            "question": question,
            "name": name,
            "kept": taken.kept,
            "theirs": _seen(taken.kept.element),
        }
        context |= {"mine": _seen(mine), "instead_of": meanwhile.mark(taken.kept.element)}
        return render(request, "surveys/office/keep.html", context, status=409)
    else:
        messages.success(request, _("“%(name)s” is in the question bank.") % {"name": kept.name})
    return redirect("surveys_office:build", pk)


def _seen(element: dict[str, Any]) -> tuple[list[wording.Wording], str]:
    """What a question asks, and all of it as JSON."""
    return wording.wordings({"elements": [element]})[:1], json.dumps(element, ensure_ascii=False, indent=1)


@wants("view_questionnaire")
def questions(request: DeskRequest) -> HttpResponse:
    """The question bank."""
    if request.method == "POST":
        if not request.user.has_perm("surveys.change_questionnaire"):
            messages.error(request, _("You may not change the question bank."))
        else:
            BankQuestion.objects.filter(pk=request.POST.get("remove") or 0).delete()
        return redirect("surveys_office:bank")
    kept = list(BankQuestion.objects.select_related("kept_by")[:500])
    for question in kept:
        question.words, question.shown = _seen(question.element)  # type: ignore[attr-defined]
    standard = [
        (label, wording.wordings({"elements": [bank.element(key)]})[:1]) for key, label in bank.listed() if key.startswith("standard:")
    ]
    return render(request, "surveys/office/bank.html", {"kept": kept, "standard": standard})


@wants("change_questionnaire")
def languages(request: DeskRequest, pk: int) -> HttpResponse:
    """English and Chinese of every text side by side."""
    questionnaire = _find(pk)
    found = wording.by_key(questionnaire.draft_definition)
    begin = int(request.GET["from"]) if request.GET.get("from", "").isdigit() and len(request.GET["from"]) < 6 else 0
    shown = [entry for entry in found.items() if entry[1].is_missing] if request.GET.get("missing") else list(found.items())
    rows = shown[begin : begin + WORDINGS_A_PAGE]
    typed, told, gone = _typed(request, found), set[str](), []
    if request.method == "POST":
        gone = _gone(request, found)
        seen = meanwhile.unpacked(request.POST.get("seen", "")) or {}
        try:
            changes = meanwhile.settled(typed, {key: found[key].both for key in typed}, seen)
            if not gone:
                return _reword(request, questionnaire, {found[key].path: words for key, words in changes.items()})
        except ChangedMeanwhile as changed:
            told = set(changed.now)
        messages.error(request, _("Somebody else saved this survey meanwhile; your words are still below. Look at them and save again."))
        # What was changed is all shown again; what was left alone, as it is by now.
        rows = [(key, found[key]) for key in typed]
        typed = {key: words for key, words in typed.items() if meanwhile.mark(words) != seen.get(key)}
    context: dict[str, Any] = {"questionnaire": questionnaire, "total": len(found), "gone": gone}
    context["rows"] = [(key, entry, *typed.get(key, entry.both), key in told) for key, entry in rows]
    context["seen"] = meanwhile.packed({key: entry.both for key, entry in rows})
    context["missing"] = sum(entry.is_missing for entry in found.values())
    context["next"] = begin + WORDINGS_A_PAGE if len(shown) > begin + WORDINGS_A_PAGE else None
    return render(request, "surveys/office/languages.html", context, status=409 if request.method == "POST" else 200)


def _reword(request: DeskRequest, questionnaire: Questionnaire, changes: dict[tuple[str | int, ...], tuple[str, str]]) -> HttpResponse:
    """Raises ChangedMeanwhile where somebody saves at this very moment."""
    before = meanwhile.mark(questionnaire.draft_definition)
    made = wording.reworded(questionnaire.draft_definition, changes)
    publishing.revise(questionnaire, definition=made, seen={"definition": before})
    messages.success(request, _("Saved."))
    return redirect(f"{request.get_full_path()}")


def _typed(request: DeskRequest, found: dict[str, wording.Wording]) -> dict[str, tuple[str, str]]:
    """What was sent for texts that the definition has: (English, Chinese) by the text's key."""
    typed = {}
    for key, entry in found.items():
        if f"en-{key}" in request.POST:
            words = [request.POST.get(f"{side}-{key}", held) for side, held in zip(("en", "zh"), entry.both, strict=True)]
            typed[key] = _plain(words[0], words[1])
    return typed


def _gone(request: DeskRequest, found: dict[str, wording.Wording]) -> list[tuple[str, str]]:
    """What was changed of texts that the definition has no more: (English, Chinese), to be copied from."""
    seen = meanwhile.unpacked(request.POST.get("seen", "")) or {}
    sent = {key: (request.POST.get(f"en-{key}", ""), request.POST.get(f"zh-{key}", "")) for key in seen if key not in found}
    return [words for key, words in sent.items() if meanwhile.mark(_plain(*words)) != seen[key]]


def _plain(english: str, chinese: str) -> tuple[str, str]:
    return english.replace("\r\n", "\n"), chinese.replace("\r\n", "\n")
