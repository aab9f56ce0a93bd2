"""Sockets for our own pages only. A browser sends a foreign page's Origin along with our member's cookie; such a socket is refused."""

from collections.abc import Awaitable
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

PORTS = {"http": 80, "https": 443}
# Under it a socket's scope has a function that empties the one which the server keeps, for when all of it is known.
KNOWN = "clubroom.known"


class SameOrigin:
    """Wraps an ASGI application: lets a socket through whose Origin is the host it asks for, or one of CSRF_TRUSTED_ORIGINS.

    Stricter than a list of allowed hosts: another port of the same machine is another origin, and so is `null`, and so is none.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Awaitable[None]:
        # Not a coroutine of its own, which would stay for as long as the socket is open.
        scope[KNOWN] = scope.clear
        headers = {name.lower(): value.decode("latin1") for name, value in scope.get("headers", [])}
        application = self.application if is_ours(headers.get(b"origin", ""), headers.get(b"host", "")) else WebsocketDenier()
        return application(scope, receive, send)


def is_ours(origin: str, host: str) -> bool:
    """Whether a page of this origin may open a socket to this host."""
    if origin in {settings.SITE_URL, *settings.CSRF_TRUSTED_ORIGINS}:
        return True
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in PORTS or not parts.hostname or parts.path or parts.query:
        return False
    if not validate_host(split_domain_port(parts.netloc)[0], settings.ALLOWED_HOSTS):
        return False
    asked = host.lower() or parts.netloc.lower()
    default = PORTS[parts.scheme]
    return asked in {parts.netloc.lower(), f"{parts.hostname}:{port or default}"} or (port == default and asked == parts.hostname)
