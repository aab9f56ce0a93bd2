"""JSON from outside, read within bounds: size, depth, and what neither database nor engine can hold."""

import json
from typing import Any

from django.utils.translation import gettext as _

DEFINITION_BYTES = 512 * 1024
ANSWERS_BYTES = 2 * 1024 * 1024
DEFINITION_DEPTH = 24  # a matrix in a panel in a panel of a page is eleven levels of braces and brackets
ANSWERS_DEPTH = 12
FORBIDDEN_KEYS = frozenset({"__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty"})


class BadJson(ValueError):  # noqa: N818
    """Not JSON, or beyond the limits; the text says which, in the reader's language."""


def read(text: str | bytes, *, most_bytes: int, most_levels: int) -> Any:
    """The value that a JSON text holds. Raises BadJson."""
    size = len(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    if size > most_bytes:
        raise BadJson(_("Too large: %(size)s bytes, at most %(limit)s.") % {"size": size, "limit": most_bytes})
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise BadJson(_("Nested too deeply.")) from None
    except UnicodeDecodeError:
        raise BadJson(_("This is not UTF-8 text.")) from None
    except json.JSONDecodeError as problem:
        place = {"line": problem.lineno, "column": problem.colno, "problem": problem.msg}
        raise BadJson(_("This is not JSON: line %(line)s, column %(column)s: %(problem)s.") % place) from None
    check(value, most_levels=most_levels)
    return value


def check(value: Any, *, most_levels: int) -> None:
    """Raise BadJson where a value is too deep, or holds a name, character or number that must not come in."""
    level = [value]
    for _depth in range(most_levels + 1):
        if not level:
            return
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                for key in item:
                    _check_text(key)
                    if key in FORBIDDEN_KEYS:
                        raise BadJson(_("The name “%(name)s” may not be used.") % {"name": key})
                below += item.values()
            elif isinstance(item, list):
                below += item
            elif isinstance(item, str):
                _check_text(item)
            elif _is_unbounded(item):
                raise BadJson(_("A number is too large."))
        level = below
    if level:
        raise BadJson(_("Nested too deeply."))


def _is_unbounded(value: Any) -> bool:
    if isinstance(value, float):
        return value in (float("inf"), float("-inf"))
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise BadJson(_("A text holds a character that cannot be kept (U+0000)."))
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadJson(_("A text holds half of a character."))


def _refuse_constant(name: str) -> None:
    raise BadJson(_("“%(name)s” is not a number in JSON.") % {"name": name})
