"""Which rules of the Markdown parser to ask, by the character that they would have to begin with. Pure.

markdown-it asks all its rules at every line and every mark, and nearly all of them look at one character and say no: in a post of
thousands of tiny blocks the asking took most of the time. What a rule does stays as it is; here is only how seldom it is asked.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from markdown_it import MarkdownIt
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from forum import steps

Rule = TypeVar("Rule")
BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]

# What a rule may begin with. A block's that is not named here is asked everywhere; of the others each has to be named.
BLOCKS = {
    "fence": "`~", "blockquote": ">", "hr": "*-_", "list": "*+-0123456789", "footnote_def": "[", "reference": "[", "heading": "#",
    "math_block": "$",
}  # fmt: skip
INLINES = {
    "linkify": ":", "newline": "\n", "math_inline": "$", "escape": "\\", "backticks": "`", "strikethrough": "~", "spoiler": "|",
    "emphasis": "*_", "link": "[", "image": "!", "footnote_ref": "[", "autolink": "<", "entity": "&",
}  # fmt: skip


def hasten(parser: MarkdownIt) -> None:
    """Let a parser whose rules are all in place and enabled ask each only where it may begin."""
    # Raw HTML is off: these two only ever say so.
    parser.disable(["html_block", "html_inline", "lheading"])
    parser.block.ruler.at("paragraph", steps.paragraph)
    parser.inline.ruler.at("newline", steps.newline)
    parser.inline.ruler.at("emphasis", steps.emphasis)
    parser.block.ruler = _Sorted(parser.block.ruler, _asked_of_a_line)
    begins = "".join(INLINES[name] for name in parser.inline.ruler.get_active_rules() if name != "text")
    # The end of a link's label is looked for as well.
    stops = re.compile(f"[{re.escape(begins)}\\]]")
    parser.inline.ruler = _Sorted(parser.inline.ruler, lambda rules: _asked_of_a_mark(rules, stops))
    parser.inline.terminator_re = stops
    for name, rule in (("block", steps.block), ("inline", steps.inline), ("linkify", steps.linkify), ("text_join", steps.text_join)):
        parser.core.ruler.at(name, rule)


class _Sorted(Ruler[Rule]):
    """The rules of another ruler, each of its chains as the one rule that knows which of them to ask."""

    def __init__(self, ruler: Ruler[Rule], asked: Callable[[Mapping[str, Rule]], Rule]) -> None:
        super().__init__()
        self.__rules__ = ruler.__rules__
        self._asked = asked
        self._chains: dict[str, list[Rule]] = {}

    def getRules(self, chainName: str = "") -> list[Rule]:  # noqa: N802, N803
        if chainName not in self._chains:
            rules = {rule.name: rule.fn for rule in self.__rules__ if rule.enabled and (not chainName or chainName in rule.alt)}
            self._chains[chainName] = [self._asked(rules)]
        return self._chains[chainName]


def _by_character(rules: Mapping[str, Rule], beginnings: Mapping[str, str]) -> tuple[dict[str, tuple[Rule, ...]], tuple[Rule, ...]]:
    """The rules to ask for each character that one begins with, in their order, and those to ask for any other."""
    characters = {character for name in rules for character in beginnings.get(name, "")}
    known = {
        character: tuple(rule for name, rule in rules.items() if character in beginnings.get(name, character)) for character in characters
    }
    return known, tuple(rule for name, rule in rules.items() if name not in beginnings)


def _asked_of_a_line(rules: Mapping[str, BlockRule]) -> BlockRule:
    every = tuple(rules.values())
    known, others = _by_character({name: rule for name, rule in rules.items() if name != "code"}, BLOCKS)

    def asked(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        start = state.bMarks[line] + state.tShift[line]
        for rule in every if state.is_code_block(line) else known.get(state.src[start : start + 1], others):
            if rule(state, line, end, silent):
                return True
        return False

    return asked


def _asked_of_a_mark(rules: Mapping[str, InlineRule], stops: re.Pattern[str]) -> InlineRule:
    known, _others = _by_character({name: rule for name, rule in rules.items() if name != "text"}, INLINES)

    def asked(state: StateInline, silent: bool) -> bool:
        start = state.pos
        character = state.src[start]
        for rule in known.get(character, ()):
            if rule(state, silent):
                return True
        if character in known or character == "]":
            return False
        stop = stops.search(state.src, start)
        state.pos = stop.start() if stop else state.posMax
        if not silent:
            state.append_pending(state.src[start : state.pos])
        return True

    return asked
