"""Turning the magazine's plain text into the blocks of a page: paragraphs as they are, and lines that begin with a sign.

`> words` with `> — who` is a pull quote; `!figure number | what it says | source`, `!note`, `!picture motif weather | what it
shows | caption`, `!thread name | invitation`, `!survey slug | invitation` stand on one line; `!callout title` has its text below.
"""

from collections.abc import Callable
from typing import Any

from forum import markup

Block = dict[str, Any]


def blocks(text: str, *, picture: Callable[[str, str], int], thread: Callable[[str], int]) -> list[Block]:
    """What a StreamField takes. `picture(motif, weather)` and `thread(name)` give the numbers of what stands outside."""
    found: list[Block] = []
    for part in text.strip().split("\n\n"):
        block = _block(part.strip(), picture, thread)
        if block["type"] == "text" and found and found[-1]["type"] == "text":
            found[-1]["value"] += block["value"]
        else:
            found.append(block)
    return found


def _block(part: str, picture: Callable[[str, str], int], thread: Callable[[str], int]) -> Block:
    if part.startswith("> "):
        return _quote(part)
    if not part.startswith("!"):
        return _of("text", rich(part))
    head, _line, below = part.partition("\n")
    sign, _space, rest = head.partition(" ")
    said = [piece.strip() for piece in rest.split("|")]
    if sign == "!callout":
        return _of("callout", {"title": rest, "text": rich(below)})
    if sign == "!note":
        return _of("margin_note", {"text": rich(rest)})
    if sign == "!figure":
        return _of("figure", {"number": said[0], "caption": said[1], "source": said[2] if len(said) > 2 else "", "table": None})
    if sign == "!picture":
        motif, weather = said[0].split()
        return _of("picture", {"image": picture(motif, weather), "alt": said[1], "caption": said[2], "wide": False})
    if sign == "!thread":
        return _of("thread", {"number": thread(said[0]), "invitation": said[1]})
    if sign == "!survey":
        return _of("survey", {"slug": said[0], "invitation": said[1]})
    raise ValueError(f"no such block: {head}")


def _quote(part: str) -> Block:
    lines = [line.removeprefix("> ") for line in part.splitlines()]
    return _of("quote", {"text": " ".join(lines[:-1]), "who": lines[-1].removeprefix("— ")})


def _of(kind: str, value: Any) -> Block:
    return {"type": kind, "value": value}


def rich(text: str) -> str:
    """Markdown → the rich text of a page: `b` and `i` where Markdown says strong and emphasis."""
    html = markup.render(text, handles=set())
    for markdown, wagtail in (("strong>", "b>"), ("em>", "i>")):
        html = html.replace(markdown, wagtail)
    return html
