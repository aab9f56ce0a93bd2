"""Coding: the codebook, marks, queries, agreement, quotes, and the project file for other programs."""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from codebooks import editing
from codebooks.models import Code
from focusgroups import coding, discussing, findings, moderating, preparing, seating
from focusgroups.models import Coding, Group, Quote, Seat
from focusgroups.refusals import Refused
from live.models import Event

NS = "{urn:QDA-XML:project:1.0}"
GUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


@pytest.fixture
def talk(open_group, seats, question, alice, charlie, moderator, new_id):
    pk = open_group.pk
    Seat.objects.filter(pk=seats["alice"].pk).update(segment="deploy")
    Seat.objects.filter(pk=seats["charlie"].pk).update(segment="renew")
    discussing.say(pk, member=alice, client_id=new_id(), body="Hello 😀 仓库太小, too small")
    moderating.pose(pk, member=moderator, client_id=None, item=question.pk)
    for member, text in ((alice, "Too small again"), (charlie, "The price is too high"), (charlie, "Fine otherwise")):
        discussing.say(pk, member=member, client_id=new_id(), body=text)
    return open_group


@pytest.fixture
def codes(study):
    book = editing.book_of(study)
    hurts = Code.objects.create(codebook=book, name="Hurts", hue=3, memo="What annoys people & why")
    return {
        "hurts": hurts,
        "space": Code.objects.create(codebook=book, name="Space", parent=hurts),
        "price": Code.objects.create(codebook=book, name="Price"),
    }


def seq_of(group, text):
    return Event.objects.get(stream__name=f"group:{group.pk}:all", body__body=text).seq


def test_a_codebook_grows_by_its_page_with_hierarchy_colour_and_memo(client, study, researcher):
    client.force_login(researcher)
    address = f"/groups/studies/{study.pk}/codes/"
    client.post(address, {"name": "Hurts", "hue": "3", "memo": "What annoys"})
    hurts = Code.objects.get()
    client.post(address, {"name": "Space", "parent": hurts.pk, "hue": "0"})
    study.refresh_from_db()
    assert [(branch.code.name, branch.depth) for branch in findings.codebook(study)] == [("Hurts", 0), ("Space", 1)]
    page = client.post(address, {"name": "Space", "hue": "0"}, follow=True).content.decode()
    assert "This name is taken." in page
    page = client.post(f"{address}{hurts.pk}/", {"name": "Hurts", "parent": Code.objects.get(name="Space").pk, "hue": "1"}, follow=True)
    assert "A code cannot hang under itself." in page.content.decode()
    client.post(f"{address}{hurts.pk}/", {"remove": "1"})
    assert not Code.objects.exists()


def test_a_new_code_is_offered_the_next_colour(client, study, codes, researcher):
    client.force_login(researcher)
    assert client.get(study.get_absolute_url()).context["code_form"]["hue"].value() == 3
    study.codebook.codes.all().delete()
    assert client.get(study.get_absolute_url()).context["code_form"]["hue"].value() == 0


def test_a_refused_code_stays_as_it_was_typed_with_the_reason_at_its_field(client, study, codes, researcher):
    client.force_login(researcher)
    address = f"/groups/studies/{study.pk}/codes/"
    refused = client.post(address, {"name": "Price", "hue": "4", "memo": "What it costs & whom"})
    page = refused.content.decode()
    assert refused.status_code == 422
    typed = page[page.index("New code") :]
    assert 'value="Price"' in typed
    assert "What it costs &amp; whom</textarea>" in typed
    assert '<option value="4" selected>' in typed
    assert "This name is taken." in typed[: typed.index("What it costs")]
    assert page.count("This name is taken.") == 1
    # Another wording of one is kept at its own place, and the new one stays empty.
    hurts, space = codes["hurts"], codes["space"]
    refused = client.post(f"{address}{hurts.pk}/", {"name": "Hurts a lot", "parent": space.pk, "hue": "1", "memo": "More"})
    page = refused.content.decode()
    assert refused.status_code == 422
    here = page[page.index(f"/codes/{hurts.pk}/") : page.index(f"/codes/{space.pk}/")]
    assert 'value="Hurts a lot"' in here
    assert "A code cannot hang under itself." in here
    assert f'id="code_{hurts.pk}_name"' in here
    assert "Hurts a lot" not in page[page.index("New code") :]
    hurts.refresh_from_db()
    assert (hurts.name, hurts.hue) == ("Hurts", 3)
    assert study.codes.count() == 3


