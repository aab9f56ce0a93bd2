"""Files of answers for statistics programs and readers; made by the rounds into a private store, in memory that does not grow with them."""

import csv
import datetime
import io
import itertools
import json
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from members.models import Member
from surveys import exporting, reading, spss
from surveys.counting import renamed
from surveys.models import Export, Questionnaire, Submission
from surveys.tabulating import Column, columns_of

log = logging.getLogger(__name__)
STEP = 500
KEPT_DAYS = 7
CELL_LETTERS = 32_767  # that a cell of a workbook holds; what is longer ends in "…"
# A maker that died leaves its export "being made"; after this long another begins again.
STALE_SECONDS = 1_800
Told = Callable[[int], None]


def store() -> Path:
    """The directory of made files; never below what the web serves."""
    path = Path(settings.VAR_DIR) / "exports"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(export: Export) -> Path:
    return store() / export.file


def ask_for(questionnaire: Questionnaire, *, format: str, by: Member, wanted: dict[str, Any] | None = None) -> Export:  # noqa: A002
    """Put a file on the list of those to be made; one that waits there already is not made twice.

    wanted   of a report, what it is of, as the analysis form keeps it
    """
    waiting = Export.objects.filter(questionnaire=questionnaire, format=format, asked_by=by, state=Export.State.WAITING)
    if same := next((export for export in waiting if export.wanted == (wanted or {})), None):
        return same
    total = Submission.objects.filter(questionnaire=questionnaire).counted().count()
    return Export.objects.create(questionnaire=questionnaire, format=format, asked_by=by, rows_total=total, wanted=wanted or {})


def make_waiting() -> int:
    """The round that makes what waits, one after the other, and forgets old files. Returns how many were made."""
    forget_old()
    made = 0
    while (export := _take()) is not None:
        make(export)
        made += 1
    return made


@transaction.atomic
def _take() -> Export | None:
    stale = timezone.now() - datetime.timedelta(seconds=STALE_SECONDS)
    Export.objects.filter(state=Export.State.RUNNING, began_at__lt=stale).update(state=Export.State.WAITING)
    waiting = Export.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=Export.State.WAITING).order_by("pk").first()
    if waiting is None:
        return None
    waiting.state, waiting.began_at, waiting.rows_done = Export.State.RUNNING, timezone.now(), 0
    waiting.save()
    return waiting


def make(export: Export) -> None:
    """Make one file. A failure is written at the export; it takes nothing else down."""

    def tell(done: int) -> None:
        Export.objects.filter(pk=export.pk).update(rows_done=done)

    questionnaire = Questionnaire.objects.select_related("version").get(pk=export.questionnaire_id)
    name = f"{export.pk}-{questionnaire.slug}.{export.format}"
    try:
        with translation.override(export.asked_by.locale):
            if export.format == Export.Format.PDF:
                write_pdf(questionnaire, store() / name, tell, wanted=export.wanted)
            else:
                MAKERS[export.format](questionnaire, store() / name, tell)
    except Exception as problem:
        Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED, problem=str(problem)[:300])
        (store() / name).unlink(missing_ok=True)
        log.exception("an export failed: %s", name)
        return
    Export.objects.filter(pk=export.pk).update(state=Export.State.DONE, file=name)


def forget_old() -> None:
    before = timezone.now() - datetime.timedelta(days=KEPT_DAYS)
    for export in Export.objects.filter(asked_at__lt=before)[:100]:
        if export.file:
            path_of(export).unlink(missing_ok=True)
        export.delete()


def columns_for(questionnaire: Questionnaire) -> list[Column]:
    """The flat columns, in the reader's language."""
    if questionnaire.version is None:
        return []
    outlines = questionnaire.version.outline
    return columns_of(outlines.get(translation.get_language() or "en") or outlines["en"], not_asked_text=_("not asked"))


def cases(questionnaire: Questionnaire, columns: list[Column], tell: Told | None = None) -> Iterator[list[float | str | None]]:
    """One line of cells for each answer that counts."""
    rows = Submission.objects.filter(questionnaire=questionnaire).counted().only("data", "verdict")
    for number, submission in enumerate(exporting.in_steps(rows, STEP), 1):
        data = renamed(submission.data, questionnaire.equivalents)
        not_asked = set(submission.verdict.get("not_asked", ()))
        yield [column.cell(data, not_asked) for column in columns]
        if tell and number % STEP == 0:
            tell(number)


def write_sav(questionnaire: Questionnaire, path: Path, tell: Told) -> None:
    columns = columns_for(questionnaire)
    widths = [1] * len(columns)
    total = 0
    texts = [place for place, column in enumerate(columns) if column.kind == "text"]
    # Twice over the answers: a text's width must be known before the first is written, and both must be of the same answers.
    with tempfile.TemporaryFile() as kept:
        for case in cases(questionnaire, columns):
            total += 1
            for place in texts:
                widths[place] = max(widths[place], min(spss.WIDEST, len(str(case[place] or "").encode())))
            kept.write(json.dumps(case, ensure_ascii=False).encode() + b"\n")
        kept.seek(0)
        variables = [
            spss.Variable(column.name, column.label, width if column.kind == "text" else 0, column.labels, column.missing)
            for column, width in zip(columns, widths, strict=True)
        ]
        with path.open("wb") as file:
            spss.write(file, variables, (json.loads(line) for line in kept), count=total, label=questionnaire.title)
    tell(total)


