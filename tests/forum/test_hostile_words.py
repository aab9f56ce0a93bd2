"""Hostile words in every place where members write, seen on every page that shows them."""

import json

import pytest

from forum import posting
from forum.models import Thread
from tests.forum.danger import dangers
from tests.forum.payloads import ALL, BREAKOUTS, HANDLERS, TAGS, together


def own_part(page: str) -> str:
    """The page without its frame: our own scripts, links and forms stand there."""
    return page[page.index('<div class="layout') : page.index("</main>")]


def unexpected(page: str) -> list[str]:
    """What runs in the main part beyond the frame's own plain forms and icons."""
    ours = ("<form>", "<svg>")
    return [found for found in dangers(own_part(page)) if found not in ours]


def test_payloads_in_posts_are_harmless_on_every_page(client, square, alice, bob):
    thread = posting.start_thread(square, author=alice, title="Safe title", body=BREAKOUTS[0])
    for payloads in together(ALL):
        posting.reply(thread, author=bob, body=payloads)
    client.force_login(alice)
    for page in range(1, thread.__class__.objects.get().last_page + 1):
        assert unexpected(client.get(f"/forum/threads/{thread.pk}/?page={page}").content.decode()) == []
    for address in ("/forum/", "/forum/boards/square/", "/forum/search/?q=alert", f"/forum/threads/{thread.pk}/?quote=5"):
        assert unexpected(client.get(address).content.decode()) == [], address


@pytest.mark.parametrize("payload", [*TAGS[::3], *HANDLERS[::4]])
def test_payloads_in_titles_tags_names_and_reasons_are_harmless(client, square, alice, bob, payload):
    payload = payload.replace("\n", " ").replace("\x00", "")
    type(alice).objects.filter(pk=alice.pk).update(name=payload[:100])
    alice.refresh_from_db()
    client.force_login(alice)
    client.post("/forum/boards/square/new/", {"title": payload, "body": payload, "tags": payload.replace(",", " ")[:38]})
    thread = Thread.objects.get()
    client.post(f"/forum/posts/{thread.posts.get().pk}/edit/", {"title": payload, "body": "new", "tags": "", "reason": payload[:200]})
    post = thread.posts.get()
    client.force_login(bob)
    pages = [
        "/forum/",
        "/forum/boards/square/",
        f"/forum/threads/{thread.pk}/",
        f"/forum/posts/{post.pk}/history/",
        f"/forum/posts/{post.pk}/report/",
    ]
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert unexpected(answer.content.decode()) == [], address
    found = client.get("/forum/search/", {"q": payload[:100]})
    assert unexpected(found.content.decode()) == []


def test_a_refused_form_shows_hostile_words_as_text(client, thread, bob):
    client.force_login(bob)
    Thread.objects.update(is_locked=True)
    for payloads in together(ALL, 60):
        page = client.post(f"/forum/threads/{thread.pk}/replies/", {"body": payloads}).content.decode()
        assert unexpected(page) == [], payloads


def test_scripts_in_drafts_stay_words(client, thread, bob):
    client.force_login(bob)
    client.post("/forum/drafts/save/", {"key": f"thread:{thread.pk}", "body": TAGS[0]})
    late = client.post("/forum/drafts/save/", {"key": f"thread:{thread.pk}", "body": "x", "seq": 9})
    assert late["Content-Type"] == "application/json"
    assert json.loads(late.content)["body"] == TAGS[0]
    assert unexpected(client.get("/forum/drafts/").content.decode()) == []
