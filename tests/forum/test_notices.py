"""Nobody reads in a notice, in a letter or on the front page what they may not read in the thread, however it came to be so."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from forum import digesting, following, messaging, moderating, posting, reacting, rearranging, solving
from forum.models import BoardLevel
from members.models import Member
from notifications import mailing
from notifications.models import Notification

WORDS, TITLE = "The price is 4,711.", "Month-end closing"
GONE = "This was about something that is no longer shown to you."


@pytest.fixture
def answer(thread, bob):
    """Bob's reply to Alice, of which she was told."""
    return posting.reply(thread, author=bob, body=WORDS)


def notices(client, member, path="/notifications/") -> str:
    client.force_login(member)
    return client.get(path).content.decode()


def letters_to(member) -> list[str]:
    """What goes out to a member now."""
    mail.outbox.clear()
    mailing.send_due(timezone.now() + datetime.timedelta(hours=1))
    return [letter.body for letter in mail.outbox if letter.to == [member.email]]


def act(client, moderator, address, **words) -> None:
    client.force_login(moderator)
    assert client.post(address, {"reason": "So it is", **words}).status_code == 302


def hidden(client, answer, thread, moderator, **_cast):
    act(client, moderator, f"/forum/posts/{answer.pk}/moderation/", verb="hide_post")


def withdrawn(client, answer, bob, **_cast):
    client.force_login(bob)
    client.post(f"/forum/posts/{answer.pk}/withdraw/")


def edited(client, answer, bob, **_cast):
    client.force_login(bob)
    client.post(f"/forum/posts/{answer.pk}/edit/", {"body": "What it costs I tell nobody."})


def ignored(client, bob, alice, **_cast):
    client.force_login(alice)
    client.post(f"/forum/members/{bob.handle}/regard/", {"ignore": "on"})


@pytest.mark.parametrize("act_of", [hidden, withdrawn, edited, ignored])
def test_words_taken_back_are_gone_from_notices_of_them(client, thread, answer, alice, bob, moderator, act_of):
    assert WORDS in notices(client, alice)
    assert WORDS in notices(client, alice, "/")
    act_of(client=client, thread=thread, answer=answer, alice=alice, bob=bob, moderator=moderator)
    for path in ("/notifications/", "/"):
        # On the front page the newest threads stand beside what was told.
        page = notices(client, alice, path).partition(' class="told"' if path == "/" else "<h1>")[2]
        page = page.partition("</ul>")[0] if path == "/" else page
        assert WORDS not in page, path
        assert "Bob Lin replied in “Month-end closing”." in page, path
    if act_of == edited:
        assert "What it costs I tell nobody." in page
        assert "What it costs I tell nobody." in letters_to(alice)[0]
    else:
        assert not [letter for letter in letters_to(alice) if "Bob Lin" in letter], "a letter that had not gone out is not sent"


def moved(client, thread, staff_board, moderator, **_cast):
    act(client, moderator, f"/forum/threads/{thread.pk}/moderation/", verb="move", board=staff_board.pk)


def thread_hidden(client, thread, moderator, **_cast):
    act(client, moderator, f"/forum/threads/{thread.pk}/moderation/", verb="hide_thread")


@pytest.mark.parametrize("act_of", [moved, thread_hidden])
def test_of_a_thread_that_one_may_no_longer_open_a_notice_says_nothing(
    client, thread, answer, staff_board, alice, bob, mei, moderator, act_of
):
    following.read_up_to(thread, member=mei, no=2)
    posting.reply(thread, author=bob, body=f"@{mei.handle}, {WORDS}")
    assert TITLE in notices(client, mei)
    act_of(client=client, thread=thread, staff_board=staff_board, moderator=moderator)
    page = notices(client, mei)
    assert GONE in page
    assert not [word for word in (WORDS, TITLE, "Bob Lin mentioned", f"/forum/threads/{thread.pk}/") if word in page]
    assert GONE not in notices(client, mei, "/"), "the front page leaves it out"
    assert letters_to(mei) == []
    assert WORDS in notices(client, moderator, f"/forum/threads/{thread.pk}/"), "moderators may read it, and so does whoever may"
    page = notices(client, bob)
    assert TITLE not in page.partition('class="list told"')[2] or act_of == thread_hidden


def test_shown_again_a_notice_says_what_it_said(client, thread, answer, alice, moderator):
    moderating.hide_post(answer, by=moderator, reason="Look")
    assert WORDS not in notices(client, alice)
    moderating.unhide_post(answer, by=moderator, reason="Fine")
    assert WORDS in notices(client, alice)


def test_after_a_merge_and_a_new_title_notices_lead_to_where_the_post_stands(client, square, thread, answer, alice, bob, moderator):
    other = posting.start_thread(square, author=bob, title="Closing the books", body="How?")
    rearranging.merge(thread, other, by=moderator, reason="Asked twice")
    act(client, moderator, f"/forum/posts/{other.posts.get(no=1).pk}/edit/", title="Closing, all of it", body="How?", tags="")
    page = notices(client, alice)
    assert "Bob Lin replied in “Closing, all of it”." in page
    assert f"/forum/threads/{other.pk}/?post=3#post-3" in page
    assert "Closing the books" not in page


