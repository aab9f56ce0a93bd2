"""A survey inside a story or an event: answered where it is met, by the rules of its own page; a link without a script."""

import datetime
import json
import time

import pytest
from django.utils import timezone
from wagtail.models import Locale

from cms.models import EventIndexPage, EventPage, IssuePage, MagazineIndexPage
from members.models import Activity
from surveys import answering, inviting, publishing
from surveys.models import Draft, Questionnaire, Submission
from tests.browser.conftest import CHROMIUM, violations
from tests.cms.conftest import article_in

HERE = "/surveys/doing/here/"


def finish(client, data, address="/surveys/doing/answers/"):
    return client.post(address, json.dumps({"data": data}), content_type="application/json")


@pytest.fixture
def issue(db):
    magazine = MagazineIndexPage.objects.get(locale=Locale.objects.get(language_code="en"))
    return magazine.add_child(instance=IssuePage(title="Nine quiet days", slug="issue-3", number=3, season="Winter 2026"))


@pytest.fixture
def short(researcher):
    """One page, two questions."""
    elements = [
        {"type": "rating", "name": "nps", "title": "Would you recommend us?", "rateMin": 0, "rateMax": 10, "isRequired": True},
        {"type": "text", "name": "site", "title": "Your site", "inputType": "url"},
    ]
    survey = publishing.create(title="Two questions", definition={"elements": elements}, slug="short", created_by=researcher, points=7)
    publishing.publish(survey)
    return Questionnaire.objects.get(pk=survey.pk)


@pytest.fixture
def story(issue, questionnaire, short):
    """An article with a long survey and a short one, each with its invitation."""
    blocks = [("survey", {"slug": slug, "invitation": f"Say it: {slug}"}) for slug in ("doing", "short")]
    return article_in(issue, "ask", "We ask you", body=[("text", "<p>Read on.</p>"), *blocks])


@pytest.fixture
def event(short):
    events = EventIndexPage.objects.get(locale__language_code="en")
    starts = timezone.now() + datetime.timedelta(days=5)
    page = EventPage(title="Afternoon", slug="afternoon", starts_at=starts, ends_at=starts + datetime.timedelta(hours=3))
    page.body = [("survey", {"slug": "short", "invitation": ""})]
    return events.add_child(instance=page)


def test_a_story_holds_a_link_that_a_script_opens_in_its_place(client, alice, story):
    client.force_login(alice)
    page = client.get(story.url)
    words = page.content.decode()
    assert f'data-survey-here="{HERE}"' in words
    assert 'href="/surveys/doing/"' in words
    assert words.count("data-at-once") == 1  # the short one
    assert "Would you recommend us?" not in words  # neither questions nor drafts lie in the page of the story
    assert "'unsafe-inline'" not in page["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]


def test_an_event_holds_one_too(client, alice, event):
    client.force_login(alice)
    assert 'data-survey-here="/surveys/short/here/" data-at-once' in client.get(event.url).content.decode()


def test_a_visitor_sees_none_and_no_story_tells_a_reader_what_another_did(client, alice, bob, story, questionnaire, good_answers):
    assert "data-survey-here" not in client.get(story.url).content.decode()
    client.force_login(alice)
    finish(client, good_answers)
    page = client.get(story.url)
    assert "Cookie" in page["Vary"]
    assert HERE not in page.content.decode()
    client.force_login(bob)
    assert HERE in client.get(story.url).content.decode()
    client.logout()
    assert "mark-solved" not in client.get(story.url).content.decode()


def test_only_whom_a_survey_asks_meets_it_in_a_story(client, alice, bob, story, questionnaire, researcher):
    Questionnaire.objects.filter(pk=questionnaire.pk).update(audience="invited")
    inviting.invite(questionnaire, [alice], points=40)
    client.force_login(alice)
    words = client.get(story.url).content.decode()
    assert HERE in words
    assert "40 points" in words
    for other in (bob, researcher):
        client.force_login(other)
        assert HERE not in client.get(story.url).content.decode()
    client.force_login(bob)
    assert client.get(HERE).status_code == 404
    publishing.close(questionnaire)
    client.force_login(alice)
    assert HERE not in client.get(story.url).content.decode()


def test_what_is_opened_here_is_the_members_own_and_kept_by_nobody_between(client, alice, bob, story, questionnaire):
    answering.save_draft(questionnaire, member=alice, data={"nps": 3, "why": "Too slow"}, page=0)
    assert client.get(HERE).status_code == 302
    client.force_login(alice)
    part = client.get(HERE)
    assert "Too slow" in part.content.decode()
    assert "no-store" in part["Cache-Control"]
    assert "with your name" in part.content.decode()
    client.force_login(bob)
    assert "Too slow" not in client.get(HERE).content.decode()


def test_an_answer_given_here_is_one_answer_thanked_for_with_its_points(client, alice, short):
    client.force_login(alice)
    address = "/surveys/short/here/"
    assert 'data-stage="playing"' in client.get(address).content.decode()
    assert finish(client, {"nps": 99}, "/surveys/short/answers/").status_code == 422
    for _twice in range(2):
        assert finish(client, {"nps": 9}, "/surveys/short/answers/").status_code == 200
    thanks = client.get(address).content.decode()
    assert 'data-stage="thanked"' in thanks
    assert "7 points are on their way" in thanks
    assert Submission.objects.count() == Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED).count() == 1


