"""A moderator takes out what somebody answered, while a group runs and afterwards: from screens, charts, files and marks alike."""

import json
import re
import uuid

import pytest
from django.core.management import call_command
from django.test import Client

from codebooks import editing
from codebooks.models import Code
from community import holding
from focusgroups import attending, coding, discussing, emptying, findings, hiding, hiding_answers, moderating, qdpx, redacting, sorting
from focusgroups.models import Answer, Coding, Group, HiddenMessage, Item, Quote, Redaction
from focusgroups.refusals import Refused
from live import threads
from tests.focusgroups.test_exercises import answer, posed
from tests.focusgroups.test_room_socket import do, drain, enter
from tests.focusgroups.test_withdrawing import page_of, record

pytestmark = pytest.mark.django_db(transaction=True)


def said(group, member, item, body):
    discussing.answer(group.pk, member=member, client_id=uuid.uuid4(), item=item.pk, body=body)
    return Answer.objects.get(item=item, seat__member=member)


def hide(group, moderator, answer, words=""):
    return hiding_answers.hide_answer(group.pk, member=moderator, client_id=None, answer=answer.pk, words=words)


@pytest.fixture
def asked(open_group, question, moderator) -> Item:
    moderating.pose(open_group.pk, member=moderator, client_id=None, item=question.pk)
    return question


async def test_every_wording_of_it_leaves_every_screen_and_its_giver_may_write_another(
    open_group, asked, alice, charlie, observer, moderator
):
    mine, other, glass, leader = [await enter(member, open_group) for member in (alice, charlie, observer, moderator)]
    for words in ("Wu is a crook", "Mr Wu is a crook"):
        await do(mine, "answer", item=asked.pk, body=words)
    heard = await leader.heard("answer", body="Mr Wu is a crook")
    once = str(uuid.uuid4())
    told = [await do(leader, "hide_answer", answer=heard["answer"], client_id=once) for _time in range(2)]
    assert [each["type"] for each in told] == ["ack", "ack"]
    assert told[0]["seq"] == told[1]["seq"]
    for socket in (mine, other, glass):
        gone = [each["body"] for each in (await socket.until("redacted"))["rewrites"]]
        assert [(each["body"], each["is_hidden"], each["hidden_by"]) for each in gone] == [("", True, "Momo the moderator")] * 2
    later = await enter(charlie, open_group)
    await drain(later)
    assert "crook" not in "".join(later.raw)
    assert "crook" not in await threads.read(record)
    assert (await do(leader, "hide_answer", answer=heard["answer"]))["code"] == "no-such-answer"
    await do(mine, "answer", item=asked.pk, body="It went well")
    assert (await later.heard("answer", body="It went well")).get("is_hidden") is None
    assert (await do(leader, "hide_answer", answer=heard["answer"]))["type"] == "ack"
    assert "It went well" not in await threads.read(record)
    await threads.read(call_command, "verify_transcript", open_group.pk)


async def test_only_a_moderator_of_this_room_may_and_only_words(open_group, asked, seats, alice, charlie, observer, moderator):
    held = await threads.write(said, open_group, alice, asked, "I say what I like")
    rating = await threads.write(lambda: posed(open_group, moderator, kind="rating", text="How good?", scale_max=5))
    await threads.write(lambda: answer(open_group, alice, rating, rating=4))
    rated = await threads.read(lambda: Answer.objects.get(item=rating))
    for member in (alice, charlie, observer):
        assert (await do(await enter(member, open_group), "hide_answer", answer=held.pk))["code"] == "not-yours"
    leader = await enter(moderator, open_group)
    for frame in ({"answer": rated.pk}, {"answer": held.pk, "words": "I say"}, {"answer": held.pk + 1000}):
        assert (await do(leader, "hide_answer", **frame))["code"] == "no-such-answer"
    assert (await do(leader, "hide_answer"))["code"] == "invalid"
    assert "I say what I like" in await threads.read(record)


