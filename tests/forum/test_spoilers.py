"""What is covered in a post is told by nothing that shows its first words: no list, letter, card or search."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from forum import markup, messaging, posting
from forum.models import Message, Post, Thread
from forum.spoilers import COVER, covered

WORDS = "It was ||the *gardener* and `nobody` else||, I think."


@pytest.mark.parametrize("words", ["||a||", "||*a* b||", "||a $x^2$ b||", "[||a||](https://x.example)", "||a\nb||"])
def test_a_cover_hides_all_that_stands_under_it(words):
    html = markup.render(f"Before {words} after", maths=True)
    seen = markup.plain(covered(html))
    assert seen == f"Before {COVER} after"


def test_what_is_not_covered_stays_and_a_text_without_a_spoiler_too():
    assert markup.plain(covered(markup.render("||a|| b ||c|| d"))) == f"{COVER} b {COVER} d"
    assert covered("<p>plain <span>words</span></p>") == "<p>plain <span>words</span></p>"


def test_no_list_tells_a_spoiler_and_its_thread_has_it_for_whoever_uncovers_it(client, square, alice, bob):
    thread = posting.start_thread(square, author=alice, title="Who did it?", body="Who?")
    posting.reply(thread, author=alice, body=WORDS)
    client.force_login(bob)
    for address in ("/forum/", "/forum/boards/square/", alice.get_absolute_url(), "/forum/search/?q=gardener", "/forum/search/?q=think"):
        page = client.get(address).content.decode()
        assert COVER in page, address
        assert "and nobody" not in page, address
    assert '<span class="spoiler" tabindex="0">the <em>gardener</em>' in client.get(thread.get_absolute_url()).content.decode()


def test_excerpts_from_before_are_made_anew(square, alice, bob):
    posting.start_thread(square, author=alice, title="Who did it?", body=WORDS)
    messaging.start(alice, to=[bob], title="Who?", body=WORDS)
    Post.objects.update(excerpt="It was the gardener")
    Message.objects.update(excerpt="It was the gardener")
    import_module("forum.migrations.0018_spoilers_in_no_excerpt").cover(apps, connection.schema_editor())
    assert Post.objects.get().excerpt == f"It was {COVER}, I think."
    assert Message.objects.get().excerpt == f"It was {COVER}, I think."
    assert Thread.objects.get().last_post.excerpt == Post.objects.get().excerpt
