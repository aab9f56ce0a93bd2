"""A poll that its author adds or changes while editing, until somebody has voted."""

import datetime
import json

import pytest
from django.core.cache import cache
from django.utils import timezone

from forum import polling, posting, restricting
from forum.models import Board, Draft, ModerationAction, Pace, Poll, Review, Trust, WatchedWord
from forum.refusals import NotYours

POLL = {"poll-question": "Which day?", "poll-options": "Monday\nFriday", "poll-kind": "several", "poll-results": "voted"}


@pytest.fixture
def address(thread):
    return f"/forum/posts/{thread.posts.get(no=1).pk}/edit/"


@pytest.fixture
def edit(client, thread, alice, address):
    """Alice sends the form of her first post with a poll's fields."""
    client.force_login(alice)
    words = {"title": thread.title, "body": "How do you close your books?"}
    return lambda **more: client.post(address, words | {name.replace("__", "-"): value for name, value in more.items()})


def asked() -> tuple[str, list[str], str, bool]:
    poll = Poll.objects.get()
    return poll.question, [option.text for option in poll.options.all()], poll.kind, poll.is_secret


def test_a_poll_is_added_to_a_first_post_later_and_no_edit_is_shown_for_it(client, thread, address, edit, bob):
    assert "Add a poll" in client.get(address).content.decode()
    assert edit(**POLL).status_code == 302
    assert asked() == ("Which day?", ["Monday", "Friday"], "several", False)
    assert thread.posts.get(no=1).edit_count == 0
    client.force_login(bob)
    assert "Which day?" in client.get(f"/forum/threads/{thread.pk}/").content.decode()


def test_it_is_changed_until_somebody_has_voted(client, address, edit, bob):
    edit(**POLL)
    form = client.get(address).context["poll"]
    assert (form["question"].value(), form["options"].value(), form["kind"].value()) == ("Which day?", "Monday\nFriday", "several")
    assert "Change the poll" in client.get(address).content.decode()
    before = Poll.objects.get()
    shown_before = [before.options.first().pk]
    edit(**POLL | {"poll-options": "Monday\nTuesday\nFriday", "poll-is_secret": "on"})
    assert asked() == ("Which day?", ["Monday", "Tuesday", "Friday"], "several", True)
    assert edit(**POLL | {"poll-question": "", "poll-options": ""}).status_code == 422, "it is changed and not taken away"
    poll = Poll.objects.get()
    with pytest.raises(polling.BadBallot):
        polling.vote(before, member=bob, options=shown_before)
    polling.vote(poll, member=bob, options=[poll.options.first().pk])
    assert client.get(address).context["poll"] is None
    late = edit(**POLL | {"poll-options": "Monday\nNever"}, body="Other words.")
    assert (late.status_code, "Somebody has voted" in late.content.decode()) == (409, True)
    assert asked()[1] == ["Monday", "Tuesday", "Friday"]
    assert poll.post.body == "How do you close your books?", "nor were the words changed by halves"
    assert edit(body="Other words.").status_code == 302
    assert Poll.objects.get().voters.count() == 1


def test_a_form_opened_before_the_first_vote_and_sent_unchanged_after_it_changes_the_words(edit, bob):
    edit(**POLL)
    poll = Poll.objects.get()
    polling.vote(poll, member=bob, options=[poll.options.first().pk])
    assert edit(**POLL, body="Clearer words.").status_code == 302
    assert (Poll.objects.get().pk, poll.voters.count()) == (poll.pk, 1)


def test_a_closed_poll_is_asked_no_more(client, address, edit):
    edit(**POLL)
    Poll.objects.update(closes_at=timezone.now())
    assert client.get(address).context["poll"] is None
    assert edit(**POLL | {"poll-question": "And now?"}).status_code == 409
    assert asked()[0] == "Which day?"


def test_polls_stand_under_the_authors_own_first_posts_alone(client, thread, address, edit, alice, bob, moderator):
    answer = posting.reply(thread, author=alice, body="An answer.")
    client.post(f"/forum/posts/{answer.pk}/edit/", {"body": "An answer.", **POLL})
    for member in (bob, moderator):
        client.force_login(member)
        client.post(address, {"title": thread.title, "body": "How do you close your books?", "reason": "Clearer", **POLL})
    assert not Poll.objects.exists()
    with pytest.raises(NotYours):
        polling.edit_with_poll(answer, polling.Question("Tea?", ["Yes", "No"]), editor=alice, body="An answer.")