def test_a_decision_is_told_whatever_became_of_its_thread_without_naming_what_one_may_not_open(
    client, thread, answer, staff_board, bob, moderator
):
    moderating.hide_post(answer, by=moderator, reason="Off topic")
    assert f"A moderator has hidden your post in “{TITLE}”. The reason: Off topic" in notices(client, bob)
    moderating.move(thread, staff_board, by=moderator, reason="Ours")
    page = notices(client, bob)
    assert "A moderator has hidden your post in “…”. The reason: Off topic" in page
    assert TITLE not in page
    assert 'href="/forum/decisions/"' in page
    assert any("Off topic" in letter for letter in letters_to(bob))


def test_reactions_and_solutions_follow_the_post_too(client, thread, answer, alice, bob, mei, moderator):
    reacting.react(answer, member=mei)
    solving.accept(answer, by=alice)
    page = notices(client, bob)
    assert page.count(WORDS) == 2
    moderating.edit_post(answer, by=moderator, body="It costs nothing.", reason="Wrong figure")
    page = notices(client, bob)
    assert (page.count(WORDS), page.count("It costs nothing.")) == (0, 2)


def test_a_reminder_keeps_ones_own_note_and_no_words_of_a_post_one_may_not_read(client, thread, answer, mei, moderator):
    client.force_login(mei)
    client.post(f"/forum/posts/{answer.pk}/bookmark/", {"note": "For Friday", "remind_on": "2026-01-02"})
    client.post(f"/forum/posts/{thread.posts.get(no=1).pk}/bookmark/", {"remind_on": "2026-01-02"})
    from forum import keeping

    assert keeping.remind_due() == 2
    page = notices(client, mei)
    assert "For Friday" in page
    assert "How do you close your books?" in page
    moderating.hide_thread(thread, by=moderator, reason="Look")
    page = notices(client, mei)
    assert "For Friday" in page
    assert TITLE not in page
    assert "How do you close your books?" not in page


def test_whoever_left_a_conversation_or_ignores_its_writer_reads_no_more_of_it_in_notices(client, alice, bob, charlie):
    talk = messaging.start(alice, to=[bob, charlie], title="About Friday", body=WORDS)
    assert WORDS in notices(client, bob)
    client.post(f"/forum/messages/{talk.pk}/change/", {"leave": "1"})
    messaging.leave(talk, member=bob)
    page = notices(client, bob)
    assert GONE in page
    assert "About Friday" not in page
    assert letters_to(bob) == []
    client.force_login(charlie)
    client.post(f"/forum/members/{alice.handle}/regard/", {"ignore": "on"})
    page = notices(client, charlie)
    assert "Alice Chen wrote to you: “About Friday”." in page
    assert WORDS not in page


def test_a_digest_says_what_its_threads_say_when_it_goes(client, thread, square, alice, bob, moderator):
    Member.objects.update(joined_at=timezone.now() - datetime.timedelta(days=30))
    bob.refresh_from_db()
    other = posting.start_thread(square, author=alice, title="Ink", body="Which ink?")
    assert digesting.write_due()
    post = posting.Post.objects.get(thread=other, no=1)
    client.force_login(alice)
    client.post(f"/forum/posts/{post.pk}/edit/", {"title": "Ink and paper", "body": "Which paper?", "tags": ""})
    moderating.hide_thread(thread, by=moderator, reason="Look")
    (letter,) = letters_to(bob)
    assert "Ink and paper" in letter
    assert "Which paper?" in letter
    assert not [word for word in (TITLE, "How do you close", "Which ink?") if word in letter]


def test_a_digest_of_nothing_that_is_left_is_not_sent(thread, bob, moderator):
    Member.objects.update(joined_at=timezone.now() - datetime.timedelta(days=30))
    bob.refresh_from_db()
    assert digesting.write_due()
    moderating.hide_thread(thread, by=moderator, reason="Look")
    assert letters_to(bob) == []


def test_one_s_own_data_hold_no_words_of_others_in_what_one_was_told(answer, alice):
    row = Notification.objects.get(member=alice, kind="reply")
    assert (row.subject, row.title, row.details) == (f"post:{answer.pk}", "", {"starts_thread": False})


def test_a_page_of_notices_asks_once_for_all_that_they_are_about(client, square, alice, bob, mei, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("forum.pacing.take", lambda *_words: None)
    following.follow_board(square, member=mei, level=BoardLevel.WATCH)

    def tell(number):
        for each in range(number):
            posting.start_thread(square, author=alice, title=f"Thread {each}", body=f"Ask {each}.")
            messaging.start(bob, to=[mei], title=f"Letter {each}", body="Well?")

    from notifications import reading

    tell(2)
    assert len(reading.page_of(mei)["told"]) >= 4
    with django_assert_num_queries(3):
        few = reading.page_of(mei)
    tell(13)
    with django_assert_num_queries(3):
        many = reading.page_of(mei)
    assert len(few["told"]) < len(many["told"]) == 30
    assert {"Ask 12."} < {each.excerpt for each in many["told"]}
