"""django-survey's two exports, made safe: cells that run nothing, a directory of their own for each call, no shared working directory."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

from survey.exporter.csv import Survey2Csv
from survey.exporter.tex import Survey2Tex, XelatexNotInstalled
from survey.models import Survey

from surveys.exporting import safe_cell


class SafeCsv(Survey2Csv):
    """Its CSV with quotes as CSV wants them; it would turn commas into semicolons and let formulas pass."""

    def __str__(self) -> str:
        header, order = self.get_header_and_order()
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([safe_cell(str(cell)) for cell in header])
        for response in self.survey.responses.all():
            writer.writerow([safe_cell(str(cell)) for cell in self.get_user_line(order, response)])
        return text.getvalue()


def csv_text(survey: Survey) -> str:
    """One survey's answers, in four queries whatever their number."""
    whole = Survey.objects.prefetch_related("questions", "responses__user", "responses__answers__question").get(pk=survey.pk)
    return str(SafeCsv(whole))


def pdf_bytes(survey: Survey, directory: Path) -> bytes:
    """Its PDF report, made inside `directory`, which the caller throws away.

    Raises XelatexNotInstalled, CalledProcessError and TimeoutExpired.
    """
    xelatex = shutil.which("xelatex")
    if xelatex is None:
        raise XelatexNotInstalled
    source = directory / "report.tex"
    source.write_text(str(Survey2Tex(survey=survey)), "utf-8")
    for style in (Survey2Tex.PGF_PIE_STY, Survey2Tex.PGF_PLOT_STY):
        shutil.copy(style, directory)
    for _round in range(2):  # the second for references and the table of contents
        command = [xelatex, "-interaction=batchmode", "-halt-on-error", "-no-shell-escape", source.name]
        subprocess.run(command, cwd=directory, check=True, capture_output=True, timeout=120)
    return (directory / "report.pdf").read_bytes()
