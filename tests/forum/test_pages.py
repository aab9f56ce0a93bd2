"""The forum's pages, through the browser's door."""

import uuid
from html import unescape

import pytest

from forum import posting
from forum.models import Board, Draft, Post, Reaction, Thread, ThreadMember
from members.models import Activity


@pytest.mark.parametrize(
    "address",
    ["/forum/", "/forum/boards/square/", "/forum/boards/square/new/", "/forum/search/?q=tea", "/forum/drafts/", "/blogs/", "/blogs/new/"],
)
@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_every_page_opens_for_a_member_in_both_languages(client, bob, thread, address, prefix):
    client.force_login(bob)
    assert client.get(prefix + address).status_code == 200


def test_a_visitor_reads_public_boards_and_no_others(client, open_board, square, thread, alice):
    assert client.get("/forum/boards/news/").status_code == 200
    assert client.get("/forum/boards/square/").status_code == 404
    assert client.get(f"/forum/threads/{thread.pk}/").status_code == 404
    assert "The square" not in client.get("/forum/").content.decode()


def test_a_company_board_is_for_that_company(client, harbour_board, alice, bob, charlie):
    thread = posting.start_thread(harbour_board, author=alice, title="Ours", body="Between us.")
    client.force_login(bob)
    assert client.get(f"/forum/threads/{thread.pk}/").status_code == 200
    client.force_login(charlie)
    assert client.get(f"/forum/threads/{thread.pk}/").status_code == 404
    assert client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "Let me in."}).status_code == 404
    assert "Ours" not in client.get("/forum/").content.decode()
    assert thread.posts.count() == 1


def test_the_staff_board_is_for_the_clubs_own_people(client, staff_board, marketer, alice):
    posting.start_thread(staff_board, author=marketer, title="Among us", body="Plans.")
    client.force_login(alice)
    assert client.get("/forum/boards/desk/").status_code == 404
    client.force_login(marketer)
    assert client.get("/forum/boards/desk/").status_code == 200


def test_a_member_starts_a_thread_and_lands_on_it(client, bob, square):
    client.force_login(bob)
    key = str(uuid.uuid4())
    words = {"title": "Stocktaking", "body": "By *weight*?", "tags": "stock, 盘点", "client_key": key}
    answer = client.post("/forum/boards/square/new/", words)
    thread = Thread.objects.get()
    assert answer["Location"] == f"/forum/threads/{thread.pk}/"
    assert sorted(thread.tags.values_list("slug", flat=True)) == ["stock", "盘点"]
    assert "By <em>weight</em>?" in client.get(answer["Location"]).content.decode()
    client.post("/forum/boards/square/new/", words)
    assert Thread.objects.count() == 1


def test_what_was_typed_is_kept_when_the_thread_is_locked_meanwhile(client, bob, thread):
    Thread.objects.update(is_locked=True)
    client.force_login(bob)
    answer = client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "Half an hour of work."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Half an hour of work." in page
    assert "locked this thread" in page
    assert thread.posts.count() == 1


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 16_385])
def test_an_empty_or_endless_reply_is_refused_at_its_field(client, bob, thread, body):
    client.force_login(bob)
    answer = client.post(f"/forum/threads/{thread.pk}/replies/", {"body": body})
    assert answer.status_code == 422
    assert answer.context["form"].errors["body"]
    assert thread.posts.count() == 1


def test_line_ends_of_a_browser_count_once(client, bob, thread):
    client.force_login(bob)
    answer = client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "a\r\n" * 8_000})
    assert answer.status_code == 302
    assert len(thread.posts.get(no=2).body) < 16_384


def test_a_preview_is_what_will_be_shown_and_posts_nothing(client, bob, thread):
    client.force_login(bob)
    page = client.post("/forum/preview/", {"body": "**So**"}).content.decode()
    assert "<p><strong>So</strong></p>" in page
    answer = client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "**So**", "preview": "1"})
    assert "<p><strong>So</strong></p>" in answer.content.decode()
    assert thread.posts.count() == 1


