import base64
import contextlib
import datetime
import hashlib
import hmac
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from members.models import ApiKey
from points import ledger, webhooks
from points.models import Delivery, Outbox, Transfer, Webhook


@pytest.fixture
def receiver(settings):
    """Another system, listening on this machine: receiver.heard, receiver.answers."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.heard.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.heard, server.answers = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(db, receiver):
    return Webhook.objects.create(url=f"http://localhost:{receiver.server_port}/points")


def later(**pause):
    return timezone.now() + datetime.timedelta(**pause)


def test_a_transfer_is_told_once_and_its_signature_verifies(hook, receiver, wallet, issued, move):
    row = move(issued, wallet, 10)
    assert (webhooks.deliver_due(now=later(seconds=1)), webhooks.deliver_due(now=later(seconds=2))) == (1, 0)
    headers, body = receiver.heard[0]
    # As a receiver's library does it, from the secret that the back office shows.
    key = base64.b64decode(webhooks.shared_secret(hook).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["Host"] == f"localhost:{receiver.server_port}"
    said = json.loads(body)
    assert (said["type"], said["data"]["id"], said["data"]["amount_points"]) == ("transfer.single", str(row.public_id), 10)
    assert said["timestamp"].endswith("+00:00")


def test_a_refused_transfer_tells_nobody(hook, receiver, wallet, redeemed, move):
    with pytest.raises(Exception, match="points are wanted"):
        move(wallet, redeemed, 10)
    assert not Delivery.objects.exists()


def test_a_failure_is_tried_again_after_a_pause_then_given_up_and_replayed(hook, receiver, wallet, issued, move, client, admin):
    move(issued, wallet, 10)
    receiver.answers = [500, 302, *[503] * 6]
    now = later(seconds=1)
    for pause in (*webhooks.PAUSES_SECONDS, 86_400):
        assert webhooks.deliver_due(now=now) == 0
        assert webhooks.deliver_due(now=now) == 0
        now += datetime.timedelta(seconds=pause + 1)
    assert len(receiver.heard) == 8
    letter = Delivery.objects.get()
    assert letter.given_up_at is not None
    client.force_login(admin)
    page = client.get("/admin/points/webhooks/letters/")
    assert "503" in page.content.decode()
    client.post(f"/admin/points/webhooks/letters/{letter.pk}/replay/")
    assert webhooks.deliver_due(now=later(seconds=1)) == 1
    assert {headers["webhook-id"] for headers, _body in receiver.heard} == {str(letter.message.message_id)}


def test_secrets_are_shown_to_administrators_only(hook, client, marketer, admin):
    client.force_login(marketer)
    assert "whsec_" not in client.get("/admin/points/webhooks/letters/").content.decode()
    client.force_login(admin)
    assert webhooks.shared_secret(hook) in client.get("/admin/points/webhooks/letters/").content.decode()


def test_a_member_has_no_business_with_the_letters(client, alice):
    client.force_login(alice)
    assert client.get("/admin/points/webhooks/letters/").status_code in (302, 403)


def test_who_answers_gone_hears_no_more(hook, receiver, wallet, issued, move):
    move(issued, wallet, 10)
    receiver.answers = [410]
    webhooks.deliver_due(now=later(seconds=1))
    move(issued, wallet, 10)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://10.1.2.3/",
        "http://[::1]/",
        "http://169.254.169.254/x",
        "http://[::ffff:10.0.0.1]/",
    ],
)
def test_no_webhook_leads_into_the_private_network(url):
    with pytest.raises(webhooks.AddressRefused):
        webhooks.address_of(url)


def test_a_webhook_of_another_programme_hears_nothing(hook, wallet, issued, move):
    Webhook.objects.update(programme_slug="another")
    move(issued, wallet, 10)
    assert not Delivery.objects.exists()


def test_what_settles_or_undoes_names_what_it_settles_or_undoes_and_the_api_knows_it(hook, client, wallet, issued, redeemed, move):
    award = move(issued, wallet, 50)
    held = move(wallet, redeemed, 20, kind="pending")
    posted = ledger.post(held)
    ledger.reverse(award)
    told = {each.payload["type"]: each.payload["data"] for each in Outbox.objects.order_by("pk")}
    assert told["transfer.post"]["settles"] == str(held.public_id)
    assert told["transfer.reversal"]["reverses"] == str(award.public_id)
    assert told["transfer.single"]["occurred_at"] == award.effective_at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    _row, token = ApiKey.issue("test", ["ledger:read"])
    answer = client.get(f"/api/v1/ledger/transfers/{posted.public_id}", headers={"Authorization": f"Bearer {token}"})
    assert (answer.json()["id"], answer.json()["status"]) == (str(held.public_id), "posted")


def test_one_webhook_that_is_dead_holds_no_other_up(hook, receiver, wallet, issued, move):
    dead = Webhook.objects.create(url="http://localhost:9/dead")
    move(issued, wallet, 10)
    letter = Delivery.objects.get(webhook=hook)
    messages = Outbox.objects.bulk_create(Outbox(kind="transfer.single", payload={}) for _n in range(150))
    Delivery.objects.bulk_create(Delivery(webhook=dead, message=message, next_at=later(hours=-1)) for message in messages)
    assert webhooks.deliver_due(now=later(seconds=1)) == 1
    letter.refresh_from_db()
    assert letter.delivered_at is not None
    assert Delivery.objects.filter(webhook=dead, attempts__gt=0).count() == 1


def test_a_round_ends_after_as_many_tries_as_it_was_given(hook, receiver, wallet, issued, move):
    for _n in range(5):
        move(issued, wallet, 1)
    assert webhooks.deliver_due(most=3, now=later(seconds=1)) == 3
    assert webhooks.deliver_due(most=3, now=later(seconds=1)) == 2


def dead_letters(hook, count):
    messages = Outbox.objects.bulk_create(Outbox(kind="transfer.single", payload={}) for _n in range(count))
    return Delivery.objects.bulk_create(
        Delivery(webhook=hook, message=message, given_up_at=timezone.now(), attempts=8, next_at=later(hours=-1)) for message in messages
    )


def test_all_dead_letters_of_a_webhook_are_sent_again_at_once(hook, receiver, client, admin, moderator, alice):
    other = Webhook.objects.create(url="http://localhost:9/other")
    dead_letters(hook, 30)
    dead_letters(other, 2)
    address = f"/admin/points/webhooks/{hook.pk}/letters/replay/"
    for outsider in (moderator, alice):
        client.force_login(outsider)
        assert client.post(address).status_code in (302, 403)
    assert webhooks.deliver_due(now=later(seconds=1)) == 0
    client.force_login(admin)
    assert client.get(address).status_code == 405
    page = client.get("/admin/points/webhooks/letters/").content.decode()
    assert "30 letters did not arrive" in page
    answer = client.post(address, follow=True)
    assert "30 letters will be sent again" in answer.content.decode()
    assert webhooks.deliver_due(now=later(seconds=1)) == 30
    assert Delivery.objects.filter(webhook=other, given_up_at=None).count() == 0


def test_letters_are_forgotten_once_their_time_is_over(hook, receiver, wallet, issued, move):
    for _n in range(3):
        move(issued, wallet, 1)
    arrived, dead, waiting = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=arrived.pk).update(delivered_at=timezone.now())
    Delivery.objects.filter(pk=dead.pk).update(given_up_at=timezone.now())
    assert webhooks.forget_old(now=later(days=29)) == 0
    assert webhooks.forget_old(now=later(days=31), batch=1) == 1
    assert set(Delivery.objects.all()) == {dead, waiting}
    assert webhooks.forget_old(now=later(days=91)) == 1
    assert list(Delivery.objects.all()) == [waiting]
    assert list(Outbox.objects.all()) == [waiting.message]
    assert Transfer.objects.count() == 3


@pytest.fixture
def talker(settings):
    """A system that answers with what it is told to, byte after byte: talker(text, pause in seconds) gives its address."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    opened = []

    def _talker(text, pause=0.0):
        server = socket.create_server(("127.0.0.1", 0))
        opened.append(server)

        def talk():
            with contextlib.suppress(OSError):
                while True:
                    call, _address = server.accept()
                    with call, contextlib.suppress(OSError):
                        call.recv(65_536)
                        for letter in text:
                            call.sendall(letter.encode())
                            time.sleep(pause)
                        call.shutdown(socket.SHUT_WR)
                        while call.recv(65_536):
                            pass

        threading.Thread(target=talk, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/"

    yield _talker
    for server in opened:
        server.close()


def test_an_answer_that_breaks_off_after_its_status_has_arrived_and_holds_nobody_up(db, talker, receiver, hook, wallet, issued, move):
    Webhook.objects.create(url=talker("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nwell"))
    Webhook.objects.create(url=talker("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense"))
    Webhook.objects.create(url=talker("no HTTP at all"))
    move(issued, wallet, 1)
    done = webhooks.deliver_due(now=later(seconds=1))
    assert done == 3, list(Delivery.objects.values_list("webhook__url", "last_answer"))
    (failed,) = Delivery.objects.filter(delivered_at=None)
    assert (failed.attempts, failed.webhook.url[:7]) == (1, "http://")
    assert failed.last_answer
    assert len(receiver.heard) == 1


def test_who_answers_a_letter_at_a_time_is_hung_up_on(db, talker, receiver, hook, wallet, issued, move, monkeypatch):
    """Each byte within its time, all of them never: it may cost one try's time and no more, and the others hear of it meanwhile."""
    monkeypatch.setattr(webhooks, "MOST_SECONDS", 1)
    slow = Webhook.objects.create(url=talker("HTTP/1.1 200 OK\r\nX-Long: " + 500 * "a", pause=0.1))
    move(issued, wallet, 1)
    began = time.monotonic()
    assert webhooks.deliver_due(now=later(seconds=1)) == 1
    assert time.monotonic() - began < 5
    assert Delivery.objects.get(webhook=slow).delivered_at is None
    assert len(receiver.heard) == 1
