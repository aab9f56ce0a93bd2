"""A board over several days: tasks by the clock, threads under each, what is masked stays so, and reminders."""

import datetime
import json
import re
import uuid

import pytest
from django.utils import timezone

from focusgroups import moderating, tending
from focusgroups.models import Answer, Group, Item, Seat
from live.models import Event
from notifications.models import Notification


def address(item, door=""):
    return f"/groups/{item.group_id}/tasks/{item.pk}/{door}"


def said(**fields):
    return {"client_id": str(uuid.uuid4()), **fields}


def text_of(client, address):
    return client.get(address).content.decode()


def test_a_board_opens_by_the_clock_and_puts_up_what_is_due_and_tells_its_people_once(board, alice, charlie):
    assert [tending.tend() for _time in range(3)] == [2, 0, 0]
    board.refresh_from_db()
    assert board.status == Group.Status.OPEN
    assert list(board.items.exclude(posed_at=None).values_list("text", flat=True)) == ["Show us your shelf.", "Which shelf is fullest?"]
    told = Notification.objects.filter(details__task="new")
    assert sorted(told.values_list("member__name", flat=True)) == ["Alice Chen", "Charlie Wu"]
    Item.objects.filter(text="And today?").update(opens_at=timezone.now())
    assert tending.tend() == 1


def test_a_participant_sees_what_is_up_and_the_staff_also_what_is_to_come(client, tended, alice, observer, moderator):
    client.force_login(alice)
    page = text_of(client, f"/groups/{tended.pk}/")
    assert "Show us your shelf." in page
    for hidden in ("And today?", "Ask for the top shelf", "Glass", "Who has answered what"):
        assert hidden not in page
    coming = tended.items.get(text="And today?")
    assert client.get(address(coming)).status_code == 404
    assert client.post(address(coming, "answer/"), said(body="Early")).status_code == 404
    for member in (observer, moderator):
        client.force_login(member)
        assert "And today?" in text_of(client, f"/groups/{tended.pk}/")
    assert "Ask for the top shelf" in text_of(client, address(tended.items.get(is_masked=True)))


def test_a_masked_task_shows_answers_and_replies_to_those_who_have_answered_only(client, tended, alice, charlie, moderator, observer):
    task = tended.items.get(is_masked=True)
    client.force_login(alice)
    assert client.post(address(task, "posts/"), said(body="Before I answer", to="all")).status_code == 422
    client.post(address(task, "answer/"), said(body="Jars, mostly."))
    answer = Answer.objects.get()
    client.force_login(moderator)
    client.post(address(task, "posts/"), said(body="Which jars?", to="all", answer=answer.pk))
    client.force_login(charlie)
    page = text_of(client, address(task))
    events = client.get(f"/api/v1/groups/{tended.pk}/events").content.decode()
    for hidden in ("Jars", "Which jars"):
        assert hidden not in page
        assert hidden not in events
    client.post(address(task, "answer/"), said(body="Boxes."))
    page = text_of(client, address(task))
    assert re.search(r"Jars, mostly\..*Which jars\?.*Boxes\.", page, re.DOTALL)
    client.post(address(task, "posts/"), said(body="Glass or clay?", to="all", answer=answer.pk))
    for member in (alice, observer):
        client.force_login(member)
        assert text_of(client, address(task)).count("Glass or clay?") == 1


