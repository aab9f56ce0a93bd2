"""The busiest steps of the Markdown parser, for a post of thousands of tiny blocks: each writes what the parser's own would. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from markdown_it import rules_core
from markdown_it.common.utils import escapeHtml, isMdAsciiPunct, isPunctChar, isWhiteSpace, mdTrim
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter, Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

Nesting = Literal[-1, 0, 1]


def paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph, or a heading that is underlined: the parser's own two rules look through the same lines one after the other."""
    interrupts = state.md.block.ruler.getRules("paragraph")[0]
    outer, state.parentType = state.parentType, "paragraph"
    line, level = start + 1, 0
    while line < state.lineMax and not state.isEmpty(line):
        indent = state.sCount[line]
        # Deeper than this it would be code, which does not interrupt a paragraph; below nought it is a quotation's that goes on.
        if indent - state.blkIndent <= 3:
            if line < end and indent >= state.blkIndent and (level := _underlined(state, line)):
                break
            if indent >= 0 and interrupts(state, line, state.lineMax, True):
                break
        line += 1
    _push(state, start, line, level)
    if level:
        state.parentType = outer
    return True


def _underlined(state: StateBlock, line: int) -> int:
    """The level of the heading that a line is under, 0 for none."""
    underline = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip(" \t")
    if underline[:1] not in ("=", "-") or underline.strip(underline[0]):
        return 0
    return 1 if underline[0] == "=" else 2


def _push(state: StateBlock, start: int, line: int, level: int) -> None:
    state.line = line + (level > 0)
    kind, tag, markup = ("heading", f"h{level}", " =-"[level]) if level else ("paragraph", "p", "")
    opening = state.push(f"{kind}_open", tag, 1)
    opening.markup, opening.map = markup, [start, state.line]
    inline = state.push("inline", "", 0)
    single = line == start + 1 and not state.blkIndent
    content = state.src[state.bMarks[start] : state.eMarks[start]] if single else state.getLines(start, line, state.blkIndent, False)
    inline.content, inline.map, inline.children = mdTrim(content), [start, line], []
    state.push(f"{kind}_close", tag, -1).markup = markup


class _Lines(StateBlock):
    def push(self, ttype: str, tag: str, nesting: Nesting) -> Token:
        self.level -= nesting < 0
        token = _token(ttype, tag, nesting, self.level, block=True)
        self.level += nesting > 0
        self.tokens.append(token)
        return token


class _Words(StateInline):
    def pushPending(self) -> Token:  # noqa: N802
        token = _token("text", "", 0, self.pendingLevel)
        token.content, self.pending = self.pending, ""
        self.tokens.append(token)
        return token

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        marker, end = self.src[start], start + 1
        while end < self.posMax and self.src[end] == marker:
            end += 1
        space_before, punctuation_before = _kind(self.src[start - 1] if start else " ")
        space_after, punctuation_after = _kind(self.src[end] if end < self.posMax else " ")
        left = not (space_after or (punctuation_after and not (space_before or punctuation_before)))
        right = not (space_before or (punctuation_before and not (space_after or punctuation_after)))
        may_open = left and (canSplitWord or not right or punctuation_before)
        may_close = right and (canSplitWord or not left or punctuation_after)
        return Scanned(may_open, may_close, end - start)

    def push(self, ttype: str, tag: str, nesting: Nesting) -> Token:
        if self._pending_buffer or self._pending:
            self.pushPending()
        meta = None
        if nesting < 0:
            self.level -= 1
            self.delimiters = self._prev_delimiters.pop()
        token = _token(ttype, tag, nesting, self.level)
        if nesting > 0:
            self.level += 1
            self._prev_delimiters.append(self.delimiters)
            self.delimiters = []
            meta = {"delimiters": self.delimiters}
        self.pendingLevel = self.level
        self.tokens.append(token)
        self.tokens_meta.append(meta)
        return token


