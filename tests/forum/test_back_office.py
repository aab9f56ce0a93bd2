"""The forum in the back office: boards are edited, reports and the log are only looked at."""

import pytest

from forum import moderating, reporting
from forum.models import Admission, Board, ModerationAction
from members.models import Segment


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
        "grace_seconds": 0,
    }
    client.post(f"/admin/snippets/forum/board/edit/{square.pk}/", words)
    square.refresh_from_db()
    assert (square.name, square.audience) == ("Plaza", Board.Audience.PUBLIC)


def test_a_board_says_at_the_field_which_company_it_wants(client, marketer, square, harbour):
    client.force_login(marketer)
    address = f"/admin/snippets/forum/board/edit/{square.pk}/"
    words = {"name": "Plaza", "slug": "square", "position": 1, "approval": square.approval, "slow_seconds": 0, "grace_seconds": 0}
    none = client.post(address, words | {"audience": "company"}).content.decode()
    assert "Choose the company that may read this board." in none
    assert (
        "Only a board for one company names one"
        in client.post(address, words | {"audience": "members", "company": harbour.pk}).content.decode()
    )
    assert "forum_board_company_named" not in none
    square.refresh_from_db()
    assert (square.name, square.company) == ("The square", None)
    client.post(address, words | {"audience": "company", "company": harbour.pk})
    square.refresh_from_db()
    assert square.company == harbour


def reads(client, *members) -> list[bool]:
    found = []
    for member in members:
        client.force_login(member) if member else client.logout()
        found.append(client.get("/forum/boards/news/").status_code == 200)
    return found


def test_a_marketer_chooses_whom_a_board_admits_and_opens_it_again(client, marketer, open_board, alice, charlie):
    segment = Segment.objects.create(name="Who reads Chinese", condition={"field": "member.locale", "operator": "=", "value": "zh-hans"})
    new, chosen = "/admin/snippets/forum/admission/add/", {"board": open_board.pk, "need": "read"}
    client.force_login(marketer)
    page = client.get(new).content.decode()
    for words in ("Who reads Chinese", f'value="segment:{segment.pk}"', 'value="tier:', 'value="stage:use"', 'value="role:company-admin"'):
        assert words in page, words
    for wrong in ("teir:gold", f"segment:{segment.pk + 1}", ""):
        assert client.post(new, chosen | {"tag": wrong}).status_code == 200
    assert not Admission.objects.exists()
    assert client.post(new, chosen | {"tag": f"company:{alice.company_id}"}).status_code == 302
    assert reads(client, alice, charlie, None) == [True, False, False]
    client.force_login(marketer)
    client.post(f"/admin/snippets/forum/admission/delete/{Admission.objects.get().pk}/")
    assert reads(client, alice, charlie, None) == [True, True, True]
    client.force_login(alice)
    assert client.post(new, chosen | {"tag": "stage:use"}).status_code in (302, 403)
    assert not Admission.objects.exists()


def test_admissions_deleted_on_the_list_open_the_board_too(client, marketer, open_board):
    admissions = [Admission.objects.create(board=open_board, need="read", tag=tag) for tag in ("stage:use", "stage:renew")]
    assert reads(client, None) == [False]
    client.force_login(marketer)
    listed = "&".join(f"id={each.pk}" for each in admissions)
    client.post(f"/admin/bulk/forum/admission/delete/?{listed}")
    assert not Admission.objects.exists()
    open_board.refresh_from_db()
    assert (open_board.is_exclusive, reads(client, None)) == (False, [True])


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
