"""Naming a thread or a survey in a story: by its address, which must lead somewhere."""

import pytest
from django.core.exceptions import ValidationError
from survey.models import Survey
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.addressing import last_part, survey_slug, thread_number
from cms.blocks import StoryBlocks
from forum.models import Board
from forum.posting import start_thread
from surveys.models import Questionnaire

from .conftest import article_in


@pytest.fixture
def thread(alice):
    board = Board.objects.create(slug="closing", name="Closing")
    return start_thread(board, author=alice, title="How do you close?", body="Nine days here.")


def told(client, marketer, page, **changes):
    client.force_login(marketer)
    form = {
        "title": page.title,
        "slug": page.slug,
        "topic": "story",
        "standfirst": "Short",
        "byline": "A guest",
        "cover_alt": "",
        "body": streamfield([("text", rich_text("<p>Words</p>"))]),
        "discussion": "",
        "seo_title": "",
        "search_description": "",
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
    }
    return client.post(f"/admin/pages/{page.pk}/edit/", nested_form_data(form | changes))


@pytest.mark.parametrize("written", ["https://club.example/zh-hans/forum/threads/{pk}/?page=2#post-9", "/forum/threads/{pk}", "{pk}"])
def test_a_thread_is_named_by_its_address(client, marketer, issue, thread, written):
    page = article_in(issue, "closing", "Closing")
    answer = told(client, marketer, page, discussion=written.format(pk=thread.pk))
    assert answer.status_code == 302
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().discussion == thread.pk


def test_an_address_that_leads_nowhere_is_said_at_its_field_and_nothing_is_lost(client, marketer, issue):
    page = article_in(issue, "closing", "Closing")
    answer = told(client, marketer, page, discussion="/forum/threads/999999/", title="A changed title")
    assert answer.status_code == 200
    words = answer.content.decode()
    assert "There is no thread at this address." in words
    assert "/forum/threads/999999/" in words
    assert "A changed title" in words


@pytest.mark.parametrize("kind", ["survey", "thread"])
def test_an_embedded_block_must_lead_somewhere(db, kind):
    blocks, part = StoryBlocks(), {"survey": "slug", "thread": "number"}[kind]
    child = blocks.child_blocks[kind]
    with pytest.raises(ValidationError) as refused:
        child.clean(child.to_python({part: "no-such", "invitation": ""}))
    assert part in refused.value.block_errors


def test_a_survey_is_named_by_its_address(db):
    row = Survey.objects.create(name="Autumn", is_published=False, need_logged_user=True)
    Questionnaire.objects.create(slug="autumn", survey=row)
    assert survey_slug("https://club.example/zh-hans/surveys/autumn/") == "autumn"
    assert survey_slug(" autumn ") == "autumn"
    with pytest.raises(ValidationError):
        survey_slug("https://club.example/surveys/winter/")


@pytest.mark.parametrize("written", ["", "threads", "-3", "1e9", "９９", "9" * 200, "/forum/threads/abc/"])
def test_what_is_no_number_names_no_thread(db, written):
    with pytest.raises(ValidationError):
        thread_number(written)


def test_the_last_part_of_an_address():
    assert [last_part(each) for each in ("a/b/c/", "c", "https://x.example/c?d=/e#f")] == ["c", "c", "c"]


def test_an_editor_chooses_among_what_they_may_read_by_words_or_address(client, marketer, alice, thread, harbour):
    closed = Board.objects.create(slug="harbour", name="Harbour", audience=Board.Audience.COMPANY, company=harbour)
    hidden = start_thread(closed, author=alice, title="How we close alone", body="Quietly.")
    client.force_login(marketer)
    for asked in ("do you close", f"https://club.example/forum/threads/{thread.pk}/?page=2"):
        page = client.get("/admin/thread_chooser/results/", {"q": asked}).content.decode()
        assert "How do you close?" in page
    assert "alone" not in client.get("/admin/thread_chooser/").json()["html"]
    assert client.get(f"/admin/thread_chooser/chosen/{thread.pk}/").json()["result"]["id"] == str(thread.pk)
    assert client.get(f"/admin/thread_chooser/chosen/{hidden.pk}/").status_code == 404


def test_a_chosen_survey_is_kept_by_its_slug(client, marketer, researcher):
    row = Survey.objects.create(name="Autumn", is_published=False, need_logged_user=True)
    survey = Questionnaire.objects.create(title="Autumn", slug="autumn", survey=row)
    client.force_login(marketer)
    assert "Autumn" not in client.get("/admin/survey_chooser/results/").content.decode(), "a draft is its researcher's"
    client.force_login(researcher)
    assert "Autumn" in client.get("/admin/survey_chooser/results/", {"q": "/surveys/autumn/"}).content.decode()
    assert client.get(f"/admin/survey_chooser/chosen/{survey.pk}/").json()["result"]["id"] == "autumn"
    state = StoryBlocks().child_blocks["survey"].get_form_state({"slug": "autumn", "invitation": ""})
    assert state["slug"] == {"id": "autumn", "edit_url": None, "title": "Autumn"}


def test_customers_choose_nothing(client, alice, thread):
    client.force_login(alice)
    assert client.get("/admin/thread_chooser/").status_code in (302, 403)