def test_its_words_are_watched(edit):
    WatchedWord.objects.create(word="casino", action="refuse")
    cache.clear()
    assert edit(**POLL | {"poll-options": "Monday\nCasino"}, body="Other words.").status_code == 409
    assert not Poll.objects.exists()


def test_a_poll_begun_in_an_edit_is_kept_as_a_draft(client, thread, address, alice):
    client.force_login(alice)
    post = thread.posts.get(no=1)
    words = {"key": f"post:{post.pk}", "title": thread.title, "body": post.body, **POLL}
    assert json.loads(client.post("/forum/drafts/save/", words).content)["seq"] is not None
    assert client.get(address).context["poll"]["question"].value() == "Which day?"
    client.post("/forum/drafts/save/", words | {"poll-question": "", "poll-options": ""})
    assert not Draft.objects.exists()


def reads(client, who, thread) -> str:
    client.force_login(who)
    return client.get(f"/forum/threads/{thread.pk}/").content.decode()


@pytest.fixture
def watch():
    def add(word, action, replacement=""):
        WatchedWord.objects.create(word=word, action=action, replacement=replacement)
        cache.clear()

    return add


@pytest.mark.parametrize("where", ["poll-question", "poll-options"])
def test_a_poll_added_later_with_a_word_to_hold_waits_for_a_moderator_and_stands_once_approved(
    client, thread, address, edit, watch, alice, bob, moderator, where
):
    watch("casino", "hold")
    words = {"poll-question": "Which casino?"} if where == "poll-question" else {"poll-options": "The casino\nHome"}
    assert edit(**POLL | words, body="Other words.").status_code == 302
    assert not Poll.objects.exists()
    assert "casino" not in reads(client, bob, thread)
    assert "Other words." not in reads(client, bob, thread), "the words wait with their poll"
    assert "casino" in reads(client, alice, thread), "its author sees what waits"
    assert "casino" in client.get(address).context["poll"][where.removeprefix("poll-")].value()
    client.force_login(moderator)
    assert "An edit with a watched word waits: casino" in client.get("/forum/moderation/").content.decode()
    case = f"/forum/moderation/{Review.objects.get().pk}/"
    page = client.get(case)
    assert "casino" in page.content.decode().partition("What the edit would change")[2]
    client.post(case, {"verb": "approve_edit", "reason": "Harmless", "held": page.context["held"].pk})
    assert "casino" in reads(client, bob, thread)
    assert "Other words." in reads(client, bob, thread)
    assert Poll.objects.get().options.count() == 2


def test_a_poll_that_a_moderator_refuses_is_never_asked(client, thread, edit, watch, alice, bob, moderator):
    watch("casino", "hold")
    edit(**POLL | {"poll-question": "Which casino?"})
    client.force_login(moderator)
    case = f"/forum/moderation/{Review.objects.get().pk}/"
    held = client.get(case).context["held"].pk
    client.post(case, {"verb": "refuse_edit", "reason": "No bets", "held": held})
    assert not Poll.objects.exists()
    assert "casino" not in reads(client, bob, thread)
    client.force_login(alice)
    assert "No bets" in client.get("/forum/decisions/").content.decode()


def test_words_to_replace_are_replaced_and_words_to_flag_are_told_of_in_a_poll_too(client, square, thread, edit, watch, alice, bob):
    watch("darn", "replace", "dear")
    watch("tea", "flag")
    edit(**POLL | {"poll-question": "Which darn day?", "poll-options": "Darn Monday\nTea time"})
    assert asked()[:2] == ("Which dear day?", ["dear Monday", "Tea time"])
    review = Review.objects.get()
    assert (review.cause, review.remark) == ("words", "tea")
    begun = {"title": "New", "body": "With a poll.", **POLL, "poll-question": "Which darn tea?"}
    client.post(f"/forum/boards/{square.slug}/new/", begun)
    assert Poll.objects.get(post__thread__title="New").question == "Which dear tea?"
    assert Review.objects.count() == 2


