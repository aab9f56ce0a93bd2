"""Exercises through the room's socket, their charts, pictures, the locked door, more minutes, leases, rooms without a moderator."""

import datetime
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from focusgroups import attending, discussing, findings, moderating, seating
from focusgroups.models import Answer, Group, Item, Lease, Seat
from focusgroups.refusals import Refused
from live import streams
from live.models import Event


def posed(group, moderator, **fields):
    item = Item.objects.create(group=group, sort_order=50, **fields)
    moderating.pose(group.pk, member=moderator, client_id=None, item=item.pk)
    return item


def answer(group, member, item, **given):
    return discussing.answer(group.pk, member=member, client_id=uuid.uuid4(), item=item.pk, given=given)


EXERCISES = {
    "ranking": ({"options": "Price\nSpeed\nHelp"}, {"order": [2, 0, 1]}, "Help > Price > Speed"),
    "rating": ({"scale_max": 7, "options": "poor\ngreat"}, {"rating": 6}, "6 / 7"),
    "sort": ({"options": "Apples\nNails", "categories": "Food\nTools"}, {"piles": [0, 1]}, "Food: Apples; Tools: Nails"),
    "pins": ({}, {"pins": [{"x": 500, "y": 250, "comment": "here"}]}, "(50 %, 25 %) here"),
    "notes": ({}, {"notes": ["one", "two"]}, "· one\n· two"),
}
WRONG = {
    "ranking": [{}, {"order": [0, 1]}, {"order": [0, 0, 1]}, {"order": [0, 1, 3]}, {"order": "012"}, {"order": [True, 1, 2]}],
    "rating": [{}, {"rating": 0}, {"rating": 8}, {"rating": "6"}, {"rating": True}],
    "sort": [{}, {"piles": [0]}, {"piles": [0, 2]}, {"piles": [None, None]}],
    "pins": [{}, {"pins": []}, {"pins": [{"x": 1001, "y": 0}]}, {"pins": [{"x": 1, "y": 1, "comment": "x" * 301}]}, {"pins": [[1, 1]]}],
    "notes": [{}, {"notes": []}, {"notes": [""]}, {"notes": ["x"] * 21}, {"notes": [3]}],
}


@pytest.mark.parametrize("kind", EXERCISES)
def test_an_exercise_is_answered_changed_and_read_in_words(open_group, seats, alice, moderator, kind):
    fields, given, words = EXERCISES[kind]
    item = posed(open_group, moderator, kind=kind, text="Do it", **fields)
    for _time in range(2):
        answer(open_group, alice, item, **given)
    kept = Answer.objects.get()
    assert (kept.given, kept.body) == (given, words)
    event = Event.objects.filter(kind="answer").last()
    assert event.body["given"] == given
    for wrong in WRONG[kind]:
        with pytest.raises(Refused) as refused:
            answer(open_group, alice, item, **wrong)
        assert refused.value.code == "bad-answer"
    assert Answer.objects.get().given == given


def test_masked_exercises_stay_hidden_until_one_has_answered(open_group, seats, alice, charlie, moderator):
    item = posed(open_group, moderator, kind="rating", text="How good?", is_masked=True)
    assert answer(open_group, alice, item, rating=2).stream == "me"
    assert not [news for news in streams.after(f"group:{open_group.pk}:{charlie.pk}", 0) if news.kind == "answer"]
    answer(open_group, charlie, item, rating=5)
    heard = [news.body["given"] for news in streams.after(f"group:{open_group.pk}:{charlie.pk}", 0) if news.kind == "answer"]
    assert {"rating": 2} in heard


def test_charts_show_what_came_of_every_exercise(client, open_group, seats, alice, charlie, moderator, poll):
    for kind, (fields, given, _words) in EXERCISES.items():
        item = posed(open_group, moderator, kind=kind, text=f"The {kind}", **fields)
        answer(open_group, alice, item, **given)
    ranking = open_group.items.get(kind="ranking")
    answer(open_group, charlie, ranking, order=[2, 1, 0])
    moderating.pose(open_group.pk, member=moderator, client_id=None, item=poll.pk)
    discussing.vote(open_group.pk, member=alice, client_id=uuid.uuid4(), item=poll.pk, choices=[1])
    by_kind = {outcome["item"].kind: outcome for outcome in findings.outcomes(open_group)}
    # By hand: Help 1 and 1, Price 2 and 3, Speed 3 and 2.
    assert by_kind["ranking"]["rows"] == [("Help", 1.0, 3), ("Price", 2.5, 3), ("Speed", 2.5, 3)]
    assert (by_kind["rating"]["mean"], by_kind["poll"]["rows"][1]) == (6, ("Suppliers", 1, 1))
    assert by_kind["sort"]["cells"] == [("Apples", [1, 0]), ("Nails", [0, 1])]
    client.force_login(moderator)
    page = client.get(f"/groups/{open_group.pk}/results/").content.decode()
    for shown in ("Suppliers", "Maple", "here", "2.5", "Tools"):
        assert shown in page


def test_a_locked_door_keeps_newcomers_out_and_nobody_else(client, group, seats, alice, mei, moderator):
    Group.objects.filter(pk=group.pk).update(open_seats=5)
    moderating.lock(group.pk, member=moderator, client_id=None)
    client.force_login(mei)
    assert "has closed the door" in client.post(f"/groups/{group.pk}/seat/", {"agree": "on"}, follow=True).content.decode()
    assert not Seat.objects.filter(member=mei).exists()
    client.force_login(alice)
    assert client.get(f"/groups/{group.pk}/").status_code == 200
    moderating.lock(group.pk, member=moderator, client_id=None, is_locked=False)
    client.force_login(mei)
    client.post(f"/groups/{group.pk}/seat/", {"agree": "on"})
    assert Seat.objects.filter(member=mei).exists()


