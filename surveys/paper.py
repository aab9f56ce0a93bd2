"""Sheets of paper in the club's look: headings, tables and charts as PDF, Latin and Chinese letters side by side.

Latin letters are Helvetica, Chinese ones STSong-Light: both belong to every reader of PDF, so no font need be shipped, and what is
written can be copied and searched. What is a heading, a table or a figure is said beside it (`tagging`), for whoever hears a page.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Spacer

from surveys.drawings import PLAIN, WIDE_FROM, Box, Dot, Drawing, Stroke, Words
from surveys.tagging import Part, Ruled, Structure, Told, as_look

LATIN, BOLD, CHINESE = "Helvetica", "Helvetica-Bold", "STSong-Light"
INK, SOFT, LINE, SEAL = "#211c15", "#5e5548", "#ddd3c3", "#a8281c"
MARGIN = 20 * mm
WIDE, HIGH = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN
CHART_HIGH = HIGH - 60  # a heading stands above it
CELL_LETTERS = 600  # of one cell: a row may not be higher than a page
KEPT_ROWS = 9  # a table of so few is not cut
PUNCTUATION = "“”‘’—…·"  # as wide as a character where the text is Chinese

pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
Story = list[Any]


class Sheet:
    """Text of one language set in one look, gathered into `story`."""

    def __init__(self, language: str) -> None:
        self.is_chinese = language.startswith("zh")
        self.story: Story = []
        self.structure = Structure()

    def runs(self, text: str) -> list[tuple[bool, str]]:
        """A text cut where its letters change between Latin (False) and the Chinese font (True)."""
        return [(is_wide, "".join(letters)) for is_wide, letters in groupby(_plain(text), self._is_wide)]

    def _is_wide(self, letter: str) -> bool:
        if letter in PUNCTUATION:
            return self.is_chinese
        try:
            letter.encode("cp1252")
        except UnicodeEncodeError:
            return True
        return False

    def paragraph(self, text: str, size: float = 9.5, *, part: Part, tone: str = INK, bold: bool = False, right: bool = False) -> Told:
        """Text that is the content of a part of the structure."""
        marked = "".join(f'<font name="{CHINESE}">{escape(run)}</font>' if is_wide else escape(run) for is_wide, run in self.runs(text))
        holds_chinese = any(ord(letter) >= WIDE_FROM for letter in text)
        style = ParagraphStyle(
            "p",
            fontName=BOLD if bold else LATIN,
            fontSize=size,
            leading=size * (1.6 if holds_chinese else 1.4),
            textColor=HexColor(tone),
            alignment=TA_RIGHT if right else 0,
            wordWrap="CJK" if holds_chinese else None,
            splitLongWords=True,
        )
        told = Told(marked or "&nbsp;", style)
        told.structure, told.part = self.structure, part
        return told

    def part(self, role: str, *, alt: str = "") -> Part:
        """The next part of the document, after all that was said before."""
        return self.structure.document.add(role, alt=alt)

    def add(self, *flowables: Any) -> None:
        self.story += flowables

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What is added meanwhile stands on one page, where a page has room for it."""
        start = len(self.story)
        yield
        self.story[start:] = [KeepTogether(self.story[start:])]

    def title(self, text: str) -> None:
        self.add(Rule(SEAL, 3, 28), Spacer(0, 8), self.paragraph(text, 24, part=self.part("H1"), bold=True), Spacer(0, 8))

    def heading(self, text: str, *, level: int = 0) -> None:
        """A heading, also in the list of contents that a reader shows beside the page."""
        size, part = 14 if level == 0 else 11, self.part(f"H{level + 2}")
        self.add(Spacer(0, 16 if level == 0 else 8), Bookmark(text, level), self.paragraph(text, size, part=part, bold=True))
        self.add(Spacer(0, 4))

    def say(self, text: str, *, soft: bool = False, size: float = 9.5) -> None:
        self.add(self.paragraph(text, size, part=self.part("P"), tone=SOFT if soft else INK), Spacer(0, 4))

    def points(self, texts: Iterable[str]) -> None:
        listed = self.part("L")
        for text in texts:
            item = listed.add("LI")
            row = [[self.paragraph("–", part=item.add("Lbl"), tone=SOFT), self.paragraph(text, part=item.add("LBody"))]]
            look = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 1), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
            self.add(Ruled(row, [14, WIDE - 14], style=[*look, ("RIGHTPADDING", (0, 0), (-1, -1), 0)]))

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        table, rows = self.part("Table"), []
        for name, value in pairs:
            line = table.add("TR")
            head = self.paragraph(name, part=line.add("TH", scope="Row"), tone=SOFT)
            rows.append([head, self.paragraph(value[:CELL_LETTERS], part=line.add("TD"))])
        self.add(Ruled(rows, [WIDE * 0.28, WIDE * 0.72], style=_lines(0), spaceAfter=8))

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float], *, words: int = 1) -> None:
        """Rows under their head, which each page repeats. `widths`: parts of the whole; `words` columns hold text, the rest figures."""
        total, told = sum(widths), self.part("Table")
        line = told.add("TR")
        heads = [line.add("TH", scope="Column") for _text in head]
        lines = [
            [
                self.paragraph(text, 8.5, part=part, tone=SOFT, bold=True, right=place >= words)
                for place, (text, part) in enumerate(zip(head, heads, strict=True))
            ]
        ]
        for row in rows:
            line = told.add("TR")
            cells = [line.add("TD") if place else line.add("TH", scope="Row") for place in range(len(row))]
            lines.append(
                [
                    self.paragraph(text[:CELL_LETTERS], 9, part=part, right=place >= words)
                    for place, (text, part) in enumerate(zip(row, cells, strict=True))
                ]
            )
        table = Ruled(lines, [WIDE * width / total for width in widths], repeatRows=1, style=_lines(1), spaceBefore=4, spaceAfter=8)
        self.add(KeepTogether([table]) if len(lines) <= KEPT_ROWS else table)

    def chart(self, drawing: Drawing | None) -> None:
        if drawing is not None:
            told = f"{drawing.title}: {drawing.about}" if drawing.about else drawing.title
            self.add(Chart(drawing, self, self.part("Figure", alt=_plain(told))), Spacer(0, 4))

    def save(self, path: Path, *, title: str, author: str, subject: str, foot: Callable[[int], str]) -> None:
        """Write all of it. `foot` says what stands at the foot of a page, by its number."""

        def furnish(canvas: Any, document: Any) -> None:
            canvas.showOutline()  # the list of contents stands open beside the page
            canvas.saveState()
            with as_look(canvas):
                canvas.setStrokeColor(HexColor(LINE))
                canvas.line(MARGIN, MARGIN - 8, A4[0] - MARGIN, MARGIN - 8)
                self.write_on(canvas, MARGIN, MARGIN - 20, title, 8, SOFT, room=WIDE - 90)
                self.write_on(canvas, A4[0] - MARGIN, MARGIN - 20, foot(document.page), 8, SOFT, anchor="end")
            canvas.restoreState()

        document = BaseDocTemplate(
            str(path), pagesize=A4, title=title, author=author, subject=subject, creator="Clubroom", displayDocTitle=True,
            lang="zh-Hans" if self.is_chinese else "en",
            leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        )  # fmt: skip
        frame = Frame(MARGIN, MARGIN, WIDE, HIGH, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        document.addPageTemplates([PageTemplate(frames=[frame], onPage=furnish)])
        document.build(self.story, canvasmaker=self.structure.canvas)

    def width_of(self, text: str, size: float, *, bold: bool = False) -> float:
        latin = BOLD if bold else LATIN
        return sum(pdfmetrics.stringWidth(run, CHINESE if is_wide else latin, size) for is_wide, run in self.runs(text))

    def write_on(
        self,
        canvas: Any,
        x: float,
        y: float,
        text: str,
        size: float,
        tone: str,
        *,
        anchor: str = "start",
        bold: bool = False,
        room: float = 0,
    ) -> None:
        """One line of text, its `anchor` at (x, y), cut where it is wider than `room`."""
        while room and len(text) > 1 and self.width_of(text, size, bold=bold) > room:
            text = text[:-2] + "…"
        x -= self.width_of(text, size, bold=bold) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        canvas.setFillColor(HexColor(tone))
        for is_wide, run in self.runs(text):
            font = CHINESE if is_wide else BOLD if bold else LATIN
            canvas.setFont(font, size)
            canvas.drawString(x, y, run)
            x += pdfmetrics.stringWidth(run, font, size)


def _plain(text: str) -> str:
    """Without what no font has: controls, and letters beyond the first plane of Unicode."""
    return "".join(" " if letter in "\t\r\n" else letter for letter in text if letter in "\t\r\n" or " " <= letter <= "\ufffd")


def _lines(heads: int) -> list[tuple[Any, ...]]:
    return [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(LINE)),
        ("LINEBELOW", (0, 0), (-1, max(0, heads - 1)), 0.8 if heads else 0.4, HexColor(SOFT if heads else LINE)),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]


