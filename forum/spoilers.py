"""`||what only the curious read||`: covered until one points at it or focuses it; the style sheet does the rest."""

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline


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