def test_once_enough_have_agreed_the_next_is_thanked_and_sent_home(client, group, seats, mei):
    Group.objects.filter(pk=group.pk).update(seats_wanted=2)
    seating.invite(group, member=mei)
    client.force_login(mei)
    page = client.post(f"/groups/{group.pk}/seat/", {"agree": "on"}, follow=True).content.decode()
    assert "Enough people have agreed" in page
    assert Seat.objects.get(member=mei).consented_at is None


def test_a_section_runs_from_its_first_question_and_can_be_given_more_minutes(open_group, seats, question, moderator, alice):
    moderating.pose(open_group.pk, member=moderator, client_id=None, item=question.pk)
    moderating.extend(open_group.pk, member=moderator, client_id=None, minutes=5)
    told = [news.body["minutes"] for news in streams.after(f"group:{open_group.pk}:staff", 0) if news.kind == "section"]
    assert told == [10, 15]
    assert not [news for news in streams.after(f"group:{open_group.pk}:all", 0) if news.kind == "section"]
    with pytest.raises(Refused):
        moderating.extend(open_group.pk, member=alice, client_id=None, minutes=5)


def picture_file(size=(3000, 2000)):
    out = io.BytesIO()
    image = Image.new("RGB", size, "navy")
    image.save(out, "JPEG")
    return SimpleUploadedFile("me at Harbour.jpg", out.getvalue(), "image/jpeg")


def test_a_picture_is_sent_made_anew_and_seen_by_the_room_only(client, open_group, seats, alice, charlie, bob, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    address = f"/groups/{open_group.pk}/pictures/"
    client.force_login(alice)
    assert client.post(address, {"picture": picture_file()}).status_code == 422
    Group.objects.filter(pk=open_group.pk).update(takes_pictures=True)
    assert client.post(address, {"picture": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")}).status_code == 422
    made = client.post(address, {"picture": picture_file()}).json()["picture"]
    discussing.say(open_group.pk, member=alice, client_id=uuid.uuid4(), body="My shelf", picture=made)
    with pytest.raises(Refused):
        discussing.say(open_group.pk, member=charlie, client_id=uuid.uuid4(), body="Mine", picture=made)
    client.force_login(charlie)
    seen = client.get(f"{address}{made}/")
    content = b"".join(seen.streaming_content)
    assert Image.open(io.BytesIO(content)).size == (1600, 1067)
    assert "Harbour" not in seen.headers.get("Content-Disposition", "")
    client.force_login(bob)
    assert client.get(f"{address}{made}/").status_code == 404
    assert client.post(address, {"picture": picture_file((5, 5))}).status_code == 404


def test_a_calendar_entry_has_the_groups_time(client, group, seats, alice, bob):
    Group.objects.filter(pk=group.pk).update(starts_at=datetime.datetime(2026, 12, 1, 7, 0, tzinfo=datetime.UTC))
    client.force_login(alice)
    text = client.get(f"/groups/{group.pk}/invitation.ics").content.decode()
    assert "DTSTART:20261201T070000Z" in text
    assert "DTEND:20261201T083000Z" in text
    assert f"/groups/{group.pk}/" in text.replace("\r\n ", "")
    client.force_login(bob)
    assert client.get(f"/groups/{group.pk}/invitation.ics").status_code == 404


def test_a_seat_is_held_by_each_of_its_sockets_and_empty_after_the_last(seats):
    seat = seats["alice"]
    first, second = attending.be_here(seat.pk), attending.be_here(seat.pk)
    assert not attending.be_gone(seat.pk, second)
    seat.refresh_from_db()
    assert seat.is_here()
    assert attending.be_gone(seat.pk, first)
    seat.refresh_from_db()
    assert not seat.is_here()
    assert not attending.be_gone(seat.pk, first)
    # A process that was killed gives nothing back; its leases run out.
    attending.be_here(seat.pk)
    Lease.objects.update(until=timezone.now() - datetime.timedelta(seconds=1))
    Seat.objects.filter(pk=seat.pk).update(here_until=timezone.now() - datetime.timedelta(seconds=1))
    seat.refresh_from_db()
    assert not seat.is_here()
    attending.be_here(seat.pk)
    assert Lease.objects.count() == 1


def test_a_room_whose_moderators_are_gone_pauses_and_another_moderator_goes_on(open_group, seats, researcher, moderator):
    def left(seat, seconds):
        last = timezone.now() - datetime.timedelta(seconds=seconds)
        Seat.objects.filter(pk=seat.pk).update(first_here_at=last, here_until=last)

    second = seating.invite(open_group, member=researcher, role=Seat.Role.MODERATOR, is_told=False)
    left(seats["momo"], 300)
    attending.be_here(second.pk)
    assert attending.pause_leaderless() == 0
    left(second, 30)
    assert attending.pause_leaderless() == 0
    left(second, 61)
    assert attending.pause_leaderless() == 1
    assert attending.pause_leaderless() == 0
    open_group.refresh_from_db()
    assert open_group.status == Group.Status.PAUSED
    moderating.change_status(open_group.pk, member=researcher, client_id=None, status=Group.Status.OPEN)
    assert Client().get(f"/groups/{open_group.pk}/").status_code == 302
