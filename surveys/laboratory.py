"""The researchers' pages about answers: analysis, weights and files."""

import json
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from surveys import analysing, charts, delivering
from surveys.analysing import Selection
from surveys.forms import AnalysisForm, MarginsForm
from surveys.inference import NoWeights
from surveys.models import Export, Questionnaire
from surveys.office import DeskRequest, wants
from surveys.summaries import is_open

EXPORTS_SHOWN = 10


def _find(pk: int) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.select_related("version"), pk=pk)


def _asked(request: DeskRequest, questionnaire: Questionnaire) -> tuple[AnalysisForm, dict[str, Any], Selection]:
    """What the address asks of the answers: the form, what it holds, and which answers it leaves."""
    form = AnalysisForm(request.GET or None, questions=analysing.closed_questions(analysing.outline_of(questionnaire)))
    wanted: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if questionnaire.is_anonymous:
        wanted = {**wanted, "customer_class": "", "locale": "", "segment": None}
    only = dict([json.loads(wanted["only"])]) if wanted.get("only") else {}
    facts = (wanted.get("customer_class", ""), wanted.get("locale", ""), wanted.get("segment"))
    return form, wanted, Selection(*facts, only, bool(wanted.get("weighted")))


@wants("view_submission")
def analysis(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    form, wanted, selection = _asked(request, questionnaire)
    context: dict[str, Any] = {"questionnaire": questionnaire, "form": form, "selection": selection, "least": analysing.LEAST_CELL}
    try:
        context["findings"] = analysing.analyse(questionnaire, selection, row=wanted.get("row", ""), column=wanted.get("column", ""))
    except NoWeights as problem:
        form.add_error(
            "weighted", _("These answers cannot be weighted: %(question)s") % {"question": str(problem) or _("no shares are given")}
        )
    context["trends"] = analysing.trends(questionnaire)
    context["margins_form"] = MarginsForm(questions=analysing.closed_questions(analysing.outline_of(questionnaire)))
    context["open_questions"] = [question for question in analysing.outline_of(questionnaire)["questions"] if is_open(question)]
    context["by_member"] = urlencode(
        {
            "customer_class": selection.customer_class,
            "locale": selection.locale,
            "segment": selection.segment.pk if selection.segment else "",
        }
    )
    context["exports"] = Export.objects.filter(questionnaire=questionnaire)[:EXPORTS_SHOWN]
    context["formats"] = Export.Format.choices
    return render(request, "surveys/office/analysis.html", context, status=422 if form.is_bound and form.errors else 200)


@require_POST
@wants("change_questionnaire")
def margins(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = _find(pk)
    form = MarginsForm(request.POST, questions=analysing.closed_questions(analysing.outline_of(questionnaire)))
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        name, margin = form.cleaned_data["question"], form.cleaned_data["margin"]
        held = {key: value for key, value in questionnaire.margins.items() if key != name}
        Questionnaire.objects.filter(pk=pk).update(margins={**held, name: margin} if margin else held)
        messages.success(request, _("Saved."))
    return redirect("surveys_office:analysis", pk)


@require_POST
@wants("export_questionnaire")
def ask_export(request: DeskRequest, pk: int) -> HttpResponse:
    wanted = request.POST.get("format", "")
    if wanted not in Export.Format.values:
        raise Http404
    delivering.ask_for(_find(pk), format=wanted, by=request.user)
    messages.success(request, _("The file is being made; it will be listed here."))
    return redirect("surveys_office:analysis", pk)


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
    """One question's chart as a file, of the answers that the address leaves."""
    questionnaire = _find(pk)
    form, _wanted, selection = _asked(request, questionnaire)
    try:
        found = [] if form.is_bound and form.errors else analysing.analyse(questionnaire, selection).summaries
    except NoWeights as problem:
        raise Http404 from problem
    named = [summary for summary in found if summary.name == question and summary.bars]
    if not named:
        raise Http404
    response = HttpResponse(charts.bars_svg(named[0].title, named[0].bars, standalone=True), content_type="image/svg+xml")
    response["Content-Disposition"] = content_disposition_header(True, f"{questionnaire.slug}-{question}.svg")
    return response
