"""What was taken out of a talk is found by no door any more, whatever was made of it before."""

import io
import zipfile

import docx
import pytest
from django.core.management import call_command

from codebooks import editing
from codebooks.models import Code
from focusgroups import coding, discussing, moderating, redacting
from focusgroups.models import Coding, Group, Item, Quote, Redaction

WORDS = ("Zephyr", "13812345678")


@pytest.fixture
def talk(open_group, seats, study, question, alice, charlie, moderator, researcher, new_id) -> Group:
    """The words stand everywhere before: said, edited, whispered, answered, in an exercise, coded, quoted, noted, in a code's name."""
    pk, book = open_group.pk, editing.book_of(study)
    open_group.study.refresh_from_db()
    notes = Item.objects.create(group=open_group, sort_order=30, kind="notes", text="What would Zephyr say?")
    for item in (question, notes):
        moderating.pose(pk, member=moderator, client_id=None, item=item.pk)
    said = discussing.say(pk, member=alice, client_id=new_id(), body="Ask Zephyr, Zephyr knows: 13812345678")
    discussing.say(pk, member=charlie, client_id=new_id(), body="Zephyr is my boss", to="me")
    moderating.probe(pk, member=moderator, client_id=None, seat=seats["charlie"].pk, body="Who is Zephyr?")
    discussing.answer(pk, member=charlie, client_id=new_id(), item=question.pk, body="As Zephyr wished")
    discussing.answer(pk, member=charlie, client_id=new_id(), item=notes.pk, given={"notes": ["Zephyr!", "Call 13812345678"]})
    for name in ("Zephyr's part", "13812345678's part", "Other"):
        code = Code.objects.create(codebook=book, name=name, memo="Where Zephyr comes in")
    marked = {"stream": "all", "seq": said.seq, "words": "Zephyr knows: 13812345678", "memo": "Zephyr?"}
    for coder in (moderator, researcher):
        mark = coding.mark(open_group, coder=coder, code=code, **marked)
    coding.pick(mark, by=researcher, note="Show this to Zephyr")
    moderating.change_status(pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    return Group.objects.get(pk=pk)


def everything(client, talk, members):
    """(who, where) → text, by every door that shows or hands out something of a talk."""
    pk, study, found = talk.pk, talk.study_id, {}
    paths = [f"/groups/{pk}/{path}" for path in ("", "transcript/", "people/", "coding/?everybody=1", "results/", "frames/")]
    paths += [f"/groups/{pk}/transcript.{kind}{copy}" for kind in ("txt", "csv", "json", "vtt", "docx") for copy in ("", "?copy=client")]
    paths += [f"/groups/studies/{study}/{path}" for path in ("", "?by=item", "project.qdpx")]
    paths += [f"/api/v1/groups/{pk}/events", "/notifications/", f"/admin/snippets/focusgroups/group/edit/{pk}/"]
    for member in members:
        client.force_login(member)
        for path in paths:
            answer = client.get(path, follow=True)
            content = answer.content if answer.status_code == 200 else b""
            if ".docx" in path and content:
                text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
            elif "qdpx" in path and content:
                archive = zipfile.ZipFile(io.BytesIO(content))
                text = "\n".join(archive.read(name).decode() for name in archive.namelist())
            else:
                text = content.decode()
            found[member.name, path] = text
    return found


def test_what_is_taken_out_is_gone_from_every_page_file_list_code_quote_and_count(client, talk, charlie, moderator, observer):
    members = (charlie, moderator, observer)
    before = everything(client, talk, members)
    assert sum(WORDS[0] in text for text in before.values()) > 25, "it stood everywhere"
    client.force_login(moderator)
    form = {"words": "\n".join(WORDS), "kind": "name", "reason": "Zephyr asked us to, on 13812345678"}
    assert client.post(f"/groups/{talk.pk}/redactions/", form).status_code == 302
    after = everything(client, talk, members)
    for where, text in after.items():
        for word in WORDS:
            assert word not in text, where
    assert after.keys() == before.keys()
    # The counts of what is left are as they were, and the trace says who, what kind, when and why, without the words.
    trace = Redaction.objects.get()
    assert (trace.by, trace.kind, trace.reason) == (moderator, "name", "[name] asked us to, on [name]")
    assert Coding.objects.count() == 2
    assert {each.quoted for each in Coding.objects.all()} == {"[name] knows: [name]"} == {each.text for each in Quote.objects.all()}
    assert sorted(talk.study.codes.values_list("name", flat=True)) == ["Other", "[name]'s part", "[name]'s part 2"]
    call_command("verify_transcript", talk.pk)


def test_a_code_of_another_name_and_of_another_book_stays(talk, moderator):
    other = Code.objects.create(codebook=editing.Codebook.objects.create(title="Another"), name="Zephyrs and winds", memo="Zephyr")
    mine = Code.objects.create(codebook=talk.study.codebook, name="Zephyrs and winds")
    redacting.redact(talk, by=moderator, words=["Zephyr"], kind=Redaction.Kind.NAME)
    for code in (other, mine):
        code.refresh_from_db()
        assert code.name == "Zephyrs and winds"
    assert other.memo == "Zephyr"
