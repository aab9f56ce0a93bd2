# ruff: noqa: E501
"""WordPress: entries come with their pictures, from what was given alone, and comments under what they answer."""

import io
import zipfile

import pytest
from django.core.management import call_command

from forum.models import Picture, Post, Thread
from tests.forum.discourse_site import picture

SITE = """<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<item><title>Cover</title><wp:post_id>5</wp:post_id><wp:post_type>attachment</wp:post_type><wp:status>inherit</wp:status>
<wp:attachment_url>https://blog.example/wp-content/uploads/2020/05/Cover.jpg</wp:attachment_url></item>
<item><title>Counting</title><dc:creator>ed</dc:creator><wp:post_id>7</wp:post_id><wp:post_type>post</wp:post_type>
<wp:status>publish</wp:status><wp:post_date_gmt>2023-05-06 07:08:09</wp:post_date_gmt>
<category domain="category">Nowhere</category><category domain="category">Square</category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>5</wp:meta_value></wp:postmeta>
<content:encoded><![CDATA[<p>See <img src="https://blog.example/wp-content/uploads/2020/05/shelf-300x200.png" alt="A shelf"> and
<img src="https://blog.example/wp-content/uploads/2020/06/other.png" alt="Other"> and <img src="file:///etc/passwd"></p>]]></content:encoded>
<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_author>Ann</wp:comment_author><wp:comment_date_gmt>2023-05-07 00:00:00</wp:comment_date_gmt>
<wp:comment_content>First.</wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>
<wp:comment><wp:comment_id>3</wp:comment_id><wp:comment_author>Ben</wp:comment_author><wp:comment_date_gmt>2023-05-08 00:00:00</wp:comment_date_gmt>
<wp:comment_content>To Ann.</wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_parent>1</wp:comment_parent></wp:comment>
<wp:comment><wp:comment_id>4</wp:comment_id><wp:comment_author>Waiting</wp:comment_author><wp:comment_date_gmt>2023-05-08 00:00:00</wp:comment_date_gmt>
<wp:comment_content>Not yet.</wp:comment_content><wp:comment_approved>0</wp:comment_approved><wp:comment_parent>1</wp:comment_parent></wp:comment></item>
<item><title>Topic</title><dc:creator>ed</dc:creator><wp:post_id>20</wp:post_id><wp:post_type>topic</wp:post_type><wp:status>publish</wp:status>
<wp:post_date_gmt>2023-06-06 07:08:09</wp:post_date_gmt><content:encoded>Ask.</content:encoded></item>
<item><title>R1</title><dc:creator>ann</dc:creator><wp:post_id>21</wp:post_id><wp:post_parent>20</wp:post_parent><wp:post_type>reply</wp:post_type>
<wp:status>publish</wp:status><wp:post_date_gmt>2023-06-07 00:00:00</wp:post_date_gmt><content:encoded>Answer.</content:encoded></item>
<item><title>R2</title><dc:creator>ed</dc:creator><wp:post_id>22</wp:post_id><wp:post_parent>20</wp:post_parent><wp:post_type>reply</wp:post_type>
<wp:postmeta><wp:meta_key>_bbp_reply_to</wp:meta_key><wp:meta_value>21</wp:meta_value></wp:postmeta>
<wp:status>publish</wp:status><wp:post_date_gmt>2023-06-08 00:00:00</wp:post_date_gmt><content:encoded>Thanks.</content:encoded></item>
<item><title>A draft</title><wp:post_id>8</wp:post_id><wp:post_type>post</wp:post_type><wp:status>draft</wp:status>
<content:encoded>Unfinished.</content:encoded></item>
<item><title>Tomorrow</title><wp:post_id>9</wp:post_id><wp:post_type>post</wp:post_type><wp:status>future</wp:status>
<content:encoded>Planned.</content:encoded></item>
</channel></rss>"""


@pytest.fixture
def uploads(tmp_path):
    """A ZIP of the folder of what was sent, with sizes that WordPress made, and a file that would like to be elsewhere."""
    path = tmp_path / "uploads.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("wp-content/uploads/2020/05/shelf-300x200.png", picture((30, 20)))
        archive.writestr("wp-content/uploads/2020/05/shelf.png", picture((300, 200)))
        archive.writestr("wp-content/uploads/2020/05/Cover.jpg", picture((60, 40)))
        archive.writestr("wp-content/uploads/../../outside.png", picture())
    return path


def brought(tmp_path, *more):
    path = tmp_path / "site.xml"
    path.write_text(SITE, "utf-8")
    out, err = io.StringIO(), io.StringIO()
    call_command("import_forum", "wordpress", str(path), "--board", "square", *more, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_an_entry_comes_with_its_featured_picture_and_those_in_it_in_full_size(tmp_path, square, uploads):
    out, err = brought(tmp_path, "--uploads", str(uploads))
    assert "2 pictures, 0 bad, 1 pictures missing" in out
    assert "other.png is not in the archive" in err
    body = Thread.objects.get(title="Counting").posts.get(no=1).body
    cover, shelf = Picture.objects.get(width=60), Picture.objects.get(width=300)
    assert body.startswith(f"![]({cover.get_absolute_url()})")
    assert f"![A shelf]({shelf.get_absolute_url()})" in body
    # One that is still there is not fetched: the text names it as it did.
    assert "https://blog.example/wp-content/uploads/2020/06/other.png" in body
    assert "passwd" not in body


def test_without_its_uploads_an_entry_names_its_pictures_where_they_are(tmp_path, square):
    out, _err = brought(tmp_path)
    assert "0 pictures, 0 bad, 3 pictures missing" in out
    assert not Picture.objects.exists()
    assert "wp-content/uploads/2020/05/Cover.jpg" in Thread.objects.get(title="Counting").posts.get(no=1).body


def test_comments_and_replies_stand_under_what_they_answer(tmp_path, square):
    brought(tmp_path)
    assert Post.objects.get(body="To Ann.").reply_to.body == "First."
    assert Post.objects.get(body="Thanks.").reply_to.body == "Answer."
    assert Thread.objects.get(title="Counting").board == square


def test_drafts_plans_and_comments_that_wait_stay_there(tmp_path, square):
    brought(tmp_path)
    assert set(Thread.objects.values_list("title", flat=True)) == {"Counting", "Topic"}
    assert not Post.objects.filter(body__in=["Not yet.", "Unfinished.", "Planned."]).exists()
