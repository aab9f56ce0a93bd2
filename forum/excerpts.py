"""The piece of a text around what was searched for, with the words marked. Pure: pieces of text, no HTML."""

import re

from forum.tokens import IS_CJK, fold

AROUND = 60
LONGEST = 220

Pieces = list[tuple[str, bool]]


def marked(text: str, asked: list[list[str]]) -> Pieces:
    """The whole text in pieces, each with whether it is one of the phrases."""
    pattern = _pattern(asked)
    if pattern is None or len(fold(text)) != len(text):
        return [(text, False)]
    pieces: Pieces = []
    end = 0
    for found in pattern.finditer(fold(text)):
        pieces += [(text[end : found.start()], False), (text[found.start() : found.end()], True)]
        end = found.end()
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]


def excerpt(text: str, asked: list[list[str]]) -> Pieces:
    """At most LONGEST characters around the first phrase found, with … where something is left out."""
    pattern, folded = _pattern(asked), fold(text)
    first = pattern.search(folded) if pattern and len(folded) == len(text) else None
    start = max(0, first.start() - AROUND) if first else 0
    pieces = marked(text[start : start + LONGEST], asked)
    before, after = [("…", False)] if start else [], [("…", False)] if start + LONGEST < len(text) else []
    return [*before, *pieces, *after]


def _pattern(asked: list[list[str]]) -> re.Pattern[str] | None:
    spelled = [spelling for phrase in asked if (spelling := _spelling(phrase))]
    return re.compile("|".join(sorted(spelled, key=len, reverse=True))) if spelled else None


def _spelling(phrase: list[str]) -> str:
    """The phrase as it stands in a text: pairs run together again, anything but letters between whole words."""
    out, last = "", ""
    for token in phrase:
        is_cjk = bool(IS_CJK.match(token))
        if is_cjk and last and IS_CJK.match(last) and last[-1] == token[0]:
            out += re.escape(token[1:])
        else:
            between = r"\W*" if out else ("" if is_cjk else r"(?<!\w)")
            out += between + re.escape(token)
        last = token
    return out
