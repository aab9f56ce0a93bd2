"""The project file against what the standard's schema says (REFI-QDA 1.5, Project.xsd of 18 March 2019): every rule of it that the
elements we write fall under, as facts. Attributes that must and that may be there with the form of their values; children in their
order, how many at least and at most; what each reference points to.
"""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from codebooks import editing
from codebooks.models import Code
from focusgroups import coding, discussing, findings, moderating, qdpx, redacting
from focusgroups.models import Redaction, Seat
from live.models import Event

NS = "{urn:QDA-XML:project:1.0}"
MANY = None
HEX = "[0-9a-fA-F]"
GUID = rf"{HEX}{{8}}(-{HEX}{{4}}){{3}}-{HEX}{{12}}|\{{{HEX}{{8}}(-{HEX}{{4}}){{3}}-{HEX}{{12}}\}}"
TEXT, RGB, BOOLEAN, INTEGER = r"(?s).*", rf"#({HEX}{{6}}|{HEX}{{3}})", "true|false|1|0", r"[+-]?\d+"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
VARIABLE = "Text|Boolean|Integer|Float|Date|DateTime"
SIGNED = {"creatingUser": GUID, "creationDateTime": MOMENT, "modifyingUser": GUID, "modifiedDateTime": MOMENT}
NOTES = ("NoteRef", 0, MANY)
DESCRIPTION = ("Description", 0, 1)
PARTS = ("Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs")
# element → attributes that must be there, those that may, children in their order with how many at least and at most
RULES = {
    "Project": (
        {"name": TEXT},
        {"origin": TEXT, "creatingUserGUID": GUID, "creationDateTime": MOMENT, "modifyingUserGUID": GUID, "modifiedDateTime": MOMENT}
        | {"basePath": TEXT},
        [*((name, 0, 1) for name in PARTS), DESCRIPTION, NOTES],
    ),
    "Users": ({}, {}, [("User", 1, MANY)]),
    "User": ({"guid": GUID}, {"name": TEXT, "id": TEXT}, []),
    "CodeBook": ({}, {}, [("Codes", 1, 1)]),
    "Codes": ({}, {}, [("Code", 1, MANY)]),
    "Code": ({"guid": GUID, "name": TEXT, "isCodable": BOOLEAN}, {"color": RGB}, [DESCRIPTION, NOTES, ("Code", 0, MANY)]),
    "Variables": ({}, {}, [("Variable", 1, MANY)]),
    "Variable": ({"guid": GUID, "name": TEXT, "typeOfVariable": VARIABLE}, {}, [DESCRIPTION]),
    "Cases": ({}, {}, [("Case", 1, MANY)]),
    "Case": (
        {"guid": GUID},
        {"name": TEXT},
        [DESCRIPTION, *((name, 0, MANY) for name in ("CodeRef", "VariableValue", "SourceRef", "SelectionRef"))],
    ),
    "VariableValue": ({}, {}, [("VariableRef", 1, 1), ("TextValue", 0, 1)]),
    "Sources": ({}, {}, [("TextSource", 1, MANY)]),
    "TextSource": (
        {"guid": GUID},
        {"name": TEXT, "richTextPath": TEXT, "plainTextPath": r"(internal|relative|absolute)://.+", **SIGNED},
        [DESCRIPTION, ("PlainTextContent", 0, 1), ("PlainTextSelection", 0, MANY), ("Coding", 0, MANY), NOTES, ("VariableValue", 0, MANY)],
    ),
    "PlainTextSelection": (
        {"guid": GUID, "startPosition": INTEGER, "endPosition": INTEGER},
        {"name": TEXT, **SIGNED},
        [DESCRIPTION, ("Coding", 0, MANY), NOTES],
    ),
    "Coding": ({"guid": GUID}, {"creatingUser": GUID, "creationDateTime": MOMENT}, [("CodeRef", 1, 1), NOTES]),
    **{name: ({"targetGUID": GUID}, {}, []) for name in ("CodeRef", "VariableRef", "SelectionRef", "SourceRef", "NoteRef")},
    **{name: ({}, {}, []) for name in ("Description", "TextValue", "PlainTextContent")},
}
REFERS = {"CodeRef": "Code", "VariableRef": "Variable", "SelectionRef": "PlainTextSelection", "SourceRef": "TextSource"}