class Rule(Flowable):
    """A short thick line."""

    def __init__(self, tone: str, high: float, wide: float) -> None:
        super().__init__()
        self.tone, self.height, self.width = tone, high, wide

    def draw(self) -> None:
        with as_look(self.canv):
            self.canv.setFillColor(HexColor(self.tone))
            self.canv.rect(0, 0, self.width, self.height, stroke=0, fill=1)


class Bookmark(Flowable):
    """A line of the list of contents that a reader shows beside the pages."""

    def __init__(self, text: str, level: int) -> None:
        super().__init__()
        self.text, self.level = _plain(text)[:200], level
        self.width = self.height = 0

    def draw(self) -> None:
        key = f"at-{id(self)}"
        self.canv.bookmarkHorizontal(key, 0, 20)
        self.canv.addOutlineEntry(self.text, key, self.level)


class Chart(Flowable):
    """A drawing on paper, as wide as the page takes it; heard as what it is about."""

    def __init__(self, drawing: Drawing, sheet: Sheet, part: Part) -> None:
        super().__init__()
        self.drawing, self.sheet, self.part = drawing, sheet, part
        self.scale = min(0.75, WIDE / drawing.width, CHART_HIGH / drawing.height)
        self.width, self.height = drawing.width * self.scale, drawing.height * self.scale

    def draw(self) -> None:
        x, y = self.canv.absolutePosition(0, 0)
        self.part.box = x, y, x + self.width, y + self.height
        with self.sheet.structure.mark(self.canv, self.part):
            self._draw()

    def _draw(self) -> None:
        self.canv.scale(self.scale, self.scale)
        for mark in self.drawing.marks:
            colour = HexColor(PLAIN[mark.tone])
            self.canv.setFillColor(colour)
            self.canv.setStrokeColor(colour)
            if isinstance(mark, Words):
                place = mark.x, self._up(mark.y)
                self.sheet.write_on(self.canv, *place, mark.text, mark.size, PLAIN[mark.tone], anchor=mark.anchor, bold=mark.is_bold)
            elif isinstance(mark, Box):
                self._box(mark)
            elif isinstance(mark, Dot):
                self.canv.circle(mark.x, self._up(mark.y), mark.radius, stroke=0, fill=1)
            else:
                self._stroke(mark)

    def _up(self, y: float) -> float:
        """Paper counts from its foot."""
        return self.drawing.height - y

    def _stroke(self, mark: Stroke) -> None:
        path = self.canv.beginPath()
        for place, (x, y) in enumerate(mark.points):
            (path.lineTo if place else path.moveTo)(x, self._up(y))
        self.canv.setLineWidth(mark.width)
        self.canv.drawPath(path, stroke=not mark.is_area, fill=mark.is_area)

    def _box(self, mark: Box) -> None:
        place = (mark.x, self._up(mark.y + mark.height), mark.width, mark.height)
        if not mark.pattern:
            self.canv.rect(*place, stroke=0, fill=1)
            return
        x, y, wide, high = place
        self.canv.setLineWidth(0.8)
        self.canv.rect(*place, stroke=1, fill=0)
        self.canv.saveState()
        frame = self.canv.beginPath()
        frame.rect(*place)
        self.canv.clipPath(frame, stroke=0, fill=0)
        self.canv.setLineWidth(2)
        if mark.pattern in ("hatch", "cross"):
            self.canv.lines([(x + step, y, x + step + high, y + high) for step in _steps(-high, wide, 6)])
        if mark.pattern == "cross":
            self.canv.lines([(x + step + high, y, x + step, y + high) for step in _steps(-high, wide, 6)])
        if mark.pattern == "lines":
            self.canv.lines([(x, y + step, x + wide, y + step) for step in _steps(1, high, 5)])
        if mark.pattern == "dots":
            for across in _steps(2, wide, 5):
                for down in _steps(2, high, 5):
                    self.canv.circle(x + across, y + down, 1.4, stroke=0, fill=1)
        self.canv.restoreState()


def _steps(first: float, last: float, stride: float) -> list[float]:
    return [first + stride * number for number in range(int(max(0.0, last - first) // stride) + 1)]
