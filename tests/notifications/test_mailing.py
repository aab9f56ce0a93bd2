import datetime
import re
from unittest import mock

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from notifications import mailing, marking, preferring
from notifications.models import EmailOut, Notification
from notifications.telling import tell

Kind = Notification.Kind


def later(minutes=3):
    return timezone.now() + datetime.timedelta(minutes=minutes)


@pytest.fixture
def told(alice, charlie):
    with transaction.atomic():
        return tell(alice, Kind.REPLY, cause="post:1", title="Paper prices", url="/forum/threads/1/", actor=charlie)


def test_a_mail_goes_out_once_in_the_members_language(mei, charlie):
    with transaction.atomic():
        tell(mei, Kind.REPLY, cause="post:1", title="纸价", url="/forum/threads/1/", actor=charlie)
    assert mailing.send_due() == 0, "whoever is on the site has a moment to read it there"
    assert mailing.send_due(later()) == 1
    assert mailing.send_due(later(60)) == 0
    [message] = mail.outbox
    assert message.to == [mei.email]
    assert "/zh-hans/forum/threads/1/" in message.body
    html = message.alternatives[0][0]
    assert 'lang="zh-Hans"' in html
    assert "style=" in html


def test_two_processes_send_a_mail_once(told):
    row = EmailOut.objects.get()
    assert mailing._claim(row.pk, row.due_at, later())
    assert not mailing._claim(row.pk, row.due_at, later())
    assert mailing.send_due(later()) == 0


def test_a_process_that_died_while_sending_lets_another_send(told):
    row = EmailOut.objects.get()
    assert mailing._claim(row.pk, row.due_at, later())
    assert mailing.send_due(later(30)) == 1


def test_a_mail_that_fails_is_tried_again_and_given_up_in_the_end(told):
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=OSError("no route")):
        now = later()
        for _attempt in range(6):
            assert mailing.send_due(now) == 0
            row = EmailOut.objects.get()
            if row.state == "waiting":
                assert row.due_at > now
                now = row.due_at
    assert (row.state, row.attempts) == ("dead", 6)
    assert "no route" in row.last_error
    assert mailing.send_due(later(60 * 24 * 9)) == 0


def test_a_mail_that_failed_once_still_arrives(told):
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=OSError("no route")):
        mailing.send_due(later())
    assert mailing.send_due(later(10)) == 1


def test_what_was_read_on_the_site_is_not_mailed(told, alice):
    marking.mark_read(alice, told.pk)
    assert mailing.send_due(later()) == 0
    assert EmailOut.objects.get().state == "dropped"


def test_a_mail_is_not_written_against_a_members_wish(alice, charlie):
    preferring.prefer(alice, {("email", "reply"): False})
    with transaction.atomic():
        assert tell(alice, Kind.REPLY, cause="post:1", title="Paper", actor=charlie)
    assert not EmailOut.objects.exists()


def test_a_member_may_want_mails_only(alice, charlie, client):
    preferring.prefer(alice, {("site", "reply"): False})
    with transaction.atomic():
        tell(alice, Kind.REPLY, cause="post:1", title="Paper", url="/forum/", actor=charlie)
    client.force_login(alice)
    assert b"Paper" not in client.get("/notifications/").content
    assert mailing.send_due(later()) == 1


def test_neither_channel_wanted_means_nothing_is_kept(alice, charlie):
    preferring.prefer(alice, {("site", "reply"): False, ("email", "reply"): False})
    with transaction.atomic():
        assert tell(alice, Kind.REPLY, cause="post:1", title="Paper", actor=charlie) is None
    assert not Notification.objects.exists()


def test_a_mail_program_unsubscribes_with_one_click(told, alice, client):
    mailing.send_due(later())
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.fullmatch(r"<https?://[^/]+(/.*)>", headers["List-Unsubscribe"])[1]
    assert client.get(path).status_code == 200
    assert not alice.contact_preferences.exists(), "looking stops nothing"
    client.handler.enforce_csrf_checks = True
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert alice.contact_preferences.get().is_wanted is False


def test_a_forged_unsubscribe_is_refused(client, db):
    assert client.post("/notifications/stop/forged:token/").status_code == 404


def test_an_address_outside_can_stop_all_mails(client, db):
    with transaction.atomic():
        mailing.write(
            "dora@far.example", "referral_invitation", reference="one", context={"name": "Dora", "referrer": "Alice", "path": "/r/x"}
        )
    mailing.send_due()
    path = re.search(r"(/notifications/stop/\S+)", mail.outbox[0].body)[1]
    client.post(path)
    with transaction.atomic():
        mailing.write(
            "Dora@far.example", "referral_invitation", reference="two", context={"name": "Dora", "referrer": "Bob", "path": "/r/y"}
        )
    assert mailing.send_due() == 0
    assert EmailOut.objects.get(reference="two").state == "dropped"


def test_a_name_with_a_line_break_cannot_add_a_header(client, db):
    context = {"name": "Dora", "referrer": "Alice\r\nBcc: all@far.example", "path": "/r/x"}
    with transaction.atomic():
        mailing.write("dora@far.example", "referral_invitation", reference="one", context=context)
    mailing.send_due()
    assert "\n" not in mail.outbox[0].subject
    assert "all@far.example" not in mail.outbox[0].recipients()


def test_a_mail_sent_long_ago_is_not_kept(told):
    mailing.send_due(later())
    assert mailing.forget_sent() == 0
    assert mailing.forget_sent(later(60 * 24 * 91)) == 1
