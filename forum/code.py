"""Fenced code with its words marked by kind, as classes for the style sheet."""

from html import escape

from pygments import highlight as pygments_highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MAX_CHARACTERS = 8_000
FORMATTER = HtmlFormatter(nowrap=True, classprefix="k-")


def highlight(source: str, language: str, _attributes: str) -> str:
    """HTML for the inside of a code block, or "" to leave it plain: no language, an unknown one, or too long to colour."""
    if not language or len(source) > MAX_CHARACTERS:
        return ""
    try:
        lexer = get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return ""
    marked: str = pygments_highlight(source, lexer, FORMATTER)
    return marked or escape(source)
