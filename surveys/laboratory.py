"""The researchers' pages about answers: analysis, weights and files."""

import time
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.meanwhile import ChangedMeanwhile
from surveys import analysing, charts, delivering, publishing, summaries, trends
from surveys import margins as population
from surveys.analysing import Selection
from surveys.counting_on import Patience
from surveys.drawings import Drawing, as_svg
from surveys.forms import AnalysisForm, MarginsForm
from surveys.inference import NoWeights
from surveys.models import Export, Questionnaire
from surveys.office import DeskRequest, wants
from surveys.summaries import is_open

EXPORTS_SHOWN = 10


def _find(pk: int) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.select_related("version"), pk=pk)


def _form(asked: QueryDict, questionnaire: Questionnaire) -> AnalysisForm:
    questions = analysing.closed_questions(analysing.outline_of(questionnaire))
    return AnalysisForm(asked or None, questions=questions, is_anonymous=questionnaire.is_anonymous)


def _asked(request: DeskRequest, questionnaire: Questionnaire) -> tuple[AnalysisForm, dict[str, Any], Selection]:
    """What the address asks of the answers: the form, what it holds, and which answers it leaves."""
    form = _form(request.GET, questionnaire)
    wanted: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return form, wanted, analysing.selection_of(questionnaire, wanted)


@wants("view_submission")
def analysis(request: DeskRequest, pk: int) -> HttpResponse:
    return _analysis_page(request, _find(pk))


def _analysis_page(
    request: DeskRequest, questionnaire: Questionnaire, *, margins_form: MarginsForm | None = None, status: int = 422
) -> HttpResponse:
    """The page of a survey's answers; a form for population shares that was refused comes with what was typed."""
    form, wanted, selection = _asked(request, questionnaire)
    context: dict[str, Any] = {"questionnaire": questionnaire, "form": form, "selection": selection, "least": analysing.LEAST_CELL}
    patience, pair = Patience(), {name: wanted.get(name, "") for name in ("row", "column")}
    try:
        findings = analysing.analyse(questionnaire, selection, **pair, count=patience.count)
        context["findings"] = None if patience.is_unfinished else findings
    except NoWeights as problem:
        form.add_error(
            "weighted", _("These answers cannot be weighted: %(question)s") % {"question": str(problem) or _("no shares are given")}
        )
    if context.get("findings") and not context["findings"].leaves_few:
        # In what is left of this look's time.
        left = Patience(max(0.0, patience.until - time.monotonic()))
        found = trends.trends(questionnaire, selection, count=left.count)
        context["trends"] = [] if left.is_unfinished else found
        context["trends_patience"] = left
    context["patience"] = patience
    context["margins_form"] = margins_form or _margins_form(questionnaire)
    context["shares"] = context["margins_form"].in_words(questionnaire.margins)
    context["unmet"] = population.unmet(questionnaire.margins, analysing.outline_of(questionnaire))
    context["open_questions"] = [question for question in analysing.outline_of(questionnaire)["questions"] if is_open(question)]
    context["by_member"] = urlencode(
        {
            "customer_class": selection.customer_class,
            "locale": selection.locale,
            "segment": selection.segment.pk if selection.segment else "",
        }
    )
    context["kept"] = form.kept() if form.is_bound and form.is_valid() else {}
    context["exports"] = Export.objects.filter(questionnaire=questionnaire)[:EXPORTS_SHOWN]
    context["formats"] = Export.Format.choices
    is_refused = (form.is_bound and form.errors) or margins_form
    return render(request, "surveys/office/analysis.html", context, status=status if is_refused else 200)


def _margins_form(questionnaire: Questionnaire, typed: QueryDict | None = None) -> MarginsForm:
    return MarginsForm(typed, outline=analysing.outline_of(questionnaire), held=questionnaire.margins)


