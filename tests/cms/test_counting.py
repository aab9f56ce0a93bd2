"""Pages ask the database a fixed number of questions, whatever the number of rows."""

import pytest

from cms import seating
from cms.models import EventIndexPage

from .conftest import article_in, event_on


@pytest.fixture
def full(issue, article, event, english, alice):
    for number in range(8):
        article_in(issue, f"story-{number}", f"Story {number}", author=alice)
        event_on(EventIndexPage.objects.get(locale=english), f"event-{number}", in_days=6 + number)
    seating.take_seat(event, member=alice)


ADDRESSES = [
    "/",
    "/zh-hans/",
    "/magazine/",
    "/magazine/issue-3/",
    "/magazine/issue-3/quiet-press/",
    "/events/",
    "/events/closing-the-month/",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("who", ["visitor", "member"])
def test_at_most_fifteen_queries(client, bob, full, address, who, django_assert_max_num_queries):
    if who == "member":
        client.force_login(bob)
    client.get(address)
    with django_assert_max_num_queries(15):
        assert client.get(address).status_code == 200
