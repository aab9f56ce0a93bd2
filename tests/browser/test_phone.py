# ruff: noqa: E501
"""The forum's pages on a phone, in both languages, light and dark: no fault that axe-core sees, and nothing wider than the screen."""

import json

import pytest

from tests.browser.conftest import sign_in, violations

# What is laid beside the demo: words as wide as words get, an edit, another that waits, a conversation, a case that waits.
LAY = """
import json
from forum import messaging, posting, reporting, rewriting
from forum.models import Board, Post
from members.models import Member
me = Member.objects.get(email={email!r})
other = Member.objects.filter(is_staff=False, is_active=True).exclude(pk=me.pk).first()
long = "https://example.com/" + "an-address-that-ends-nowhere" * 5
body = "| " + " | ".join("column" + str(n) for n in range(9)) + " |\\n" + "|-" * 9 + "|\\n\\n" + long + "\\n\\n```python\\nprint(" + repr("x" * 90) + ")\\n```\\n\\n"
body += "$$\\n" + "+".join("\\\\frac{{a}}{{b}}" for n in range(40)) + "\\n$$\\n\\n||a spoiler||, a note[^1]\\n\\n[^1]: 备注"
board = Board.objects.create(slug="phone", name="A board of long words", has_maths=True)
thread = posting.start_thread(board, author=me, title="Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen 月末结账", body=body, tags=["phone"])
opening = thread.posts.get()
posting.reply(thread, author=other, body="> quoted\\n\\n" + long, reply_to=opening)
rewriting.edit(opening, editor=me, body=body + "\\n\\n" + long + "more", title="Shorter 月末结账", reason="Clearer")
reporting.report(opening, reporter=other, kind="other", note=long)
Board.objects.filter(pk=board.pk).update(approval="all")
rewriting.edit(Post.objects.get(pk=opening.pk), editor=me, body=body + "\\n\\n" + long + "again", title=long[:180], tags=[long[:40]], reason=long[:180])
assert opening.held_edits.filter(status="waiting").exists()
entry = Post.objects.filter(thread__board__kind="blog", no=1, state="visible").first().thread
talk = messaging.start(me, to=[other], title="About the fair 年会", body=long)
print(json.dumps({{"thread": thread.pk, "post": opening.pk, "answer": opening.pk + 1, "entry": entry.pk, "blog": entry.board.owner.handle,
    "talk": talk.pk, "handle": me.handle, "case": opening.reviews.get().pk}}))
"""
MEMBER = [
    *("forum/", "forum/boards/phone/", "forum/threads/{thread}/", "forum/threads/{thread}/?quote=2", "forum/tags/phone/"),
    *(
        "forum/search/?q=月末&order=best",
        "forum/search/?q=zebra",
        "search/?q=月末",
        "members/{handle}/",
        "forum/messages/",
        "forum/messages/{talk}/",
    ),
    *("forum/messages/new/", "blogs/", "blogs/{blog}/", "blogs/new/", "forum/threads/{entry}/", "forum/boards/phone/new/"),
    *("notifications/", "notifications/preferences/", "forum/drafts/", "forum/posts/{post}/history/", "forum/posts/{post}/edit/"),
    *("forum/posts/{answer}/report/", "forum/posts/{post}/bookmark/", "forum/bookmarks/", "forum/followed/", "forum/decisions/"),
]
MODERATOR = [
    *("forum/moderation/", "forum/moderation/{case}/", "forum/moderation/log/", "forum/moderation/members/{handle}/"),
    *("forum/threads/{thread}/moderation/", "forum/messages/reported/"),
]
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def laid(club):
    said = club.manage("shell", "-v", "0", "-c", LAY.format(email=club.account("customer")["email"])).stdout
    return json.loads(said.strip().splitlines()[-1])


@pytest.mark.parametrize("prefix", ["/", "/zh-hans/"])
def test_the_forum_fits_a_phone_and_is_clean(club, visit, laid, prefix):
    found = []
    for role, pages in (("customer", MEMBER), ("moderator", MODERATOR)):
        page = visit(width=390, height=844, reduced_motion="reduce")
        sign_in(page, club.account(role), prefix=prefix)
        for path in pages:
            address = prefix + path.format(**laid)
            answer = page.goto(address)
            if answer.status != 200:
                found.append(f"{address}: {answer.status}")
            if (wider := page.evaluate(WIDER)) > 0:
                found.append(f"{address}: {wider} px wider than the screen")
            found.extend(f"{address}: {line}" for line in violations(page))
        assert page.problems == []
    assert not found, "\n".join(found)
