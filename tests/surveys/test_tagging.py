"""What a report says of its structure, read back as a screen reader would: what is what, in which order, and nothing left untold."""

import pytest
from django.utils import translation
from pypdf import PdfReader
from pypdf.generic import ContentStream

from surveys import answering, report
from surveys.paper import Sheet
from tests.conftest import member_of

DRAWS = {b"Tj", b"TJ", b"'", b"f", b"S", b"B", b"f*", b"re"}


class Heard:
    """A document as it is heard: `said`, the (role, text, alternative) of each part in the order of reading."""

    def __init__(self, path):
        self.document = PdfReader(path)
        self.texts, self.unmarked, self.look = {}, [], []
        self.keys = {page.indirect_reference.idnum: number for number, page in enumerate(self.document.pages)}
        for number, page in enumerate(self.document.pages):
            self._read(number, page)
        self.root = self.document.trailer["/Root"]["/StructTreeRoot"]
        self.places, self.said = {}, []
        for kid in self.root["/K"]:
            self._walk(kid.get_object(), 0)

    def _read(self, number, page):
        inside = []
        for operands, operator in ContentStream(page.get_contents(), self.document).operations:
            if operator in (b"BDC", b"BMC"):
                inside.append(operands[1]["/MCID"] if operator == b"BDC" else "look")
                assert len(inside) == 1, "marks do not lie in one another"
                if operator == b"BDC":
                    assert (number, inside[0]) not in self.texts
                    self.texts[number, inside[0]] = (operands[0], "")
            elif operator == b"EMC":
                inside.pop()
            elif operator in DRAWS and not inside:
                self.unmarked.append((number, operator))
            elif operator in (b"Tj", b"TJ"):
                text = operands[0] if isinstance(operands[0], (str, bytes)) else "".join(map(str, operands[0]))
                text = text.decode("latin-1") if isinstance(text, bytes) else text
                if inside[0] == "look":
                    self.look.append(text)
                else:
                    role, before = self.texts[number, inside[0]]
                    self.texts[number, inside[0]] = (role, before + text)
        assert inside == []

    def _walk(self, element, depth):
        text, row = "", [depth, element["/S"].lstrip("/"), "", element.get("/Alt", "")]
        self.said.append(row)
        for kid in element["/K"]:
            inner = kid.get_object()
            if inner.get("/Type") != "/MCR":
                assert inner["/P"].get_object() == element
                self._walk(inner, depth + 1)
                continue
            place = self.keys[inner.raw_get("/Pg").idnum], inner["/MCID"]
            assert place not in self.places, "what is drawn belongs to one part"
            self.places[place] = element
            role, said = self.texts[place]
            assert role == element["/S"]
            text += said
        row[2] = " ".join(text.split())

    def of(self, *roles):
        return [text for _depth, role, text, _alt in self.said if role in roles]


@pytest.fixture
def answered(questionnaire, harbour):
    for number in range(12):
        member = member_of(harbour, f"c{number}@crowd.example", f"Crowd {number}")
        data = {"nps": 10, "size": "1-9", "used": ["forum"]} if number < 6 else {"nps": 2, "size": "10-99", "why": "Too slow"}
        answering.complete(questionnaire, member=member, data=data)
    return questionnaire


def made(questionnaire, tmp_path, **wanted):
    path = tmp_path / "report.pdf"
    report.write(questionnaire, path, lambda _done: None, wanted={"row": "", "column": "", **wanted})
    return Heard(path)


def agrees(heard):
    """Everything drawn is told or marked as look, and pages and tree name each other."""
    assert heard.unmarked == []
    assert set(heard.places) == set(heard.texts)
    numbers = heard.root["/ParentTree"]["/Nums"]
    listed = dict(zip(numbers[::2], (entry.get_object() for entry in numbers[1::2]), strict=True))
    for number, page in enumerate(heard.document.pages):
        assert (page["/StructParents"], page["/Tabs"]) == (number, "/S")
        marks = [mark for at, mark in heard.texts if at == number]
        assert len(listed[number]) == len(marks)
        for mark in marks:
            assert listed[number][mark].get_object() == heard.places[number, mark]


def test_a_report_is_heard_in_its_order_with_headings_tables_and_figures(answered, tmp_path):
    heard = made(answered, tmp_path, row="nps", column="size")
    agrees(heard)
    assert heard.document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert heard.said[0][1] == "Document"
    assert heard.of("H1") == ["How are we doing?"]
    assert heard.of("H2")[:3] == ["1. Would you recommend us?", "2. What went wrong?", "3. What do you use?"]
    figures = [alt for _depth, role, _text, alt in heard.said if role == "Figure"]
    assert figures
    assert all(figures)
    assert figures[0].startswith("Would you recommend us?")
    # The chart is told before its table, the table after its heading.
    roles = [role for depth, role, _text, _alt in heard.said if depth == 1]
    place = roles.index("H2")
    assert roles[place : place + 5].count("P") >= 2
    assert roles.index("Figure") < roles.index("Table", roles.index("Figure"))
    assert "Page 1" in " ".join(heard.look)


def test_a_tables_heads_say_of_what_they_are(answered, tmp_path):
    heard = made(answered, tmp_path)
    heads = {}
    for element in heard.places.values():
        if element["/S"] == "/TH":
            heads.setdefault(element["/A"]["/Scope"], []).append(element)
    assert set(heads) == {"/Column", "/Row"}
    assert {"Fieldwork", "Choice", "Share", "10"} <= set(heard.of("TH"))
    assert all(element["/P"].get_object()["/S"] == "/TR" for element in heads["/Column"])
    assert all(element["/P"].get_object()["/P"].get_object()["/S"] == "/Table" for element in heads["/Column"])


def test_what_goes_over_a_page_is_one_part_and_a_repeated_head_is_heard_once(tmp_path):
    sheet = Sheet("en")
    sheet.title("Long")
    sheet.say("word " * 2_000)
    sheet.table(["Name", "Figure"], [[f"row {number}", str(number)] for number in range(90)], (50, 50))
    sheet.points(["first", "second"])
    sheet.save(tmp_path / "long.pdf", title="Long", author="Club", subject="x", foot=lambda page: f"Page {page}")
    heard = Heard(tmp_path / "long.pdf")
    agrees(heard)
    assert len(heard.document.pages) > 3
    [words] = heard.of("P")
    assert words.count("word") == 2_000
    assert heard.of("TH")[:3] == ["Name", "Figure", "row 0"]
    assert heard.of("TH").count("Name") == 1
    assert heard.look.count("Name") >= 1
    assert heard.of("TD") == [str(number) for number in range(90)]
    assert heard.of("LBody") == ["first", "second"]


def test_a_chinese_report_tells_its_figures_in_chinese(answered, tmp_path):
    with translation.override("zh-hans"):
        heard = made(answered, tmp_path)
    agrees(heard)
    alternatives = [alt for _depth, role, _text, alt in heard.said if role == "Figure"]
    assert alternatives
    assert all("区间" in alt for alt in alternatives)