def write_xlsx(questionnaire: Questionnaire, path: Path, tell: Told) -> None:
    columns = columns_for(questionnaire)
    head: list[float | str | None] = [column.name for column in columns]
    write_workbook(path, {"answers": itertools.chain([head], cases(questionnaire, columns, tell)), "codebook": codebook(columns)})


def write_workbook(path: Path, sheets: Mapping[str, Iterable[Sequence[float | str | None]]]) -> None:
    """A workbook of these rows by the names of its sheets, written row by row: memory does not grow with them."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    def plain(value: float | str | None) -> float | str | None:
        if not isinstance(value, str):
            return value
        text = ILLEGAL_CHARACTERS_RE.sub("", exporting.safe_cell(value))
        return text if len(text) <= CELL_LETTERS else f"{text[: CELL_LETTERS - 1]}…"

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([plain(cell) for cell in row])
    book.save(path)


def codebook(columns: list[Column]) -> Iterator[list[str | float]]:
    """Header, then a line for each column and, below it, one for each of its codes."""
    yield [_("Variable"), _("Question"), pgettext("codebook", "Code"), _("Meaning")]
    for column in columns:
        yield [column.name, column.label, "", {"text": _("text"), "number": _("number")}.get(column.kind, "")]
        for code, label in column.labels.items():
            yield [column.name, "", code, label]


def write_csv(questionnaire: Questionnaire, path: Path, tell: Told) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, line in enumerate(exporting.csv_lines(questionnaire)):
            file.write(line)
            if number % STEP == 0:
                tell(number)


def codebook_csv(questionnaire: Questionnaire) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    for line in codebook(columns_for(questionnaire)):
        writer.writerow([exporting.safe_cell(cell) for cell in line])
    return "\ufeff" + text.getvalue()


def write_json(questionnaire: Questionnaire, path: Path, tell: Told) -> None:
    """SurveyJS' own form: the definition and each answer's data, with what makes it checkable."""
    definition = questionnaire.version.definition if questionnaire.version else {}
    rows = Submission.objects.filter(questionnaire=questionnaire).counted().select_related("version")
    with path.open("w", encoding="utf-8") as file:
        file.write('{"definition": ' + json.dumps(definition, ensure_ascii=False) + ', "answers": [\n')
        for number, submission in enumerate(exporting.in_steps(rows, STEP)):
            line = {"version": submission.version.number, "data": submission.data, "verdict": submission.verdict}
            file.write((",\n" if number else "") + json.dumps(line, ensure_ascii=False))
            if number % STEP == 0:
                tell(number)
        file.write("\n]}\n")


def write_docx(questionnaire: Questionnaire, path: Path, tell: Told) -> None:
    """A report to read: each question with its scores and a table of its answers."""
    from docx import Document

    total, found = reading.all_results(questionnaire)
    report = Document()
    report.add_heading(questionnaire.title_in(translation.get_language() or "en"), 0)
    report.add_paragraph(_("%(total)s answers, as of %(day)s") % {"total": total, "day": timezone.localdate().isoformat()})
    for summary in found:
        report.add_heading(_printable(summary.title), 1)
        report.add_paragraph(_("%(count)s answered") % {"count": round(summary.answered)})
        for score in summary.scores:
            figures = {"name": score.name.upper(), "value": f"{score.value:.2f}", "low": f"{score.low:.2f}", "high": f"{score.high:.2f}"}
            report.add_paragraph(_("%(name)s: %(value)s (95 %% interval %(low)s to %(high)s)") % figures)
        for title, bars in [("", summary.bars), *((row.title, row.bars) for row in summary.rows)]:
            _add_table(report, _printable(title), bars)
        for text in summary.texts[:30]:
            report.add_paragraph(_printable(text), style="List Bullet")
    report.save(str(path))
    tell(total)


def write_pdf(questionnaire: Questionnaire, path: Path, tell: Told, *, wanted: dict[str, Any]) -> None:
    """A report to publish, of the answers that were chosen."""
    from surveys import report  # the library of paper is loaded by who makes a report, and by nobody else

    report.write(questionnaire, path, tell, wanted=wanted)


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(letter for letter in text if letter in "\t\n" or (letter >= " " and letter not in "\ufffe\uffff"))


def _add_table(report: Any, title: str, bars: list[Any]) -> None:
    if not bars:
        return
    if title:
        report.add_heading(title, 2)
    table = report.add_table(rows=1, cols=4, style="Light Grid")
    for cell, text in zip(table.rows[0].cells, [_("Choice"), _("Answers"), _("Share"), _("95 % interval")], strict=True):
        cell.text = text
    for bar in bars:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = _printable(bar.text), f"{bar.count or 0:g}"
        cells[2].text, cells[3].text = f"{bar.share or 0:.1f} %", f"{bar.low or 0:.1f}–{bar.high or 0:.1f} %"


MAKERS: dict[str, Callable[[Questionnaire, Path, Told], None]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "sav": write_sav,
    "json": write_json,
    "docx": write_docx,
}
