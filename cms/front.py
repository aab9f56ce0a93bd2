"""What the front page shows: what is new in every part of the club, and what waits for the one who looks."""

from typing import Any

from django.http import HttpRequest

from cms.calendar import next_event
from cms.gates import closed_paths
from cms.models import HomePage
from cms.shelf import contents, latest_issue

STORIES_SHOWN = 3


def front(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """The parts of the home page, each ready to be shown; the number of queries does not grow with the club."""
    member, closed = request.user, closed_paths(request.user)
    issue = latest_issue(page.locale_id, member, closed=closed)
    return {
        "issue": issue,
        "stories": contents(issue, member, closed=closed)[:STORIES_SHOWN] if issue else [],
        "event": next_event(page.locale_id, member, closed=closed),
    }
