"""Decisions are looked at again, by another moderator, and undone with all that they took back."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from forum import (
    appealing,
    messaging,
    moderating,
    polling,
    posting,
    solving,
)
from forum.models import Appeal, Board, Message, ModerationAction, State
from forum.refusals import AppealedAlready, NotYours
from notifications import mailing
from tests.forum.counting import counted

POLL = polling.Question("Tea?", ["Yes", "No"])


def test_a_rejected_thread_counts_only_after_its_appeal_is_granted(square, newcomer, moderator, second_moderator):
    Board.objects.update(approval=Board.Approval.ALL)
    square.refresh_from_db()
    thread = posting.start_thread(square, author=newcomer, title="Buy", body="Buy this.")
    assert thread.state == State.PENDING
    action = moderating.reject(thread.posts.get(), by=moderator, reason="Advertising")
    assert counted(newcomer) == set()
    appeal = appealing.appeal(action, member=newcomer, words="It is a question.")
    with pytest.raises(AppealedAlready):
        appealing.appeal(action, member=newcomer, words="Again.")
    with pytest.raises(NotYours):
        appealing.decide(appeal, grant=True, by=moderator, reason="My own")
    appealing.decide(appeal, grant=True, by=second_moderator, reason="It is")
    thread.refresh_from_db()
    assert (thread.state, counted(newcomer)) == (State.VISIBLE, {"thread_started"})
    assert appealing.decide(appeal, grant=False, by=second_moderator, reason="Twice") is None


def test_the_author_appeals_on_their_page_and_reads_the_answer(client, thread, alice, bob, moderator, second_moderator):
    action = moderating.hide_thread(thread, by=moderator, reason="Off topic")
    client.force_login(alice)
    assert "Off topic" in client.get("/forum/decisions/").content.decode()
    assert client.post(f"/forum/decisions/{action.pk}/appeal/", {"words": ""}).status_code == 422
    client.post(f"/forum/decisions/{action.pk}/appeal/", {"words": "It is on topic."})
    client.post(f"/forum/decisions/{action.pk}/appeal/", {"words": "Once more."})
    assert Appeal.objects.get().words == "It is on topic."
    client.force_login(bob)
    assert client.get(f"/forum/decisions/{action.pk}/appeal/").status_code == 404
    appeal = f"/forum/moderation/appeals/{Appeal.objects.get().pk}/"
    assert client.get(appeal).status_code == 404
    client.force_login(moderator)
    assert client.post(appeal, {"verb": "grant_appeal", "reason": "Mine"}).status_code == 422
    client.force_login(second_moderator)
    assert "It is on topic." in client.get("/forum/moderation/").content.decode()
    client.post(appeal, {"verb": "refuse_appeal", "reason": "It is not"})
    client.force_login(alice)
    assert "Refused" in client.get("/forum/decisions/").content.decode()


def test_decisions_are_found_from_the_settings_the_forum_the_notice_and_the_letter_in_both_languages(
    client, thread, alice, bob, moderator, staff_board
):
    moderating.hide_thread(thread, by=moderator, reason="Off topic")
    client.force_login(alice)
    for language, name in (("", "Decisions about my posts"), ("/zh-hans", "有关我的帖子的处理")):
        link = f'<a href="{language}/forum/decisions/">{name}</a>'
        for page in ("/members/settings/", "/forum/", "/notifications/"):
            assert link in client.get(f"{language}{page}").content.decode(), (language, page)
    mailing.send_due(timezone.now() + datetime.timedelta(hours=1))
    letter = next(each for each in mail.outbox if each.to == [alice.email] and "Off topic" in each.body)
    assert "/forum/decisions/" in letter.body
    assert "/forum/decisions/" in letter.alternatives[0][0]
    client.force_login(bob)
    assert "Off topic" not in client.get("/forum/decisions/").content.decode()
    assert "Decisions about my posts" not in client.get("/notifications/").content.decode()


def test_decisions_go_on_to_their_next_page_and_name_no_thread_that_one_may_not_open(
    client, thread, alice, bob, moderator, staff_board, monkeypatch
):
    monkeypatch.setattr("forum.views.moderation.ON_A_PAGE", 2)
    answer = posting.reply(thread, author=bob, body="An answer.")
    for number in range(2):
        action = moderating.hide_post(answer, by=moderator, reason=f"Hidden {number}")
        moderating.unhide_post(answer, by=moderator, reason=f"Shown {number}")
    client.force_login(bob)
    seen, address = [], "/forum/decisions/"
    while address:
        page = client.get(address)
        seen += [row["action"].reason for row in page.context["rows"]]
        assert thread.title in page.content.decode()
        address = f"/forum/decisions/?before={page.context['next_before']}" if page.context["next_before"] else ""
    assert seen == ["Shown 1", "Hidden 1", "Shown 0", "Hidden 0"]
    moderating.move(thread, staff_board, by=moderator, reason="Ours")
    for address in ("/forum/decisions/", f"/forum/decisions/{action.pk}/appeal/"):
        page = client.get(address)
        assert page.status_code == 200
        assert thread.title not in page.content.decode()
    client.force_login(alice)
    assert thread.title in client.get("/forum/decisions/").content.decode(), "one's own thread is named"


@pytest.fixture
def reported(alice, bob):
    talk = messaging.start(alice, to=[bob], title="About Friday", body="Something rude.")
    return messaging.report(talk.messages.get(), reporter=bob, kind="rude")


def test_a_hidden_message_is_in_the_log_and_comes_back_by_an_appeal(client, reported, alice, moderator, second_moderator):
    messaging.decide(reported, by=moderator, hide=True, reason="Rude")
    action = ModerationAction.objects.get(verb="hide_message")
    assert (action.member, action.actor, action.reason) == (alice, moderator, "Rude")
    client.force_login(alice)
    assert reverse("forum:appeal", args=[action.pk]) in client.get("/forum/decisions/").content.decode()
    appeal = appealing.appeal(action, member=alice, words="A joke between us.")
    client.force_login(second_moderator)
    page = client.get(reverse("forum:decide_appeal", args=[appeal.pk])).content.decode()
    assert "Something rude." in page
    assert "Message hidden" in client.get("/forum/moderation/log/").content.decode()
    appealing.decide(appeal, grant=True, by=second_moderator, reason="It is one")
    assert not Message.objects.get().is_hidden
    assert ModerationAction.objects.filter(verb="unhide_message", member=alice).exists()


def test_a_message_that_is_left_is_in_the_log_alone(client, reported, alice, moderator):
    messaging.decide(reported, by=moderator, hide=False, reason="Not rude")
    messaging.decide(reported, by=moderator, hide=False, reason="Not rude")
    assert ModerationAction.objects.get().verb == "leave_message"
    client.force_login(alice)
    assert "Not rude" not in client.get("/forum/decisions/").content.decode()


def test_a_moderator_says_why_they_decide_which_reply_solved_it(client, thread, alice, bob, charlie, moderator, second_moderator):
    answer, other = (posting.reply(thread, author=author, body=f"{author.name} knows.") for author in (bob, charlie))
    client.force_login(alice)
    client.post(f"/forum/posts/{answer.pk}/solution/")
    assert not ModerationAction.objects.exists()
    client.force_login(moderator)
    asked = client.post(f"/forum/posts/{other.pk}/solution/")
    thread.refresh_from_db()
    assert (asked.status_code, thread.solution) == (302, answer)
    assert client.get(asked["Location"]).context["form"]["verb"].value() == "accept"
    client.post(asked["Location"], {"verb": "accept", "reason": "Alice told me"})
    thread.refresh_from_db()
    assert thread.solution == other
    assert set(ModerationAction.objects.values_list("verb", "member", "reason")) == {
        ("unaccept", bob.pk, "Alice told me"),
        ("accept", alice.pk, "Alice told me"),
    }
    with pytest.raises(ValueError, match="reason"):
        solving.unaccept(thread, by=moderator)
    assert "reply_accepted" not in counted(bob)
    appeal = appealing.appeal(ModerationAction.objects.get(verb="unaccept"), member=bob, words="She chose mine.")
    appealing.decide(appeal, grant=True, by=second_moderator, reason="She did")
    thread.refresh_from_db()
    assert thread.solution == answer
    assert "reply_accepted" in counted(bob)


def test_an_appeal_does_not_choose_against_whoever_asked(thread, alice, bob, charlie, moderator, second_moderator):
    answer, other = (posting.reply(thread, author=author, body=f"{author.name} knows.") for author in (bob, charlie))
    solving.accept(answer, by=alice)
    solving.unaccept(thread, by=moderator, reason="It does not work")
    solving.accept(other, by=alice)
    appeal = appealing.appeal(ModerationAction.objects.get(verb="unaccept"), member=bob, words="It works.")
    appealing.decide(appeal, grant=True, by=second_moderator, reason="It does")
    thread.refresh_from_db()
    assert thread.solution == other


def test_a_moderator_says_why_they_close_a_poll_and_an_appeal_opens_it(client, square, alice, moderator, second_moderator):
    thread = polling.start_thread_with_poll(square, POLL, author=alice, title="Tea", body="Or not?")
    poll = thread.posts.get().poll
    client.force_login(moderator)
    asked = client.post(f"/forum/polls/{poll.pk}/close/")
    poll.refresh_from_db()
    assert not poll.is_closed
    client.post(asked["Location"], {"verb": "close_poll", "reason": "Settled"})
    poll.refresh_from_db()
    assert poll.is_closed
    action = ModerationAction.objects.get(verb="close_poll")
    assert (action.member, action.reason) == (alice, "Settled")
    with pytest.raises(ValueError, match="reason"):
        polling.close(polling.ask(posting.start_thread(square, author=alice, title="x", body="y").posts.get(), POLL), by=moderator)
    appealing.decide(appealing.appeal(action, member=alice, words="It is not."), grant=True, by=second_moderator, reason="True")
    poll.refresh_from_db()
    assert not poll.is_closed
