"""In what two definitions differ, by the names of what they ask. Pure, and linear in their size."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

# Where a definition holds elements with names of their own.
HELD = ("pages", "elements", "questions", "templateElements")
TOLD_MOST = 20


def told(mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """A line for each element that one has and the other has not or has otherwise; at most twenty, then that there are more."""
    ours, others = _parts(mine), _parts(theirs)
    lines = [_("“%(name)s” is only in yours") % {"name": name} for name in ours if name not in others]
    lines += [_("“%(name)s” is only in theirs") % {"name": name} for name in others if name not in ours]
    for name, own in ours.items():
        if name in others and own != others[name]:
            what = ", ".join(sorted(key for key in {*own, *others[name]} if own.get(key) != others[name].get(key)))
            lines.append(_("“%(name)s” differs: %(what)s") % {"name": name, "what": what} if name else what)
    if not lines and mine != theirs:
        lines = [_("The order is another.")]
    return [*lines[:TOLD_MOST], "…"] if len(lines) > TOLD_MOST else lines


def _parts(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The survey's own properties under "", and those of every element under its name."""
    found: dict[str, dict[str, Any]] = {}
    for name, node in _walk(definition, ""):
        found.setdefault(name, {key: value for key, value in node.items() if key not in HELD})
    return found


def _walk(node: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    waiting = [(name, node)]
    for at, here in waiting:  # grows while it is read
        yield at, here
        for key in HELD:
            listed = here.get(key)
            waiting += [
                (str(inner.get("name") or "?"), inner) for inner in (listed if isinstance(listed, list) else []) if isinstance(inner, dict)
            ]
