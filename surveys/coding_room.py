"""The researchers' page about what people answered in their own words: searched, their words counted, sorted by a codebook."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from codebooks import editing
from codebooks.editing import NotInTheBook
from codebooks.forms import CodeForm
from codebooks.models import Code, Codebook
from codebooks.trees import Branch
from members import meanwhile
from members.meanwhile import ChangedMeanwhile
from surveys import analysing, charts, coded, coding, verbatims
from surveys.analysing import Selection
from surveys.drawings import as_svg
from surveys.forms import VerbatimsForm
from surveys.models import Questionnaire, Submission
from surveys.office import DeskRequest, wants
from surveys.summaries import is_open

BOOKS_SHOWN = 100


def _find(pk: int) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.select_related("version", "codebook"), pk=pk)


def _question(questionnaire: Questionnaire, name: str) -> dict[str, Any]:
    known = {entry["value_name"]: entry for entry in analysing.outline_of(questionnaire)["questions"] if is_open(entry)}
    if name not in known:
        raise Http404
    found: dict[str, Any] = known[name]
    return found


@wants("view_submission")
def words(request: DeskRequest, pk: int, question: str) -> HttpResponse:
    """The open answers to one question, with the marks of whoever asks; `everybody=1` shows all coders' marks."""
    return _page(request, _find(pk), question, request.GET)


