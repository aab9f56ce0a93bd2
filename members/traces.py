"""The words by which a text gives a member away, and texts without them. Pure."""

import re
from typing import Any

from members.models import Member

TAKEN_OUT = "[…]"
SHORTEST_NAME = 2


def words_of(member: Member) -> list[str]:
    """Name, address and telephone, as others or they themselves may have written them; the longest first."""
    digits = re.sub(r"\D", "", member.phone)
    words = {member.email, member.phone.strip(), digits if len(digits) >= 7 else "", member.name.strip()}
    return sorted((word for word in words if len(word) >= SHORTEST_NAME), key=len, reverse=True)


def without(text: str, words: list[str]) -> str:
    """The text without these words, in whatever case they stand; a Latin name is not looked for inside of other words."""
    for word in words:
        edges = (r"(?<!\w)", r"(?!\w)") if word.isascii() else ("", "")
        text = re.sub(f"{edges[0]}{re.escape(word)}{edges[1]}", TAKEN_OUT, text, flags=re.IGNORECASE)
    return text


def without_in(value: Any, words: list[str]) -> Any:
    """The same for every text inside of JSON."""
    if isinstance(value, str):
        return without(value, words)
    if isinstance(value, list):
        return [without_in(each, words) for each in value]
    if isinstance(value, dict):
        return {key: without_in(each, words) for key, each in value.items()}
    return value
