"""Taking back what one has said: its words are gone for good wherever they stood, and the record still proves itself."""

import datetime
import io
import json
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image

from codebooks import editing
from codebooks.models import Code
from focusgroups import attending, coding, correcting, discussing, findings, moderating, withdrawing
from focusgroups.models import Coding, Group, Picture, Quote
from live import threads
from live.models import Event
from tests.focusgroups.test_room_socket import do, drain, enter

pytestmark = pytest.mark.django_db(transaction=True)


def record():
    return json.dumps(list(Event.objects.values_list("body", flat=True)), ensure_ascii=False)


def picture_bytes():
    made = io.BytesIO()
    Image.new("RGB", (4, 4)).save(made, "PNG")
    return made.getvalue()


def page_of(member, path, **form):
    page = Client()
    page.force_login(member)
    answer = page.post(path, {"client_id": str(uuid.uuid4()), **form}) if form else page.get(path)
    return answer.status_code, answer.content.decode()


async def test_everybody_loses_the_words_and_sees_that_something_was_taken_back(open_group, alice, charlie, observer, moderator):
    mine, other, glass = [await enter(member, open_group) for member in (alice, charlie, observer)]
    said = await do(mine, "say", body="My boss is a fool")
    await do(mine, "edit", target=said["seq"], body="My boss is a fool, sometimes")
    leader = await enter(moderator, open_group)
    await do(leader, "spotlight", target=said["seq"])
    once = str(uuid.uuid4())
    answers = [await do(mine, "withdraw", target=said["seq"], client_id=once) for _time in range(2)]
    assert [answer["type"] for answer in answers] == ["ack", "ack"]
    assert answers[0]["seq"] == answers[1]["seq"]
    for socket in (other, glass):
        gone = await socket.until("redacted")
        assert {each["target"] for each in gone["rewrites"]} == {said["seq"], said["seq"] + 1}
        assert all(each["body"]["is_withdrawn"] and each["body"]["body"] == "" for each in gone["rewrites"])
        assert (await socket.until("spotlight", target=None))["target"] is None
    later = await enter(charlie, open_group)
    await drain(later)
    assert "fool" not in "".join(later.raw)
    assert "fool" not in await threads.read(record)
    await threads.read(call_command, "verify_transcript", open_group.pk)
    assert (await do(mine, "withdraw", target=said["seq"]))["code"] == "no-such-message"
    assert (await do(mine, "edit", target=said["seq"], body="Again"))["code"] == "no-such-message"


async def test_only_ones_own_in_time_and_where_one_may_speak(open_group, alice, charlie, moderator, observer):
    mine, other, leader, glass = [await enter(member, open_group) for member in (alice, charlie, moderator, observer)]
    said = (await do(mine, "say", body="Mine"))["seq"]
    assert (await do(other, "withdraw", target=said))["code"] == "no-such-message"
    assert (await do(leader, "withdraw", target=said))["code"] == "no-such-message"
    assert (await do(glass, "withdraw", target=said, stream="all"))["code"] == "not-yours"
    assert (await do(mine, "withdraw", target=0))["code"] == "invalid"
    await mine.send({"type": "withdraw", "target": said})
    assert (await mine.until("error", code="no-client-id"))["code"] == "no-client-id"
    row = Event.objects.filter(stream__name=f"group:{open_group.pk}:all", seq=said)
    await threads.write(lambda: row.update(at=row.get().at - datetime.timedelta(minutes=5, seconds=1)))
    assert (await do(mine, "withdraw", target=said))["code"] == "too-late"
    await threads.write(lambda: Group.objects.filter(pk=open_group.pk).update(edit_minutes=0))
    assert (await do(mine, "withdraw", target=said))["code"] == "no-edits"
    await do(leader, "close")
    assert (await do(mine, "withdraw", target=said))["code"] == "closed"


async def test_what_was_told_to_the_moderators_alone_is_gone_for_them_too(open_group, alice, charlie, moderator):
    mine, leader = [await enter(member, open_group) for member in (alice, moderator)]
    said = await do(mine, "say", to="me", body="Between us")
    await do(mine, "edit", stream="me", target=said["seq"], body="Between the two of us")
    assert (await do(mine, "withdraw", stream="me", target=said["seq"]))["stream"] == "me"
    assert len((await leader.until("redacted"))["rewrites"]) == 2
    assert "Between" not in await threads.read(record)
    other = await enter(charlie, open_group)
    assert "withdrawn" not in "".join(other.raw)