@require_POST
@wants("change_questionnaire")
def margins(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    form = _margins_form(questionnaire, request.POST)
    if not form.is_valid():
        return _analysis_page(request, questionnaire, margins_form=form)
    name, margin, seen = (form.cleaned_data[field] for field in ("question", "margin", "seen"))
    try:
        publishing.revise_entry(questionnaire, "margins", name, margin or None, seen=seen)
    except ChangedMeanwhile as changed:
        form.tell(changed)
        return _analysis_page(request, _find(pk), margins_form=form, status=409)
    messages.success(request, _("Saved."))
    return redirect("surveys_office:analysis", pk)


@require_POST
@wants("export_questionnaire")
def ask_export(request: DeskRequest, pk: int) -> HttpResponse:
    wanted = request.POST.get("format", "")
    if wanted not in Export.Format.values:
        raise Http404
    questionnaire = _find(pk)
    form = _form(request.POST, questionnaire)
    if wanted == Export.Format.PDF and not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("surveys_office:analysis", pk)
    # A report is of what was chosen on the page; the other files hold every answer.
    chosen = form.kept() if wanted == Export.Format.PDF else {}
    delivering.ask_for(questionnaire, format=wanted, by=request.user, wanted=chosen)
    messages.success(request, _("The file is being made; it will be listed here."))
    return redirect(f"{reverse('surveys_office:analysis', args=[pk])}{'?' if chosen else ''}{urlencode(chosen)}#files")


@wants("export_questionnaire")
def take_export(request: DeskRequest, pk: int, export_pk: int) -> FileResponse:
    export = get_object_or_404(Export, pk=export_pk, questionnaire=pk, state=Export.State.DONE)
    try:
        file = delivering.path_of(export).open("rb")
    except FileNotFoundError as problem:
        raise Http404 from problem
    return FileResponse(file, as_attachment=True, filename=f"{export.questionnaire.slug}.{export.format}")


@wants("export_questionnaire")
def codebook(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    response = HttpResponse(delivering.codebook_csv(questionnaire), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codebook-{questionnaire.slug}.csv"'
    return response


@wants("view_submission")
def chart(request: DeskRequest, pk: int, question: str) -> HttpResponse:
    """One question's chart as a file, of the answers that the address leaves; a matrix has one for each row, QUESTION.ROW."""
    questionnaire = _find(pk)
    found = _found(request, questionnaire)
    if found is None:
        return _come_again()
    listed = summaries.bars_at(found.summaries, question)
    if listed is None:
        raise Http404
    return _drawn(charts.bars(*listed), f"{questionnaire.slug}-{question}.svg")


@wants("view_submission")
def crosstab_chart(request: DeskRequest, pk: int) -> HttpResponse:
    """The chart of the two questions that the address names."""
    questionnaire = _find(pk)
    findings = _found(request, questionnaire, is_crossed=True)
    if findings is None:
        return _come_again()
    least = analysing.LEAST_CELL
    drawing = charts.groups(findings.table_title, findings.table, least=least) if findings.table else None
    if drawing is None:
        raise Http404
    return _drawn(drawing, f"{questionnaire.slug}-crosstab.svg")


@wants("view_submission")
def trend_chart(request: DeskRequest, pk: int, question: str) -> HttpResponse:
    questionnaire = _find(pk)
    form, _wanted, selection = _asked(request, questionnaire)
    if form.is_bound and form.errors:
        raise Http404
    patience = Patience()
    trend = next((trend for trend in trends.trends(questionnaire, selection, count=patience.count) if trend.name == question), None)
    if patience.is_unfinished:
        return _come_again()
    if trend is None:
        raise Http404
    drawing = charts.trend(trend.title, trend.points, least=trend.least, most=trend.most)
    return _drawn(drawing, f"{questionnaire.slug}-{question}-waves.svg")


def _found(request: DeskRequest, questionnaire: Questionnaire, *, is_crossed: bool = False) -> analysing.Findings | None:
    """What the answers that the address leaves say; None while they are being counted; 404 where they cannot be read or weighted."""
    form, wanted, selection = _asked(request, questionnaire)
    if form.is_bound and form.errors:
        raise Http404
    pair = {name: wanted.get(name, "") for name in ("row", "column")} if is_crossed else {}
    patience = Patience()
    try:
        found = analysing.analyse(questionnaire, selection, **pair, count=patience.count)
    except NoWeights as problem:
        raise Http404 from problem
    return None if patience.is_unfinished else found


def _come_again() -> HttpResponse:
    """The figures of this chart are being counted."""
    return HttpResponse(status=503, headers={"Retry-After": "2"})


def _drawn(drawing: Drawing, name: str) -> HttpResponse:
    response = HttpResponse(as_svg(drawing, standalone=True), content_type="image/svg+xml")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
