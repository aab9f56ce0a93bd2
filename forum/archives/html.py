"""HTML of an archive as Markdown, as far as a text can say it; everything else is left out, and nothing of it is trusted."""

import re
from html.parser import HTMLParser

MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}
SILENT = {"script", "style", "template", "iframe", "object", "noscript", "svg", "math", "head", "title"}
BLOCKS = {"p", "div", "section", "article", "figure", "table", "tr", "ul", "ol", "dl", "blockquote", "pre", "hr"}
SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")


def as_markdown(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Writes as it reads: lines of the block quote or list that it is in begin as they must."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.prefix: list[str] = []
        self.lists: list[int | None] = []
        self.links: list[str] = []
        self.silent = 0
        self.in_code = False

    def text(self) -> str:
        return re.sub(r"\n(?:[> ]*\n){2,}", "\n\n", "".join(self.out)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self.silent += 1
        elif self.silent:
            return
        elif tag in MARKS:
            self.out.append(MARKS[tag])
        elif tag == "br":
            self.out.append("\\" + self._line())
        elif re.fullmatch(r"h[1-6]", tag):
            self.out.append(self._block() + "#" * int(tag[1]) + " ")
        elif tag == "a":
            self.links.append(found.get("href", ""))
            self.out.append("[")
        elif tag == "img" and found.get("src", "").startswith(("http://", "https://")):
            self.out.append(f"![{SPECIAL.sub(chr(92) + chr(92) + '1', found.get('alt', ''))}](<{_address(found['src'])}>)")
        elif tag in ("code", "pre"):
            self._begin_code(tag)
        elif tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else None)
            self.out.append(self._block())
        elif tag == "li":
            self._item()
        elif tag == "blockquote":
            self.out.append(self._block())
            self.prefix.append("> ")
            self.out.append("> ")
        elif tag == "hr":
            self.out.append(self._block() + "---" + self._block())
        elif tag in BLOCKS:
            self.out.append(self._block())
        elif tag in ("td", "th"):
            self.out.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif self.silent:
            return
        elif tag in MARKS:
            self.out.append(MARKS[tag])
        elif tag == "a" and self.links:
            self.out.append(f"](<{_address(self.links.pop())}>)")
        elif tag == "pre":
            self.in_code = False
            self.out.append(self._line() + "```" + self._block())
        elif tag == "code" and not self.in_code:
            self.out.append("`")
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
            self.out.append(self._block())
        elif tag == "li" and self.prefix and self.prefix[-1] == "   ":
            self.prefix.pop()
        elif tag == "blockquote" and "> " in self.prefix:
            self.prefix.remove("> ")
            self.out.append(self._block())
        elif tag in BLOCKS or re.fullmatch(r"h[1-6]", tag):
            self.out.append(self._block())

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.in_code:
            self.out.append(data.replace("```", "''' ").replace("\n", self._line()))
        else:
            self.out.append(SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", data)))

    def _begin_code(self, tag: str) -> None:
        if tag == "pre":
            self.in_code = True
            self.out.append(self._block() + "```" + self._line())
        elif not self.in_code:
            self.out.append("`")

    def _item(self) -> None:
        number = self.lists[-1] if self.lists else None
        self.out.append(self._line() + (f"{number}. " if number else "-  "))
        if number:
            self.lists[-1] = number + 1
        self.prefix.append("   ")

    def _line(self) -> str:
        return "\n" + "".join(self.prefix)

    def _block(self) -> str:
        return self._line() + self._line()


def _address(url: str) -> str:
    return re.sub(r"[<>\s\\]", "", url)