def test_marks_are_made_of_words_or_a_whole_line_once_and_taken_back_by_their_maker(client, talk, codes, moderator, researcher):
    client.force_login(moderator)
    address, seq = f"/groups/{talk.pk}/coding/", seq_of(talk, "Hello 😀 仓库太小, too small")
    frame = {"code": codes["space"].pk, "stream": "all", "seq": seq, "words": "仓库太小"}
    for _time in range(2):
        client.post(address, frame)
    mark = Coding.objects.get()
    assert (mark.start, mark.end, mark.quoted) == (8, 12, "仓库太小")
    client.post(address, frame | {"words": ""})
    assert Coding.objects.count() == 2
    assert "do not stand in this line" in client.post(address, frame | {"words": "never said"}, follow=True).content.decode()
    client.force_login(researcher)
    assert "仓库太小</span>" not in client.get(address).content.decode()
    page = client.get(f"{address}?everybody=1").content.decode()
    assert '仓库太小 · <span class="marked-by">Momo the moderator</span>' in page
    assert "the whole line" in page
    client.post(address, {"remove": mark.pk})
    assert Coding.objects.count() == 2
    client.force_login(moderator)
    client.post(address, {"remove": mark.pk})
    assert Coding.objects.count() == 1


def test_quotes_are_found_by_code_with_what_hangs_under_it_by_segment_and_by_question(client, talk, codes, question, study, moderator):
    for code, text in (("space", "Hello 😀 仓库太小, too small"), ("space", "Too small again"), ("price", "The price is too high")):
        coding.mark(talk, coder=moderator, code=codes[code], stream="all", seq=seq_of(talk, text))

    def found(**wanted):
        return [each.coding.quoted for each in findings.quotes(study, **wanted)]

    assert len(found(code=codes["hurts"].pk)) == 2
    assert found(code=codes["hurts"].pk, item=question.pk) == ["Too small again"]
    assert found(segment="renew") == ["The price is too high"]
    assert found(segment="renew", code=codes["space"].pk) == []
    client.force_login(moderator)
    page = client.get(f"/groups/studies/{study.pk}/?code={codes['hurts'].pk}&segment=deploy&item={question.pk}").content.decode()
    assert '<blockquote lang="en">Too small again' in page
    assert '<blockquote lang="en">The price' not in page


def test_what_two_coders_marked_alike_is_one_quote_and_stands_under_its_question(
    client, talk, codes, question, study, moderator, researcher
):
    for coder in (moderator, researcher):
        coding.mark(talk, coder=coder, code=codes["space"], stream="all", seq=seq_of(talk, "Too small again"))
    client.force_login(moderator)
    page = client.get(f"/groups/studies/{study.pk}/?by=item").content.decode()
    assert page.count("<blockquote") == 1
    assert "2 coders" in page
    assert page.count(f">{question.text}</th>") == 1


def test_two_coders_agreement_is_counted_over_all_that_participants_said(client, talk, codes, study, moderator, researcher):
    said = ["Hello 😀 仓库太小, too small", "Too small again", "The price is too high", "Fine otherwise"]
    for coder, marked in ((moderator, said[:2]), (researcher, said[:1])):
        for text in marked:
            coding.mark(talk, coder=coder, code=codes["space"], stream="all", seq=seq_of(talk, text))
    pairs, units, rows, _alpha = findings.agreements(study)
    assert (len(pairs), units) == (1, 4)
    # By hand: 1 1 0 0 against 1 0 0 0: observed 3/4, expected 1/2, kappa 1/2.
    assert rows[0].kappas == [pytest.approx(0.5)]
    # By hand: coincidences 0-0: 4, 1-1: 2, 0-1: 2 of n = 8, so 1 - (2/8) / (2·5·3/56).
    assert rows[0].alpha == pytest.approx(1 - (2 / 8) / (30 / 56))
    client.force_login(researcher)
    assert "0.500" in client.get(f"/groups/studies/{study.pk}/").content.decode()