def test_one_note_goes_and_the_others_stay_in_their_columns_in_charts_and_files(open_group, seats, alice, charlie, moderator, researcher):
    board = posed(open_group, moderator, kind="notes", text="What could be better?", categories="Shop\nPrice")
    answer(open_group, alice, board, notes=["Wu is a crook", "Bigger jars"])
    answer(open_group, charlie, board, notes=["Cheaper"])
    held = Answer.objects.get(seat=seats["alice"])
    sorting.place_note(open_group.pk, member=moderator, client_id=None, item=board.pk, answer=held.pk, note=1, column=2)
    hide(open_group, moderator, held, "Wu is a crook")
    held.refresh_from_db()
    assert (held.given["notes"], held.given["columns"], held.mark["hidden_parts"]) == (["", "Bigger jars"], [None, 2], [0])
    [outcome] = findings.outcomes(open_group)
    assert outcome["columns"] == [("Shop", []), ("Price", [("Maple", "Bigger jars")]), ("", [("Cedar", "Cheaper")])]
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status="closed")
    door = f"/groups/{open_group.pk}/"
    for member in (alice, moderator, researcher):
        shown = page_of(member, f"{door}transcript/")[1]
        assert "· […]" in shown
        assert ("Wu is a crook" in shown) == (member == researcher)
    files = [page_of(moderator, f"{door}transcript.{kind}")[1] for kind in ("txt", "csv", "json", "vtt")]
    assert all("Wu is a crook" not in text and "Bigger jars" in text for text in [*files, page_of(moderator, f"{door}results/")[1]])
    assert "Wu is a crook" not in record()
    hide(open_group, moderator, held, "Bigger jars")
    assert "(answer removed by a moderator)" in page_of(alice, f"{door}transcript/")[1]
    call_command("verify_transcript", open_group.pk)


def test_of_a_pin_the_comment_goes_and_the_place_stays(open_group, seats, alice, moderator):
    picture = posed(open_group, moderator, kind="pins", text="Where?")
    answer(open_group, alice, picture, pins=[{"x": 10, "y": 20, "comment": "My boss"}, {"x": 30, "y": 40, "comment": ""}])
    held = Answer.objects.get()
    hide(open_group, moderator, held, "My boss")
    held.refresh_from_db()
    assert held.body == "(1 %, 2 %) […]; (3 %, 4 %)"
    [outcome] = findings.outcomes(open_group)
    assert [(pin["x"], pin["comment"]) for pin in outcome["pins"]] == [(10, ""), (30, "")]
    assert "My boss" not in record()
    with pytest.raises(Refused, match="no-such-answer"):
        hide(open_group, moderator, held)


def test_it_goes_from_under_a_mask_and_is_not_told_to_who_answers_later(open_group, masked, seats, alice, charlie, moderator, new_id):
    moderating.pose(open_group.pk, member=moderator, client_id=None, item=masked.pk)
    held = said(open_group, alice, masked, "Charlie pays nothing")
    hide(open_group, moderator, held)
    said(open_group, charlie, masked, "Forty a month")
    moderating.reveal(open_group.pk, member=moderator, client_id=None, item=masked.pk)
    hide(open_group, moderator, Answer.objects.get(seat=seats["charlie"]))
    assert "pays nothing" not in record()
    assert "Forty" not in record()
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status="closed")
    for member in (alice, charlie, moderator):
        assert page_of(member, f"/groups/{open_group.pk}/transcript/")[1].count("(answer removed by a moderator)") == 2
    assert {facts.seat.pseudonym: facts.answered for facts in attending.facts(open_group)}["Maple"] == 0


