"""Sending what the outbox holds to the systems that want it, signed as Standard Webhooks say, at least once each.

A delivery that fails is tried again after growing pauses for about three days, then given up: a dead letter, which somebody
may send again from the back office.
"""

import base64
import datetime
import hashlib
import hmac
import ipaddress
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from requests.adapters import HTTPAdapter

from points.models import Delivery, Outbox, Webhook

log = logging.getLogger(__name__)
PAUSES_SECONDS = (300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000)
# How long a claim stands before another process may think that its owner died.
LEASE = datetime.timedelta(minutes=2)
TIMEOUT_SECONDS = (3, 10)
# A try as a whole: who answers a letter a second would otherwise keep everybody waiting, each byte within its time.
MOST_SECONDS = 15
KEPT, KEPT_DEAD = datetime.timedelta(days=30), datetime.timedelta(days=90)
MOST_READ = 200


class AddressRefused(Exception):  # noqa: N818
    """The webhook's address leads into a private network, or nowhere."""


def shared_secret(webhook: Webhook) -> str:
    """The secret as Standard Webhooks write it, for the receiver's library."""
    return "whsec_" + base64.b64encode(webhook.secret.encode()).decode()


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """The `webhook-signature` header: `v1,` and the HMAC-SHA256 of id, moment and body."""
    signed = hmac.new(secret.encode(), f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def deliver_due(*, most: int = 100, now: datetime.datetime | None = None) -> int:
    """Try what is due, oldest first, at most so many. Returns how many arrived. Two processes at once send nothing twice on purpose.

    A webhook that fails once is left alone for the rest of this round, and what is due to others is looked for again: it holds nobody up.
    """
    now = now or timezone.now()
    waiting = Delivery.objects.filter(delivered_at=None, given_up_at=None, next_at__lte=now, webhook__is_active=True)
    waiting = waiting.select_related("webhook", "message").order_by("next_at", "pk")
    arrived, tried, failing = 0, 0, set[int]()
    while rows := list(waiting.exclude(webhook__in=failing)[: most - tried]):
        before = tried
        for row in rows:
            if row.webhook_id in failing or not _claim(row, now):
                continue
            tried += 1
            if _deliver(row, now):
                arrived += 1
            else:
                failing.add(row.webhook_id)
        if tried in (before, most):
            break
    return arrived


def replay(delivery: Delivery) -> None:
    """Send a dead letter again, with all its tries before it."""
    _send_again(Delivery.objects.filter(pk=delivery.pk))


def replay_all(webhook: Webhook) -> int:
    """Send every dead letter of a webhook again. Returns how many they are; the same again: none."""
    return _send_again(Delivery.objects.filter(webhook=webhook, given_up_at__isnull=False))


def _send_again(rows: QuerySet[Delivery]) -> int:
    return rows.filter(delivered_at=None).update(given_up_at=None, attempts=0, next_at=timezone.now())


def forget_old(*, now: datetime.datetime | None = None, batch: int = 2_000) -> int:
    """Drop letters whose time is over: those that arrived a month ago, dead ones after three. Returns how many; safe to run twice.

    The transfers that they told of stay in the books.
    """
    now, done = now or timezone.now(), 0
    over = Q(delivered_at__lt=now - KEPT) | Q(given_up_at__lt=now - KEPT_DEAD, delivered_at=None)
    while found := list(Delivery.objects.filter(over).order_by("pk").values_list("pk", flat=True)[:batch]):
        done += Delivery.objects.filter(pk__in=found).delete()[0]
    # A message without letters went to webhooks that are no more, or its last letter just went. A young one may yet get its letters.
    alone = Outbox.objects.filter(~Exists(Delivery.objects.filter(message=OuterRef("pk"))), created_at__lt=now - KEPT)
    while found := list(alone.order_by("pk").values_list("pk", flat=True)[:batch]):
        Outbox.objects.filter(pk__in=found).delete()
    return done


def _claim(row: Delivery, now: datetime.datetime) -> bool:
    mine = Delivery.objects.filter(pk=row.pk, attempts=row.attempts, next_at=row.next_at, delivered_at=None, given_up_at=None)
    row.attempts += 1
    return mine.update(attempts=F("attempts") + 1, next_at=now + LEASE) == 1


def _deliver(row: Delivery, now: datetime.datetime) -> bool:
    try:
        status, answer = send(row.webhook, str(row.message.message_id), row.message.payload, now)
    except (requests.RequestException, AddressRefused, OSError, ValueError) as error:
        status, answer = 0, f"{type(error).__name__}: {error}"
    changes: dict[str, Any] = {"last_answer": answer.replace("\0", "")[:200]}
    if 200 <= status < 300:
        changes["delivered_at"] = now
    elif row.attempts > len(PAUSES_SECONDS):
        changes["given_up_at"] = now
    else:
        changes["next_at"] = now + datetime.timedelta(seconds=PAUSES_SECONDS[row.attempts - 1])
    Delivery.objects.filter(pk=row.pk).update(**changes)
    if status == 410:
        # Standard Webhooks: who answers "gone" wants no more of them.
        Webhook.objects.filter(pk=row.webhook_id).update(is_active=False)
    return "delivered_at" in changes


def send(webhook: Webhook, message_id: str, payload: dict[str, Any], now: datetime.datetime) -> tuple[int, str]:
    """One try. Returns (status, the answer's beginning). Follows no redirect, knows no proxy. Raises AddressRefused, RequestException."""
    parts = urlsplit(webhook.url)
    body, timestamp = json.dumps(payload, ensure_ascii=False), int(now.timestamp())
    headers = {
        "Host": parts.netloc.rpartition("@")[2],
        "Content-Type": "application/json",
        "User-Agent": "Clubroom-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(webhook.secret, message_id, timestamp, body),
    }
    line = _Pinned(address_of(webhook.url))
    with requests.Session() as session, _hanging_up(line):
        session.trust_env = False
        session.mount(f"{parts.scheme}://", line)
        with session.post(
            webhook.url, data=body.encode(), headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
        ) as response:
            return response.status_code, f"{response.status_code} {_beginning(response)}"


def _beginning(response: requests.Response) -> str:
    """What an answer says first. It is for people, so that one which breaks off is no matter: its status has arrived."""
    try:
        said: bytes = response.raw.read(MOST_READ, decode_content=False)
    except (urllib3.exceptions.HTTPError, OSError):
        return ""
    return said.decode("utf-8", "replace")


@contextmanager
def _hanging_up(line: "_Pinned") -> Iterator[None]:
    """End what is asked on this line once a try as a whole takes too long."""
    watch = threading.Timer(MOST_SECONDS, line.hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        line.forget()


def address_of(url: str) -> str:
    """The address to connect to. Raises AddressRefused for one within a private network, unless WEBHOOKS_TO_PRIVATE_ADDRESSES."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressRefused(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(f"{parts.hostname} is not found") from None
    addresses = [str(each[4][0]) for each in found]
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(_is_public(each) for each in addresses):
        raise AddressRefused(f"{parts.hostname} lies in a private network")
    return addresses[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (inner is None or inner.is_global)


class _Pinned(HTTPAdapter):
    """Connects to the address that was looked at: a name that resolves differently a moment later leads nowhere else."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._calls: list[socket.socket] = []
        super().__init__(max_retries=0)

    def hang_up(self) -> None:
        for call in list(self._calls):
            with suppress(OSError):
                call.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        for call in self._calls:
            call.close()
        self._calls.clear()

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        host, pool = self.build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            pool |= {"server_hostname": host["host"], "assert_hostname": host["host"]}
        found = self.poolmanager.connection_from_host(**(host | {"host": self.address}), pool_kwargs=pool)
        found.ConnectionCls = self._noting(found.ConnectionCls)
        return found

    def _noting(self, usual: Any) -> Any:
        """A connection whose call can be ended from outside, also in the middle of a handshake, when nothing else holds its socket."""
        calls = self._calls

        class Noting(usual):
            def _new_conn(self) -> socket.socket:
                made: socket.socket = super()._new_conn()
                calls.append(made.dup())
                return made

        return Noting
