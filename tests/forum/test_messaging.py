"""Private messages: for whoever takes part in them, and nobody else, whatever their role."""

import re

import pytest

from forum import live_topics, messaging, regarding
from forum.models import Conversation, Message, MessageReport, Participant
from notifications.models import Notification


@pytest.fixture
def talk(alice, bob):
    return messaging.start(alice, to=[bob], title="About Friday", body="Are you **there**?")


def told(member) -> list[str]:
    return list(Notification.objects.filter(member=member).exclude(kind="welcome").values_list("kind", flat=True))


def test_one_writes_to_several_and_they_hear_of_it(client, alice, bob, charlie):
    client.force_login(alice)
    key = "7d0f1f63-1d0b-4a39-9a4c-8f0f5cf6d001"
    words = {"to": f"@{bob.handle}, {charlie.handle}", "title": "Friday", "body": "Are you *there*?", "client_key": key}
    answer = client.post("/forum/messages/new/", words)
    client.post("/forum/messages/new/", words)
    talk = Conversation.objects.get()
    assert answer["Location"] == f"/forum/messages/{talk.pk}/"
    client.force_login(charlie)
    assert "Friday" in client.get("/forum/messages/").content.decode()
    assert told(charlie) == ["message"]
    assert "Are you <em>there</em>?" in client.get(answer["Location"]).content.decode()
    assert not Notification.objects.filter(member=charlie, kind="message", read_at=None).exists()
    assert messaging.unread(charlie) == 0
    assert messaging.unread(bob) == 1
    client.post(answer["Location"], {"body": "I am."})
    assert Message.objects.get(no=2).author == charlie
    assert told(bob) == ["message", "message"]


@pytest.mark.parametrize("who", ["charlie", "moderator", "marketer", "admin"])
def test_a_conversation_is_closed_to_everybody_else(client, talk, who, request):
    client.force_login(request.getfixturevalue(who))
    message = talk.messages.get()
    for address in (f"/forum/messages/{talk.pk}/", f"/forum/messages/{message.pk}/report/"):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"body": "Let me in.", "kind": "rude"}).status_code == 404, address
    assert client.post(f"/forum/messages/{talk.pk}/change/", {"leave": "1"}).status_code == 404
    assert live_topics.conversation(request.getfixturevalue(who), str(talk.pk)) is None
    assert not client.get("/forum/search/?q=there").context["found"].hits
    assert talk.messages.count() == 1


@pytest.mark.parametrize("to", ["", "@nobody-here", "@alice-chen"])
def test_a_message_needs_a_reader(client, alice, to):
    client.force_login(alice)
    answer = client.post("/forum/messages/new/", {"to": to, "title": "x", "body": "All my words."})
    assert answer.status_code in (409, 422)
    assert answer.context["form"].errors["to"]
    assert "All my words." in answer.content.decode()
    assert not Conversation.objects.exists()


def test_the_ignored_cannot_write_privately(client, talk, alice, bob):
    regarding.ignore(alice, member=bob)
    client.force_login(alice)
    assert client.post(f"/forum/messages/{talk.pk}/", {"body": "Please!"}).status_code == 409
    assert client.post("/forum/messages/new/", {"to": bob.handle, "title": "x", "body": "Please!"}).status_code == 409
    assert Message.objects.count() == 1


def test_the_silenced_cannot_write_privately(client, talk, alice, moderator):
    import datetime

    from django.utils import timezone

    from forum import restricting

    restricting.silence(alice, by=moderator, until=timezone.now() + datetime.timedelta(1), reason="Calm down")
    client.force_login(alice)
    assert client.post(f"/forum/messages/{talk.pk}/", {"body": "But!"}).status_code == 409


def test_whoever_comes_later_reads_from_there_on_and_whoever_leaves_reads_no_more(client, talk, alice, bob, charlie):
    client.force_login(alice)
    client.post(f"/forum/messages/{talk.pk}/change/", {"to": charlie.handle})
    messaging.say(talk, author=bob, body="Welcome.")
    client.force_login(charlie)
    page = client.get(f"/forum/messages/{talk.pk}/").content.decode()
    assert "Welcome." in page
    assert "Are you" not in page
    client.post(f"/forum/messages/{talk.pk}/change/", {"leave": "1"})
    assert client.get(f"/forum/messages/{talk.pk}/").status_code == 404
    messaging.say(talk, author=bob, body="Gone?")
    assert told(charlie) == ["message"]


