import pytest
from django.db import transaction
from django.template import Context, Template
from django.test import RequestFactory

from notifications.models import Notification
from notifications.telling import tell

Kind = Notification.Kind


def tell_many(member, actor, number, kind=Kind.REPLY):
    with transaction.atomic():
        for each in range(number):
            tell(member, kind, cause=f"post:{each}", title=f"Thread {each}", url=f"/forum/threads/{each}/", actor=actor)


def test_visitors_are_asked_to_sign_in(client, db):
    for path in ("/notifications/", "/notifications/preferences/"):
        assert client.get(path).status_code == 302


def test_the_page_shows_ones_own_notifications_and_nobody_elses(client, alice, bob, charlie):
    tell_many(alice, charlie, 1)
    client.force_login(bob)
    assert b"Thread 0" not in client.get("/notifications/").content
    client.force_login(alice)
    assert "Charlie Wu replied in “Thread 0”." in client.get("/notifications/").content.decode()


def test_pages_follow_each_other_without_a_gap(client, alice, charlie):
    tell_many(alice, charlie, 35)
    client.force_login(alice)
    first = client.get("/notifications/")
    second = client.get(f"/notifications/?before={first.context['older']}")
    titles = [each.row.title for page in (first, second) for each in page.context["told"]]
    assert titles == [f"Thread {each}" for each in reversed(range(35))]
    assert second.context["older"] is None


@pytest.mark.parametrize("number", [3, 30])
def test_the_page_takes_few_queries_whatever_the_number(client, alice, charlie, number, django_assert_max_num_queries):
    tell_many(alice, charlie, number)
    client.force_login(alice)
    client.get("/notifications/")  # a device is noted at its first page
    with django_assert_max_num_queries(15):
        client.get("/notifications/")


def test_the_bell_takes_one_query(alice, charlie, django_assert_num_queries):
    tell_many(alice, charlie, 3)
    request = RequestFactory().get("/")
    request.user = alice
    with django_assert_num_queries(1):
        drawn = Template("{% load notifications %}{% bell %}").render(Context({"request": request}))
    assert 'data-unread="3"' in drawn
    assert 'aria-live="polite"' in drawn


def test_one_or_all_are_marked_as_read(client, alice, charlie):
    tell_many(alice, charlie, 3)
    client.force_login(alice)
    newest = Notification.objects.first()
    client.post(f"/notifications/{newest.pk}/read/")
    assert Notification.objects.filter(read_at=None).count() == 2
    client.post("/notifications/read/")
    assert not Notification.objects.filter(read_at=None).exists()


def test_somebody_elses_notification_looks_like_a_missing_one(client, alice, bob, charlie):
    tell_many(alice, charlie, 1)
    client.force_login(bob)
    row = Notification.objects.get()
    assert client.post(f"/notifications/{row.pk}/read/").status_code == 404
    assert client.post("/notifications/999999/read/").status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_reading_needs_a_post(client, alice, charlie):
    tell_many(alice, charlie, 1)
    client.force_login(alice)
    assert client.get("/notifications/read/").status_code == 405


def test_wishes_are_kept_and_shown(client, alice):
    client.force_login(alice)
    form = client.get("/notifications/preferences/").context["form"]
    assert form["email-reply"].initial is True
    assert form["email-reaction"].initial is False
    client.post("/notifications/preferences/", {"site-reply": "on", "email-reaction": "on"})
    form = client.get("/notifications/preferences/").context["form"]
    assert (form["site-reply"].initial, form["email-reply"].initial, form["email-reaction"].initial) == (True, False, True)


def test_each_language_has_pages(client, mei, charlie):
    tell_many(mei, charlie, 1)
    client.force_login(mei)
    page = client.get("/zh-hans/notifications/").content.decode()
    assert "/zh-hans/forum/threads/0/" in page
