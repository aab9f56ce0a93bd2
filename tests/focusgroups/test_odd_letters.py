"""What somebody typed keeps nobody from their file: letters that XML does not know, in talk, names, titles and marks."""

import io
import zipfile
from xml.etree import ElementTree

import docx
import pytest

from codebooks import editing
from codebooks.models import Code
from focusgroups import coding, discussing
from focusgroups.models import Group, Seat, Study
from focusgroups.printable import printable

ODD = "a\x01b\x0bc\ufffed\uffffe\x1f"
NS = "{urn:QDA-XML:project:1.0}"


@pytest.fixture
def odd(open_group, seats, study, alice, moderator, new_id) -> Group:
    said = discussing.say(open_group.pk, member=alice, client_id=new_id(), body=f"{ODD} 😀 仓库")
    Group.objects.filter(pk=open_group.pk).update(title=f"Stock {ODD}")
    Study.objects.filter(pk=study.pk).update(title=f"Study {ODD}", purpose=ODD)
    Seat.objects.filter(pk=seats["alice"].pk).update(segment=ODD)
    code = Code.objects.create(codebook=editing.book_of(study), name=f"Code {ODD}", memo=ODD)
    coding.mark(open_group, coder=moderator, code=code, stream="all", seq=said.seq, words="仓库", memo=ODD)
    coding.mark(open_group, coder=moderator, code=code, stream="all", seq=said.seq, memo=ODD)
    return open_group


def test_positions_stay_where_they_are():
    assert printable(ODD) == "a b c d e "
    assert printable("line\n\ttab 😀\U0010ffff") == "line\n\ttab 😀\U0010ffff"


@pytest.mark.parametrize("copy", ["", "?copy=client"])
@pytest.mark.parametrize("kind", ["txt", "csv", "json", "vtt", "docx"])
def test_every_transcript_can_be_taken_along(client, odd, moderator, kind, copy):
    client.force_login(moderator)
    answer = client.get(f"/groups/{odd.pk}/transcript.{kind}{copy}")
    assert answer.status_code == 200
    if kind == "docx":
        assert any("a b c d e  😀 仓库" in paragraph.text for paragraph in docx.Document(io.BytesIO(answer.content)).paragraphs)


def test_the_project_file_is_xml_and_its_marks_cut_out_what_was_marked(client, odd, study, moderator):
    client.force_login(moderator)
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/groups/studies/{study.pk}/project.qdpx").content))
    root = ElementTree.fromstring(archive.read("project.qde"))
    source = root.find(f"{NS}Sources/{NS}TextSource")
    text = archive.read("Sources/" + source.attrib["plainTextPath"].removeprefix("internal://")).decode()
    cut = [text[int(each.attrib["startPosition"]) : int(each.attrib["endPosition"])] for each in source.iter(f"{NS}PlainTextSelection")]
    assert cut == ["仓库", "a b c d e  😀 仓库"]
