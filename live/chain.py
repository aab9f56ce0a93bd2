"""A stream that proves itself: each event's digest binds the one before, its number, kind and moment, and its body's fingerprint.

Whoever notes a stream's head today can tell tomorrow whether anything before it was changed, moved, added or left out.
"""

import datetime
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from live.models import Event, Stream

# Made once, for making one takes as long as what it then does.
_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(body: dict[str, Any], salt: str) -> str:
    """SHA-256 of salt and body; with the salt gone it can no longer be guessed at."""
    return fingerprint_of(text_of(body), salt)


def text_of(body: dict[str, Any]) -> str:
    """A body as one text, the same whatever the order of its names."""
    return _text.encode(body)


def fingerprint_of(text: str, salt: str) -> str:
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def link(before: str, *, stream: str, seq: int, kind: str, at: datetime.datetime, body_fingerprint: str) -> str:
    """The digest of an event: 64 hexadecimal digits over the digest before it (empty for the first) and what it says of itself."""
    rest = rest_of(kind, at, body_fingerprint)
    return hashlib.sha256("\n".join([before, stream, str(seq), rest]).encode()).hexdigest()


def rest_of(kind: str, at: datetime.datetime, body_fingerprint: str) -> str:
    """What a digest is of beside the digest before it, the stream and the number."""
    return "\n".join([kind, at.astimezone(datetime.UTC).isoformat(timespec="microseconds"), body_fingerprint])


@dataclass
class Proof:
    """What looking through one stream found. `head` is the last digest; `rewritten` counts events whose words were taken out."""

    stream: str
    count: int = 0
    head: str = ""
    rewritten: int = 0
    unchained: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.faults

    @property
    def found(self) -> str:
        """What was found, without the stream's name."""
        state = f"1..{self.count} complete, head {self.head or '-'}" if self.is_whole else "BROKEN: " + "; ".join(self.faults)
        return state + (f" ({self.rewritten} redacted)" if self.rewritten else "")

    def __str__(self) -> str:
        return f"{self.stream}: {self.found}"


def prove(name: str) -> Proof:
    """Look through a stream: numbers 1..N without a hole, every link as it was forged, every body as it was written."""
    proof = Proof(name)
    stream = Stream.objects.filter(name=name).first()
    if stream is None:
        return proof
    before = ""
    for event in _events(stream):
        proof.count += 1
        if event.seq != proof.count:
            proof.faults.append(f"{proof.count} is missing")
            break
        if not event.digest:
            proof.unchained += 1
            continue
        before = _check(proof, event, before)
    proof.head = before
    if not proof.faults and (stream.last_seq != proof.count or stream.digest != before):
        proof.faults.append(f"the stream says {stream.last_seq}, head {stream.digest or '-'}")
    return proof


def _check(proof: Proof, event: Event, before: str) -> str:
    made = link(before, stream=proof.stream, seq=event.seq, kind=event.kind, at=event.at, body_fingerprint=event.fingerprint)
    if made != event.digest:
        proof.faults.append(f"{event.seq} does not follow from what is before it")
    if event.rewritten_at:
        proof.rewritten += 1
    elif fingerprint(event.body, event.salt) != event.fingerprint:
        proof.faults.append(f"{event.seq} was changed")
    return event.digest


def _events(stream: Stream) -> Iterator[Event]:
    return stream.events.order_by("seq").iterator(chunk_size=1000)
