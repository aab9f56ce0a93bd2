"""Markdown to the safe HTML that a post shows: CommonMark 0.31 with tables, strikethrough, task lists, autolinks, footnotes,
spoilers, highlighted code, mentions and emoji, and formulas where they are asked for. Raw HTML is shown as the text it is.

Pure: no database. Whoever renders a post says which handles exist.
"""

import gc
import hashlib
import re
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from functools import cache
from html import unescape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.parser_inline import RuleFuncInlineType
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from forum import code, dispatch, emoji, formulas, spoilers, steps, tasks

VERSION = 1
MAX_CHARACTERS = 16_384
# Auto-completed cells make a table of a few kilobytes grow to megabytes: beyond this, pipes are text.
MAX_PIPES = 2_000
MAX_CELLS = 4_000
# Nobody writes so many by hand; each costs time, so beyond these the marks stay the text that they are.
MAX_AUTOLINKS = 300
MAX_BRACKETS = 2_000
MAX_ITEMS = 2_000

ITEM = re.compile(r"^[ \t>]*(?:[-+*]|[0-9]{1,9}[.)])[ \t]", re.MULTILINE)
MENTION = re.compile(r"(?<![\w/@.-])@([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)(?![\w-])")
CALL = re.compile(r'<a href="/members/([a-z0-9-]+)/" class="mention">')
# No browser runs anything else in our page; these never become links, whatever the rest of CommonMark allows.
FORBIDDEN_SCHEME = re.compile(
    r"^(?:javascript|vbscript|livescript|mocha|data|file|blob|filesystem|about|view-source|jar|feed|intent|wyciwyg|resource"
    r"|chrome[a-z-]*|moz-[a-z-]*|ms-[a-z-]*|search-ms|search|ws|wss|x-[a-z-]*)$"
)
SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)

TAGS = {
    *("a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input", "label", "li", "ol", "p", "pre"),
    *("s", "section", "span", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {
    "a": {"href", "title", "class", "id", "rel"},
    "img": {"src", "alt", "title"},
    "ol": {"start", "class"},
    "ul": {"class"},
    "li": {"class", "id"},
    "input": {"type", "disabled", "checked"},
    "code": {"class"},
    "span": {"class"},
    "sup": {"class"},
    "section": {"class"},
    "hr": {"class"},
    "th": {"class"},
    "td": {"class"},
}


class TooLong(ValueError):  # noqa: N818
    """The text has more than MAX_CHARACTERS characters."""


def render(text: str, *, handles: Set[str] = frozenset(), maths: bool = False) -> str:
    """Markdown as safe HTML.

    text      at most MAX_CHARACTERS characters; NUL bytes are dropped
    handles   those that exist: `@handle` becomes a link for these, and stays text for others
    maths     whether `$…$` and `$$…$$` are formulas
    Raises TooLong.
    """
    if len(text) > MAX_CHARACTERS:
        raise TooLong
    text = text.replace("\0", "\ufffd")
    # A last line without its end would leave an unclosed code block without one.
    text = text if text.endswith("\n") else f"{text}\n"
    parser = _parser(
        _may_have_tables(text),
        text.count("://") <= MAX_AUTOLINKS,
        text.count("[") <= MAX_BRACKETS,
        sum(1 for _item in ITEM.finditer(text)) <= MAX_ITEMS,
        maths and formulas.fits(text),
    )
    with _no_collecting():
        html = parser.render(text, {"handles": handles, "docId": _fingerprint(text)})
    return _judged(html, maths)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """A parser's thousands of tokens are gone a moment later; looking through them for rubbish on the way took a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _may_have_tables(text: str) -> bool:
    """Whether every table that the text could hold is of a reasonable size."""
    widest = max((line.count("|") + 1 for line in text.splitlines() if "-" in line), default=1)
    return text.count("|") <= MAX_PIPES and widest * text.count("\n") <= MAX_CELLS


def _fingerprint(text: str) -> str:
    """Keeps the footnotes of two posts on a page apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def mentioned(text: str) -> list[str]:
    """The handles that a text may mention, in order, each once; code and links are left out only when it is rendered."""
    return list(dict.fromkeys(MENTION.findall(text)))


def called(html: str) -> set[str]:
    """The handles that rendered words call themselves: whom a quotation in them called was called by the post that it is of."""
    handles: set[str] = set()
    depth = 0
    for part in re.split(r"(</?blockquote>)", html):
        depth += (part == "<blockquote>") - (part == "</blockquote>")
        if depth == 0:
            handles.update(CALL.findall(part))
    return handles


def plain(html: str) -> str:
    """The words of rendered HTML, for search and excerpts: one line, no marks."""
    without_tags = re.sub(r"</?(?:span|a|em|strong|code|s|sup)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", without_tags)).split())


def _if_it_closes(rule: RuleFuncInlineType) -> RuleFuncInlineType:
    """Asks the rule only where a bracket that opens may still close: without it each one is followed to the end of the text."""

    def asked(state: StateInline, silent: bool) -> bool:
        return state.src[state.pos] in "![" and state.src.find("]", state.pos) >= 0 and rule(state, silent)

    return asked


