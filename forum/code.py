"""Fenced code with its words marked by kind, as classes for the style sheet.

Pygments promises no bound: many of its lexers take the square of the length for a run of one letter or of empty lines. So only
languages whose lexers the tests tried with such runs are coloured, only so many characters of a post, and only what looks like code.
"""

import re
from functools import cache

from pygments import highlight as pygments_highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

# Of all the code in one post; what comes after it is shown plain.
MAX_CHARACTERS = 3_000
# Nobody writes such a line or such a gap; lexers look through it again from each of its characters.
UNLIKELY = re.compile(r"[^\n]{400}|\s{120}")
FORMATTER = HtmlFormatter(nowrap=True, classprefix="k-")

# What members may write after the fence: the lexer, and its other names. The lexers for Java and C# take seconds for a thousand
# short lines; those of their nearest kin know nearly the same words.
LANGUAGES = {
    "abap": (),
    "bash": ("sh", "shell", "zsh"),
    "batch": ("bat", "cmd"),
    "c": ("h",),
    "console": ("shell-session",),
    "cpp": ("c++", "csharp", "c#", "cs"),
    "css": (),
    "diff": ("patch", "udiff"),
    "docker": ("dockerfile",),
    "go": ("golang",),
    "graphql": (),
    "html": (),
    "http": (),
    "ini": ("cfg", "conf"),
    "javascript": ("js", "jsx", "java"),
    "json": (),
    "kotlin": ("kt",),
    "lua": (),
    "nginx": (),
    "perl": ("pl",),
    "php": (),
    "powershell": ("ps1", "pwsh"),
    "properties": (),
    "python": ("py", "python3", "py3"),
    "r": (),
    "ruby": ("rb",),
    "rust": ("rs",),
    "scss": (),
    "sql": ("mysql", "postgresql", "plsql", "tsql"),
    "swift": (),
    "tex": ("latex",),
    "toml": (),
    "typescript": ("ts", "tsx"),
    "vbnet": ("vb", "vba", "vb.net"),
    "xml": ("svg", "xsd", "xslt"),
    "yaml": ("yml",),
}
NAMES = {name: language for language, others in LANGUAGES.items() for name in (language, *others)}


def highlight(source: str, language: str, _attributes: str) -> str:
    """HTML for the inside of a code block, or "" to leave it plain: no language, none of ours, too long, or nothing like code."""
    name = NAMES.get(language.lower())
    if not name or len(source) > MAX_CHARACTERS or UNLIKELY.search(source):
        return ""
    marked: str = pygments_highlight(source, _lexer(name), FORMATTER)
    return marked


@cache
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, stripnl=False, ensurenl=False)
