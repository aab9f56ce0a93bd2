"""The forum in the back office: boards are edited, reports and the log are only looked at."""

import pytest

from forum import moderating, reporting
from forum.models import Board, ModerationAction


def test_a_marketer_opens_and_changes_boards(client, marketer, square):
    client.force_login(marketer)
    assert client.get("/admin/snippets/forum/board/").status_code == 200
    page = client.get(f"/admin/snippets/forum/board/edit/{square.pk}/")
    assert page.status_code == 200
    words = {
        "name": "Plaza",
        "name_zh": "广场",
        "slug": "square",
        "audience": "public",
        "position": 1,
        "description": "",
        "description_zh": "",
        "min_tier": 0,
        "approval": square.approval,
        "slow_seconds": 0,
    }
    client.post(f"/admin/snippets/forum/board/edit/{square.pk}/", words)
    square.refresh_from_db()
    assert (square.name, square.audience) == ("Plaza", Board.Audience.PUBLIC)


@pytest.mark.parametrize("model", ["review", "moderationaction"])
def test_the_log_and_reports_are_only_looked_at(client, moderator, thread, bob, model):
    reporting.report(thread.posts.get(), reporter=bob, kind="spam")
    action = moderating.set_locked(thread, True, by=moderator, reason="Settled")
    client.force_login(moderator)
    assert client.get(f"/admin/snippets/forum/{model}/").status_code == 200
    assert client.get(f"/admin/snippets/forum/{model}/add/").status_code in (302, 403)
    assert client.get(f"/admin/snippets/forum/{model}/delete/{action.pk}/").status_code in (302, 403, 404)
    assert ModerationAction.objects.count() == 1


def test_the_queue_hangs_in_the_moderators_menu_only(client, moderator, marketer):
    for who, shown in ((moderator, True), (marketer, False)):
        client.force_login(who)
        assert ("/forum/moderation/" in client.get("/admin/").content.decode()) == shown


def test_a_customer_has_no_back_office(client, alice, square):
    client.force_login(alice)
    assert client.get("/admin/snippets/forum/board/").status_code in (302, 403)
