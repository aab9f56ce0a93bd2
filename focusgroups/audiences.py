"""Who hears what: each audience of a room is a stream of its own, under the name that its readers know it by."""

import re

from focusgroups.models import Seat

ALL, STAFF, ME = "all", "staff", "me"


def stream(group_id: int, audience: str) -> str:
    """The stream of the room, its staff, or of one member (by id)."""
    return f"group:{group_id}:{audience}"


def streams_of(seat: Seat) -> dict[str, str]:
    """label → stream, for all that somebody in this seat may follow."""
    labels = {ALL: stream(seat.group_id, ALL), ME: stream(seat.group_id, str(seat.member_id))}
    return labels | {STAFF: stream(seat.group_id, STAFF)} if seat.is_staff else labels


def parse_after(text: str) -> dict[str, int]:
    """The last numbers seen: `17` (of all) or `all:17,me:3`. What cannot be read counts as nothing seen."""
    if re.fullmatch(r"\d{1,15}", text):
        return {ALL: int(text)}
    return {label: int(seq) for label, seq in re.findall(r"(\w+):(\d{1,15})(?=,|$)", text)}


def print_after(cursor: dict[str, int]) -> str:
    return ",".join(f"{label}:{seq}" for label, seq in cursor.items())
