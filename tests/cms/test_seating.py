import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from cms import seating
from cms.models import EventIndexPage, EventPage, Seat
from members.models import Activity, Member
from notifications.models import Notification
from tests.conftest import member_of

from .conftest import event_on


def post(client, event, what="seat/", **data):
    return client.post(f"/events/{event.pk}/{what}", data)


def states(event):
    return list(event.seats.order_by("id").values_list("member__name", "state", "number"))


def test_a_member_takes_a_seat_and_gives_it_up(client, alice, event):
    client.force_login(alice)
    post(client, event)
    post(client, event)
    assert states(event) == [("Alice Chen", "taken", 1)]
    post(client, event, "seat/give-up/")
    assert states(event) == [("Alice Chen", "given_up", None)]


def test_the_waiting_list_moves_up_by_itself_and_tells(client, alice, bob, charlie, mei, event):
    for member in (alice, bob, charlie, mei):
        client.force_login(member)
        post(client, event)
    assert states(event)[3] == ("梅雨晴", "waiting", None)
    client.force_login(bob)
    post(client, event, "seat/give-up/")
    assert states(event)[3] == ("梅雨晴", "taken", 2)
    assert Notification.objects.get(member=mei, kind=Notification.Kind.EVENT).title == event.title


def test_more_seats_let_the_waiting_in(alice, bob, event):
    event.capacity = 1
    event.save()
    seating.take_seat(event, member=alice)
    assert seating.take_seat(event, member=bob).state == Seat.State.WAITING
    event.capacity = 2
    event.save_revision().publish()
    assert Seat.objects.get(member=bob).state == Seat.State.TAKEN


def test_both_languages_share_the_seats(client, alice, bob, event, chinese):
    translated = event.copy_for_translation(chinese)
    translated.save_revision().publish()
    client.force_login(alice)
    post(client, translated)
    assert Seat.objects.get(member=alice).event == event
    event.capacity = 1
    event.save_revision().publish()
    client.force_login(bob)
    client.post(f"/zh-hans/events/{translated.pk}/seat/")
    assert Seat.objects.get(member=bob).state == Seat.State.WAITING
    translated.refresh_from_db()
    assert translated.capacity == 1


def test_after_the_deadline_nobody_signs_up(client, alice, event):
    EventPage.objects.update(sign_up_until=timezone.now() - datetime.timedelta(minutes=1))
    client.force_login(alice)
    post(client, event)
    assert not Seat.objects.exists()


def test_visitors_and_drafts_get_no_seat(client, alice, event, english):
    assert "/accounts/login/" in post(client, event).url
    draft = event_on(EventIndexPage.objects.get(locale=english), "draft", live=False)
    client.force_login(alice)
    assert post(client, draft).status_code == 404
    assert client.get(f"/events/{event.pk}/seat/").status_code == 405
    assert not Seat.objects.exists()


def test_the_online_link_is_for_guests(client, alice, bob, event):
    client.force_login(alice)
    post(client, event)
    assert b"meet.example" in client.get(event.url).content
    assert b"meet.example" in client.get(f"/events/{event.pk}/calendar.ics").content
    client.force_login(bob)
    assert b"meet.example" not in client.get(event.url).content
    entry = client.get(f"/events/{event.pk}/calendar.ics")
    assert b"meet.example" not in entry.content
    assert entry["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in entry.content


def test_the_host_checks_guests_in_and_takes_it_back(client, alice, marketer, event):
    seat = seating.take_seat(event, member=alice)
    client.force_login(marketer)
    post(client, event, f"door/{seat.pk}/")
    assert not Activity.objects.filter(kind=Activity.Kind.EVENT_ATTENDED).exists()
    EventPage.objects.update(starts_at=timezone.now() - datetime.timedelta(minutes=5))
    for _ in range(2):
        post(client, event, f"door/{seat.pk}/")
    activity = Activity.objects.get(kind=Activity.Kind.EVENT_ATTENDED)
    assert activity.member == alice
    post(client, event, f"door/{seat.pk}/", undo=1)
    assert Activity.objects.filter(undoes=activity).exists()
    post(client, event, f"door/{seat.pk}/")
    assert Activity.objects.filter(kind=Activity.Kind.EVENT_ATTENDED).count() == 2


def test_a_guest_without_a_seat_is_let_in_while_there_is_one(client, alice, bob, marketer, event):
    EventPage.objects.update(capacity=1, starts_at=timezone.now() - datetime.timedelta(minutes=5))
    client.force_login(marketer)
    post(client, event, "door/", email=alice.email)
    assert Seat.objects.get(member=alice).attended_at
    answer = post(client, event, "door/", email=bob.email)
    assert answer.status_code == 422
    assert not Seat.objects.filter(member=bob).exists()


def test_customers_do_not_see_the_list_at_the_door(client, alice, event):
    seat = seating.take_seat(event, member=alice)
    client.force_login(alice)
    assert client.get(f"/events/{event.pk}/door/").status_code == 403
    assert post(client, event, f"door/{seat.pk}/").status_code == 403


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_forty_hands_reach_for_thirty_seats():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets writers queue; the race is PostgreSQL's")
    event = event_on(EventIndexPage.objects.filter(locale__language_code="en").get(), "race", capacity=30)
    members = [member_of(None, f"guest{n}@club.example", f"Guest {n}") for n in range(40)]
    gate, failures = threading.Barrier(40), []

    def reach(member: Member) -> None:
        try:
            gate.wait(30)
            seating.take_seat(EventPage.objects.get(pk=event.pk), member=member)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    hands = [threading.Thread(target=reach, args=[member]) for member in members]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert not failures
    assert event.seats.taken().count() == 30
    assert event.seats.waiting().count() == 10
    assert sorted(event.seats.taken().values_list("number", flat=True)) == list(range(1, 31))
    first = event.seats.waiting().first()
    seating.give_up_seat(event, member=event.seats.taken().first().member)
    first.refresh_from_db()
    assert first.state == Seat.State.TAKEN


def test_when_where_and_how_full_stand_above_the_programme(client, event):
    page = client.get(event.url).content.decode()
    head = page[page.index("<h1>") : page.index("</header>", page.index("<h1>"))]
    assert "<time" in head
    assert 'href="#seats"' in head
    assert 'id="seats"' in page
    type(event).objects.filter(pk=event.pk).update(
        starts_at=timezone.now() - datetime.timedelta(days=2), ends_at=timezone.now() - datetime.timedelta(days=1)
    )
    assert 'href="#seats"' not in client.get(event.url).content.decode()
