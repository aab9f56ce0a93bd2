"""Changing a private message for a day, quoting and answering one."""

import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from community import holding
from forum import erasing, messaging, regarding, restricting
from forum.models import Message, MessageRevision, WatchedWord
from notifications import letters
from notifications.models import EmailOut


@pytest.fixture
def talk(alice, bob):
    return messaging.start(alice, to=[bob], title="About Friday", body="Are you **there**?")


@pytest.fixture
def address(talk):
    return f"/forum/messages/{talk.messages.get(no=1).pk}/edit/"


def test_an_author_changes_a_message_and_its_reader_sees_that_it_was(client, talk, address, alice, bob):
    client.force_login(alice)
    form = client.get(address).context["form"]
    assert form["body"].value() == "Are you **there**?"
    assert (
        client.post(address, {"body": "Are you *here*?", "based_on": "0", "preview": "1"}).context["preview"]
        == "<p>Are you <em>here</em>?</p>\n"
    )
    answer = client.post(address, {"body": "Are you *here*?", "based_on": "0"})
    assert answer["Location"] == f"/forum/messages/{talk.pk}/?message=1#message-1"
    assert client.post(address, {"body": "From another tab.", "based_on": "0"}).status_code == 409
    client.force_login(bob)
    page = client.get(f"/forum/messages/{talk.pk}/").content.decode()
    assert "Are you <em>here</em>?" in page
    assert "edited" in page
    assert "there" not in page, "what it said is for moderators, and only if it is reported"


def test_the_same_words_are_no_edit(client, address, alice):
    client.force_login(alice)
    client.post(address, {"body": "Are you **there**?"})
    assert Message.objects.get().edit_count == 0


def test_after_a_day_once_hidden_or_silenced_nothing_is_changed(client, talk, address, alice, bob, moderator):
    client.force_login(alice)
    Message.objects.update(created_at=timezone.now() - datetime.timedelta(days=1))
    assert "edit/" not in client.get(f"/forum/messages/{talk.pk}/").content.decode()
    assert "for a day" in client.get(address).content.decode()
    assert client.post(address, {"body": "Late."}).status_code == 409
    Message.objects.update(created_at=timezone.now())
    restricting.silence(alice, by=moderator, until=timezone.now() + datetime.timedelta(days=1), reason="Calm down")
    assert client.post(address, {"body": "Silenced."}).status_code == 409
    restricting.lift_silence(alice, by=moderator, reason="Calm")
    Message.objects.update(is_hidden=True)
    assert client.post(address, {"body": "Hidden."}).status_code == 404
    client.force_login(bob)
    assert client.post(address, {"body": "Not mine."}).status_code == 404
    assert Message.objects.get().body == "Are you **there**?"
    assert not MessageRevision.objects.exists()


def test_a_watched_word_is_refused_in_an_edit_too(client, address, alice):
    WatchedWord.objects.create(word="casino", action="refuse")
    cache.clear()  # the list was looked at when the conversation was begun
    client.force_login(alice)
    assert client.post(address, {"body": "Casino?"}).status_code == 409
    assert Message.objects.get().body == "Are you **there**?"


def test_moderators_read_what_a_reported_message_said_before(client, talk, address, alice, bob, moderator, django_assert_max_num_queries):
    messaging.report(talk.messages.get(), reporter=bob, kind="rude")
    client.force_login(alice)
    for words in ("Are you rude?", "Are you <b>well</b>?"):
        client.post(address, {"body": words})
    client.force_login(moderator)
    client.get("/forum/messages/reported/")
    with django_assert_max_num_queries(12):
        page = client.get("/forum/messages/reported/").content.decode()
    assert "Edited 2 times" in page
    assert "Are you **there**?" in page
    assert "Are you rude?" in page
    assert [row.body for row in MessageRevision.objects.order_by("n")] == ["Are you **there**?", "Are you rude?"]


