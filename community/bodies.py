"""How much one request may bring: an endless upload fills no disk, and who only sent too much is told so on a page."""

import asyncio
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from community import views

NOTHING_MORE = {"type": "http.request", "body": b"", "more_body": False}


class BodyMiddleware:
    """Answers 413 for a body that was declared longer than may be read; nothing of it has been."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_too_long(request.META.get("CONTENT_LENGTH")):
            return views.too_long(request)
        return self.get_response(request)


def is_too_long(declared: str | bytes | None) -> bool:
    """Whether a Content-Length is above `REQUEST_BODY_MAX_BYTES`. One that is no number is for others to refuse."""
    return declared is not None and declared.isdigit() and int(declared) > settings.REQUEST_BODY_MAX_BYTES


def bounded(scope: dict[str, Any], receive: Callable[[], Any]) -> Callable[[], Any]:
    """An ASGI `receive` that ends where a body becomes too long; the scope then declares it, for `BodyMiddleware` to see."""
    has_ended, seen = False, 0

    async def counted() -> dict[str, Any]:
        nonlocal has_ended, seen
        if has_ended:
            # Django listens for who hangs up; the answer is there before that matters, and ends this.
            await asyncio.Event().wait()
        if any(name == b"content-length" and is_too_long(value) for name, value in scope["headers"]):
            has_ended = True
            return NOTHING_MORE
        message: dict[str, Any] = await receive()
        seen += len(message.get("body", b""))
        if seen <= settings.REQUEST_BODY_MAX_BYTES:
            return message
        has_ended = True
        if not any(name == b"content-length" for name, _value in scope["headers"]):
            scope["headers"] = [*scope["headers"], (b"content-length", str(seen).encode())]
        return NOTHING_MORE

    return counted
