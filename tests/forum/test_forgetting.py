"""A forgotten member's words stay in others' discussions, without what gives the person away."""

import io
import json
import zipfile

import pytest
from django.core.management import call_command

from forum import drafting, keeping, messaging, posting, rewording, rewriting, searching
from forum.models import Bookmark, Draft, MessageRevision, Post, PostRevision


@pytest.fixture
def spoken(thread, alice, bob, charlie):
    """Alice signs her posts, Bob mentions and quotes her, Charlie writes down her telephone number and about another Alice."""
    alice.phone = "+86 574 1234 5678"
    alice.save()
    posting.reply(thread, author=alice, body="Call me: Alice Chen, +86 574 1234 5678 or alice@harbour.example. We close on the third.")
    posting.reply(thread, author=bob, body=f"@{alice.handle} is right.\n\n> [Alice Chen](/forum/threads/{thread.pk}/):\n>\n> on the third")
    posting.reply(thread, author=charlie, body="Her number is +86 574 1234 5678. Alice Springs is far away.")
    return thread


def test_the_words_stay_and_the_person_goes(client, spoken, alice, bob):
    call_command("erase_member", alice.email)
    client.force_login(bob)
    page = client.get(f"/forum/threads/{spoken.pk}/").content.decode()
    for kept in ("We close on the third", "is right", "on the third", "Alice Springs", "Former member"):
        assert kept in page
    everything = str(list(Post.objects.values("body", "html", "excerpt")))
    for trace in ("Alice Chen", "1234 5678", "alice@harbour", "alice-chen"):
        assert trace not in page
        assert trace not in everything
    assert searching.find(bob, "third").hits
    assert not searching.find(bob, '"alice@harbour"').hits


def test_drafts_and_bookmarks_are_exported_and_then_go(spoken, alice, square, tmp_path):
    drafting.save(alice, key="board:square", title="Half a thought", body="Not for others yet.")
    keeping.keep(Post.objects.first(), member=alice, note="Remember this.")
    call_command("export_member", alice.email, "--output", str(tmp_path / "alice.zip"))
    archive = zipfile.ZipFile(io.BytesIO((tmp_path / "alice.zip").read_bytes()))
    assert json.loads(archive.read("forum/draft.json"))[0]["body"] == "Not for others yet."
    assert json.loads(archive.read("forum/bookmark.json"))[0]["note"] == "Remember this."
    call_command("erase_member", alice.email)
    assert not Draft.objects.exists()
    assert not Bookmark.objects.exists()


def test_what_others_said_before_an_edit_names_them_no_more_either(client, spoken, alice, bob, charlie):
    for post, editor in ((spoken.posts.get(no=3), bob), (spoken.posts.get(no=4), charlie)):
        rewriting.edit(post, editor=editor, body="Never mind.")
    talk = messaging.start(bob, to=[charlie], title="Of Alice", body=f"> [Alice Chen](/forum/threads/{spoken.pk}/):\n>\n> on the third")
    rewording.reword(talk.messages.get(), author=bob, body="Never mind.")
    call_command("erase_member", alice.email)
    versions = str([*PostRevision.objects.values("body"), *MessageRevision.objects.values("body")])
    for kept in ("is right", "on the third", "Alice Springs"):
        assert kept in versions
    client.force_login(bob)
    versions += client.get(f"/forum/posts/{spoken.posts.get(no=3).pk}/history/").content.decode()
    for trace in ("Alice Chen", "1234 5678", "alice@harbour", "alice-chen"):
        assert trace not in versions
