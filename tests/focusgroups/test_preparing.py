"""Guides to start from, and rehearsing."""

import datetime

import pytest
from django.utils import timezone

from focusgroups import attending, preparing
from focusgroups.models import Group, Guide, Item, Seat, Study, TemplateLine
from focusgroups.refusals import Refused
from members.models import Activity
from notifications.models import Notification
from tests.focusgroups.test_back_office import guide as lines_of
from tests.focusgroups.test_back_office import planned


def texts(group):
    return list(group.items.values_list("kind", "text"))


def test_a_guide_is_kept_from_one_group_and_laid_out_in_another(client, open_group, masked, moderator, researcher):
    client.force_login(moderator)
    client.post(f"/groups/{open_group.pk}/guide/", {"title": "Stock talks"})
    guide = Guide.objects.get()
    client.force_login(researcher)
    other = Group.objects.create(study=Study.objects.create(title="Another"), title="Another")
    page = client.post(f"/groups/{other.pk}/guide/", {"guide": guide.pk}, follow=True)
    assert "5 lines were added" in page.content.decode()
    assert texts(other) == texts(open_group)
    assert other.items.get(is_masked=True).note == masked.note
    assert not other.items.exclude(posed_at=None).exists()
    client.post(f"/groups/{other.pk}/guide/", {"guide": guide.pk})
    assert other.items.count() == 10


def test_only_hosts_prepare_and_nonsense_is_sent_back(client, open_group, seats, alice, moderator):
    client.force_login(alice)
    for door in ("guide/", "rehearsal/"):
        assert client.post(f"/groups/{open_group.pk}/{door}", {"title": "Mine"}).status_code == 404
    client.force_login(moderator)
    page = client.post(f"/groups/{open_group.pk}/guide/", {"guide": "999"}, follow=True)
    assert "Choose a guide" in page.content.decode()


def test_on_a_board_a_lines_day_becomes_its_time(study):
    starts = timezone.now() + datetime.timedelta(days=7)
    board = Group.objects.create(study=study, title="Board", kind=Group.Kind.BOARD, starts_at=starts)
    guide = Guide.objects.create(title="Three days")
    for place, day in enumerate([1, 3, None]):
        TemplateLine.objects.create(guide=guide, sort_order=place, text=f"Task {place}", day=day)
    first, third, undated = preparing.lay_out(guide, board)
    assert (first.opens_at, first.due_at) == (starts, starts + datetime.timedelta(days=1))
    assert third.opens_at == starts + datetime.timedelta(days=2)
    assert undated.opens_at is None
    assert list(preparing.keep_guide(board, title="Again").lines.values_list("day", flat=True)) == [1, 3, None]


def test_a_researcher_writes_a_guide_and_starts_a_group_from_it(client, researcher, study):
    client.force_login(researcher)
    sent = {name.replace("items", "lines"): value for name, value in lines_of({"kind": "question", "text": "Why?"}).items()}
    answer = client.post("/admin/snippets/focusgroups/guide/add/", {"title": "Whys", "purpose": "", **sent})
    assert answer.status_code == 302, answer.context["form"].errors
    client.post("/admin/snippets/focusgroups/group/add/", planned(study, guide=Guide.objects.get().pk) | lines_of())
    assert texts(Group.objects.get()) == [("question", "Why?")]


def test_a_rehearsal_has_the_guide_and_the_moderators_and_earns_and_tells_nothing(client, open_group, seats, moderator, alice):
    told = Notification.objects.count()
    client.force_login(moderator)
    page = client.post(f"/groups/{open_group.pk}/rehearsal/", follow=True)
    assert "Rehearsal" in page.content.decode()
    room = Group.objects.get(is_rehearsal=True)
    assert texts(room) == texts(open_group)
    assert [seat.role for seat in room.seats.all()] == [Seat.Role.MODERATOR]
    assert Notification.objects.count() == told
    seat = Seat.objects.create(group=room, member=alice, pseudonym="Elm", first_here_at=timezone.now())
    with pytest.raises(Refused):
        attending.confirm(seat, by=moderator)
    assert not Activity.objects.filter(kind=Activity.Kind.GROUP_ATTENDED).exists()
    with pytest.raises(Refused):
        preparing.rehearse(room, by=moderator)
    assert not Item.objects.filter(group=room).exclude(posed_at=None).exists()