def test_a_poll_asked_with_its_thread_is_held_with_it(client, square, watch, alice, bob):
    watch("casino", "hold")
    client.force_login(alice)
    begun = {"title": "New", "body": "With a poll.", **POLL, "poll-options": "Home\nThe casino"}
    assert client.post(f"/forum/boards/{square.slug}/new/", begun).status_code == 302
    thread = Poll.objects.get().post.thread
    assert thread.state == "pending"
    client.force_login(bob)
    assert client.get(f"/forum/threads/{thread.pk}/").status_code == 404


def test_the_new_ask_no_poll_of_links_and_theirs_waits_where_first_posts_do(client, square, newcomer, bob, moderator):
    thread = posting.start_thread(square, author=newcomer, title="Hello", body="I am new.")
    address = f"/forum/posts/{thread.posts.get().pk}/edit/"
    words = {"title": "Hello", "body": "I am new.", **POLL}
    client.force_login(newcomer)
    links = "\n".join(f"https://example.org/{number}" for number in range(4))
    late = client.post(address, words | {"poll-options": links})
    assert (late.status_code, "too many links" in late.content.decode()) == (409, True)
    begun = client.post(f"/forum/boards/{square.slug}/new/", words | {"title": "Links", "poll-options": links})
    assert begun.status_code == 302
    assert "https://example.org" not in client_sees(client, bob, "/forum/boards/square/")
    assert Poll.objects.get().post.thread.state == "pending", "as with many links in the words"
    Board.objects.update(approval=Board.Approval.NEW)
    client.force_login(newcomer)
    assert client.post(address, words).status_code == 302
    assert "Which day?" not in reads(client, bob, thread)
    client.force_login(moderator)
    assert "A poll waits that was added or changed later" in client.get("/forum/moderation/").content.decode()
    Trust.objects.update_or_create(member=newcomer, defaults={"level": 1})
    client.force_login(newcomer)
    assert client.post(address, words | {"poll-question": "Which week?"}).status_code == 302
    assert "Which week?" in reads(client, bob, thread), "whoever is known asks at once"
    assert "A poll waits" not in client_sees(client, moderator, "/forum/moderation/")


def client_sees(client, who, address) -> str:
    client.force_login(who)
    return client.get(address).content.decode()


def test_on_a_board_where_everybody_s_posts_wait_a_later_poll_waits_too_and_comes_unless_somebody_has_voted_meanwhile(
    client, thread, edit, address, alice, bob, moderator
):
    edit(**POLL)
    Board.objects.update(approval=Board.Approval.ALL)
    assert edit(**POLL | {"poll-options": "Monday\nSunday"}).status_code == 302
    assert asked()[1] == ["Monday", "Friday"]
    poll = Poll.objects.get()
    polling.vote(poll, member=bob, options=[poll.options.first().pk])
    client.force_login(moderator)
    case = f"/forum/moderation/{Review.objects.get().pk}/"
    held = client.get(case).context["held"].pk
    assert client.post(case, {"verb": "approve_edit", "reason": "Fine", "held": held}).status_code == 302
    assert asked()[1] == ["Monday", "Friday"], "what was voted on stays as it was asked"
    assert ModerationAction.objects.get(verb="approve_edit").after["poll"] == "left as it was asked"


def test_a_later_poll_takes_a_turn_and_is_not_asked_by_the_silenced(client, thread, edit, alice, moderator, settings):
    settings.FORUM_PACING = True
    Pace.objects.update_or_create(member=alice, verb="post", defaults={"turns": 0, "filled_at": timezone.now()})
    assert edit(**POLL).status_code == 409
    assert not Poll.objects.exists()
    assert edit(body="Only words.").status_code == 302, "words alone take none"
    settings.FORUM_PACING = False
    until = timezone.now() + datetime.timedelta(days=1)
    restricting.silence(alice, by=moderator, until=until, reason="Pause")
    assert edit(**POLL).status_code == 409
    assert not Poll.objects.exists()