def test_a_message_is_answered_and_quoted_with_a_link_that_lasts(client, talk, alice, bob, charlie):
    client.force_login(bob)
    here = f"/forum/messages/{talk.pk}/"
    quotation = client.get(f"/forum/messages/{talk.messages.get().pk}/quotation/").content.decode()
    assert quotation == f"> [Alice Chen]({here}?message=1#message-1):\n>\n> Are you **there**?\n\n"
    form = client.get(f"{here}?quote=1").context["form"]
    assert (form["body"].value(), form["reply_to"].value()) == (quotation, 1)
    assert client.get(f"{here}?answer=1").context["form"]["body"].value() == ""
    client.post(here, {"body": f"{quotation}I am.", "reply_to": "1"})
    assert Message.objects.get(no=2).reply_to.no == 1
    client.post(here, {"body": "To nobody.", "reply_to": "99"})
    assert Message.objects.get(no=3).reply_to is None
    assert "in reply to Alice Chen, #1" in client.get(here).content.decode()
    messaging.bring_in(talk, by=alice, newcomers=[charlie])
    client.force_login(charlie)
    client.post(here, {"body": "What was before?", "reply_to": "1"})
    assert Message.objects.get(no=4).reply_to is None, "nobody answers what they may not read"


def test_whoever_leaves_the_club_is_named_in_no_quotation_and_leaves_no_revision(client, talk, address, alice, bob):
    client.force_login(alice)
    client.post(address, {"body": "I am Alice Chen."})
    client.force_login(bob)
    quotation = client.get(f"/forum/messages/{talk.messages.get().pk}/quotation/").content.decode()
    client.post(f"/forum/messages/{talk.pk}/", {"body": f"{quotation}Hello."})
    erasing.erase(alice)
    words = "".join(Message.objects.values_list("html", flat=True))
    assert "Alice" not in words.replace("I am Alice Chen", "")
    assert not MessageRevision.objects.exists()


def test_ones_own_data_hold_what_one_wrote_before_an_edit_and_nobody_elses(client, talk, address, thread, alice, bob):
    client.force_login(alice)
    client.post(address, {"body": "Other words."})
    client.post(f"/forum/posts/{thread.posts.get().pk}/edit/", {"title": thread.title, "body": "Clearer words."})
    held = dict(holding.held(alice))
    assert [row["body"] for row in held["forum/messagerevision.json"]] == ["Are you **there**?"]
    assert [row["body"] for row in held["forum/postrevision.json"]] == ["How do you close your books?"]
    assert not {"forum/messagerevision.json", "forum/postrevision.json"} & set(dict(holding.held(bob)))


def test_whom_everybody_ignores_says_nothing_by_changing_what_they_said(client, talk, address, alice, bob, charlie):
    regarding.ignore(alice, member=bob, is_ignored=True)
    client.force_login(alice)
    answer = client.post(address, {"body": "Read this, then."})
    assert answer.status_code == 409
    assert "takes no private messages" in answer.content.decode()
    messaging.bring_in(talk, by=bob, newcomers=[charlie])
    assert client.post(address, {"body": "Are you here?"}).status_code == 302


def test_what_its_readers_were_told_says_what_the_message_says_now(client, talk, address, alice, bob, moderator):
    def told() -> str:
        client.force_login(bob)
        return client.get("/notifications/").content.decode()

    assert "Are you there?" in told()
    client.force_login(alice)
    client.post(address, {"body": "Are you here?"})
    assert "Are you here?" in told()
    assert "Are you there?" not in told()
    letter = letters.compose(EmailOut.objects.get(member=bob, template="notification"))
    assert "Are you here?" in letter.body
    assert "there" not in letter.body
    message = talk.messages.get()
    messaging.report(message, reporter=bob, kind="rude")
    messaging.decide(message.reports.get(), by=moderator, hide=True, reason="Rude")
    assert "Are you here?" not in told()
    messaging.unhide(message, by=moderator, reason="It was not")
    assert "Are you here?" in told()
