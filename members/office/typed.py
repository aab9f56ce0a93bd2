"""JSON that a person typed into a form, or a program sent in its place."""

import json
from typing import Any


def read(text: str) -> Any:
    """What the text says. Raises ValueError for what is no JSON, is nested too deeply, or could not be stored as text."""
    try:
        said = json.loads(text, parse_constant=_refuse)
        json.dumps(said, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return said


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
