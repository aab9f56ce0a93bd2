"""A poll that its author adds or changes while editing, until somebody has voted."""

import json

import pytest
from django.core.cache import cache
from django.utils import timezone

from forum import polling, posting
from forum.models import Draft, Poll, WatchedWord
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
