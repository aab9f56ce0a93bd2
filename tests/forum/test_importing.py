# ruff: noqa: E501
"""What was written elsewhere comes in whole, once, without points or notices; and everything goes out again."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from forum import polling
from forum.archives.html import as_markdown
from forum.importing import parts
from forum.markup import MAX_CHARACTERS
from forum.models import Ballot, Post, Thread
from members.models import Activity, Member
from notifications.models import Notification
from tests.forum.danger import dangers
from tests.forum.payloads import ALL

DISCOURSE = {
    "users": [
        {"id": 5, "username": "alice_c", "name": "Alice", "email": "Alice@Harbour.example"},
        {"id": 6, "username": "olduser", "name": "老用户", "email": "old@elsewhere.example"},
    ],
    "categories": [{"id": 3, "name": "News"}],
    "topics": [
        {
            "id": 40,
            "title": "月末结账怎么做",
            "category_id": 3,
            "closed": True,
            "tags": ["财务", {"name": "closing"}],
            "posts": [
                {"id": 400, "user_id": 6, "post_number": 1, "created_at": "2024-01-02T03:04:05.000Z", "raw": "请问 @bob-lin 财务结账?"},
                {
                    "id": 402,
                    "user_id": 5,
                    "post_number": 3,
                    "created_at": "2024-01-03T00:00:00Z",
                    "raw": '[quote="olduser, post:1, topic:40"]\n请问\n[/quote]\nFirst the [spoiler]stock[/spoiler]. ![scan|9x3](upload://a.png)',
                    "reply_to_post_number": 1,
                },
                {"id": 401, "user_id": 7, "post_number": 2, "created_at": "2024-01-02T09:00:00Z", "raw": "Me too.", "deleted_at": None},
                {
                    "id": 403,
                    "user_id": 7,
                    "post_number": 4,
                    "created_at": "2024-01-04T09:00:00Z",
                    "raw": "Gone.",
                    "deleted_at": "2024-01-05",
                },
            ],
        },
        {"id": 41, "title": "Broken", "posts": [{"id": 410, "user_id": 5, "post_number": 1, "created_at": "soon", "raw": "x"}]},
    ],
}
WORDPRESS = """<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<wp:author><wp:author_login>ed</wp:author_login><wp:author_email>ed@blog.example</wp:author_email>
<wp:author_display_name>Ed</wp:author_display_name></wp:author>
<item><title>Counting stock</title><dc:creator>ed</dc:creator><wp:post_id>7</wp:post_id><wp:post_type>post</wp:post_type>
<wp:status>publish</wp:status><wp:post_date_gmt>2023-05-06 07:08:09</wp:post_date_gmt><category domain="post_tag">stock</category>
<content:encoded><![CDATA[<!-- wp:paragraph --><p>Count <strong>every</strong> <a href="https://x.example/a">shelf</a>.</p><!-- /wp:paragraph -->
<ul><li>One</li><li>Two</li></ul><script>alert(1)</script>]]></content:encoded>
<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_author>Visitor</wp:comment_author><wp:comment_author_email>bob@harbour.example</wp:comment_author_email>
<wp:comment_date_gmt>2023-05-07 00:00:00</wp:comment_date_gmt><wp:comment_content>Thanks!

