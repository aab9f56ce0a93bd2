import datetime
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.models import PageViewRestriction, Workflow

from cms.blocks import PictureBlock

from .conftest import article_in


@pytest.fixture
def picture(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    buffer = io.BytesIO()
    Picture.new("RGB", (64, 40), "#A8281C").save(buffer, "PNG")
    buffer.seek(0)
    return Image.objects.create(title="red", file=ImageFile(buffer, name="red.png"))


def test_a_draft_is_nowhere(client, issue):
    article_in(issue, "draft", "Not yet out", live=False)
    assert client.get("/magazine/issue-3/draft/").status_code == 404
    for address in ("/", "/magazine/", "/magazine/issue-3/", "/magazine/feed/", "/sitemap.xml", "/search/?q=out"):
        assert b"Not yet out" not in client.get(address).content
        assert b"issue-3/draft" not in client.get(address).content


def test_a_page_goes_out_and_comes_in_by_the_clock(client, issue):
    now = timezone.now()
    soon = article_in(issue, "soon", "Soon", live=False)
    soon.go_live_at = now - datetime.timedelta(minutes=1)
    soon.save_revision(approved_go_live_at=soon.go_live_at)
    over = article_in(issue, "over", "Over", expire_at=now - datetime.timedelta(minutes=1))
    call_command("publish_scheduled")
    assert client.get(soon.url).status_code == 200
    assert client.get(over.url).status_code == 404


def test_every_kind_of_block_is_shown(client, article, picture):
    article.body = [
        ("text", "<p>Plain words</p>"),
        ("picture", {"image": picture, "alt": "A red sheet", "caption": "Red", "wide": False}),
        ("quote", {"text": "We stopped counting", "who": "Mrs Luo"}),
        ("figure", {"number": "72 %", "caption": "referred a colleague", "source": "Survey", "table": None}),
        ("callout", {"title": "Try it", "text": "<p>Now</p>"}),
        ("margin_note", {"text": "<p>By the way</p>"}),
        ("survey", {"slug": "no-such-survey", "invitation": "Say it"}),
        ("thread", {"number": 999_999, "invitation": "Join"}),
    ]
    article.cover, article.cover_alt = picture, "A red cover"
    article.save_revision().publish()
    page = client.get(article.url).content.decode()
    for words in ("Plain words", 'alt="A red sheet"', "We stopped counting", "72 %", "Try it", "By the way", 'alt="A red cover"'):
        assert words in page


def test_a_picture_without_words_is_refused(article, picture):
    with pytest.raises(ValidationError):
        PictureBlock().clean({"image": picture, "alt": "", "caption": "", "wide": False})
    article.cover = picture
    with pytest.raises(ValidationError) as refusal:
        article.full_clean()
    assert "cover_alt" in refusal.value.message_dict


def test_markup_in_an_article_cannot_carry_a_script(client, article):
    article.body = [("callout", {"title": "<script>alert(1)</script>", "text": "<p>x</p>"})]
    article.title = "</script><script>alert(2)</script>"
    article.save_revision().publish()
    page = client.get(article.url).content.decode()
    assert "<script>alert" not in page


def test_a_marketer_previews_a_draft(client, marketer, issue):
    draft = article_in(issue, "draft", "Not yet out", live=False)
    client.force_login(marketer)
    answer = client.get(f"/admin/pages/{draft.pk}/view_draft/")
    assert answer.status_code == 200
    assert b"Not yet out" in answer.content


def test_a_customer_previews_nothing(client, alice, issue):
    draft = article_in(issue, "draft", "Not yet out", live=False)
    client.force_login(alice)
    assert client.get(f"/admin/pages/{draft.pk}/view_draft/").status_code in (302, 403, 404)


def test_an_article_under_review_waits_for_a_second_pair_of_eyes(marketer, admin, issue):
    draft = article_in(issue, "draft", "Not yet out", live=False)
    draft.save_revision()
    workflow = Workflow.objects.get()
    state = workflow.start(draft, admin)
    task = state.current_task_state.task.specific
    assert "approve" in [action for action, *_ in task.get_actions(draft, marketer)]
    state.current_task_state.approve(user=marketer)
    draft.refresh_from_db()
    assert draft.live


def test_an_article_for_members_is_closed_to_visitors_everywhere(client, alice, article):
    PageViewRestriction.objects.create(page=article, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(article.url).status_code == 302
    for address in ("/", "/magazine/issue-3/", "/magazine/feed/", "/sitemap.xml", "/search/?q=press"):
        assert b"quiet-press" not in client.get(address).content
    client.force_login(alice)
    assert client.get(article.url).status_code == 200
    assert b"quiet-press" in client.get("/magazine/issue-3/").content
