"""Boards for some: by class, stage, tier, segment, company and role."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum import admission, posting
from forum.models import Board
from forum.refusals import NotYours
from members import belonging
from members.models import Member, Segment
from points.models import Programme, Standing, Tier
from points.models.programme import DEFAULT_PROGRAMME

TAGS = ["class:small_business", "stage:use", "role:company-member", "tier:gold", "segment:12"]


@pytest.fixture
def layers_above(monkeypatch, harbour):
    """A part above that knows of tiers and segments: Alice is gold."""
    harbour.refresh_from_db()
    monkeypatch.setattr(belonging, "tellers", [lambda member: ["tier:gold", "segment:12"] if member.email.startswith("alice") else []])


def sees(client, member, board) -> bool:
    client.force_login(member)
    seen = client.get(board.get_absolute_url()).status_code == 200
    assert (f'href="{board.get_absolute_url()}"' in client.get("/forum/").content.decode()) == seen
    return seen


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_lets_in_whoever_has_it_and_nobody_else(client, layers_above, square, alice, charlie, moderator, tag):
    charlie.company.customer_class = "enterprise"
    charlie.company.purchased_on = None
    charlie.company.save()
    charlie.company_role = "admin"
    charlie.save()
    admission.admit_only(square, read=[tag])
    assert [sees(client, who, square) for who in (alice, charlie, moderator)] == [True, False, True]
    client.logout()
    assert client.get(square.get_absolute_url()).status_code in (302, 404)


def test_of_one_kind_any_will_do_and_of_several_kinds_each_is_needed(layers_above, square, alice, bob):
    admission.admit_only(square, read=["tier:silver", "tier:gold"])
    assert square in Board.objects.visible_to(alice)
    assert square not in Board.objects.visible_to(bob)
    admission.admit_only(square, read=["tier:gold", "role:company-admin"])
    assert square not in Board.objects.visible_to(alice)
    admission.admit_only(square)
    assert square in Board.objects.visible_to(bob)


def test_a_public_board_with_admissions_is_hidden_from_visitors(client, open_board, alice):
    admission.admit_only(open_board, read=["class:small_business"])
    assert client.get("/forum/boards/news/").status_code == 404
    client.force_login(alice)
    assert client.get("/forum/boards/news/").status_code == 200


def test_a_public_board_on_which_only_some_write_is_read_by_visitors_too(client, open_board, alice, bob):
    admission.admit_only(open_board, start=["role:company-admin"])
    bob = Member.objects.get(pk=bob.pk)
    thread = posting.start_thread(open_board, author=bob, title="For everybody", body="Come in.")
    assert open_board.shows_to(AnonymousUser())
    for address in ("/forum/boards/news/", thread.get_absolute_url()):
        assert client.get(address).status_code == 200
    client.force_login(alice)
    assert client.get("/forum/boards/news/new/").status_code == 404


def test_who_may_read_may_not_therefore_write(client, layers_above, thread, square, alice, bob):
    admission.admit_only(square, start=["tier:gold"], reply=["tier:gold"])
    client.force_login(bob)
    page = client.get(f"/forum/threads/{thread.pk}/")
    assert page.status_code == 200
    assert 'name="body"' not in page.content.decode()
    assert client.get("/forum/boards/square/new/").status_code == 404
    with pytest.raises(NotYours):
        posting.reply(thread, author=bob, body="Let me.")
    with pytest.raises(NotYours):
        posting.start_thread(square, author=bob, title="Mine", body="Let me.")
    assert posting.reply(thread, author=alice, body="I may.").no == 2


def test_the_clubs_own_tiers_and_saved_segments_open_boards(client, square, alice, bob, charlie):
    programme = Programme.objects.get(slug=DEFAULT_PROGRAMME)
    low, high = Tier.objects.filter(programme=programme)[:2]
    Standing.objects.create(programme=programme, member=alice, tier=high)
    admission.admit_only(square, read=[f"tier:{high.slug}"])
    assert [sees(client, who, square) for who in (alice, bob)] == [True, False]
    admission.admit_only(square, read=[f"tier:{low.slug}"])
    assert [sees(client, who, square) for who in (alice, bob)] == [False, True]
    segment = Segment.objects.create(name="Who reads Chinese", condition={"field": "member.locale", "operator": "=", "value": "zh-hans"})
    charlie.locale = "zh-hans"
    charlie.save()
    admission.admit_only(square, read=[f"segment:{segment.pk}"])
    assert [sees(client, who, square) for who in (charlie, bob)] == [True, False]


def test_the_first_page_offers_to_write_where_one_may_and_nowhere_else(client, square, open_board, alice, moderator):
    Board.objects.create(slug="told", name="From the club", only_staff_start=True)
    Board.objects.create(slug="old", name="Archive", is_archived=True)
    golden = Board.objects.create(slug="golden", name="Golden")
    admission.admit_only(golden, start=["tier:gold"])

    def offered():
        return set(re.findall(r"/forum/boards/([a-z]+)/new/", client.get("/forum/").content.decode()))

    assert offered() == set()
    client.force_login(alice)
    assert offered() == {"square", "news"}
    with CaptureQueriesContext(connection) as of_one:
        offered()
    for number in range(4):
        admission.admit_only(Board.objects.create(slug=f"gold{number}", name="Gold"), start=["tier:gold"])
    offered()
    with CaptureQueriesContext(connection) as of_five:
        assert offered() == {"square", "news"}
    assert len(of_five) == len(of_one), "whom boards admit is asked for all of them together"
    client.force_login(moderator)
    assert {"square", "news", "told", "golden"} <= offered()