def test_a_transcript_of_a_board_has_each_thing_once_also_after_the_reveal(client, tended, alice, charlie, moderator):
    task = tended.items.get(is_masked=True)
    for member, body in ((alice, "Jars, mostly."), (charlie, "Boxes.")):
        client.force_login(member)
        client.post(address(task, "answer/"), said(body=body))
    client.post(address(task, "posts/"), said(body="Glass or clay?", to="all", answer=Answer.objects.earliest("pk").pk))
    moderating.reveal(tended.pk, member=moderator, client_id=None, item=task.pk)
    moderating.change_status(tended.pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    for member in (alice, moderator):
        client.force_login(member)
        transcript = text_of(client, f"/groups/{tended.pk}/transcript.txt")
        assert [transcript.count(words) for words in ("Jars, mostly.", "Boxes.", "Glass or clay?")] == [1, 1, 1]
        assert "(back room)" not in transcript


def test_the_same_form_sent_twice_is_one_post_and_an_answer_may_be_changed(client, tended, alice):
    task, form = tended.items.get(is_masked=True), said(body="Jars.")
    client.force_login(alice)
    for _time in range(2):
        client.post(address(task, "answer/"), form)
    assert Event.objects.filter(stream__name=f"group:{tended.pk}:{alice.pk}", kind="answer").count() == 1
    client.post(address(task, "answer/"), said(body="Tins."))
    assert Answer.objects.get().body == "Tins."
    assert Seat.objects.get(group=tended, member=alice).first_here_at is not None


@pytest.mark.parametrize(
    ("kind", "fields", "form", "kept"),
    [
        ("ranking", {"options": "A\nB\nC"}, {"place-0": "3", "place-1": "1", "place-2": "2"}, {"order": [1, 2, 0]}),
        ("rating", {}, {"rating": "4"}, {"rating": 4}),
        ("sort", {"options": "A\nB", "categories": "x\ny"}, {"card-0": "1", "card-1": ""}, {"piles": [1, None]}),
        ("notes", {}, {"notes": "one\n\n two "}, {"notes": ["one", "two"]}),
        ("pins", {}, {"x": ["50", ""], "y": ["20", ""], "comment": ["here", ""]}, {"pins": [{"x": 500, "y": 200, "comment": "here"}]}),
    ],
)
def test_every_exercise_is_answered_without_a_script(client, tended, alice, kind, fields, form, kept):
    item = Item.objects.create(group=tended, kind=kind, text="Do", posed_at=timezone.now(), **fields)
    client.force_login(alice)
    assert client.post(address(item, "answer/"), said()).status_code in (302 if kind == "ranking" else 422,)
    client.post(address(item, "answer/"), said(**form))
    assert Answer.objects.get(item=item).given == kept
    if kind != "pins":
        assert "Change answer" in text_of(client, address(item))


def test_a_poll_is_voted_in_and_a_bad_choice_is_sent_back(client, tended, alice):
    poll = tended.items.get(kind="poll")
    client.force_login(alice)
    for wrong in ("9", "x", ""):
        assert client.post(address(poll, "answer/"), said(choice=wrong)).status_code == 422
    client.post(address(poll, "answer/"), said(choice="1"))
    assert Answer.objects.get().choices == [1]
    assert "overdue" not in text_of(client, address(poll))


def test_those_who_lack_a_task_are_reminded_once_before_it_is_due_and_by_hand(client, tended, alice, charlie, moderator):
    task = tended.items.get(is_masked=True)
    client.force_login(alice)
    client.post(address(task, "answer/"), said(body="Jars."))
    tending.tend()
    assert not Notification.objects.filter(details__task="due").exists()
    Item.objects.filter(pk=task.pk).update(
        posed_at=timezone.now() - datetime.timedelta(days=3), due_at=timezone.now() + datetime.timedelta(hours=3)
    )
    for _time in range(2):
        tending.tend()
    assert Notification.objects.get(details__task="due").member == charlie
    assert client.post(address(task, "deeds/"), {"deed": "nudge"}).status_code == 404
    client.force_login(moderator)
    client.post(address(task, "deeds/"), {"deed": "nudge"})
    assert Notification.objects.filter(details__task="due", member=charlie).exists()
    assert "Remind 1 who has not answered" in text_of(client, address(task))


def test_a_whisper_under_a_task_reaches_one_and_what_observers_write_nobody_else(
    client, tended, seats, alice, charlie, moderator, observer
):
    task = tended.items.get(kind="poll")
    client.force_login(moderator)
    client.post(address(task, "posts/"), said(body="Only for you", to=str(seats["alice"].pk)))
    client.force_login(observer)
    client.post(address(task, "posts/"), said(body="Ask about prices", to="all"))
    assert client.post(address(task, "posts/"), said(body="Ask about prices", to="staff")).status_code == 302
    client.force_login(alice)
    page = text_of(client, address(task))
    assert "Only for you" in page
    assert "prices" not in page
    client.force_login(charlie)
    page = text_of(client, address(task))
    assert "Only for you" not in page
    assert "prices" not in page


def test_an_outsider_and_who_has_not_agreed_find_no_board(client, tended, bob, group):
    task = tended.items.get(kind="poll")
    client.force_login(bob)
    assert client.get(address(task)).status_code == 404
    for door, form in (("answer/", {"choice": "1"}), ("posts/", {"body": "Hi", "to": "all"}), ("deeds/", {"deed": "reveal"})):
        assert client.post(address(task, door), form).status_code == 404
    assert client.post(f"/groups/{tended.pk}/status/", {"status": "close"}).status_code == 404


def test_a_moderator_opens_pauses_and_closes_a_board_and_a_pause_takes_no_answers(client, tended, alice, moderator):
    poll = tended.items.get(kind="poll")
    client.force_login(moderator)
    client.post(f"/groups/{tended.pk}/status/", {"status": "pause"})
    client.force_login(alice)
    assert client.post(address(poll, "answer/"), said(choice="1")).status_code == 422
    assert client.post(f"/groups/{tended.pk}/status/", {"status": "open"}).status_code == 404
    client.force_login(moderator)
    client.post(f"/groups/{tended.pk}/status/", {"status": "open"})
    client.force_login(alice)
    assert client.post(address(poll, "answer/"), said(choice="1")).status_code == 302


def test_a_long_board_asks_the_database_no_more(client, tended, alice, charlie, django_assert_max_num_queries):
    task = tended.items.get(is_masked=True)
    for member in (alice, charlie):
        client.force_login(member)
        client.post(address(task, "answer/"), said(body="Mine"))
        for number in range(8):
            client.post(address(task, "posts/"), said(body=f"Post {number}", to="all"))
    for _door in (f"/groups/{tended.pk}/", address(task)):
        client.get(_door)
        with django_assert_max_num_queries(26):
            client.get(_door)
    assert json.loads(client.get(f"/api/v1/groups/{tended.pk}/events").content)["items"]


def test_the_thread_of_a_task_is_read_newest_first_or_only_what_nobody_took_up_or_ones_own(
    client, tended, alice, charlie, moderator, observer
):
    task = tended.items.get(is_masked=True)
    for member, body in ((alice, "Jars, mostly."), (charlie, "Boxes.")):
        client.force_login(member)
        client.post(address(task, "answer/"), said(body=body))
    first = Answer.objects.earliest("pk")
    client.post(address(task, "posts/"), said(body="Glass or clay?", to="all", answer=first.pk))
    client.post(address(task, "posts/"), said(body="Who dusts them?", to="all"))

    def words(member, query):
        client.force_login(member)
        return re.findall(r'class="message-text"[^>]*>([^<]*)<', text_of(client, address(task) + query))

    assert words(charlie, "") == ["Jars, mostly.", "Glass or clay?", "Boxes.", "Who dusts them?"]
    assert words(charlie, "?order=newest") == ["Jars, mostly.", "Glass or clay?", "Boxes.", "Who dusts them?"]
    client.force_login(alice)
    client.post(address(task, "posts/"), said(body="And tins?", to="all", answer=Answer.objects.latest("pk").pk))
    assert words(charlie, "?order=newest")[:2] == ["Boxes.", "And tins?"]
    assert words(alice, "?show=mine") == ["Jars, mostly.", "Glass or clay?", "Boxes.", "And tins?"]
    assert words(alice, "?show=unanswered") == []
    assert words(moderator, "?show=unanswered") == ["Jars, mostly.", "Glass or clay?", "Boxes.", "And tins?"]
    client.post(address(task, "posts/"), said(body="Which jars?", to="all", answer=first.pk))
    assert words(moderator, "?show=unanswered") == ["Boxes.", "And tins?"]
    client.force_login(observer)
    assert "With my words" not in text_of(client, address(task))
    assert words(observer, "?show=mine&order=nonsense") == words(observer, "")


def test_one_stays_in_the_view_one_wrote_from_and_may_go_nowhere_else(client, tended, alice):
    poll = tended.items.get(kind="poll")
    client.force_login(alice)
    answer = client.post(address(poll, "posts/") + "?show=mine&order=newest&next=//evil.example", said(body="Hello", to="all"))
    assert answer.headers["Location"] == address(poll) + "?show=mine&order=newest"


def test_a_participant_finds_the_tasks_that_wait_and_the_staff_those_where_an_answer_is_missing(client, tended, alice, charlie, moderator):
    task = tended.items.get(is_masked=True)
    client.force_login(alice)
    client.post(address(task, "answer/"), said(body="Jars."))

    def titles(query):
        return re.findall(r'class="list-title"[^>]*>([^<]*)<', text_of(client, f"/groups/{tended.pk}/{query}"))

    assert titles("") == ["Show us your shelf.", "Which shelf is fullest?"]
    assert titles("?order=newest") == ["Which shelf is fullest?", "Show us your shelf."]
    assert titles("?show=waiting") == ["Which shelf is fullest?"]
    assert titles("?show=done") == ["Show us your shelf."]
    assert titles("?show=coming") == titles(""), "what is to come is for the staff"
    client.force_login(charlie)
    client.post(address(task, "answer/"), said(body="Boxes."))
    client.force_login(moderator)
    assert titles("?show=waiting") == ["Which shelf is fullest?"]
    assert titles("?show=coming") == ["And today?"]


def test_a_moderator_sees_at_each_task_who_has_not_answered_and_reminds_them_there_once_a_day(client, tended, alice, charlie, moderator):
    task = tended.items.get(is_masked=True)
    client.force_login(alice)
    assert "have not answered" not in text_of(client, f"/groups/{tended.pk}/")
    client.post(address(task, "answer/"), said(body="Jars."))
    client.force_login(moderator)
    page = text_of(client, f"/groups/{tended.pk}/")
    assert re.search(r"1 has not answered</summary><p>Cedar</p>", page)
    assert "2 have not answered" in page
    reminded = client.post(address(task, "deeds/"), {"deed": "nudge", "from": "board"}, follow=True)
    assert reminded.redirect_chain[0][0] == f"/groups/{tended.pk}/"
    assert "1 person was reminded." in reminded.content.decode()
    assert Notification.objects.get(details__task="due").member == charlie
    again = client.post(address(task, "deeds/"), {"deed": "nudge", "from": "board"}, follow=True)
    assert "Nobody was reminded" in again.content.decode()
    assert Notification.objects.filter(details__task="due").count() == 1