def test_a_quote_goes_to_the_board_once_with_its_segment_and_comes_down(client, talk, codes, study, moderator):
    mark = coding.mark(talk, coder=moderator, code=codes["price"], stream="all", seq=seq_of(talk, "The price is too high"))
    client.force_login(moderator)
    for _time in range(2):
        client.post(f"/groups/studies/{study.pk}/quotes/", {"coding": mark.pk})
    quote = Quote.objects.get()
    assert (quote.text, quote.name, quote.segment) == ("The price is too high", "Cedar", "renew")
    client.post(f"/groups/studies/{study.pk}/quotes/", {"quote": quote.pk, "note": "First page"})
    assert "First page" in client.get(f"/groups/studies/{study.pk}/").content.decode()
    client.post(f"/groups/studies/{study.pk}/quotes/", {"quote": quote.pk, "note": "x" * 501})
    assert Quote.objects.get().note == "First page"
    client.post(f"/groups/studies/{study.pk}/quotes/", {"remove": quote.pk})
    assert not Quote.objects.exists()


# What the standard's schema demands of the elements that we write: attributes that must be there, and children in their order.
STRUCTURE = {
    "Project": (
        {"name"},
        ["Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Description", "NoteRef"],
    ),
    "Users": (set(), ["User"]),
    "User": ({"guid"}, []),
    "CodeBook": (set(), ["Codes", "Sets"]),
    "Codes": (set(), ["Code"]),
    "Code": ({"guid", "name", "isCodable"}, ["Description", "NoteRef", "Code"]),
    "Variables": (set(), ["Variable"]),
    "Variable": ({"guid", "name", "typeOfVariable"}, ["Description"]),
    "Cases": (set(), ["Case"]),
    "Case": ({"guid"}, ["Description", "CodeRef", "VariableValue", "SourceRef", "SelectionRef"]),
    "VariableValue": (set(), ["VariableRef", "TextValue"]),
    "VariableRef": ({"targetGUID"}, []),
    "TextValue": (set(), []),
    "SelectionRef": ({"targetGUID"}, []),
    "Sources": (set(), ["TextSource"]),
    "TextSource": ({"guid"}, ["Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue"]),
    "PlainTextSelection": ({"guid", "startPosition", "endPosition"}, ["Description", "Coding", "NoteRef"]),
    "Coding": ({"guid"}, ["CodeRef", "NoteRef"]),
    "CodeRef": ({"targetGUID"}, []),
    "Description": (set(), []),
}


def test_the_project_file_has_the_standards_structure_and_cuts_out_what_was_marked(client, talk, codes, study, moderator, alice):
    for text, words in (("Hello 😀 仓库太小, too small", "仓库太小"), ("The price is too high", "")):
        coding.mark(talk, coder=moderator, code=codes["space"], stream="all", seq=seq_of(talk, text), words=words)
    client.force_login(moderator)
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/groups/studies/{study.pk}/project.qdpx").content))
    root = ElementTree.fromstring(archive.read("project.qde"))
    guids, targets = set(), set()
    for element in root.iter():
        name = element.tag.removeprefix(NS)
        required, children = STRUCTURE[name]
        assert required <= set(element.attrib), name
        places = [children.index(child.tag.removeprefix(NS)) for child in element]
        assert places == sorted(places), name
        if "guid" in element.attrib:
            assert GUID.fullmatch(element.attrib["guid"])
            assert element.attrib["guid"] not in guids
            guids.add(element.attrib["guid"])
        targets |= {element.attrib[key] for key in ("targetGUID", "creatingUser") if key in element.attrib}
        assert re.fullmatch(r"#[0-9A-F]{6}", element.attrib.get("color", "#000000"))
    assert targets <= guids
    source = root.find(f"{NS}Sources/{NS}TextSource")
    text = archive.read("Sources/" + source.attrib["plainTextPath"].removeprefix("internal://")).decode()
    cut = [text[int(each.attrib["startPosition"]) : int(each.attrib["endPosition"])] for each in source.iter(f"{NS}PlainTextSelection")]
    assert cut == ["仓库太小", "The price is too high"]
    assert [code.attrib["name"] for code in root.find(f"{NS}CodeBook/{NS}Codes/{NS}Code") if "name" in code.attrib] == ["Space"]
    whole = text + archive.read("project.qde").decode()
    for name in (alice.name, alice.email, "Charlie", moderator.email):
        assert name not in whole


