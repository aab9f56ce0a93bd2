"""`||what only the curious read||`: covered until one points at it or focuses it; the style sheet does the rest."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

OPENS = '<span class="spoiler">'
SPAN = re.compile(r"<span\b[^>]*>|</span>")
# What stands for covered words where nobody could uncover them: in lists, letters, cards and what a search found.
COVER = "▇▇▇"


def covered(html: str) -> str:
    """HTML that `forum.markup` made, with COVER in place of each spoiler, whatever stands in it."""
    parts, at = [], 0
    while (start := html.find(OPENS, at)) >= 0:
        parts += [html[at:start], COVER]
        depth, at = 1, start + len(OPENS)
        while depth and (span := SPAN.search(html, at)):
            depth += -1 if span[0] == "</span>" else 1
            at = span.end()
        if depth:
            return "".join(parts)
    return "".join([*parts, html[at:]])


def plugin(parser: MarkdownIt) -> None:
    parser.inline.add_terminator_char("|")
    parser.inline.ruler.before("emphasis", "spoiler", _spoiler)


def _spoiler(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("||", state.pos) or state.env.get("_in_spoiler"):
        return False
    start, end = state.pos + 2, state.src.find("||", state.pos + 2, state.posMax)
    if end <= start or state.src[start:end].isspace():
        return False
    if not silent:
        _write(state, start, end)
    state.pos = end + 2
    return True


def _write(state: StateInline, start: int, end: int) -> None:
    opening = state.push("spoiler_open", "span", 1)
    opening.attrs = {"class": "spoiler"}
    limit, state.posMax, state.pos = state.posMax, end, start
    state.env["_in_spoiler"] = True
    state.md.inline.tokenize(state)
    state.env["_in_spoiler"] = False
    state.posMax = limit
    state.push("spoiler_close", "span", -1)