It works.</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>
<wp:comment><wp:comment_id>2</wp:comment_id><wp:comment_approved>spam</wp:comment_approved></wp:comment></item>
<item><title>A draft</title><wp:post_id>8</wp:post_id><wp:post_type>post</wp:post_type><wp:status>draft</wp:status></item>
</channel></rss>"""
TABLE = """thread,post,title,author_name,author_email,posted_at,body,tags,answers
a,1,Labels,Ann,ann@x.example,2024-02-01 10:00:00,How do I print labels?,printing;labels,
a,2,,Alice,alice@harbour.example,2024-02-02 10:00:00,With the menu.,,1
b,3,,Nobody,,2024-02-02,No title here,,
a,4,,Ann,,never,When?,,
"""


def brought(tmp_path, origin, text, *more):
    path = tmp_path / "archive"
    path.write_text(text, "utf-8")
    out, err = io.StringIO(), io.StringIO()
    call_command("import_forum", origin, str(path), "--board", "square", *more, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_discourse_export_comes_in_once_with_its_people_and_earns_nothing(client, tmp_path, square, open_board, alice, bob):
    out, err = brought(tmp_path, "discourse", json.dumps(DISCOURSE))
    assert "1 new threads, 3 new posts, 0 known, 2 new names" in out
    assert "1 bad, 1 pictures missing" in out
    assert "topic 41" in err
    thread = Thread.objects.get()
    assert (thread.board, thread.is_locked, thread.highest_no, thread.reply_count) == (open_board, True, 3, 2)
    assert thread.created_at.isoformat() == "2024-01-02T03:04:05+00:00"
    assert {tag.name for tag in thread.tags.all()} == {"财务", "closing"}
    first, second, third = thread.posts.order_by("no")
    assert (third.author, third.reply_to, thread.last_post) == (alice, first, third)
    assert "<blockquote>" in third.html
    assert 'class="spoiler"' in third.html
    assert "upload://" not in third.body
    assert (first.author.name, first.author.is_active, second.author.is_active) == ("老用户", False, False)
    assert "/members/" not in first.html
    assert not Activity.objects.exists()
    assert not Notification.objects.exists()
    client.force_login(bob)
    assert "<mark>结账</mark>怎么做" in client.get("/forum/search/?q=结账").content.decode()
    assert "0 new threads, 0 new posts, 3 known" in brought(tmp_path, "discourse", json.dumps(DISCOURSE))[0]
    DISCOURSE["topics"][0]["posts"].append(
        {"id": 404, "user_id": 6, "post_number": 5, "created_at": "2024-02-01T00:00:00Z", "raw": "Late."}
    )
    assert "0 new threads, 1 new posts, 3 known, 0 new names" in brought(tmp_path, "discourse", json.dumps(DISCOURSE))[0]
    assert list(thread.posts.order_by("no").values_list("no", flat=True)) == [1, 2, 3, 4]


def test_a_wordpress_export_comes_in_with_its_comments(tmp_path, square, bob):
    brought(tmp_path, "wordpress", WORDPRESS)
    opening, comment = Post.objects.order_by("no")
    assert opening.html.startswith('<p>Count <strong>every</strong> <a href="https://x.example/a"')
    assert "<li>One</li>" in opening.html
    assert "alert" not in opening.body
    assert (opening.author.name, comment.author, comment.html) == ("Ed", bob, "<p>Thanks!</p>\n<p>It works.</p>\n")
    assert [tag.name for tag in Thread.objects.get().tags.all()] == ["stock"]


# As WordPress 6 with bbPress writes it, cut to what matters.
BBPRESS = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file generated by WordPress as an export of your site. -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:wxr_version>1.2</wp:wxr_version>
<item><title><![CDATA[Old and closed]]></title><dc:creator><![CDATA[ed]]></dc:creator><wp:post_id>21</wp:post_id><wp:post_type>topic</wp:post_type>
<wp:status>closed</wp:status><wp:post_date>2012-05-06 07:08:09</wp:post_date><wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt>
<wp:comment_status>closed</wp:comment_status><wp:post_password></wp:post_password><category domain="category"><![CDATA[新闻]]></category>
<content:encoded><![CDATA[First paragraph.

Second one.]]></content:encoded></item>
<item><title>Re</title><dc:creator>ann</dc:creator><wp:post_id>22</wp:post_id><wp:post_parent>21</wp:post_parent><wp:post_type>reply</wp:post_type>
<wp:status>publish</wp:status><wp:post_date_gmt>2012-05-07 00:00:00</wp:post_date_gmt><content:encoded>Answer.</content:encoded></item>
<item><title>Open</title><dc:creator>ed</dc:creator><wp:post_id>23</wp:post_id><wp:post_type>topic</wp:post_type><wp:status>publish</wp:status>
<wp:comment_status>closed</wp:comment_status><wp:post_date_gmt>2012-06-07 00:00:00</wp:post_date_gmt><content:encoded>Ask.</content:encoded></item>
<item><title>For some</title><dc:creator>ed</dc:creator><wp:post_id>24</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>
<wp:post_password>sesame</wp:post_password><wp:post_date_gmt>2012-06-07 00:00:00</wp:post_date_gmt><content:encoded>Our prices.</content:encoded></item>
<item><title>Ours</title><dc:creator>ed</dc:creator><wp:post_id>25</wp:post_id><wp:post_type>post</wp:post_type><wp:status>private</wp:status>
<wp:post_date_gmt>2012-06-07 00:00:00</wp:post_date_gmt><content:encoded>Our plans.</content:encoded></item>
</channel></rss>"""


def test_closed_topics_of_wordpress_come_in_and_what_was_not_for_everybody_does_not(tmp_path, square, open_board):
    open_board.name_zh = "新闻"
    open_board.save()
    _out, err = brought(tmp_path, "wordpress", BBPRESS)
    assert err.splitlines() == ["post 24: behind a password there: it is not shown to everybody here"]
    closed, opened = Thread.objects.order_by("pk")
    assert (closed.title, closed.is_locked, closed.reply_count, closed.board) == ("Old and closed", True, 1, open_board)
    assert closed.created_at.isoformat() == "2012-05-06T07:08:09+00:00"
    assert closed.posts.get(no=1).html == "<p>First paragraph.</p>\n<p>Second one.</p>\n"
    assert (opened.title, opened.is_locked, opened.board) == ("Open", False, square)
    assert not Post.objects.filter(body__contains="Our ").exists()


