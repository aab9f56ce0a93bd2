"""The piece of a text around what was searched for, with the words marked. Pure: pieces of text, no HTML."""

import re

from forum.tokens import IS_CJK, fold

AROUND = 60
LONGEST = 220

# A character with the marks that normalisation may join to it: half-width voicing, accents, Hangul vowels and finals.
CLUSTER = re.compile(r"(?s:.)[\u0300-\u036f\u1160-\u11ff\u3099\u309a\uff9e\uff9f]*")

Pieces = list[tuple[str, bool]]


def marked(text: str, asked: list[list[str]]) -> Pieces:
    """The whole text in pieces, each with whether it is one of the phrases."""
    pattern = _pattern(asked)
    if pattern is None:
        return [(text, False)]
    folded, places = _folded(text)
    pieces: Pieces = []
    end = 0
    for found in pattern.finditer(folded):
        first, last = max(end, places[found.start()]), places[found.end() - 1] + 1
        pieces += [(text[end:first], False), (text[first:last], True)]
        end = max(end, last)
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]


def excerpt(text: str, asked: list[list[str]]) -> Pieces:
    """At most LONGEST characters around the first phrase found, with … where something is left out."""
    pattern = _pattern(asked)
    folded, places = _folded(text)
    first = pattern.search(folded) if pattern else None
    start = max(0, places[first.start()] - AROUND) if first else 0
    pieces = marked(text[start : start + LONGEST], asked)
    before, after = [("…", False)] if start else [], [("…", False)] if start + LONGEST < len(text) else []
    return [*before, *pieces, *after]


def _folded(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in the text of the one that it comes from."""
    folded: list[str] = []
    places: list[int] = []
    for found in CLUSTER.finditer(text):
        piece = fold(found[0])
        folded.append(piece)
        # Where the length changes, a later character comes from the last that there is.
        places += [min(found.start() + n, found.end() - 1) for n in range(len(piece))]
    return "".join(folded), places


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
