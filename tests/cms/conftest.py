"""The magazine and the calendar of the tests' club."""

import datetime

import pytest
from django.utils import timezone
from wagtail.models import Locale

from cms.models import ArticlePage, EventIndexPage, EventPage, HomePage, IssuePage, MagazineIndexPage

STORY = "<p>" + "The press stood still for nine days, and nobody had written down why. " * 20 + "</p>"


@pytest.fixture
def english(db) -> Locale:
    return Locale.objects.get(language_code="en")


@pytest.fixture
def chinese(db) -> Locale:
    return Locale.objects.get(language_code="zh-hans")


@pytest.fixture
def home(english) -> HomePage:
    return HomePage.objects.get(locale=english)


@pytest.fixture
def issue(english) -> IssuePage:
    magazine = MagazineIndexPage.objects.get(locale=english)
    return magazine.add_child(
        instance=IssuePage(title="Nine quiet days", slug="issue-3", number=3, season="Winter 2026", letter="<p>Dear you</p>")
    )


def article_in(issue: IssuePage, slug: str, title: str, **fields) -> ArticlePage:
    fields = {"standfirst": "How a printing works lost nine days.", "body": [("text", STORY)]} | fields
    return issue.add_child(instance=ArticlePage(title=title, slug=slug, **fields))


@pytest.fixture
def article(issue, alice) -> ArticlePage:
    return article_in(issue, "quiet-press", "The quiet press", author=alice)


def event_on(events: EventIndexPage, slug: str, *, in_days: float = 5, **fields) -> EventPage:
    starts = timezone.now() + datetime.timedelta(days=in_days)
    facts = {"starts_at": starts, "ends_at": starts + datetime.timedelta(hours=3, minutes=30), "place": "Room 3, Harbour Road 12"}
    return events.add_child(instance=EventPage(title="Closing the month in an hour", slug=slug, **facts | fields))


@pytest.fixture
def event(english) -> EventPage:
    """A training afternoon in five days with three seats."""
    return event_on(EventIndexPage.objects.get(locale=english), "closing-the-month", capacity=3, online_link="https://meet.example/room")
