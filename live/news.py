"""An event on its way to the sockets: read once, encoded once for each name under which it travels."""

import datetime
import json
import struct
from dataclasses import dataclass, field
from typing import Any

RESERVED = ("type", "topic", "stream", "seq", "at")


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def encode(frame: dict[str, Any]) -> str:
    return _encoder.encode(frame)


def framed(text: str) -> bytes:
    """A text as one unmasked WebSocket frame (RFC 6455, 5.2): the same bytes for every reader."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return b"\x81" + bytes([size]) + payload
    return b"\x81" + (struct.pack("!BH", 126, size) if size < 65_536 else struct.pack("!BQ", 127, size)) + payload


@dataclass(slots=True)
class News:
    """One numbered event of one stream."""

    stream: str
    seq: int
    kind: str
    body: dict[str, Any]
    at: datetime.datetime
    _encoded: dict[str, str] = field(default_factory=dict)
    _framed: dict[str, bytes] = field(default_factory=dict)

    def as_dict(self, label: str, *, is_topic: bool = False) -> dict[str, Any]:
        """The event in the words of the contract, under the name that its reader knows the stream by."""
        head: dict[str, Any] = {"type": self.kind, "stream": label, "seq": self.seq, "at": self.at.isoformat()}
        if is_topic:
            head["topic"] = label
        return head | {name: value for name, value in self.body.items() if name not in RESERVED}

    def frame(self, label: str, *, is_topic: bool = False) -> str:
        """The same as text, kept for the next socket."""
        if label not in self._encoded:
            self._encoded[label] = encode(self.as_dict(label, is_topic=is_topic))
        return self._encoded[label]

    def wire(self, label: str, *, is_topic: bool = False) -> bytes:
        """The same as the bytes that a socket carries."""
        if label not in self._framed:
            # Readers are of one server, so the text is not kept beside it.
            self._framed[label] = framed(encode(self.as_dict(label, is_topic=is_topic)))
        return self._framed[label]


class Handful:
    """A stream's newest events on their way to all who lack just these: what every one of them asks is found out once.

    before   the number that their readers have been sent up to
    last     the number that they will have been sent up to
    wires    all of them as the bytes that a socket carries, by label, once `wire()` has made them
    """

    __slots__ = ("before", "count", "last", "news", "wires")

    def __init__(self, news: list[News]) -> None:
        self.news = news
        self.before, self.last, self.count = news[0].seq - 1, news[-1].seq, len(news)
        self.wires: dict[str, bytes] = {}

    def wire(self, label: str, *, is_topic: bool) -> bytes:
        parts = [news.wire(label, is_topic=is_topic) for news in self.news]
        data = self.wires[label] = parts[0] if len(parts) == 1 else b"".join(parts)
        return data
