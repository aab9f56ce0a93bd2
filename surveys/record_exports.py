"""django-survey's two exports, made safe: cells and words that run nothing, a file and a directory of their own, the answers that count."""

import copy
import csv
import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db.models import Prefetch
from survey.exporter.csv import Survey2Csv
from survey.exporter.tex import Configuration, Survey2Tex, XelatexNotInstalled
from survey.models import Answer, Question, Response, Survey

from surveys.exporting import safe_cell

TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{letter: f"\\{letter}" for letter in "{}$&#%_"},
    }
)
# Letters from here on (Chinese among them) are in none of LaTeX's own faces: it would leave them out and say so in its log only.
WIDE = re.compile(r"[\u2e80-\uffff\U00020000-\U0003ffff]")
WIDE_FACES = r"""
\IfFileExists{xeCJK.sty}{\usepackage{xeCJK}}{\GenericError{}{This report holds Chinese letters and needs xeCJK (texlive-lang-chinese)}{}{}}
\IfFontExistsTF{Noto Serif CJK SC}{\setCJKmainfont{Noto Serif CJK SC}}{%
  \IfFontExistsTF{Source Han Serif SC}{\setCJKmainfont{Source Han Serif SC}}{%
    \setCJKmainfont[BoldFont=FandolSong-Bold.otf]{FandolSong-Regular.otf}}}
"""
BEGIN, END = r"\begin{tikzpicture}", r"\end{tikzpicture}"
AS_WIDE_AS_FITS = r"\resizebox{\ifdim\width>\textwidth\textwidth\else\width\fi}{!}{"
IN_WORDS = {Question.TEXT, Question.SHORT_TEXT}
# What of a chart's options speaks of answers by their words.
BY_WORDS = ("filter", "group_together", "color", "sort_answer")


def tex(text: str) -> str:
    """Words that stand in a LaTeX text as they are, and run nothing there."""
    return text.translate(TEX)


def whole(survey: Survey, *more: Prefetch) -> Survey:
    """The survey with all that its exports read, in a few queries whatever the number of answers; without those rejected for quality."""
    responses = Response.objects.filter(submission__rejected_at=None).select_related("user").order_by("pk")
    answers = Answer.objects.select_related("question").order_by("pk")
    read = ["questions", Prefetch("responses", responses), Prefetch("responses__answers", answers), *more]
    return Survey.objects.prefetch_related(*read).get(pk=survey.pk)


class SafeCsv(Survey2Csv):
    """Its CSV with quotes as CSV wants them; it would turn commas into semicolons and let formulas pass."""

    mime_type = "csv"

    def __init__(self, survey: Survey) -> None:
        super().__init__(whole(survey))

    @property
    def filename(self) -> Path:
        return Path(self.directory, f"survey-{self.survey.pk}.csv")

    def __str__(self) -> str:
        header, order = self.get_header_and_order()
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([safe_cell(str(cell)) for cell in header])
        for response in self.survey.responses.all():
            writer.writerow([safe_cell(str(cell)) for cell in self.get_user_line(order, response)])
        return text.getvalue()


class _Worded:
    """A configuration that is asked in words fit for LaTeX, and knows surveys, questions and answers by their own."""

    def __init__(self, configuration: Configuration, survey: Survey) -> None:
        self.configuration = configuration
        self.name = survey.name
        self.texts = {tex(question.text): question.text for question in survey.questions.all()}
        told = configuration.get(survey_name=survey.name).get("questions") or {}
        # Its chart of answers in people's own words would be a slice for each; they are quoted, where nobody chose otherwise.
        self.quoted = {
            question.text
            for question in survey.questions.all()
            if question.type in IN_WORDS and question.text not in told and any(answer.body for answer in question.answers.all())
        }

    def get(self, key: str | None = None, survey_name: str = "", question_text: str | None = None) -> Any:
        text = None if question_text is None else self.texts.get(question_text, question_text)
        # A copy: the configuration hands out parts of itself.
        found = copy.deepcopy(self.configuration.get(key=key, survey_name=self.name, question_text=text))
        if question_text is not None and isinstance(found, dict):
            for options in (found.get("chart"), *(found.get("multiple_charts") or {}).values()):
                for name in BY_WORDS if options else ():
                    options[name] = _fit(options.get(name))
            if text in self.quoted and found["chart"]["type"] == "pie":
                found["chart"]["type"] = "raw"
        return found


def _fit(value: Any) -> Any:
    if isinstance(value, dict):
        return {tex(str(key)): _fit(inner) if isinstance(inner, list) else inner for key, inner in value.items()}
    return [tex(str(item)) for item in value] if isinstance(value, list) else value


class SafeTex(Survey2Tex):
    """Its LaTeX report of words that LaTeX takes for words; a member's answer would be read as commands."""

    mime_type = "tex"

    def __init__(self, survey: Survey, configuration: Configuration | None = None) -> None:
        counted = Answer.objects.filter(response__submission__rejected_at=None).select_related("response__user").order_by("pk")
        found = whole(survey, Prefetch("questions__answers", counted))
        worded = _Worded(configuration or Configuration(), found)
        for question in found.questions.all():
            question.text = tex(question.text)
            for answer in question.answers.all():
                answer.body = None if answer.body is None else tex(answer.body)
        super().__init__(found, worded)

    def create_tex(self, questions: Any = None) -> str:
        text: str = super().create_tex(questions).replace(BEGIN, AS_WIDE_AS_FITS + BEGIN).replace(END, END + "}")
        return text.replace(r"\begin{document}", WIDE_FACES + r"\begin{document}", 1) if WIDE.search(text) else text

    @property
    def filename(self) -> Path:
        return Path(self.directory, f"survey-{self.survey.pk}.tex")

    @property
    def pdf_filename(self) -> Path:
        return Path(self.directory, f"survey-{self.survey.pk}.pdf")


def csv_text(survey: Survey) -> str:
    """One survey's answers, in a few queries whatever their number."""
    return str(SafeCsv(survey))


def pdf_bytes(survey: Survey, directory: Path) -> bytes:
    """Its PDF report, made inside `directory`, which the caller throws away.

    Raises XelatexNotInstalled, CalledProcessError and TimeoutExpired.
    """
    xelatex = shutil.which("xelatex")
    if xelatex is None:
        raise XelatexNotInstalled
    source = directory / "report.tex"
    source.write_text(str(SafeTex(survey)), "utf-8")
    for style in (Survey2Tex.PGF_PIE_STY, Survey2Tex.PGF_PLOT_STY):
        shutil.copy(style, directory)
    for _round in range(2):  # the second for references and the table of contents
        command = [xelatex, "-interaction=batchmode", "-halt-on-error", "-no-shell-escape", source.name]
        subprocess.run(command, cwd=directory, check=True, capture_output=True, timeout=120)
    return (directory / "report.pdf").read_bytes()
