"""A survey's results as a report to publish: how it was asked, what was answered, what may be concluded; as PDF."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys import analysing, charts, crosstabs, reading, trends, verbatims
from surveys.analysing import LEAST_CELL, Findings, Selection
from surveys.crosstabs import Crosstab
from surveys.forms import AnalysisForm
from surveys.inference import Association, NoWeights
from surveys.models import Questionnaire
from surveys.paper import Sheet
from surveys.summaries import Bar, Score, Summary, is_open

BARS_A_CHART = 20  # more would not fit a page
COLUMNS_A_TABLE = 5
GROUPS_HIGH = 34  # bars of a cross-tab's chart on one page
Told = Callable[[int], None]


class NotReportable(ValueError):  # noqa: N818
    """What was chosen cannot be told any more; the text says why."""


def write(questionnaire: Questionnaire, path: Path, tell: Told, *, wanted: dict[str, Any]) -> None:
    """Write the report of what was chosen, in the language that is on. `tell` hears how far it is, in answers of all.

    Raises NotReportable. All that grows with the answers is read one by one and counted.
    """
    questions = analysing.closed_questions(analysing.outline_of(questionnaire))
    form = AnalysisForm(wanted, questions=questions, is_anonymous=questionnaire.is_anonymous)
    if not form.is_valid():
        raise NotReportable(_("What was chosen for this report can no longer be chosen."))
    chosen = form.cleaned_data
    selection = analysing.selection_of(questionnaire, chosen)
    try:
        # Half of the way is reading, half is writing.
        findings = analysing.analyse(
            questionnaire, selection, row=chosen["row"], column=chosen["column"], tell=lambda number: tell(number // 2)
        )
    except NoWeights as problem:
        reason = str(problem) or _("no shares are given")
        raise NotReportable(_("These answers cannot be weighted: %(question)s") % {"question": reason}) from problem
    total = reading.fieldwork(questionnaire).answers
    tell(total // 2)
    sheet = Sheet(get_language() or "en")
    title = questionnaire.title_in(get_language() or "en")
    _front(sheet, questionnaire, form, selection, findings)
    if findings.leaves_few:
        told = _("All but fewer than %(least)s people: not shown, as the others would follow from it.")
        sheet.say(told % {"least": LEAST_CELL})
    elif findings.is_too_small:
        sheet.say(_("Fewer than %(least)s people: not shown.") % {"least": LEAST_CELL})
    else:
        words = verbatims.words_by_question(questionnaire, _open_questions(questionnaire), selection=selection)
        for number, summary in enumerate(findings.summaries, 1):
            _question(sheet, number, summary, findings, words.get(summary.value_name, []), selection)
            tell(total // 2 + (total - total // 2) * number // (len(findings.summaries) + 1))
        if findings.table:
            _crosstab(sheet, findings.table_title, findings.table)
    if not findings.leaves_few:
        _trends(sheet, questionnaire, selection)
    _method(sheet, selection, findings)
    about = {"title": title, "author": settings.CLUB_NAME, "subject": _("Survey report")}
    sheet.save(path, **about, foot=lambda page: _("Page %(number)s") % {"number": page})
    tell(total)


def _open_questions(questionnaire: Questionnaire) -> list[str]:
    return [question["value_name"] for question in analysing.outline_of(questionnaire)["questions"] if is_open(question)]


def _front(sheet: Sheet, questionnaire: Questionnaire, form: AnalysisForm, selection: Selection, findings: Findings) -> None:
    field, language = reading.fieldwork(questionnaire), get_language() or "en"
    sheet.title(questionnaire.title_in(language))
    if summary := questionnaire.summary_in(language):
        sheet.say(summary, soft=True, size=11)
    days = " – ".join(date_format(timezone.localtime(day), "DATE_FORMAT") for day in (field.began_at, field.ended_at) if day)
    anonymous = _("anonymous") if questionnaire.is_anonymous else _("by name")
    asked = [days, str(questionnaire.get_state_display()), str(questionnaire.get_audience_display()), anonymous]
    facts = [(_("Fieldwork"), " · ".join(part for part in asked if part)), (_("Answers (n)"), f"{field.answers}")]
    if field.invited and field.answered is not None:
        share = {"answered": field.answered, "invited": field.invited, "share": f"{100 * field.answered / field.invited:.1f}"}
        facts.append((_("Response rate"), _("%(answered)s of %(invited)s invited: %(share)s %%") % share))
    elif field.invited:
        facts.append((_("Response rate"), _("not known: answers are anonymous and others may answer too")))
    else:
        facts.append((_("Response rate"), _("not known: nobody was invited by name")))
    left_out = {"rejected": field.rejected, "flagged": field.flagged}
    facts.append(
        (_("Quality"), _("%(rejected)s rejected and left out; %(flagged)s of those counted bear a sign of haste or doubt") % left_out)
    )
    if chosen := list(_chosen(form)):
        facts.append((_("Of these answers"), "; ".join(chosen)))
        is_few = findings.is_too_small and not findings.leaves_few
        facts.append((_("Answers chosen (n)"), f"< {LEAST_CELL}" if is_few else f"{findings.total}"))
    facts.append((_("As of"), date_format(timezone.localtime(), "DATETIME_FORMAT")))
    sheet.facts(facts)


def _chosen(form: AnalysisForm) -> Iterator[str]:
    """What was chosen, in the words of the form."""
    for name in ("customer_class", "locale", "segment", "only"):
        value = form.cleaned_data.get(name)
        if value:
            listed = dict(getattr(form.fields[name], "choices", ())) if name != "segment" else {}
            yield f"{form.fields[name].label}: {listed.get(value, value)}"
    if form.cleaned_data.get("weighted"):
        yield str(form.fields["weighted"].label)


def _question(
    sheet: Sheet, number: int, summary: Summary, findings: Findings, words: list[tuple[str, int, int]], selection: Selection
) -> None:
    with sheet.kept():
        sheet.heading(f"{number}. {summary.title}")
        _lead(sheet, summary, findings, selection)
        for score in summary.scores:
            sheet.say(_score(score))
        _chart(sheet, summary.title, summary.bars[:BARS_A_CHART])
    _rest(sheet, summary.title, summary.bars)
    for row in summary.rows:
        with sheet.kept():
            sheet.heading(row.title, level=1)
            _lead(sheet, row, findings, selection)
            _chart(sheet, row.title, row.bars[:BARS_A_CHART])
        _rest(sheet, row.title, row.bars)
    if words:
        sheet.say(_("Words that came up, and in how many answers:"), soft=True)
        sheet.say("  ·  ".join(f"{word} {spread}" for word, _count, spread in words))


def _lead(sheet: Sheet, summary: Summary, findings: Findings, selection: Selection) -> None:
    if summary.is_hidden:
        sheet.say(_hidden(selection), soft=True)
    else:
        sheet.say(_("%(answered)s of %(total)s answered") % {"answered": summary.people, "total": findings.total}, soft=True)


def _hidden(selection: Selection) -> str:
    if not selection.by_member:
        return _("Nobody answered this yet.")
    return _("Fewer than %(least)s answered this: not shown.") % {"least": LEAST_CELL}


def _score(score: Score) -> str:
    names = {
        "nps": _("Net promoter score: share of 9–10 less share of 0–6"),
        "nps_europe": _("European cut: share of 8–10 less share of 0–5"),
        "ces": _("Easy: share of the two best values of seven"),
        "csat": _("Satisfied: share of the two best values"),
    }
    digits = 2 if score.name == "mean" else 1
    figures = {"value": f"{score.value:.{digits}f}{score.unit}", "low": f"{score.low:.{digits}f}", "high": f"{score.high:.{digits}f}"}
    return _("%(name)s: %(value)s (95 %% interval %(low)s to %(high)s)") % {"name": names.get(score.name, _("Mean")), **figures}


def _chart(sheet: Sheet, title: str, bars: list[Bar]) -> None:
    if bars:
        sheet.chart(charts.bars(title, bars))


def _rest(sheet: Sheet, title: str, bars: list[Bar]) -> None:
    """What a first chart had no room for, and the table of all."""
    for start in range(BARS_A_CHART, len(bars), BARS_A_CHART):
        _chart(sheet, title, bars[start : start + BARS_A_CHART])
    if bars:
        head = [_("Choice"), _("Answers"), _("Share"), _("95 % interval")]
        sheet.table(head, [[bar.text, *_figures(bar)] for bar in bars], (46, 26, 12, 16))


def _figures(bar: Bar) -> list[str]:
    if bar.count is None:
        return [_("fewer than %(least)s, or hidden to protect them") % {"least": LEAST_CELL}, "", ""]
    return [f"{bar.count:.0f}", f"{bar.share:.1f} %", f"{bar.low:.1f}–{bar.high:.1f} %"]


def _crosstab(sheet: Sheet, title: str, table: Crosstab) -> None:
    step = max(1, GROUPS_HIGH // max(1, len(table.columns)))
    is_drawn = charts.groups(title, table) is not None
    with sheet.kept():
        sheet.heading(title)
        if table.test:
            _association(sheet, table.test)
        if is_drawn:
            sheet.chart(charts.groups(title, replace(table, rows=table.rows[:step]), least=LEAST_CELL))
    for start in range(step, len(table.rows) if is_drawn else 0, step):
        sheet.chart(charts.groups(title, replace(table, rows=table.rows[start : start + step]), least=LEAST_CELL))
    heads = table.heads
    for start in range(0, len(heads), COLUMNS_A_TABLE):
        places = range(start, min(start + COLUMNS_A_TABLE, len(heads)))
        rows = [[name, *(_cell(cells[place]) for place in places)] for name, cells in table.rows]
        told = [f"< {LEAST_CELL}" if heads[place][2] is None else f"{heads[place][2]}" for place in places]
        head = ["", *(f"{heads[place][0][:80]} [{heads[place][1]}]" for place in places)]
        sheet.table(head, [*rows, [_("People (n)"), *told]], (30, *(18 for _place in places)))
    notes = [
        _("Shares are of the people in each column (n) who answered both; in brackets how many, and the 95 % interval (Wilson)."),
    ]
    if table.are_apart:
        notes.append(
            _(
                "A letter says: this share is significantly larger than that of the column with the letter "
                "(5 %, two-share z tests, Holm’s adjustment over the pairs of a row)."
            )
        )
    else:
        notes.append(_("Columns are not compared: somebody may stand in several of them."))
    if table.has_hidden:
        notes.append(_("“< %(least)s”: fewer than %(least)s people, or hidden so that these cannot be worked out.") % {"least": LEAST_CELL})
    sheet.points(notes)


def _association(sheet: Sheet, test: Association) -> None:
    facts = {"chi": f"{test.statistic:.2f}", "freedom": test.freedom, "p": f"{test.p:.4f}", "v": f"{test.cramers_v:.2f}"}
    sheet.say(_("Chi-square %(chi)s, %(freedom)s degrees of freedom, p = %(p)s, Cramér’s V %(v)s") % facts)
    if test.is_thin:
        sheet.say(_("too few answers in many cells: do not rely on p"), soft=True)


def _cell(cell: crosstabs.Cell) -> str:
    if cell.is_hidden:
        return f"< {LEAST_CELL}"
    if cell.share is None:
        return "–"
    return f"{cell.share:.1f} % ({cell.count:.0f}) {cell.letters} [{cell.low:.0f}–{cell.high:.0f}]".replace("  ", " ")


def _trends(sheet: Sheet, questionnaire: Questionnaire, selection: Selection) -> None:
    told = trends.trends(questionnaire, selection)
    if not told:
        return
    head = [_("Wave"), _("Answers"), _("Mean"), _("95 % interval"), _("Since the wave before"), "p"]
    for number, trend in enumerate(told):
        with sheet.kept():
            if not number:
                sheet.heading(_("From wave to wave"))
            sheet.heading(trend.title, level=1)
            sheet.chart(charts.trend(trend.title, trend.points, least=trend.least, most=trend.most))
        sheet.table(head, [_wave(place, wave) for place, wave in enumerate(trend.waves, 1)], (34, 12, 10, 17, 18, 9))
    sheet.say(
        _(
            "Of each wave the answers chosen above; a wave that cannot be chosen from so is left out. * p < 0.05, "
            "** p < 0.01, *** p < 0.001: a change since the wave before that is hardly chance "
            "(Welch’s test, Holm’s adjustment over the waves)."
        ),
        soft=True,
    )


def _wave(number: int, wave: trends.Wave) -> Sequence[str]:
    change = "–" if wave.change is None else f"{wave.change:+.2f} {wave.stars}".strip()
    chance = "–" if wave.p is None else f"{wave.p:.4f}"
    interval = f"{wave.low:.2f}–{wave.high:.2f}"
    return [f"{number} · {wave.title}", f"{wave.moments.count:.0f}", f"{wave.moments.mean:.2f}", interval, change, chance]


def _method(sheet: Sheet, selection: Selection, findings: Findings) -> None:
    notes = [
        _(
            "Shares are of those who answered the question. The line across a bar is the interval that holds the true share "
            "in 95 of 100 such surveys (Wilson)."
        ),
        _(
            "Means have Student’s interval, the net promoter score its normal one. "
            "Where several choices may be made, shares add up to more than 100 %."
        ),
        _("Intervals speak of chance in who answered, not of who was asked or did not answer."),
    ]
    if selection.is_weighted:
        weighted = {"effective": f"{findings.effective:.0f}"}
        notes.append(
            _("Answers are weighted to shares of the population (raking); they weigh as much as %(effective)s unweighted ones.") % weighted
        )
    if selection.by_member:
        least = {"least": LEAST_CELL}
        notes.append(
            _("Groups of fewer than %(least)s people are hidden, and others with them from which they could be worked out.") % least
        )
    notes.append(_("Words are counted in the newest answers to a question; answers themselves are not quoted here."))
    with sheet.kept():
        sheet.heading(_("How to read it"))
        sheet.points(notes)