def test_a_post_keeps_its_address_on_every_page(client, bob, alice, thread):
    for number in range(2, 46):
        posting.reply(thread, author=bob, body=f"Reply {number}.")
    client.force_login(alice)
    page = client.get(f"/forum/threads/{thread.pk}/?post=41").content.decode()
    assert 'id="post-41"' in page
    assert 'id="post-40"' not in page
    assert Post.objects.get(no=41).get_absolute_url() == f"/forum/threads/{thread.pk}/?post=41#post-41"
    assert 'id="post-20"' in client.get(f"/forum/threads/{thread.pk}/?page=1").content.decode()
    assert client.get(f"/forum/threads/{thread.pk}/?page=999").status_code == 200
    assert client.get(f"/forum/threads/{thread.pk}/?post=²").status_code == 200


def test_unread_counts_follow_what_was_read(client, bob, alice, thread):
    client.force_login(bob)
    assert client.get("/forum/").context["boards"][0]["unread"] == 1
    client.get(f"/forum/threads/{thread.pk}/")
    assert client.get("/forum/").context["boards"][0]["unread"] == 0
    posting.reply(thread, author=alice, body="More.")
    posting.reply(thread, author=alice, body="And more.")
    row = client.get("/forum/boards/square/").context["page"].threads[0]
    assert row.unread_count == 2
    assert client.get(f"/forum/threads/{thread.pk}/unread/")["Location"].endswith("?post=2#post-2")
    client.post("/forum/boards/square/read/")
    assert client.get("/forum/boards/square/").context["page"].threads[0].unread_count == 0
    assert not client.get("/forum/boards/square/?show=unread").context["page"].threads


def test_reading_an_old_page_takes_nothing_back(client, bob, alice, thread):
    for number in range(2, 30):
        posting.reply(thread, author=alice, body=f"Reply {number}.")
    client.force_login(bob)
    client.get(f"/forum/threads/{thread.pk}/?page=2")
    client.get(f"/forum/threads/{thread.pk}/?page=1")
    assert ThreadMember.objects.get(member=bob, thread=thread).last_read_no == 29


def test_a_muted_thread_is_never_new(client, bob, alice, thread):
    client.force_login(bob)
    client.post(f"/forum/threads/{thread.pk}/follow/", {"level": "mute"})
    posting.reply(thread, author=alice, body="Psst.")
    assert client.get("/forum/boards/square/").context["page"].threads[0].unread_count == 0


def test_a_quotation_links_back(client, bob, thread):
    client.force_login(bob)
    page = client.get(f"/forum/threads/{thread.pk}/?quote=1").content.decode()
    assert f"&gt; [Alice Chen](/forum/threads/{thread.pk}/):" in page
    assert "&gt; How do you close your books?" in page


def test_drafts_are_kept_found_again_and_gone_once_posted(client, bob, thread):
    client.force_login(bob)
    key = f"thread:{thread.pk}"
    first = client.post("/forum/drafts/save/", {"key": key, "body": "Half a thou"}).json()
    assert client.post("/forum/drafts/save/", {"key": key, "body": "Half a thought", "seq": first["seq"]}).json()["seq"] == 2
    late = client.post("/forum/drafts/save/", {"key": key, "body": "Older", "seq": first["seq"]})
    assert (late.status_code, late.json()["body"]) == (409, "Half a thought")
    assert "Half a thought" in client.get(f"/forum/threads/{thread.pk}/").content.decode()
    assert "Half a thought" in client.get("/forum/drafts/").content.decode()
    client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "Half a thought and the rest."})
    assert not Draft.objects.exists()


def test_nobody_sees_anothers_draft(client, bob, charlie, thread):
    draft = Draft.objects.create(member=bob, key=f"thread:{thread.pk}", body="Secret")
    client.force_login(charlie)
    assert "Secret" not in client.get("/forum/drafts/").content.decode()
    assert client.post(f"/forum/drafts/{draft.pk}/discard/").status_code == 404
    assert Draft.objects.exists()


def test_an_edit_shows_its_history(client, alice, bob, thread):
    post = thread.posts.get()
    client.force_login(alice)
    words = {"title": "Month-end, again", "body": "How do *you* close?", "tags": "", "reason": "Clearer"}
    assert client.post(f"/forum/posts/{post.pk}/edit/", words).status_code == 302
    client.force_login(bob)
    page = client.get(f"/forum/posts/{post.pk}/history/").content.decode()
    assert "Clearer" in page
    assert "<del>How do you close your books?</del>" in page
    assert client.get(f"/forum/posts/{post.pk}/edit/").status_code == 404
    assert client.post(f"/forum/posts/{post.pk}/edit/", {"body": "Mine now"}).status_code == 404