def test_a_report_shows_the_moderators_one_message(client, talk, alice, bob, moderator):
    rude = messaging.say(talk, author=alice, body="Something rude.")
    client.force_login(bob)
    client.post(f"/forum/messages/{rude.pk}/report/", {"kind": "rude", "note": "Look"})
    assert client.get("/forum/messages/reported/").status_code == 404
    client.force_login(moderator)
    page = client.get("/forum/messages/reported/").content.decode()
    assert "Something rude." in page
    assert "Are you" not in page
    report = MessageReport.objects.get()
    assert client.post("/forum/messages/reported/", {"report": report.pk, "hide": "yes", "reason": ""}).status_code == 422
    client.post("/forum/messages/reported/", {"report": report.pk, "hide": "yes", "reason": "Rude"})
    assert "moderation" in told(alice)
    client.force_login(bob)
    assert "Something rude." not in client.get(f"/forum/messages/{talk.pk}/").content.decode()


def test_a_long_conversation_asks_little(client, talk, alice, bob, django_assert_max_num_queries):
    for number in range(40):
        messaging.say(talk, author=[alice, bob][number % 2], body=f"Message {number}")
    client.force_login(bob)
    client.get(f"/forum/messages/{talk.pk}/")
    with django_assert_max_num_queries(18):
        page = client.get(f"/forum/messages/{talk.pk}/").content.decode()
    assert "Message 39" in page
    assert "Message 5<" not in page
    assert Participant.objects.get(conversation=talk, member=bob).last_read_no == 41


def test_every_conversation_is_reached_page_by_page_the_newest_words_first(client, alice, bob, monkeypatch):
    talks = [messaging.start(alice, to=[bob], title=f"Talk {n}.", body="Hello.") for n in range(5)]
    messaging.say(talks[0], author=bob, body="Late.")
    moment = Conversation.objects.get(pk=talks[2].pk).last_message_at
    Conversation.objects.filter(pk=talks[1].pk).update(last_message_at=moment)
    monkeypatch.setattr("forum.views.messages.ON_A_PAGE", 2)
    client.force_login(alice)
    address, seen = "/forum/messages/", []
    while address:
        page = client.get(address)
        seen.append([row.conversation.title for row in page.context["rows"]])
        found = re.search(r'rel="next" href="([^"]*)"', page.content.decode())
        address = f"/forum/messages/{found[1]}" if found else ""
    assert seen == [["Talk 0.", "Talk 4."], ["Talk 3.", "Talk 2."], ["Talk 1."]]


def test_a_notice_of_a_message_leads_to_it_however_much_was_written_since(client, talk, alice, bob, charlie, monkeypatch):
    monkeypatch.setattr("forum.pacing.take", lambda *_words: None)
    for n in range(2, 101):
        messaging.say(talk, author=(alice, bob)[n % 2], body=f"Word {n}.")
    notice = Notification.objects.get(member=bob, cause=f"message:{talk.messages.get(no=40).pk}")
    client.force_login(bob)
    address, _, anchor = notice.url.partition("#")
    page = client.get(address).content.decode()
    assert f'id="{anchor}"' in page
    # With some of what follows it, and the way to the rest.
    assert 'id="message-50"' in page
    assert Notification.objects.get(pk=notice.pk).read_at
    newer = re.search(r'rel="next" href="(\?[^"#]+)#(message-[0-9]+)"', page)
    seen = client.get(address.partition("?")[0] + newer[1]).content.decode()
    assert newer[2] == "message-51"
    assert 'id="message-51"' in seen
    assert 'id="message-50"' not in seen
    for no in (1, 70, 71, 100):
        newest = client.get(f"/forum/messages/{talk.pk}/?message={no}").content.decode()
        assert f'id="message-{no}"' in newest
        assert ('rel="next"' in newest) == (no <= 70)
    messaging.bring_in(talk, by=alice, newcomers=[charlie])
    messaging.say(talk, author=alice, body="Word 101.")
    client.force_login(charlie)
    shown = client.get(f"/forum/messages/{talk.pk}/?message=40").content.decode()
    assert re.findall(r'id="message-([0-9]+)"', shown) == ["101"]


def test_a_notice_of_before_is_read_with_its_message_too(client, talk, bob):
    notice = Notification.objects.get(member=bob, kind="message")
    Notification.objects.filter(pk=notice.pk).update(url=f"/forum/messages/{talk.pk}/#message-1")
    client.force_login(bob)
    client.get(f"/forum/messages/{talk.pk}/")
    assert Notification.objects.get(pk=notice.pk).read_at
