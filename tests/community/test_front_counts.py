"""The front page asks the database as much in a club of hundreds as in a small one."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from focusgroups.models import Group, Seat, Study
from forum import posting
from forum.models import Board
from members.models import Member
from notifications.models import Notification
from points.models import Programme, Reward
from points.models.programme import DEFAULT_PROGRAMME
from surveys import publishing

DEFINITION = {"pages": [{"name": "one", "elements": [{"type": "text", "name": "why", "title": "Why?"}]}]}
MOST = 15


def grow(member: Member, others: list[Member], researcher: Member, *, rows: int, begun_at: int = 0) -> None:
    """Add to every part of the club what its front page shows: threads, surveys, groups, rewards, notices."""
    board, _is_new = Board.objects.get_or_create(slug="harbour", defaults={"name": "Harbour", "audience": Board.Audience.PUBLIC})
    study, _is_new = Study.objects.get_or_create(title="Stock")
    programme = Programme.objects.get(slug=DEFAULT_PROGRAMME)
    for number in range(begun_at, begun_at + rows):
        thread = posting.start_thread(board, author=others[number % len(others)], title=f"Thread {number}", body="Ask.")
        posting.reply(thread, author=others[(number + 1) % len(others)], body="Answer.")
        survey = publishing.create(title=f"Survey {number}", definition=DEFINITION, created_by=researcher, slug=f"survey-{number}")
        publishing.publish(survey, by=researcher)
        group = Group.objects.create(study=study, title=f"Group {number}", status=Group.Status.OPEN)
        Seat.objects.create(group=group, member=member, pseudonym="Heron")
        Reward.objects.create(programme=programme, slug=f"mug-{number}", name=f"Mug {number}", price_points=5 + number)
        Notification.objects.create(
            member=member, kind=Notification.Kind.REPLY, cause=f"post:{number}", actor=others[0], title=thread.title, url="/forum/"
        )


def queries_of(client) -> int:
    cache.clear()
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    return len(queries)


@pytest.mark.parametrize("who", ["visitor", "member", "marketer"])
def test_the_front_page_asks_no_more_in_a_large_club(client, alice, bob, charlie, mei, marketer, researcher, who):
    looks = {"visitor": None, "member": alice, "marketer": marketer}[who]
    if looks:
        client.force_login(looks)
    grow(looks or alice, [bob, charlie, mei], researcher, rows=4)
    few = queries_of(client)
    grow(looks or alice, [bob, charlie, mei], researcher, rows=30, begun_at=4)
    assert queries_of(client) <= few <= MOST
