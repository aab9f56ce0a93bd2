"""What a PDF says of its own structure, so that it can be heard: headings, paragraphs, tables and figures in the order of reading.

ReportLab (5.1) draws pages and says nothing of what is what. Here each piece that is drawn is marked and named in a tree beside the pages,
by ISO 32000-1, 14.7 and 14.8; what is only look (lines, feet of pages, heads that a table repeats) is marked as that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString, PDFtrue
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table


class Part:
    """An element of the structure, its `role` one of the standard's (H1, P, TD, Figure).

    alt     what a figure shows, in words
    scope   of a table's head: `Column` or `Row`
    places  where its content stands: number of the page, number of the mark on it
    box     of a figure, in points from the foot of its page
    """

    def __init__(self, role: str, *, alt: str = "", scope: str = "") -> None:
        self.role, self.alt, self.scope = role, alt, scope
        self.parts: list[Part] = []
        self.places: list[tuple[int, int]] = []
        self.box: tuple[float, ...] = ()

    def add(self, role: str, *, alt: str = "", scope: str = "") -> "Part":
        self.parts.append(Part(role, alt=alt, scope=scope))
        return self.parts[-1]


@contextmanager
def as_look(canvas: Canvas) -> Iterator[None]:
    """What is drawn meanwhile says nothing to who listens."""
    canvas.addLiteral("/Artifact BMC")
    yield
    canvas.addLiteral("EMC")


class Structure:
    """The tree of one document and the marks of its pages."""

    def __init__(self) -> None:
        self.document = Part("Document")
        self.marks: dict[int, list[Part]] = {}

    @contextmanager
    def mark(self, canvas: Canvas, part: Part) -> Iterator[None]:
        """What is drawn meanwhile is the content of a part, or more of it."""
        page = canvas.getPageNumber()
        here = self.marks.setdefault(page, [])
        canvas.addLiteral(f"/{part.role} <</MCID {len(here)}>> BDC")
        part.places.append((page, len(here)))
        here.append(part)
        yield
        canvas.addLiteral("EMC")

    def canvas(self, *words: Any, **more: Any) -> Canvas:
        """A canvas that writes the structure with its last page."""
        structure = self

        class Told(Canvas):
            def save(self) -> None:
                if self._code:
                    self.showPage()
                structure._write(self._doc)
                super().save()

        return Told(*words, **more)

    def _write(self, document: Any) -> None:
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        pages = document.Pages.pages
        held: dict[int, Any] = {}
        whole = self._element(self.document, document.Reference(root), document, held)
        numbers: list[Any] = []
        for number, parts in sorted(self.marks.items()):
            page = pages[number - 1]
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number - 1, PDFName("S")
            numbers += [number - 1, PDFArray([held[id(part)] for part in parts])]
        root.dict |= {"K": PDFArray([whole]), "ParentTree": PDFDictionary({"Nums": PDFArray(numbers)}), "ParentTreeNextKey": len(pages)}
        document.Catalog.StructTreeRoot = root
        document.Catalog.MarkInfo = PDFDictionary({"Marked": PDFtrue})

    def _element(self, part: Part, parent: Any, document: Any, held: dict[int, Any]) -> Any:
        entry = PDFDictionary({"Type": PDFName("StructElem"), "S": PDFName(part.role), "P": parent})
        held[id(part)] = reference = document.Reference(entry)
        kids = [self._element(inner, reference, document, held) for inner in part.parts]
        for number, mark in part.places:
            page = document.Reference(document.Pages.pages[number - 1])
            kids.append(PDFDictionary({"Type": PDFName("MCR"), "Pg": page, "MCID": mark}))
        entry.dict["K"] = PDFArray(kids)
        if part.alt:
            entry.dict["Alt"] = PDFString(part.alt)
        if part.scope:
            entry.dict["A"] = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName(part.scope)})
        if part.box:
            entry.dict["A"] = PDFDictionary({"O": PDFName("Layout"), "BBox": PDFArray(list(part.box))})
        return reference


class Told(Paragraph):
    """A paragraph that is the content of a part, on however many pages it stands; drawn once more (a repeated head) it is look."""

    structure: Structure
    part: Part | None = None
    was_drawn = False

    def split(self, width: float, height: float) -> Any:
        pieces = super().split(width, height)
        for piece in pieces:
            if piece is not self:
                piece.structure, piece.part = self.structure, self.part
        return pieces

    def draw(self) -> None:
        with as_look(self.canv) if self.part is None or self.was_drawn else self.structure.mark(self.canv, self.part):
            super().draw()
        self.was_drawn = True


class Ruled(Table):
    """A table whose lines are look; its cells are told by themselves."""

    def _drawLines(self) -> None:  # noqa: N802
        with as_look(self.canv):
            super()._drawLines()