def test_an_anonymous_survey_says_here_that_it_is_one_and_a_closed_one_that_it_is_closed(client, alice, anonymous, good_answers):
    client.force_login(alice)
    address = "/surveys/between-us/here/"
    assert "no way leads back" in client.get(address).content.decode()
    finish(client, good_answers, "/surveys/between-us/answers/")
    assert "together with those of others" in client.get(address).content.decode()
    assert Submission.objects.get().member is None
    publishing.close(anonymous)
    client.force_login(anonymous.created_by)
    assert "This survey is closed" in client.get(address).content.decode()


def test_a_preview_and_a_feed_hold_no_player(client, admin, story):
    client.force_login(admin)
    request = client.get(story.url).wsgi_request
    words = story.make_preview_request(original_request=request).rendered_content
    assert "data-survey-here" not in words
    assert 'href="/surveys/doing/"' in words
    assert "survey" not in client.get("/magazine/feed/").content.decode().lower().replace("/surveys/", "")


BROWSER = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here"),
    pytest.mark.django_db(transaction=True),
]


def _marked(test):
    for mark in BROWSER:
        test = mark(test)
    return test


@_marked
def test_a_short_survey_is_answered_and_thanked_for_inside_the_story(device, alice, story):
    page = device(alice, story.url, shows="[data-at-once]", viewport={"width": 390, "height": 844}, has_touch=True)
    page.locator("[data-at-once]").scroll_into_view_if_needed()
    short = page.locator("[data-survey-here*=short]")
    short.locator("label.sd-rating__item").nth(9).click()
    short.locator("input[type=url]").fill("javascript:alert(1)")
    short.locator(".sd-navigation__complete-btn").click()
    short.get_by_text("Your site: This is not a web address").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    short.locator("input[type=url]").fill("https://harbour.example/")
    short.locator(".sd-navigation__complete-btn").click()
    short.get_by_text("7 points are on their way").wait_for()
    assert page.evaluate("document.activeElement.id") == "survey-title-short"
    assert Submission.objects.get().data == {"nps": 9, "site": "https://harbour.example/"}
    assert page.url.endswith(story.url)
    assert page.mistakes == []


@_marked
def test_a_long_survey_opens_at_a_press_and_goes_on_on_its_own_page(device, alice, story):
    page = device(alice, story.url, shows="[data-survey-here]")
    long = page.locator("[data-survey-here*=doing]")
    assert long.locator(".sd-question").count() == 0
    long.get_by_role("button").press("Enter")
    long.locator("label.sd-rating__item").nth(3).click()
    long.locator("textarea").fill("Too slow")
    long.locator("textarea").blur()
    until = time.monotonic() + 15
    while not Draft.objects.filter(data__has_key="why").exists() and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert page.get_by_text("Saved. You can go on later").count() == 1
    assert Draft.objects.get().data["why"] == "Too slow"
    whole = device(alice, "/surveys/doing/")
    assert whole.locator("textarea").input_value() == "Too slow"
    assert page.mistakes == whole.mistakes == []


@_marked
def test_without_a_script_the_card_leads_to_the_survey(device, alice, story):
    page = device(alice, story.url, shows=".survey-card", java_script_enabled=False)
    page.locator("[data-survey-here*=doing] .button-primary").click()
    assert page.url.endswith("/surveys/doing/")