def faults(element, path=""):
    """What the schema would say of an element and all that is in it."""
    name = element.tag.removeprefix(NS)
    if not element.tag.startswith(NS) or name not in RULES:
        return [f"{path}/{element.tag} is not known here"]
    required, allowed, children = RULES[name]
    found, here = [], f"{path}/{name}"
    found += [f"{here} lacks {each}" for each in required if each not in element.attrib]
    for attribute, value in element.attrib.items():
        form = (required | allowed).get(attribute)
        if form is None:
            found.append(f"{here} has {attribute}")
        elif not re.fullmatch(form, value):
            found.append(f"{here} {attribute}={value!r}")
    if name not in ("Description", "TextValue", "PlainTextContent") and (element.text or "").strip():
        found.append(f"{here} has words of its own")
    names = [child.tag.removeprefix(NS) for child in element]
    order = [each for each, _least, _most in children]
    if [order.index(each) for each in names if each in order] != sorted(order.index(each) for each in names if each in order):
        found.append(f"{here} has its children in another order: {names}")
    for each, least, most in children:
        if not least <= names.count(each) <= (len(names) if most is MANY else most):
            found.append(f"{here} has {names.count(each)} of {each}")
    return found + [fault for child in element for fault in faults(child, here)]


def opened(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    root = ElementTree.fromstring(archive.read("project.qde"))
    kinds = {each.attrib["guid"]: each.tag.removeprefix(NS) for each in root.iter() if "guid" in each.attrib}
    assert len(kinds) == sum("guid" in each.attrib for each in root.iter()), "a GUID is given once"
    for each in root.iter():
        name = each.tag.removeprefix(NS)
        if name in REFERS:
            assert kinds[each.attrib["targetGUID"]] == REFERS[name]
        if "creatingUser" in each.attrib:
            assert kinds[each.attrib["creatingUser"]] == "User"
    texts = {}
    for source in root.iter(f"{NS}TextSource"):
        name = source.attrib["plainTextPath"].removeprefix("internal://")
        texts[source.attrib["guid"]] = text = archive.read(f"Sources/{name}").decode("utf-8")
        for selection in source.iter(f"{NS}PlainTextSelection"):
            start, end = int(selection.attrib["startPosition"]), int(selection.attrib["endPosition"])
            assert 0 <= start < end <= len(text)
    assert sorted(archive.namelist()) == sorted(["project.qde", *(f"Sources/{guid}.txt" for guid in texts)]), "no file without a source"
    return root, texts


@pytest.fixture
def coded(open_group, study, seats, question, alice, charlie, moderator, researcher, new_id):
    """A tree of codes with memos, two coders, marks of parts, whole lines and whispers, with memos and without."""
    pk = open_group.pk
    study.purpose = "What hurts & why <now>"
    study.save()
    Seat.objects.filter(pk=seats["alice"].pk).update(segment='deploy "1"')
    moderating.pose(pk, member=moderator, client_id=None, item=question.pk)
    said = discussing.say(pk, member=alice, client_id=new_id(), body="Hello 😀 仓库太小\nand Charlie says <too> small")
    discussing.say(pk, member=charlie, client_id=new_id(), body="Between us: it leaks", to="me")
    book = editing.book_of(study)
    study.refresh_from_db()
    open_group.study.refresh_from_db()
    hurts = Code.objects.create(codebook=book, name="Hurts", memo="What & whom", hue=3)
    space = Code.objects.create(codebook=book, name="Space <m²>", parent=hurts)
    Code.objects.create(codebook=book, name="Never used")
    for coder, words, memo in ((moderator, "仓库太小", "says it twice"), (researcher, "", ""), (researcher, "too", "")):
        coding.mark(open_group, coder=coder, code=space, stream="all", seq=said.seq, words=words, memo=memo)
    copy = Event.objects.get(stream__name=f"group:{pk}:staff", body__body="Between us: it leaks")
    coding.mark(open_group, coder=moderator, code=hurts, stream="staff", seq=copy.seq)
    return open_group


def test_every_rule_of_the_schema_holds_for_a_coded_study(client, coded, study, moderator):
    client.force_login(moderator)
    root, texts = opened(client.get(f"/groups/studies/{study.pk}/project.qdpx").content)
    assert faults(root) == []
    used = {each.tag.removeprefix(NS) for each in root.iter()}
    assert used >= {"Users", "Code", "Variable", "Case", "TextSource", "PlainTextSelection", "Coding", "SelectionRef", "Description"}
    [text] = texts.values()
    cut = [text[int(each.attrib["startPosition"]) : int(each.attrib["endPosition"])] for each in root.iter(f"{NS}PlainTextSelection")]
    assert cut == ["仓库太小", "Hello 😀 仓库太小\nand Charlie says <too> small", "too", "Between us: it leaks"]
    nested = [each.attrib["name"] for each in root.findall(f"{NS}CodeBook/{NS}Codes/{NS}Code/{NS}Code")]
    assert nested == ["Space <m²>"]
    # A participant's case gathers what they said, and no more.
    cases = {each.attrib["name"].partition(" (")[0]: len(each.findall(f"{NS}SelectionRef")) for each in root.iter(f"{NS}Case")}
    assert cases == {"Maple": 3, "Cedar": 1}


def test_it_holds_for_an_empty_study_and_for_one_whose_talk_nobody_has_coded(study, open_group, seats, alice, new_id):
    root, _texts = opened(qdpx.project(study))
    assert faults(root) == []
    discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Hello")
    root, texts = opened(qdpx.project(study))
    assert faults(root) == []
    assert len(texts) == 1


def test_the_same_study_taken_out_twice_has_the_same_identities(coded, study):
    first, second = (opened(qdpx.project(study))[0] for _time in range(2))
    assert [each.attrib.get("guid") for each in first.iter()] == [each.attrib.get("guid") for each in second.iter()]


def test_after_a_redaction_it_holds_too_and_says_nothing_of_what_was_taken_out(coded, study, moderator):
    redacting.redact(coded, by=moderator, words=["Charlie", "leaks", "Hurts", "whom"], kind=Redaction.Kind.NAME)
    root, texts = opened(qdpx.project(study))
    assert faults(root) == []
    whole = "".join(texts.values()) + ElementTree.tostring(root, encoding="unicode")
    for word in ("Charlie", "leaks", "Hurts", "whom"):
        assert word not in whole, word


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: root.attrib.pop("name"), "lacks name"),
        (lambda root: root.set("colour", "red"), "has colour"),
        (lambda root: root.find(f".//{NS}Code").set("color", "red"), "color='red'"),
        (lambda root: root.find(f".//{NS}Coding").clear(), "0 of CodeRef"),
        (lambda root: root.append(root.find(f"{NS}Users")), "2 of Users"),
        (lambda root: root.find(f".//{NS}Variable").set("typeOfVariable", "String"), "typeOfVariable='String'"),
        (lambda root: root.insert(0, ElementTree.Element(f"{NS}Sources")), "0 of TextSource"),
        (lambda root: root.find(f"{NS}Cases").append(ElementTree.Element(f"{NS}Person")), "not known"),
    ],
)
def test_the_rules_find_what_breaks_them(coded, study, spoil, said):
    root, _texts = opened(qdpx.project(study))
    spoil(root)
    assert any(said in fault for fault in faults(root)), faults(root)


def test_words_and_agreement_are_counted_of_what_is_left_after_a_redaction(coded, study, alice, moderator, new_id):
    discussing.say(coded.pk, member=alice, client_id=new_id(), body="Charlie is too small")
    counted = {word: count for word, count, _spread in findings.words(study)}
    assert (counted["charlie"], counted["small"]) == (2, 2)
    redacting.redact(coded, by=moderator, words=["Charlie"], kind=Redaction.Kind.NAME)
    counted = {word: count for word, count, _spread in findings.words(study)}
    assert ("charlie" in counted, counted["small"]) == (False, 2)