def test_the_project_file_has_marked_whispers_too_and_nothing_of_the_glass_or_of_a_rehearsal(
    client, talk, codes, study, moderator, observer, alice, new_id
):
    said = discussing.say(talk.pk, member=alice, client_id=new_id(), body="Between us: it leaks", to="me")
    copy = Event.objects.get(stream__name=f"group:{talk.pk}:staff", body__body="Between us: it leaks")
    assert said.stream == "me"
    coding.mark(talk, coder=moderator, code=codes["hurts"], stream="staff", seq=copy.seq, words="it leaks")
    discussing.say(talk.pk, member=observer, client_id=new_id(), body="Behind the glass")
    room = preparing.rehearse(talk, by=moderator)
    moderating.change_status(room.pk, member=moderator, client_id=new_id(), status=Group.Status.OPEN)
    seating.consent(seating.invite(room, member=alice, pseudonym="Trial"))
    discussing.say(room.pk, member=alice, client_id=new_id(), body="One two three")
    with pytest.raises(Refused, match="rehearsal"):
        coding.mark(room, coder=moderator, code=codes["hurts"], stream="all", seq=seq_of(room, "One two three"))
    client.force_login(moderator)
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/groups/studies/{study.pk}/project.qdpx").content))
    [path] = [name for name in archive.namelist() if name.startswith("Sources/")]
    text, project = archive.read(path).decode(), archive.read("project.qde").decode()
    [mark] = ElementTree.fromstring(project).iter(f"{NS}PlainTextSelection")
    assert text[int(mark.attrib["startPosition"]) : int(mark.attrib["endPosition"])] == "it leaks"
    assert "(private) Maple: Between us" in text
    for hidden in ("Behind the glass", "One two three", "Trial", "Rehearsal"):
        assert hidden not in text + project


def test_an_empty_study_makes_a_project_file_too(client, study, researcher):
    client.force_login(researcher)
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/groups/studies/{study.pk}/project.qdpx").content))
    assert ElementTree.fromstring(archive.read("project.qde")).attrib["name"] == study.title


def test_the_analysis_asks_no_more_for_more_marks(client, talk, codes, study, moderator, alice, new_id, django_assert_max_num_queries):
    for number in range(30):
        discussing.say(talk.pk, member=alice, client_id=new_id(), body=f"Word {number}")
        coding.mark(talk, coder=moderator, code=codes["price"], stream="all", seq=seq_of(talk, f"Word {number}"))
    client.force_login(moderator)
    client.get("/groups/")
    for address in (f"/groups/studies/{study.pk}/", f"/groups/{talk.pk}/coding/"):
        with django_assert_max_num_queries(45):
            assert client.get(address).status_code == 200


def test_only_what_participants_said_in_a_room_of_the_study_can_be_marked(talk, codes, moderator):
    other = Group.objects.create(study=talk.study, title="Other")
    with pytest.raises(Refused):
        coding.mark(other, coder=moderator, code=codes["price"], stream="all", seq=1)
    with pytest.raises(Refused):
        coding.mark(talk, coder=moderator, code=codes["price"], stream="all", seq=1)
