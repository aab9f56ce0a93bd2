"""Formulas in LaTeX as MathML, which browsers draw and screen readers speak. Pure.

The converter writes what it is given unescaped (`\\text{<script>}`) and styles and links what it is told to: so its tree is written here,
by an allow-list, and never its text. What it cannot make sense of is shown as the source that it is.
"""

import re
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

# A formula's, and all of a post's: each costs time.
LONGEST, MAX_CHARACTERS = 1_000, 3_000
DEEPEST = 25
# A displayed formula is sought to the end of the text: beyond so many lines looked at, `$$` stays the text that it is.
MAX_LOOKED_AT = 50_000
MAX_DOLLARS = 1_000

TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom", "menclose"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"),
}
_WORD = re.compile(r"(?:true|false|left|center|right|prefix|infix|postfix|none|solid|dashed|block|inline|\s)*", re.ASCII)
# Room within a line: nothing reaches over what stands beside the formula.
_ROOM = re.compile(r"(?:(?:-?0?\.[0-9]{1,4}|[0-5](?:\.[0-9]{1,4})?)(?:em|ex|pt|px|mu)?\s?){1,10}", re.ASCII)
_NAME = re.compile(r"[a-z -]{1,60}", re.ASCII)
_ALLOWED = {
    **dict.fromkeys(["accent", "accentunder", "columnalign", "displaystyle", "fence", "form", "largeop", "movablelimits"], _WORD),
    **dict.fromkeys(["columnlines", "display", "rowlines", "separator", "stretchy", "symmetric"], _WORD),
    **dict.fromkeys(["columnspacing", "linethickness", "lspace", "maxsize", "minsize", "rowspacing", "rspace", "width"], _ROOM),
    **dict.fromkeys(["mathvariant", "notation"], _NAME),
    "scriptlevel": re.compile(r"[+-]?[0-3]", re.ASCII),
}
ATTRIBUTES = {tag: set(_ALLOWED) for tag in TAGS}

# A macro that names itself, or doubles what it names, could go on for ever.
DEFINING = re.compile(r"\\(?:e?def|gdef|xdef|let|(?:re)?newcommand|providecommand|newenvironment|DeclareMathOperator)(?![A-Za-z])")
# Signs that nest without a brace, each within the one before.
CHAINED = re.compile(rf"(?:\\[A-Za-z]+[\s{{]*|[\^_][\s{{]*){{{DEEPEST},}}")
# What has too few parts is no fraction and no power; a browser would draw an error.
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
# A command that the converter does not know comes out as it went in.
UNKNOWN = re.compile(r"\\[A-Za-z]+")


class NotUnderstood(ValueError):  # noqa: N818
    """No formula: to be shown as the source that it is."""


def plugin(parser: MarkdownIt) -> None:
    """Teach a parser `$…$` and `$$…$$`. A sum of money is none: no space within the dollars, no digit beside them."""
    dollarmath_plugin(parser, allow_labels=False, allow_space=False, allow_digits=False, allow_blank_lines=False, double_inline=True)
    for name in ("math_inline", "math_inline_double", "math_block"):
        parser.add_render_rule(name, _shown)


def fits(text: str) -> bool:
    """Whether the dollars of a text can be looked at in a reasonable time."""
    return text.count("$") <= MAX_DOLLARS and text.count("$$") * text.count("\n") <= MAX_LOOKED_AT


def mathml(latex: str, *, is_block: bool = False) -> str:
    """A formula as MathML of the tags and attributes above, and no others. Raises NotUnderstood."""
    if len(latex) > LONGEST or DEFINING.search(latex) or CHAINED.search(latex) or not 0 <= _depth(latex) <= DEEPEST:
        raise NotUnderstood
    try:
        root = convert_to_element(latex, display="block" if is_block else "inline")
    # Whatever is no LaTeX ends in an error of any kind there.
    except Exception as error:
        raise NotUnderstood from error
    root.attrib.clear()
    if is_block:
        root.set("display", "block")
    return _written(root)


def _depth(latex: str) -> int:
    """How deep it nests; -1 where something is closed that was not opened, or left open."""
    deepest = depth = 0
    for mark in re.findall(r"\\left(?![a-z])|\\right(?![a-z])|\\begin|\\end|\\.|[{}]", latex):
        depth += (mark in ("{", "\\left", "\\begin")) - (mark in ("}", "\\right", "\\end"))
        deepest = max(deepest, depth)
        if depth < 0:
            return -1
    return -1 if depth else deepest


def _written(element: Element) -> str:
    text = unescape(element.text or "")
    if element.tag not in TAGS or UNKNOWN.match(text) or len(element) != PARTS.get(element.tag, len(element)):
        raise NotUnderstood
    attributes = "".join(
        f' {name}="{escape(value)}"' for name, value in element.attrib.items() if name in _ALLOWED and _ALLOWED[name].fullmatch(value)
    )
    inside = escape(text, quote=False) + "".join(map(_written, element))
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _shown(self: Any, tokens: Any, place: int, options: Any, env: Any) -> str:
    """A formula, or its source as code where it is none, and beyond what a post's formulas may cost."""
    token = tokens[place]
    latex, is_block = token.content.strip(), token.type == "math_block"
    left = env.get("formulas_left", MAX_CHARACTERS)
    env["formulas_left"] = left - len(latex)
    try:
        if len(latex) > left:
            raise NotUnderstood
        drawn = mathml(latex, is_block=token.type != "math_inline")
    except NotUnderstood:
        source = escape(f"{token.markup}{token.content}{token.markup}", quote=False)
        drawn = f"<pre><code>{source}\n</code></pre>" if is_block else f"<code>{source}</code>"
        return f"{drawn}\n" if is_block else drawn
    return f"<p>{drawn}</p>\n" if is_block else drawn
