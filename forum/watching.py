"""Watch lists: words to refuse, hold, flag or replace, in Latin letters and in Chinese. The matching is pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache

from forum.models import WatchedWord
from forum.tokens import CJK

INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
# What writers put between the characters of a word to hide it: 代-开、发 票.
BETWEEN = r"[\s\W_]{0,3}"
LOOKS_LIKE = str.maketrans("0134579@$", "oieastgas")


@dataclass(frozen=True)
class Seen:
    """A watched word that a text contains."""

    word: str
    action: str


def seen_in(text: str, words: Iterable[tuple[str, str]]) -> list[Seen]:
    """Which of the (word, action) pairs the text contains, however it spells them: full width, invisible marks, capitals, 0 for o."""
    folded = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    plainer = folded.translate(LOOKS_LIKE)
    found = []
    for word, action in words:
        pattern = _pattern(word)
        if pattern.search(folded) or (not _has_cjk(word) and not any(c.isdigit() for c in word) and pattern.search(plainer)):
            found.append(Seen(word, action))
    return found


def replaced(text: str, word: str, replacement: str) -> str:
    """The text with the word replaced wherever it stands in plain sight."""
    return _pattern(word).sub(lambda _found: replacement, text)


def softened(text: str) -> str:
    """The text as the list's replacements leave it."""
    listed = words()
    instead = {word: new for word, _action, new in listed}
    for each in seen_in(text, [(word, action) for word, action, _new in listed if action == WatchedWord.Action.REPLACE]):
        text = replaced(text, each.word, instead[each.word])
    return text


def words() -> list[tuple[str, str, str]]:
    """(word, action, replacement) of the whole list, from the cache."""
    known: list[tuple[str, str, str]] | None = cache.get(WatchedWord.LIST)
    if known is None:
        known = list(WatchedWord.objects.values_list("word", "action", "replacement"))
        cache.set(WatchedWord.LIST, known, 30)
    return known


def _has_cjk(word: str) -> bool:
    return bool(re.search(f"[{CJK}]", word))


def _pattern(word: str) -> re.Pattern[str]:
    folded = unicodedata.normalize("NFKC", word).casefold().strip()
    if _has_cjk(folded):
        letters = [re.escape(letter) for letter in folded if not letter.isspace()]
        return re.compile(BETWEEN.join(letters), re.IGNORECASE)
    parts = [re.escape(part) for part in re.split(r"\*+", re.sub(r"\s+", " ", folded))]
    body = r"\w{0,30}".join(parts).replace("\\ ", r"[\s\W_]{1,3}")
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)
