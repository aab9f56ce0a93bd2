"""What a client may send down a socket: small JSON objects with a type, at a human pace."""

import json
import time
import uuid
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _


class FrameTooLong(Exception):  # noqa: N818
    """Over ROOM_FRAME_MAX_BYTES."""


class BadFrame(Exception):  # noqa: N818
    """A frame that cannot be understood or done; the socket stays open.

    code      stable, for programs: not-json, no-such-type, …
    message   for people, translatable
    """

    def __init__(self, code: str, message: Any, *, client_id: uuid.UUID | None = None) -> None:
        super().__init__(code)
        self.code, self.message, self.client_id = code, message, client_id


def parse(message: dict[str, Any]) -> dict[str, Any]:
    """The JSON object in a `websocket.receive` message. Raises FrameTooLong or BadFrame."""
    text = message.get("text")
    if text is None:
        if len(message.get("bytes") or b"") > settings.ROOM_FRAME_MAX_BYTES:
            raise FrameTooLong
        raise BadFrame("not-text", _("Send text frames."))
    if len(text) > settings.ROOM_FRAME_MAX_BYTES or len(text.encode("utf-8", "replace")) > settings.ROOM_FRAME_MAX_BYTES:
        raise FrameTooLong
    try:
        frame = _decoder.decode(text)
        if "\\u" in text:
            json.dumps(frame, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        # Half a surrogate pair (a UnicodeError, so a ValueError) could neither be stored nor sent on.
        raise BadFrame("not-json", _("This is not a JSON object.")) from None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise BadFrame("not-json", _("Send a JSON object with a type."))
    return frame


def _refuse(constant: str) -> None:
    raise ValueError(constant)


_decoder = json.JSONDecoder(parse_constant=_refuse)


def number(value: Any) -> int | None:
    """A whole number of a stream, or None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


class Pace:
    """A bucket of `burst` drops that refills by `per_second`."""

    def __init__(self, burst: float, per_second: float) -> None:
        self.burst, self.per_second = burst, per_second
        self.drops, self.at = burst, time.monotonic()

    def take(self, drops: float = 1) -> float:
        """Seconds to wait before the next one; 0.0 where this one may pass."""
        now = time.monotonic()
        self.drops = min(self.burst, self.drops + (now - self.at) * self.per_second)
        self.at = now
        if self.drops < drops:
            return (drops - self.drops) / self.per_second
        self.drops -= drops
        return 0.0
