"""Everything in a definition that people read, in English and Chinese side by side. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from surveys.building.lenses import CHINESE, in_both, is_text, said

# The engine's localisable properties (a test holds this to survey-core's own list), but for lists of them.
_NAMES = """
title description requiredErrorText commentText commentPlaceholder content defaultDisplayValue placeholder keyDuplicationError
singleInputTitleTemplate totalText confirmDeleteText addRowText removeRowText noRowsText format otherPlaceholder noneText
refuseText dontKnowText otherText otherErrorText selectAllText createCustomChoiceText selectToRankEmptyRankedAreaText
selectToRankEmptyUnrankedAreaText minErrorText maxErrorText stepErrorText html imageLink altText fileOrPhotoPlaceholder
photoPlaceholder filePlaceholder minRateDescription maxRateDescription label labelTrue labelFalse placeholderReadOnly
templateTitle templateTabTitle tabTitlePlaceholder templateDescription noEntriesText addPanelText removePanelText
prevPanelText nextPanelText logo completedHtml completedBeforeHtml loadingHtml startSurveyText pagePrevText pageNextText
completeText previewText editText questionTitleTemplate navigationTitle navigationDescription text cellHint totalFormat
"""
LOCALISED = frozenset(_NAMES.split())
# Addresses of pictures are localisable, and rarely words.
ADDRESSES = frozenset({"imageLink", "logo"})
LISTS_OF_CHOICES = frozenset({"choices", "rows", "columns", "rateValues"})


@dataclass(frozen=True)
class Wording:
    """One text: where it lies in the JSON, whose it is, and its two languages."""

    path: tuple[str | int, ...]
    place: str
    english: str
    chinese: str

    @property
    def both(self) -> tuple[str, str]:
        return self.english, self.chinese

    @property
    def is_missing(self) -> bool:
        return not self.chinese.strip() and any(letter.isalpha() for letter in self.english)


def wordings(definition: dict[str, Any]) -> list[Wording]:
    """Every text of a definition, in its order."""
    return list(_walk(definition, (), ""))


def by_key(definition: dict[str, Any]) -> dict[str, Wording]:
    """Every text under a key that it keeps while others come and go before it: by whose it is, not by where it lies."""
    found, times = {}, Counter[str]()
    for entry in wordings(definition):
        name = hashlib.sha256(entry.place.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        times[name] += 1
        found[f"{name}-{times[name]}"] = entry
    return found


def _walk(node: Any, path: tuple[str | int, ...], place: str) -> Iterator[Wording]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _walk_item(item, (*path, index), place)
    elif isinstance(node, dict):
        here = str(node.get("name") or node.get("value") or "")
        place = f"{place} › {here}".strip(" ›") if here else place
        for key, value in node.items():
            if key in LOCALISED and key not in ADDRESSES and _is_words(value):
                english, chinese = in_both(value)
                yield Wording((*path, key), f"{place} · {key}" if place else key, english, chinese)
            elif isinstance(value, list | dict):
                yield from _walk(value, (*path, key), place)


def _walk_item(item: Any, path: tuple[str | int, ...], place: str) -> Iterator[Wording]:
    is_choice = len(path) > 1 and path[-2] in LISTS_OF_CHOICES
    if is_choice and isinstance(item, str) and is_text(item):
        yield Wording(path, f"{place} · {item}", item, "")
    elif is_choice and isinstance(item, dict) and isinstance(item.get("value"), str) and "text" not in item:
        yield Wording((*path, "text"), f"{place} › {item['value']}", item["value"], "")
        yield from _walk(item, path, place)
    else:
        yield from _walk(item, path, place)


def _is_words(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, dict) and bool(value) and all(isinstance(words, str) for words in value.values()))


def reworded(definition: dict[str, Any], changes: dict[tuple[str | int, ...], tuple[str, str]]) -> dict[str, Any]:
    """A copy of a definition in which the texts at these paths say (English, Chinese)."""
    copy = deepcopy(definition)
    for path, (english, chinese) in changes.items():
        node: Any = copy
        for step in path[:-1]:
            node = node[step]
        last = path[-1]
        if isinstance(last, int):
            if chinese or english != node[last]:
                node[last] = {"value": node[last], "text": said(None, english or node[last], chinese)}
        else:
            held = node.get(last)
            node[last] = said(held, english or str(node.get("value") or ""), chinese) if "value" in node else said(held, english, chinese)
    return copy


def missing_in_chinese(definition: dict[str, Any]) -> int:
    return sum(wording.is_missing for wording in wordings(definition))


def has_chinese(definition: dict[str, Any]) -> bool:
    return any(wording.chinese for wording in wordings(definition))


__all__ = ["CHINESE", "LOCALISED", "Wording", "has_chinese", "missing_in_chinese", "reworded", "wordings"]
