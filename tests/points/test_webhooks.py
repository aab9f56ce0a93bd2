import base64
import datetime
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from members.models import ApiKey
from points import ledger, webhooks
from points.models import Delivery, Outbox, Webhook


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
