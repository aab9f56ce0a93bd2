"""Moderators' notes on a member: theirs to read, in the log as a fact, and gone when they are removed."""

import pytest

from community.holding import held
from forum import erasing, posting, remarking, reporting
from forum.models import MemberNote, ModerationAction, Review
from forum.refusals import NotYours
from notifications.models import Notification

WORDS = "Asks for quotations privately; talk to her first."


def page(client, who, address) -> str:
    client.force_login(who)
    return client.get(address).content.decode()


def test_a_note_is_read_by_moderators_where_they_decide_and_by_nobody_else(client, thread, alice, bob, moderator, second_moderator):
    client.force_login(moderator)
    here = f"/forum/moderation/members/{alice.handle}/"
    assert client.post(f"{here}notes/", {"words": WORDS})["Location"] == here
    assert WORDS in page(client, second_moderator, here)
    reporting.report(thread.posts.get(), reporter=bob, kind="spam")
    assert WORDS in page(client, second_moderator, f"/forum/moderation/{Review.objects.get().pk}/")
    for who in (alice, bob):
        for address in (alice.get_absolute_url(), "/forum/decisions/", "/notifications/", f"/forum/threads/{thread.pk}/"):
            assert WORDS not in page(client, who, address), address
        assert client.get(here).status_code == 404
    assert not Notification.objects.filter(member=alice, kind="moderation").exists()
    assert WORDS in str(dict(held(alice))), "whoever asks for their data gets it, and the form says so"


def test_the_log_says_that_there_was_a_note_and_why_it_went_and_not_what_it_said(client, alice, moderator, second_moderator):
    client.force_login(moderator)
    client.post(f"/forum/moderation/members/{alice.handle}/notes/", {"words": WORDS})
    row = MemberNote.objects.get()
    client.force_login(second_moderator)
    client.post(f"/forum/moderation/notes/{row.pk}/remove/", {"reason": " "})
    assert MemberNote.objects.exists(), "without a reason it stays"
    client.post(f"/forum/moderation/notes/{row.pk}/remove/", {"reason": "Settled"})
    assert not MemberNote.objects.exists()
    assert client.post(f"/forum/moderation/notes/{row.pk}/remove/", {"reason": "Again"}).status_code == 404
    log = page(client, moderator, "/forum/moderation/log/")
    assert "Note on a member added" in log
    assert "Settled" in log
    assert WORDS not in log
    assert [(act.verb, act.actor) for act in ModerationAction.objects.order_by("pk")] == [
        ("note_member", moderator),
        ("remove_note", second_moderator),
    ]


def test_members_leave_and_remove_none_and_an_empty_or_endless_one_is_refused(client, alice, bob, moderator):
    row = remarking.remark(alice, WORDS, by=moderator)
    client.force_login(bob)
    assert client.post(f"/forum/moderation/members/{alice.handle}/notes/", {"words": "Mine"}).status_code == 404
    assert client.post(f"/forum/moderation/notes/{row.pk}/remove/", {"reason": "Mine"}).status_code == 404
    with pytest.raises(NotYours):
        remarking.remark(alice, "Mine", by=bob)
    with pytest.raises(NotYours):
        remarking.remove(row, by=bob, reason="Mine")
    client.force_login(moderator)
    for words in (" ", "x" * 1001):
        client.post(f"/forum/moderation/members/{alice.handle}/notes/", {"words": words})
    assert client.post("/forum/moderation/members/nobody/notes/", {"words": "Whom?"}).status_code == 404
    assert MemberNote.objects.count() == 1


def test_notes_go_with_whoever_is_forgotten(alice, bob, moderator, square):
    posting.start_thread(square, author=alice, title="Hello", body="x")
    for member in (alice, bob):
        remarking.remark(member, WORDS, by=moderator)
    erasing.erase(alice)
    assert [row.member for row in MemberNote.objects.all()] == [bob]
