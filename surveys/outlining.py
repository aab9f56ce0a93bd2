"""What a definition asks, read without the engine: enough to choose a question and its answer from, and to name a place. Pure."""

import re
from typing import Any

from surveys.building.lenses import in_both

CHOICES_SHOWN = 200
STEP = re.compile(r"(\w+)\[(\d+)\]")


def asked_in(definition: dict[str, Any]) -> list[dict[str, Any]]:
    """[{name, title, choices: [[value, text], …]}] of what conditions and piping can speak of, in its order."""
    found: list[dict[str, Any]] = []
    for key in ("pages", "elements", "questions"):
        for node in _dicts(definition.get(key)):
            if key != "pages" and isinstance(node.get("name"), str) and node.get("type") not in ("panel", "html", "image"):
                found.append({"name": node["name"], "title": in_both(node.get("title"))[0] or node["name"], "choices": _choices(node)})
            found += asked_in(node)
    for value in _dicts(definition.get("calculatedValues")):
        if isinstance(value.get("name"), str):
            found.append({"name": value["name"], "title": value["name"], "choices": []})
    return found


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _choices(node: dict[str, Any]) -> list[list[str]]:
    if node.get("type") == "boolean":
        return [["true", in_both(node.get("labelTrue"))[0] or "true"], ["false", in_both(node.get("labelFalse"))[0] or "false"]]
    if node.get("type") == "rating" and not node.get("rateValues"):
        least, most = node.get("rateMin", 1), node.get("rateMax", 5)
        whole = isinstance(least, int) and isinstance(most, int) and 0 <= most - least <= 20
        return [[str(step), str(step)] for step in range(least, most + 1)] if whole else []
    listed = node.get("rateValues") if node.get("type") == "rating" else node.get("choices")
    pairs = []
    for item in listed[:CHOICES_SHOWN] if isinstance(listed, list) else []:
        value = item.get("value") if isinstance(item, dict) else item
        if value is not None:
            pairs.append([str(value), in_both(item.get("text"))[0] or str(value) if isinstance(item, dict) else str(value)])
    return pairs


def named_at(definition: dict[str, Any], place: str) -> str:
    """The name of the element at a proof-reader's place: `pages[0].elements[2].choices` or `nps.visibleIf`; "" for the whole."""
    node: Any = definition
    name = ""
    steps = STEP.findall(place)
    if not steps:
        return place.partition(".")[0].partition("[")[0]
    for key, index in steps:
        listed = node.get(key) if isinstance(node, dict) else None
        if not isinstance(listed, list) or int(index) >= len(listed):
            break
        node = listed[int(index)]
        if key not in ("columns", "items") and isinstance(node, dict) and isinstance(node.get("name"), str):
            name = node["name"]
    return name