def test_withdrawn_words_are_nowhere(client, alice, bob, thread):
    reply = posting.reply(thread, author=bob, body="Something unwise.")
    client.force_login(bob)
    client.post(f"/forum/posts/{reply.pk}/withdraw/")
    client.force_login(alice)
    for address in (f"/forum/threads/{thread.pk}/", "/forum/", "/forum/boards/square/", "/forum/search/?q=unwise"):
        assert "Something unwise" not in client.get(address).content.decode(), address
    assert client.get(f"/forum/posts/{reply.pk}/history/").status_code == 404
    assert Activity.objects.filter(kind=Activity.Kind.UNDONE, member=bob).count() == 1


def test_reactions_toggle(client, bob, thread):
    post = thread.posts.get()
    client.force_login(bob)
    client.post(f"/forum/posts/{post.pk}/reactions/", {"kind": "thanks"})
    client.post(f"/forum/posts/{post.pk}/reactions/", {"kind": "thanks"})
    assert Reaction.objects.count() == 1
    page = client.post(f"/forum/posts/{post.pk}/reactions/", {"kind": "thanks", "withdraw": "on"}, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert not Reaction.objects.exists()
    assert client.post(f"/forum/posts/{post.pk}/reactions/", {"kind": "venom"}).status_code == 422


def test_a_blog_opens_with_its_first_entry(client, mei, bob):
    client.force_login(mei)
    assert client.get(f"/blogs/{mei.handle}/").status_code == 404
    client.post("/blogs/new/", {"title": "印刷厂的月末", "body": "我们怎样四小时结账。", "tags": ""})
    assert Board.objects.blogs().get().owner == mei
    assert Activity.objects.filter(kind=Activity.Kind.BLOG_ENTRY_POSTED, member=mei).count() == 1
    client.logout()
    assert "印刷厂的月末" in client.get(f"/blogs/{mei.handle}/").content.decode()
    assert "印刷厂的月末" in client.get(f"/blogs/{mei.handle}/feed/").content.decode()
    entry = Thread.objects.get()
    client.force_login(bob)
    assert client.post(f"/forum/threads/{entry.pk}/replies/", {"body": "Thank you."}).status_code == 302


def test_feeds_carry_what_visitors_read_and_nothing_else(client, open_board, thread, alice):
    posting.start_thread(open_board, author=alice, title="Hello all", body="Public words.", tags=["news"])
    page = client.get("/forum/feed/").content.decode()
    assert "Hello all" in page
    assert "Month-end" not in page
    for address in (
        "/forum/boards/news/feed/",
        "/forum/tags/news/feed/",
        f"/forum/threads/{Thread.objects.get(title='Hello all').pk}/feed/",
    ):
        assert "Public words" in client.get(address).content.decode()
    assert client.get("/forum/boards/square/feed/").status_code == 404
    assert client.get(f"/forum/threads/{thread.pk}/feed/").status_code == 404


def test_addresses_in_a_feed_lead_to_the_club(client, open_board, alice, settings):
    body = f"@{alice.handle} [here](/forum/) ![tea](/forum/pictures/x/) [there](https://example.com/) `/forum/`"
    posting.start_thread(open_board, author=alice, title="Hello", body=body)
    page = unescape(client.get("/forum/feed/").content.decode())
    for address in (
        f'href="{settings.SITE_URL}/members/{alice.handle}/"',
        f'href="{settings.SITE_URL}/forum/"',
        'href="https://example.com/"',
    ):
        assert address in page
    assert f'src="{settings.SITE_URL}/forum/pictures/x/"' in page
    assert "<code>/forum/</code>" in page


def test_a_keyboard_reaches_a_spoiler_in_a_thread_and_in_its_preview(client, bob, thread):
    client.force_login(bob)
    posting.reply(thread, author=bob, body="The end: ||the *gardener* did it||, and `||not this||`.")
    reached = '<span class="spoiler" tabindex="0">the <em>gardener</em> did it</span>'
    assert client.get(thread.get_absolute_url()).content.decode().count(reached) == 1
    assert reached in client.post("/forum/preview/", {"body": "||the *gardener* did it||"}).content.decode()
