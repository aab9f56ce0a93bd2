"""A moderator takes a message out of a room, also once it has ended: gone from every screen and proved by the record."""

import json
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from codebooks import editing
from codebooks.models import Code
from community import holding
from focusgroups import coding, discussing, emptying, hiding, moderating, redacting
from focusgroups.models import Coding, Group, HiddenMessage, Picture, Redaction
from live import threads
from tests.focusgroups.test_room_socket import do, drain, enter
from tests.focusgroups.test_withdrawing import page_of, picture_bytes, record

pytestmark = pytest.mark.django_db(transaction=True)


async def test_it_is_gone_from_every_screen_at_once_and_the_record_still_proves_itself(open_group, alice, charlie, observer, moderator):
    mine, other, glass, leader = [await enter(member, open_group) for member in (alice, charlie, observer, moderator)]
    said = await do(mine, "say", body="Wu is a crook")
    await do(mine, "edit", target=said["seq"], body="Wu is a crook, I say")
    await do(leader, "spotlight", target=said["seq"])
    once = str(uuid.uuid4())
    answers = [await do(leader, "hide", target=said["seq"], client_id=once) for _time in range(2)]
    assert [answer["type"] for answer in answers] == ["ack", "ack"]
    assert answers[0]["seq"] == answers[1]["seq"]
    for socket in (mine, other, glass):
        gone = await socket.until("redacted")
        assert {each["target"] for each in gone["rewrites"]} == {said["seq"], said["seq"] + 1}
        assert all(
            (each["body"]["body"], each["body"]["is_hidden"], each["body"]["hidden_by"]) == ("", True, "Momo the moderator")
            for each in gone["rewrites"]
        )
        assert (await socket.until("spotlight", target=None))["target"] is None
    later = await enter(charlie, open_group)
    await drain(later)
    assert "crook" not in "".join(later.raw)
    assert "crook" not in await threads.read(record)
    await threads.read(call_command, "verify_transcript", open_group.pk)
    for deed in ("edit", "withdraw"):
        assert (await do(mine, deed, target=said["seq"], body="Again"))["code"] == "no-such-message"
    assert (await do(leader, "hide", target=said["seq"]))["code"] == "no-such-message"


async def test_only_a_moderator_of_this_room_may(open_group, study, alice, charlie, observer, moderator):
    mine, other, glass, leader = [await enter(member, open_group) for member in (alice, charlie, observer, moderator)]
    said = await do(mine, "say", body="I say what I like")
    for socket in (mine, other, glass):
        assert (await do(socket, "hide", target=said["seq"]))["code"] == "not-yours"
    for target in (said["seq"] + 1, 1):
        assert (await do(leader, "hide", target=target))["code"] == "no-such-message", "nothing stands there, or no message"
    assert (await do(leader, "hide"))["code"] == "invalid"
    assert "I say what I like" in await threads.read(record)
    await do(leader, "close")
    assert (await do(mine, "hide", target=said["seq"]))["code"] == "not-yours"
    assert (await do(leader, "hide", target=said["seq"]))["type"] == "ack", "also what is noticed only afterwards"
    assert "I say what I like" not in await threads.read(record)


async def test_what_was_said_behind_the_glass_or_to_the_moderators_alone_goes_too(open_group, alice, charlie, observer, moderator):
    mine, other, glass, leader = [await enter(member, open_group) for member in (alice, charlie, observer, moderator)]
    await do(mine, "say", to="me", body="Earlier, between us")
    await do(mine, "say", to="me", body="Between us: 13812345678")
    await do(glass, "say", body="She is lying")
    places = {}
    for words in ("Between us: 13812345678", "She is lying"):
        heard = await leader.heard("message", body=words)
        places[words] = heard["seq"]
        assert (await do(leader, "hide", target=heard["seq"], stream="staff"))["type"] == "ack"
    gone = await mine.until("redacted")
    assert [each["body"]["is_hidden"] for each in gone["rewrites"]] == [True]
    await drain(other)
    assert "redacted" not in "".join(other.raw), "of a whisper and of the back room the others know nothing"
    kept = await threads.read(record)
    assert "13812345678" not in kept
    assert "lying" not in kept
    assert kept.count("Earlier, between us") == 2
    assert (await do(leader, "hide", target=places["She is lying"], stream="me"))["code"] == "invalid"