@lru_cache(4_096)
def _kind(character: str) -> tuple[bool, bool]:
    """Whether a character is space, and whether it is punctuation."""
    return isWhiteSpace(ord(character)), isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _token(kind: str, tag: str, nesting: Nesting, level: int, *, block: bool = False) -> Token:
    """What Token() would make, in half the time."""
    token = Token.__new__(Token)
    token.type, token.tag, token.nesting, token.level, token.block = kind, tag, nesting, level, block
    token.attrs, token.map, token.children, token.meta = {}, None, None, {}
    token.content = token.markup = token.info = ""
    token.hidden = False
    return token


def newline(state: StateInline, silent: bool) -> bool:
    if not silent:
        before = state.pending
        text = before.rstrip(" ")
        if text != before:
            state.pending = text
        state.push("hardbreak" if len(before) - len(text) > 1 else "softbreak", "br", 0)
    state.pos += 1
    while state.pos < state.posMax and state.src[state.pos] in " \t":
        state.pos += 1
    return True


def emphasis(state: StateInline, silent: bool) -> bool:
    if silent:
        return False
    marker = state.src[state.pos]
    may_open, may_close, length = state.scanDelims(state.pos, marker == "*")
    for _mark in range(length):
        state.push("text", "", 0).content = marker
        state.delimiters.append(Delimiter(ord(marker), length, len(state.tokens) - 1, -1, may_open, may_close))
    state.pos += length
    return True


def block(state: StateCore) -> None:
    if state.src:
        lines = _Lines(state.src, state.md, state.env, state.tokens)
        state.md.block.tokenize(lines, lines.line, lines.lineMax)


def inline(state: StateCore) -> None:
    """Text in which nothing can begin is the one token that it would become."""
    inline = state.md.inline
    begins, after = inline.terminator_re.search, inline.ruler2.getRules("")
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if begins(token.content):
            words = _Words(token.content, state.md, state.env, token.children)
            inline.tokenize(words)
            for rule in after:
                rule(words)
        elif token.content:
            text = _token("text", "", 0, 0)
            text.content = token.content
            token.children.append(text)


def text_join(state: StateCore) -> None:
    """Only lines that are more than the one piece of text have anything to join."""
    several = [token for token in state.tokens if token.children and (len(token.children) > 1 or token.children[0].type != "text")]
    rules_core.text_join(StateCore(state.src, state.md, state.env, several))


def linkify(state: StateCore) -> None:
    """Only an address with its scheme becomes a link."""
    rules_core.linkify(StateCore(state.src, state.md, state.env, [token for token in state.tokens if "://" in token.content]))


class Writer(RendererHTML):
    """Writes what the parser's own renderer writes; a tag without attributes, and a line that is one piece of text, by the short way."""

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        out, rules = [], self.rules
        for place, token in enumerate(tokens):
            if token.type == "inline":
                children = token.children or ()
                if len(children) == 1 and children[0].type == "text":
                    out.append(escapeHtml(children[0].content))
                elif children:
                    out.append(self.renderInline(children, options, env))
            elif rule := rules.get(token.type):
                out.append(rule(tokens, place, options, env))
            else:
                out.append(self.renderToken(tokens, place, options, env))
        return "".join(out)

    def renderInline(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:  # noqa: N802
        out, rules = [], self.rules
        for place, token in enumerate(tokens):
            if token.type == "text":
                out.append(escapeHtml(token.content))
            elif rule := rules.get(token.type):
                out.append(rule(tokens, place, options, env))
            else:
                out.append(self.renderToken(tokens, place, options, env))
        return "".join(out)

    def renderToken(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: N802
        token = tokens[idx]
        if token.attrs or token.hidden or not token.nesting or (token.block and idx and tokens[idx - 1].hidden):
            return super().renderToken(tokens, idx, options, env)
        if token.nesting < 0:
            return f"</{token.tag}>\n" if token.block else f"</{token.tag}>"
        if token.block and idx + 1 < len(tokens):
            after = tokens[idx + 1]
            if not (after.type == "inline" or after.hidden or (after.nesting < 0 and after.tag == token.tag)):
                return f"<{token.tag}>\n"
            return f"<{token.tag}>"
        return f"<{token.tag}>\n" if token.block else f"<{token.tag}>"
