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


def bell(seat: Seat) -> str:
    """Where somebody in this seat rings what has no number (typing, presence): observers behind the glass only."""
    return f"{stream(seat.group_id, STAFF if seat.role == Seat.Role.OBSERVER else ALL)}:bell"


def moderators_bell(group_id: int) -> str:
    """What only moderators hear: who has read how far, who is ready."""
    return f"{stream(group_id, 'moderators')}:bell"


def staff_bells(group_id: int) -> tuple[str, str]:
    """What all behind the glass hear, and what only the moderators among them do: the difference are the observers."""
    return f"{stream(group_id, STAFF)}:bell", moderators_bell(group_id)


def bells_of(seat: Seat) -> list[str]:
    """All the bells that somebody in this seat hears."""
    heard = [ALL, STAFF] if seat.is_staff else [ALL]
    bells = [f"{stream(seat.group_id, audience)}:bell" for audience in heard]
    return [*bells, moderators_bell(seat.group_id)] if seat.is_moderator else bells


def every_bell(group_id: int) -> list[str]:
    """All the bells of a room, whoever hears them."""
    return [f"{stream(group_id, ALL)}:bell", *staff_bells(group_id)]


def parse_after(text: str) -> dict[str, int]:
    """The last numbers seen: `17` (of all) or `all:17,me:3`. What cannot be read counts as nothing seen."""
    if re.fullmatch(r"\d{1,15}", text):
        return {ALL: int(text)}
    return {label: int(seq) for label, seq in re.findall(r"(\w+):(\d{1,15})(?=,|$)", text)}


def print_after(cursor: dict[str, int]) -> str:
    return ",".join(f"{label}:{seq}" for label, seq in cursor.items())