def test_the_transcript_says_who_removed_it_and_only_a_researcher_reads_what_it_said(
    open_group, seats, alice, observer, moderator, researcher, new_id
):
    Group.objects.filter(pk=open_group.pk).update(takes_pictures=True)
    page = Client()
    page.force_login(alice)
    sent = page.post(f"/groups/{open_group.pk}/pictures/", {"picture": SimpleUploadedFile("a.png", picture_bytes())}).json()["picture"]
    said = discussing.say(open_group.pk, member=alice, client_id=new_id(), body="This is Charlie Wu", picture=sent)
    hiding.hide(open_group.pk, member=moderator, client_id=None, target=said.seq)
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status="closed")
    transcript, picture = f"/groups/{open_group.pk}/transcript/", f"/groups/{open_group.pk}/pictures/{sent}/"
    shown = {member.name: page_of(member, transcript)[1] for member in (alice, observer, moderator, researcher)}
    assert all("(message removed by a moderator)" in text for text in shown.values())
    assert {name for name, text in shown.items() if "This is Charlie Wu" in text} == {researcher.name}
    assert "Momo the moderator, <time" in shown[moderator.name]
    assert "Momo the moderator, <time" not in shown[observer.name]
    assert [page_of(member, picture)[0] for member in (alice, observer, moderator)] == [404] * 3
    page.force_login(researcher)
    assert page.get(picture).status_code == 200
    page.force_login(moderator)
    files = {kind: page.get(f"/groups/{open_group.pk}/transcript.{kind}").content.decode() for kind in ("txt", "csv", "json", "vtt")}
    assert all("Charlie Wu" not in text and "removed by a moderator" in text for text in files.values())
    line = next(line for line in json.loads(files["json"])["lines"] if line["kind"] == "hidden")
    assert line["hidden_by"] == "Momo the moderator"
    client = json.loads(page.get(f"/groups/{open_group.pk}/transcript.json?copy=client").content)
    assert "Momo" not in json.dumps(client)


def test_redaction_export_and_the_time_to_keep_reach_the_words_that_were_hidden(open_group, seats, alice, moderator, researcher, new_id):
    said = discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Call Charlie Wu")
    code = Code.objects.create(codebook=editing.book_of(open_group.study), name="Calls")
    coding.mark(open_group, coder=researcher, code=code, stream="all", seq=said.seq, start=None, words="")
    hiding.hide(open_group.pk, member=moderator, client_id=None, target=said.seq)
    assert not Coding.objects.exists()
    assert "Call Charlie Wu" in str(dict(holding.held(alice))), "it is their own"
    redacting.redact(open_group, by=researcher, words=["Charlie Wu"], kind=Redaction.Kind.NAME)
    assert HiddenMessage.objects.get().wordings == ["Call [name]"]
    emptying.empty(open_group)
    assert not HiddenMessage.objects.exists()
    call_command("verify_transcript", open_group.pk)


def test_on_a_board_it_goes_without_a_script_also_from_under_a_mask(open_group, masked, seats, alice, charlie, moderator, new_id):
    Group.objects.filter(pk=open_group.pk).update(kind=Group.Kind.BOARD)
    moderating.pose(open_group.pk, member=moderator, client_id=None, item=masked.pk)
    door = f"/groups/{open_group.pk}/tasks/{masked.pk}/"
    for member in (alice, charlie):
        discussing.answer(open_group.pk, member=member, client_id=new_id(), item=masked.pk, body="Mine")
    discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Rude words", item=masked.pk)
    form = page_of(moderator, door)[1].split("hidings/")[-1]
    fields = dict(re.findall(r'name="(stream|target)" value="([^"]+)"', form)[:2])
    assert "hidings/" not in page_of(charlie, door)[1]
    assert page_of(charlie, f"{door}hidings/", **fields)[0] == 404
    assert page_of(moderator, f"{door}hidings/", stream="me", target="1")[0] == 404
    assert "Rude words" in page_of(charlie, door)[1]
    assert page_of(moderator, f"{door}hidings/", **fields)[0] == 302
    assert "Rude words" not in record()
    assert page_of(moderator, f"{door}hidings/", **fields)[0] == 422
    moderating.reveal(open_group.pk, member=moderator, client_id=None, item=masked.pk)
    for member in (alice, charlie, moderator):
        shown = page_of(member, door)[1]
        assert "A moderator removed this message." in shown
        assert "Rude words" not in shown
    assert not Picture.objects.exists()