def test_what_discourse_hid_deleted_or_kept_private_stays_out(tmp_path, square):
    post = {"user_id": 5, "post_number": 1, "created_at": "2024-01-02T03:04:05.678Z", "raw": "Secret.", "hidden": False, "wiki": False}
    topics = [
        {"id": 50, "title": "To you alone", "archetype": "private_message", "posts": [post | {"id": 500}]},
        {"id": 51, "title": "Flagged", "archetype": "regular", "posts": [post | {"id": 510, "hidden": True, "hidden_reason_id": 1}]},
        {"id": 52, "title": "Gone", "archetype": "regular", "posts": [post | {"id": 520, "deleted_at": "2024-02-01T00:00:00Z"}]},
        {"id": 53, "title": "Open", "archetype": "regular", "archived": True, "posts": [post | {"id": 530, "raw": "Open."}]},
    ]
    _out, err = brought(tmp_path, "discourse", json.dumps({"users": [], "categories": [], "groups": [], "topics": topics}))
    assert [line.split(":")[0] for line in err.splitlines()] == ["topic 50", "topic 51", "topic 52"]
    assert list(Post.objects.values_list("thread__title", "body")) == [("Open", "Open.")]


def test_a_table_as_a_chinese_spreadsheet_saves_it_comes_in(tmp_path, square, alice):
    words = "thread,title,author_name,posted_at,body,board\r\n1,月末,张三,2024/2/1 9:05,怎么结账？,广场\r\n1,,李四,2024/13/1,不对,\r\n"
    path = tmp_path / "table.csv"
    path.write_bytes(words.encode("gb18030"))
    err = io.StringIO()
    call_command("import_forum", "csv", str(path), "--board", "square", stdout=io.StringIO(), stderr=err)
    assert err.getvalue().startswith("row 3: ")
    post = Post.objects.get()
    assert (post.body, post.thread.title, post.author.name) == ("怎么结账？", "月末", "张三")
    assert post.created_at.isoformat() == "2024-02-01T09:05:00+00:00"


def test_a_table_comes_in_and_its_bad_rows_are_named(tmp_path, square, alice):
    with pytest.raises(CommandError, match="2 bad pieces; nothing was brought in"):
        brought(tmp_path, "csv", TABLE, "--strict")
    assert not Thread.objects.exists()
    out, err = brought(tmp_path, "csv", TABLE)
    assert "1 new threads, 2 new posts" in out
    assert [line.split(":")[0] for line in err.splitlines()] == ["row 4", "row 5"]
    assert Post.objects.get(no=2).reply_to == Post.objects.get(no=1)


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        ("discourse", "[]"),
        ("discourse", "{"),
        ("wordpress", "<rss/>"),
        ("wordpress", '<!DOCTYPE x [<!ENTITY a "b">]><rss/>'),
        ("wordpress", "<html"),
        ("csv", "a,b\n1,2\n"),
    ],
)
def test_what_is_no_archive_is_refused(tmp_path, square, origin, text):
    with pytest.raises(CommandError):
        brought(tmp_path, origin, text)
    with pytest.raises(CommandError, match="no board"):
        call_command("import_forum", origin, "x", "--board", "nowhere")


def test_hostile_html_becomes_harmless_words():
    from forum import markup

    for payload in ALL:
        assert dangers(markup.render(as_markdown(payload)[:MAX_CHARACTERS])) == [], payload


def test_a_text_longer_than_a_post_is_cut_and_nothing_of_it_lost():
    text = "\n\n".join(f"Paragraph {n} " + "x" * 900 for n in range(50))
    pieces = parts(text)
    assert max(map(len, pieces)) <= MAX_CHARACTERS
    assert "\n\n".join(pieces) == text
    assert "".join(parts("x" * 40_000)) == "x" * 40_000


def test_everything_goes_out_as_lines_of_json_and_no_secret_vote_bears_a_name(tmp_path, square, thread, alice, bob):
    poll = polling.ask(thread.posts.get(), polling.Question("Which?", ["One", "Two"]))
    polling.vote(poll, member=bob, options=[poll.options.first().pk])
    path = tmp_path / "forum.ndjson"
    call_command("export_forum", str(path), stdout=io.StringIO())
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    kinds = {row["type"] for row in rows}
    assert {"export", "member", "board", "thread", "post", "threadmember", "poll", "polloption", "voter", "ballot", "choice"} <= kinds
    post = next(row for row in rows if row["type"] == "post")
    assert (post["body"], post["thread_id"], post["author_id"]) == ("How do you close your books?", thread.pk, alice.pk)
    members = [row for row in rows if row["type"] == "member"]
    assert {row["handle"] for row in members} == {alice.handle, bob.handle}
    assert not any("email" in row or "password" in row for row in members)
    assert next(row for row in rows if row["type"] == "ballot")["member_id"] is None
    assert Ballot.objects.count() == 1
    assert Member.objects.count() == 2
    with pytest.raises(FileExistsError):
        call_command("export_forum", str(path), stdout=io.StringIO())