@cache
def _parser(with_tables: bool, with_autolinks: bool, with_links: bool, with_lists: bool, with_maths: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "highlight": code.highlight}, renderer_cls=steps.Writer)
    parser.enable("strikethrough")
    if with_tables:
        parser.enable("table")
    if with_autolinks:
        parser.enable("linkify")
    for name, rule in (("link", link), ("image", image)):
        parser.inline.ruler.at(name, _if_it_closes(rule))
    if not with_links:
        parser.disable(["link", "image"])
    if not with_lists:
        parser.disable("list")
    if with_maths:
        formulas.plugin(parser)
    # Only what says http:// or https:// itself: "foo@bar.example.com" stays the text that CommonMark makes of it.
    linkify: Any = parser.linkify
    linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "//", "mailto:"):
        linkify.add(scheme, None)
    tasks.plugin(parser)
    footnote_plugin(parser, inline=False)
    spoilers.plugin(parser)
    parser.core.ruler.push("club", _club)
    parser.add_render_rule("blockquote_open", _blockquote_open)
    parser.add_render_rule("fence", _fence)
    parser.validateLink = _is_allowed  # type: ignore[method-assign]
    dispatch.hasten(parser)
    return parser


def _blockquote_open(self: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """As the specification writes it, also where nothing follows."""
    return "\n<blockquote>\n" if place and tokens[place - 1].hidden else "<blockquote>\n"


def _fence(self: Any, tokens: Sequence[Token], place: int, options: OptionsDict, env: Any) -> str:
    """Colour takes time, so there is only so much of it for a post; code beyond is plain."""
    left = env.get("colour_left", code.MAX_CHARACTERS) - len(tokens[place].content)
    if left < 0:
        options = OptionsDict({**options, "highlight": None})  # type: ignore[typeddict-item]
    else:
        env["colour_left"] = left
    return str(self.fence(tokens, place, options, env))


def _is_allowed(url: str) -> bool:
    bare = re.sub(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]", "", unescape(url))
    scheme = SCHEME.match(bare)
    return not (scheme and FORBIDDEN_SCHEME.match(scheme[1].lower()))


def _club(state: StateCore) -> None:
    """What the club makes of the lines: links of bare addresses, mentions, emoji; and of a table's cells."""
    handles = state.env.get("handles", frozenset())
    for block in state.tokens:
        if block.type == "inline" and block.children:
            if "://" in block.content:
                _judge_links(block.children)
            block.children = _with_mentions(block.children, handles)
        # Our pages allow no style attribute: the alignment of a table's cell becomes a class.
        elif block.attrs and (style := block.attrs.pop("style", None)):
            block.attrSet("class", str(style).replace("text-align:", "align-"))


def _judge_links(children: list[Token]) -> None:
    """A bare address was made a link by us, not by its author: search engines need not follow it.

    Behind a `<`, or between `< ` and ` >`, it stays text: there somebody meant a CommonMark autolink, and it is none.
    """
    for place, token in enumerate(children):
        if token.type != "link_open" or token.markup != "linkify":
            continue
        token.attrSet("rel", "nofollow ugc")
        before, after = (children[at].content if 0 <= at < len(children) else "" for at in (place - 1, place + 3))
        if before.endswith("<") or (before.rstrip().endswith("<") and after.lstrip().startswith(">")):
            for mark in (token, children[place + 2]):
                mark.type, mark.tag, mark.nesting, mark.attrs = "text", "", 0, {}


def _with_mentions(children: list[Token], handles: Set[str]) -> list[Token]:
    out: list[Token] = []
    depth = 0
    for token in children:
        depth += (token.type == "link_open") - (token.type == "link_close")
        if token.type != "text":
            out.append(token)
            continue
        if ":" in token.content:
            token.content = emoji.replaced(token.content)
        out += _split(token, handles) if depth == 0 and "@" in token.content else [token]
    return out


def _split(token: Token, handles: Set[str]) -> list[Token]:
    out, end = [], 0
    for found in MENTION.finditer(token.content):
        if found[1] not in handles:
            continue
        out += [_text(token.content[end : found.start()], token.level), *_mention(found[1], token.level)]
        end = found.end()
    return [*out, _text(token.content[end:], token.level)] if end else [token]


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _mention(handle: str, level: int) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": f"/members/{handle}/", "class": "mention"}, level=level)
    return [opening, _text(f"@{handle}", level + 1), Token("link_close", "a", -1, level=level)]


def _judged(html: str, maths: bool = False) -> str:
    """The sanitiser's word is last. Where it finds nothing to change, CommonMark's own spelling of the same HTML stands."""
    schemes = {scheme[1].lower() for url in re.findall(r'(?:href|src)="([^"]*)"', html) if (scheme := SCHEME.match(unescape(url)))}
    cleaned = nh3.clean(
        html,
        tags=TAGS | formulas.TAGS if maths else TAGS,
        attributes=ATTRIBUTES | formulas.ATTRIBUTES if maths else ATTRIBUTES,
        attribute_filter=_kept_attribute,
        url_schemes={scheme for scheme in schemes if not FORBIDDEN_SCHEME.match(scheme)} | {"http", "https", "mailto"},
        link_rel=None,
    )
    return html if _as_serialised(html) == cleaned else cleaned


FOOTNOTE_ID = re.compile(r"^fn(?:ref)?-[0-9a-f]{8}-[0-9]+(?::[0-9]+)?$")


def _kept_attribute(tag: str, name: str, value: str) -> str | None:
    """Ids and field types come from our own renderer only; what a writer could invent is dropped."""
    if name == "id" and not FOOTNOTE_ID.match(value):
        return None
    if name == "type" and value != "checkbox":
        return None
    if name in ("href", "src") and not _is_allowed(value):
        return None
    return value


def _as_serialised(html: str) -> str:
    """How the sanitiser would write the same document: only spellings that parse alike are exchanged."""
    if "&quot;" in html:
        parts = re.split(r"(<[^<>]*>)", html)
        parts[::2] = [part.replace("&quot;", '"') for part in parts[::2]]
        html = "".join(parts)
    # No `>` stands in a text or a value: each ends a tag.
    return html.replace(" />", ">").replace("\u00a0", "&nbsp;")
