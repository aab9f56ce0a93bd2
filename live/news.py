"""An event on its way to the sockets: read once, encoded once for each name under which it travels."""

import datetime
import json
from dataclasses import dataclass, field
from typing import Any

RESERVED = ("type", "topic", "stream", "seq", "at")


def encode(frame: dict[str, Any]) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True)
class News:
    """One numbered event of one stream."""

    stream: str
    seq: int
    kind: str
    body: dict[str, Any]
    at: datetime.datetime
    _encoded: dict[str, str] = field(default_factory=dict)

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