def test_marks_quotes_and_the_picture_go_with_the_words_and_the_transcript_keeps_a_line(
    open_group, study, seats, alice, charlie, moderator, new_id, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture.objects.create(group=open_group, seat=seats["alice"], file=SimpleUploadedFile("a.png", picture_bytes()))
    said = discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Far too dear", picture=picture.pk)
    stays = discussing.say(open_group.pk, member=charlie, client_id=new_id(), body="Not too dear")
    code = Code.objects.create(codebook=editing.book_of(study), name="Price")
    for each in (said, stays):
        coding.mark(open_group, coder=moderator, code=code, stream="all", seq=each.seq, words="too dear")
    for seat in ("alice", "charlie"):
        Quote.objects.create(study=study, group=open_group, text="too dear", name=seats[seat].pseudonym)
    withdrawing.withdraw(open_group.pk, member=alice, client_id=new_id(), target=said.seq)
    assert Coding.objects.get().event.seq == stays.seq
    assert Quote.objects.get().name == "Cedar"
    assert not Picture.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [line.text for line in findings.lines_of(open_group) if line.is_spoken] == ["Not too dear"]
    assert {facts.seat.pseudonym: facts.said for facts in attending.facts(open_group)}["Maple"] == 0
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    for kind in ("txt", "csv", "vtt", "json"):
        _status, text = page_of(moderator, f"/groups/{open_group.pk}/transcript.{kind}")
        assert "(taken back)" in text
        assert "Far too" not in text
    call_command("verify_transcript", open_group.pk)


@pytest.fixture
def board(open_group, masked, moderator):
    """A board with a task that hides its answers, put up."""
    Group.objects.filter(pk=open_group.pk).update(kind=Group.Kind.BOARD)
    moderating.pose(open_group.pk, member=moderator, client_id=None, item=masked.pk)
    return f"/groups/{open_group.pk}/tasks/{masked.pk}/"


def test_under_a_task_that_hides_its_answers_it_is_gone_from_all_who_may_read_it_also_after_the_reveal(
    board, open_group, masked, seats, alice, charlie, moderator, new_id
):
    discussing.answer(open_group.pk, member=alice, client_id=new_id(), item=masked.pk, body="Mine")
    for body in ("First under the mask", "Second under the mask"):
        discussing.say(open_group.pk, member=alice, client_id=new_id(), body=body, item=masked.pk)
    places = [re.findall(r'name="target" value="(\d+)"', part)[0] for part in page_of(alice, board)[1].split("withdrawals/")[1:]]
    assert page_of(alice, f"{board}withdrawals/", stream="me", target=places[0])[0] == 302
    assert "First" not in record()
    # Who answers later is told what still stands; and so is everybody once the answers are shown.
    discussing.answer(open_group.pk, member=charlie, client_id=new_id(), item=masked.pk, body="Late")
    assert page_of(charlie, board)[1].count("Second under the mask") == 1
    moderating.reveal(open_group.pk, member=moderator, client_id=None, item=masked.pk)
    assert page_of(alice, f"{board}withdrawals/", stream="me", target=places[1])[0] == 302
    assert "under the mask" not in record()
    for member in (alice, charlie, moderator):
        assert "This was taken back." in page_of(member, board)[1]
    call_command("verify_transcript", open_group.pk)


def test_a_board_lets_one_edit_and_take_back_without_a_script_and_keeps_what_was_typed_where_it_refuses(
    board, open_group, masked, seats, alice, charlie, moderator, new_id
):
    plain = open_group.items.get(text__startswith="How was")
    moderating.pose(open_group.pk, member=moderator, client_id=None, item=plain.pk)
    door = f"/groups/{open_group.pk}/tasks/{plain.pk}/"
    page_of(alice, f"{door}posts/", body="Frist words", to="all")
    shown = page_of(alice, door)[1]
    target = re.search(r'name="target" value="(\d+)"', shown)[1]
    assert ">Edit or take back<" in shown
    assert "Edit or take back" not in page_of(charlie, door)[1]
    assert page_of(alice, f"{door}edits/", stream="all", target=target, body="First words")[0] == 302
    assert "First words" in page_of(charlie, door)[1]
    assert page_of(charlie, f"{door}edits/", stream="all", target=target, body="Not mine")[0] == 422
    assert page_of(alice, f"{door}edits/", stream="all", target=target, body=" ")[0] == 422
    assert page_of(alice, f"{door}edits/", stream="all", target="x", body="Hi")[0] == 422
    assert page_of(alice, f"{door}withdrawals/", stream="all", target="x")[0] == 404
    assert page_of(charlie, f"{door}withdrawals/", stream="all", target=target)[0] == 422
    correcting.edit(open_group.pk, member=alice, client_id=new_id(), target=int(target), body="Second words")
    correcting.edit(open_group.pk, member=alice, client_id=new_id(), target=int(target), body="Third words")
    status, shown = page_of(alice, f"{door}edits/", stream="all", target=target, body="Fourth words")
    assert status == 422
    assert ">Take back<" in shown
    assert ">Edit or take back<" not in shown
    assert page_of(alice, f"{door}withdrawals/", stream="all", target=target)[0] == 302
    assert "words</p>" not in page_of(charlie, door)[1]
    assert "This was taken back." in page_of(charlie, door)[1]