def test_marks_quotes_and_words_taken_out_before_go_with_it(open_group, asked, seats, alice, moderator, researcher, new_id):
    held = said(open_group, alice, asked, "Ask Charlie Wu about it")
    spoken = discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Or call Charlie Wu at noon")
    code = Code.objects.create(codebook=editing.book_of(open_group.study), name="Calls")
    line = next(line for line in findings.lines_of(open_group) if line.kind == "answer")
    mark = coding.mark(open_group, coder=researcher, code=code, stream="all", seq=line.seq, start=None, words="about it")
    coding.pick(mark, by=researcher)
    redacting.redact(open_group, by=researcher, words=["Charlie Wu"], kind=Redaction.Kind.NAME)
    hide(open_group, moderator, held)
    hiding.hide(open_group.pk, member=moderator, client_id=None, target=spoken.seq)
    assert (Coding.objects.count(), Quote.objects.count()) == (0, 0)
    assert "about it" not in record(), "nor in what was told of it when the name went"
    assert "at noon" not in record()
    assert "about it" not in qdpx.laid_out(open_group)[1]
    assert "Ask [name] about it" in str(dict(holding.held(alice))), "it is their own"
    call_command("verify_transcript", open_group.pk)
    emptying.empty(open_group)
    assert not HiddenMessage.objects.exists()
    call_command("verify_transcript", open_group.pk)


def test_after_the_end_the_transcript_removes_answers_and_messages_without_a_script(
    open_group, asked, seats, alice, observer, moderator, researcher, new_id
):
    said(open_group, alice, asked, "Wu is a crook")
    discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Wu is a thief")
    discussing.say(open_group.pk, member=observer, client_id=new_id(), body="She exaggerates")
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status="closed")
    transcript, door = f"/groups/{open_group.pk}/transcript/", f"/groups/{open_group.pk}/hidings/"
    forms = re.findall(rf'action="{door}">(.*?)</form>', page_of(moderator, transcript)[1], re.DOTALL)
    fields = [dict(re.findall(r'name="(answer|line|stream|target)" value="([^"]+)"', form)) for form in forms]
    assert len(fields) == 3
    for member in (alice, observer, researcher):
        assert door not in page_of(member, transcript)[1]
        assert [page_of(member, door, **each)[0] for each in fields] == [404] * 3
    assert page_of(moderator, door, answer="x")[0] == 404
    page = Client()
    page.force_login(moderator)
    assert all(page.post(door, each).url == f"{transcript}#{each['line']}" for each in fields)
    assert "There are no such words any more." in page.post(door, fields[0], follow=True).content.decode()
    assert not [words for words in ("crook", "thief", "exaggerates") if words in record() or words in page_of(alice, transcript)[1]]
    assert "Wu is a thief" in page_of(researcher, transcript)[1]


def test_on_a_board_an_answer_goes_by_its_form_and_its_giver_is_told(open_group, seats, alice, charlie, moderator):
    Group.objects.filter(pk=open_group.pk).update(kind=Group.Kind.BOARD)
    board = posed(open_group, moderator, kind="notes", text="What could be better?")
    answer(open_group, alice, board, notes=["Wu is a crook", "Cheaper"])
    door = f"/groups/{open_group.pk}/tasks/{board.pk}/"
    form = page_of(moderator, door)[1].split("hidings/")[1]
    number = re.search(r'name="answer" value="(\d+)"', form)[1]
    assert re.findall(r'name="words" value="([^"]+)"', form) == ["Wu is a crook", "Cheaper"]
    assert page_of(charlie, f"{door}hidings/", answer=number)[0] == 404
    assert page_of(moderator, f"{door}hidings/", answer=number, words="Wu is a crook")[0] == 302
    for member in (alice, charlie, moderator):
        shown = page_of(member, door)[1]
        assert "· […]" in shown
        assert "crook" not in shown
    assert page_of(moderator, f"{door}hidings/", answer=number, words="Cheaper")[0] == 302
    assert "A moderator removed this answer." in page_of(charlie, door)[1]
    assert "A moderator removed your answer. You may write another." in page_of(alice, door)[1]
    answer(open_group, alice, board, notes=["Kinder"])
    assert "You may write another" not in page_of(alice, door)[1]
    assert json.dumps("Kinder") in json.dumps(Answer.objects.get().given)