def _page(
    request: DeskRequest,
    questionnaire: Questionnaire,
    question: str,
    kept: QueryDict,
    refused: CodeForm | None = None,
    overtaken: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page as `kept` asks for it.

    refused     a code that could not be written, shown with what was typed, at its place
    overtaken   an answer that became another before it was marked, with what it says now and the mark that it was to get
    """
    asked, book = _question(questionnaire, question), coded.codebook(questionnaire, question)
    form, selection = _chosen(kept, questionnaire, book)
    wanted, before = form.cleaned_data, kept.get("before", "")
    found = verbatims.read(
        questionnaire,
        question,
        selection,
        searched=wanted.get("q", ""),
        word=wanted.get("word", ""),
        code=wanted.get("code"),
        # Each coder judges for themselves; what the others marked would lead them.
        coder=None if kept.get("everybody") else request.user,
        before=int(before[:18]) if before.isdigit() else None,
    )
    context = {"questionnaire": questionnaire, "question": asked, "form": form, "wanted": wanted, "found": found, "kept": kept}
    context |= {"selection": selection, "least": analysing.LEAST_CELL, "read_most": verbatims.READ_MOST, "refused": refused}
    is_new = refused is not None and refused.instance.pk is None
    codes = Code.objects.filter(codebook=questionnaire.codebook_id or 0)
    context |= {"codebook": book, "code_form": refused if is_new else CodeForm(codes=codes), "is_new_refused": is_new}
    context["books"] = Codebook.objects.exclude(pk=questionnaire.codebook_id or 0)[:BOOKS_SHOWN]
    context["agreements"] = coded.agreements(questionnaire, question)
    context["crossed"] = coded.by_segment(questionnaire, question, selection, wanted["by"]) if wanted.get("by") else None
    context["overtaken"] = overtaken
    return render(request, "surveys/office/words.html", context, status=409 if overtaken else 422 if form.errors or refused else 200)


def _chosen(kept: QueryDict, questionnaire: Questionnaire, book: list[Branch]) -> tuple[VerbatimsForm, Selection]:
    """What the address asks for; what of it cannot be read is not asked for."""
    closed = [(each["name"], each["title"]) for each in analysing.closed_questions(analysing.outline_of(questionnaire))]
    codes = [(branch.code.pk, branch.title) for branch in book]
    form = VerbatimsForm(kept, is_anonymous=questionnaire.is_anonymous, codes=codes, closed=closed)
    form.is_valid()
    wanted = form.cleaned_data
    return form, Selection(wanted.get("customer_class", ""), wanted.get("locale", ""), wanted.get("segment"))


@wants("view_submission")
def crossed_chart(request: DeskRequest, pk: int, question: str) -> HttpResponse:
    """The chart of codes by what the address names, as a file."""
    questionnaire = _find(pk)
    asked = _question(questionnaire, question)
    form, selection = _chosen(request.GET, questionnaire, coded.codebook(questionnaire, question))
    by = form.cleaned_data.get("by")
    crossed = coded.by_segment(questionnaire, question, selection, by) if by else None
    drawing = charts.groups(asked["title"], crossed, least=analysing.LEAST_CELL) if crossed else None
    if drawing is None:
        raise Http404
    response = HttpResponse(as_svg(drawing, standalone=True), content_type="image/svg+xml")
    response["Content-Disposition"] = content_disposition_header(True, f"{questionnaire.slug}-{question}-codes.svg")
    return response


@require_POST
@wants("change_submission")
def mark(request: DeskRequest, pk: int, question: str) -> HttpResponse:
    """Put a code on an answer (`code`; without one: none fits), or take it off (`off`)."""
    questionnaire = _find(pk)
    submission = get_object_or_404(Submission.objects.select_related("questionnaire"), pk=_number(request, "submission"), questionnaire=pk)
    wanted, take_off = _number(request, "code"), bool(request.POST.get("off"))
    chosen = Code.objects.filter(pk=wanted, codebook=questionnaire.codebook_id or 0).first() if wanted else None
    if wanted and chosen is None:
        if Code.objects.filter(pk=wanted).exists():
            raise Http404
        messages.error(request, _("Nothing was marked: this code is no longer in the codebook."))
        return _back(request, pk, question, f"answer-{submission.pk}")
    try:
        seen = request.POST.get("seen", "")
        coding.code_answer(submission, question=question, code=chosen, by=request.user, take_off=take_off, seen=seen)
    except ChangedMeanwhile as changed:
        said = changed.now[question]
        overtaken = {"submission": submission, "text": said, "seen": meanwhile.mark(said), "code": chosen, "was_put_on": not take_off}
        return _page(request, questionnaire, question, _kept(request), overtaken=overtaken)
    except ValueError as problem:
        raise Http404 from problem
    return _back(request, pk, question, f"answer-{submission.pk}")


@require_POST
@wants("change_submission")
def code(request: DeskRequest, pk: int, question: str) -> HttpResponse:
    """A new word of the codebook, another wording of one (`code`), or one less (`remove`)."""
    questionnaire = _find(pk)
    known = Code.objects.filter(codebook=questionnaire.codebook_id or 0)
    there = get_object_or_404(known, pk=_number(request, "code")) if _number(request, "code") else None
    if there and "remove" in request.POST:
        try:
            coding.remove_code(questionnaire, there)
        except NotInTheBook as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Removed, with its marks."))
        return _back(request, pk, question, "codebook")
    # The names of its fields are those of the page's other forms; their ids are its own.
    form = CodeForm(request.POST, codes=known, instance=there, auto_id=f"code_{there.pk if there else 'new'}_%s")
    if form.is_valid():
        try:
            if there:
                editing.change_code(there, seen=form.marks, **form.cleaned_data)
            else:
                editing.add_code(editing.book_of(questionnaire), **form.cleaned_data)
        except NotInTheBook as refusal:
            form.refuse(refusal)
        except ChangedMeanwhile as changed:
            meanwhile.tell(form, changed)
    if form.errors:
        return _page(request, questionnaire, question, _kept(request), refused=form)
    return _back(request, pk, question, "codebook")


@require_POST
@wants("change_submission")
def book(request: DeskRequest, pk: int, question: str) -> HttpResponse:
    """Work with another codebook: that of a focus group's study, or of an earlier survey."""
    try:
        coding.choose_book(_find(pk), get_object_or_404(Codebook, pk=_number(request, "codebook")))
    except NotInTheBook as refusal:
        messages.error(request, str(refusal.message))
    return _back(request, pk, question, "codebook")


def _number(request: HttpRequest, name: str) -> int:
    said = request.POST.get(name, "")
    return int(said[:18]) if said.isdecimal() else 0


def _kept(request: HttpRequest) -> QueryDict:
    """The filters of the page from which something was sent."""
    return QueryDict(request.POST.get("kept", "")[:2_000])


def _back(request: HttpRequest, pk: int, question: str, place: str) -> HttpResponse:
    """To where the reader was: the same answers, under the same filters."""
    kept = _kept(request).urlencode()
    return redirect(f"{reverse('surveys_office:words', args=[pk, question])}{'?' if kept else ''}{kept}#{place}")
