"""Putting right what one has said: within the room's time and number, for all who heard it, with the first wording kept in the record."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.test import Client

from codebooks import editing
from codebooks.models import Code
from focusgroups import coding, correcting, discussing, findings, moderating, redacting
from focusgroups.models import Coding, Group, Item, Redaction
from live import threads
from live.models import Event, Stream
from tests.focusgroups.test_room_socket import do, drain, enter

pytestmark = pytest.mark.django_db(transaction=True)


async def test_everybody_reads_the_new_words_and_that_they_were_edited_under_a_number_of_its_own(open_group, alice, charlie, observer):
    mine, other, glass = [await enter(member, open_group) for member in (alice, charlie, observer)]
    said = await do(mine, "say", body="The prize is too high")
    answer = await do(mine, "edit", target=said["seq"], body="The price is too high")
    assert (answer["type"], answer["stream"], answer["seq"]) == ("ack", "all", said["seq"] + 1)
    for socket in (mine, other, glass):
        edited = await socket.heard("edited")
        assert (edited["target"], edited["body"], edited["name"], edited["edit"]) == (said["seq"], "The price is too high", "Maple", 1)
    later = await enter(charlie, open_group)
    assert [each["type"] for each in await drain(later)][-2:] == ["message", "edited"]
    first = await threads.read(lambda: Event.objects.get(kind="message"))
    assert first.body["body"] == "The prize is too high", "the record keeps what was said"
    await threads.read(call_command, "verify_transcript", open_group.pk)


async def test_the_same_edit_sent_again_is_one(open_group, alice, new_id):
    mine = await enter(alice, open_group)
    said, once = await do(mine, "say", body="One"), new_id()
    answers = [await do(mine, "edit", target=said["seq"], body="Two", client_id=once) for _time in range(2)]
    assert answers[0]["seq"] == answers[1]["seq"]
    assert await threads.read(Event.objects.filter(kind="edited").count) == 1


async def test_only_ones_own_message_within_time_and_number_and_where_one_may_speak(open_group, seats, alice, charlie, moderator, observer):
    mine, other, leader, glass = [await enter(member, open_group) for member in (alice, charlie, moderator, observer)]
    assert {name: mine.hello["room"][name] for name in ("edit_minutes", "edits_max")} == {"edit_minutes": 5, "edits_max": 3}
    said = (await do(mine, "say", body="One"))["seq"]
    assert (await do(other, "edit", target=said, body="Not mine"))["code"] == "no-such-message"
    assert (await do(leader, "edit", target=said, body="Not even the moderator's"))["code"] == "no-such-message"
    assert (await do(glass, "edit", target=said, stream="all", body="From behind the glass"))["code"] == "not-yours"
    assert (await do(mine, "edit", target=said, stream="staff", body="Behind it"))["code"] == "not-yours"
    assert (await do(mine, "edit", target=1, body="What nobody said"))["code"] == "no-such-message"
    assert (await do(mine, "edit", target=said, body="One"))["code"] == "no-change"
    assert (await do(mine, "edit", target=said, body=""))["code"] == "invalid"
    assert (await do(mine, "edit", target=said, body="x" * 4001))["code"] == "invalid"
    for words in ("Two", "Three", "Four"):
        assert (await do(mine, "edit", target=said, body=words))["type"] == "ack"
    assert (await do(mine, "edit", target=said, body="Five"))["code"] == "edited-enough"

    late = (await do(mine, "say", body="Long ago"))["seq"]
    long_ago = datetime.timedelta(minutes=5, seconds=1)
    row = Event.objects.filter(stream__name=f"group:{open_group.pk}:all", seq=late)
    await threads.write(lambda: row.update(at=row.get().at - long_ago))
    assert (await do(mine, "edit", target=late, body="Too late"))["code"] == "too-late"

    again = (await do(mine, "say", body="Muted now"))["seq"]
    await do(leader, "mute", seat=seats["alice"].pk)
    assert (await do(mine, "edit", target=again, body="Muted"))["code"] == "muted"
    await do(leader, "mute", seat=seats["alice"].pk, is_muted=False)
    await threads.write(lambda: Group.objects.filter(pk=open_group.pk).update(edits_max=0))
    assert (await do(mine, "edit", target=again, body="Not here"))["code"] == "no-edits"
    await threads.write(lambda: Group.objects.filter(pk=open_group.pk).update(edits_max=3, edit_minutes=0))
    assert (await do(mine, "edit", target=again, body="Nor here"))["code"] == "no-edits"
    await do(leader, "close")
    assert (await do(mine, "edit", target=again, body="After the end"))["code"] == "closed"
    await mine.send({"type": "edit", "target": again, "body": "Without an id"})
    assert (await mine.until("error", code="no-client-id"))["code"] == "no-client-id"


async def test_what_was_told_to_the_moderators_alone_is_edited_for_them_and_nobody_else(open_group, alice, charlie, moderator, observer):
    mine, other, leader, glass = [await enter(member, open_group) for member in (alice, charlie, moderator, observer)]
    said = await do(mine, "say", to="me", body="Betwen us")
    await do(mine, "edit", stream="me", target=said["seq"], body="Between us")
    heard = await leader.until("message", body="Betwen us")
    edited = await leader.until("edited")
    assert (edited["stream"], edited["target"], edited["body"]) == ("staff", heard["seq"], "Between us")
    assert (await mine.heard("edited"))["stream"] == "me"
    behind = await do(glass, "say", body="Ask him")
    await do(glass, "edit", target=behind["seq"], body="Ask her")
    assert (await leader.until("edited", target=behind["seq"]))["body"] == "Ask her"
    await drain(other)
    for word in ("etween", "Ask h", "edited"):
        assert word not in "".join(other.raw)


@pytest.fixture
def edited(open_group, seats, alice, charlie, moderator, new_id):
    said = discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Alice here, the prize is too high")
    discussing.say(open_group.pk, member=charlie, client_id=new_id(), body="Yes", reply_to=said.seq)
    for words in ("The prize is too high", "The price is too high"):
        correcting.edit(open_group.pk, member=alice, client_id=new_id(), target=said.seq, body=words)
    return said.seq


def test_the_transcript_has_the_last_wording_and_a_trace_of_the_others(open_group, edited, alice, moderator, observer):
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    page = Client()
    page.force_login(moderator)

    def asked(path):
        return page.get(f"/groups/{open_group.pk}/{path}").content.decode()

    assert "Maple: The price is too high (edited)" in asked("transcript.txt")
    assert asked("transcript.txt").count("too high") == 1
    line = next(each for each in json.loads(asked("transcript.json"))["lines"] if each["text"].startswith("The price"))
    assert (line["seq"], line["edits"], line["earlier"]) == (edited, 2, ["Alice here, the prize is too high", "The prize is too high"])
    assert ",The price is too high,2" in asked("transcript.csv")
    assert "The price is too high" in asked("transcript.vtt")
    whole = asked("transcript/")
    assert "Alice here" in whole
    assert "<summary>edited</summary>" in whole
    # The client's copy, and participants, have the last wording and that there were others.
    client_copy = json.loads(asked("transcript.json?copy=client"))["lines"]
    assert [(each["text"], each["edits"], each["earlier"]) for each in client_copy if "edits" in each] == [("The price is too high", 2, [])]
    for member in (alice, observer):
        page.force_login(member)
        assert "edited</span>" in asked("transcript/")
        assert "prize" not in asked("transcript/")
    call_command("verify_transcript", open_group.pk)


def test_coders_mark_the_last_wording_and_their_marks_move_with_an_edit(open_group, study, seats, alice, moderator, new_id):
    code = Code.objects.create(codebook=editing.book_of(study), name="Price")
    said = discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Too high, says she")
    kept = coding.mark(open_group, coder=moderator, code=code, stream="all", seq=said.seq, words="Too high")
    lost = coding.mark(open_group, coder=moderator, code=code, stream="all", seq=said.seq, words="says she")
    correcting.edit(open_group.pk, member=alice, client_id=new_id(), target=said.seq, body="Far Too high")
    kept.refresh_from_db()
    lost.refresh_from_db()
    assert (kept.start, kept.end, kept.quoted) == (4, 12, "Too high")
    assert (lost.start, lost.end, lost.quoted) == (0, 12, "Far Too high")
    assert coding.mark(open_group, coder=moderator, code=code, stream="all", seq=said.seq, words="Far").start == 0
    assert [line.text for line in findings.lines_of(open_group) if line.is_spoken] == ["Far Too high"]


def test_redaction_reaches_every_wording_and_ends_the_editing(open_group, study, edited, alice, moderator, new_id):
    code = Code.objects.create(codebook=editing.book_of(study), name="Price")
    coding.mark(open_group, coder=moderator, code=code, stream="all", seq=edited, words="price is")
    redacting.redact(open_group, by=moderator, words=["Alice", "The price"], kind=Redaction.Kind.OTHER)
    record = json.dumps(list(Event.objects.values_list("body", flat=True)), ensure_ascii=False)
    assert "Alice" not in record
    assert "The price" not in record
    assert Coding.objects.get().quoted == "[…] is too high"
    assert next(line.text for line in findings.lines_of(open_group) if line.is_spoken) == "[…] is too high"
    call_command("verify_transcript", open_group.pk)
    with pytest.raises(Exception, match="redacted"):
        correcting.edit(open_group.pk, member=alice, client_id=new_id(), target=edited, body="Alice again")


def test_under_a_boards_task_the_last_wording_stands_and_what_is_masked_is_not_edited(study, open_group, seats, alice, moderator, new_id):
    Group.objects.filter(pk=open_group.pk).update(kind=Group.Kind.BOARD)
    plain, masked = (open_group.items.filter(kind="question", is_masked=is_masked).get() for is_masked in (False, True))
    page = Client()
    page.force_login(alice)
    for item in (plain, masked):
        moderating.pose(open_group.pk, member=moderator, client_id=None, item=item.pk)
        discussing.answer(open_group.pk, member=alice, client_id=new_id(), item=item.pk, body="Mine")
    said = discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Frist words", item=plain.pk)
    correcting.edit(open_group.pk, member=alice, client_id=new_id(), target=said.seq, body="First words")
    shown = page.get(f"/groups/{open_group.pk}/tasks/{plain.pk}/").content.decode()
    assert "First words" in shown
    assert "Frist" not in shown
    assert ">edited</span>" in shown
    hidden = discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Under the mask", item=masked.pk)
    with pytest.raises(Exception, match="masked"):
        correcting.edit(open_group.pk, member=alice, client_id=new_id(), target=hidden.seq, stream="me", body="Else")
    assert Item.objects.filter(pk=masked.pk, revealed_at=None).exists()
    assert Stream.objects.filter(name=f"group:{open_group.pk}:{alice.pk}").exists()


def test_who_plans_a_group_sets_for_how_long_and_how_often(client, researcher, open_group):
    client.force_login(researcher)
    page = client.get(f"/admin/snippets/focusgroups/group/edit/{open_group.pk}/").content.decode()
    assert 'name="edit_minutes"' in page
    assert 'name="edits_max"' in page
