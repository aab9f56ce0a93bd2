"""What a browser would run of an HTML text: read with a parser, not with a search for words."""

from html import unescape
from html.parser import HTMLParser

RUNS = {
    "script",
    "iframe",
    "object",
    "embed",
    "style",
    "link",
    "base",
    "meta",
    "svg",
    "math",
    "form",
    "template",
    "noscript",
    "video",
    "audio",
}
ADDRESSES = {"href", "src", "action", "formaction", "data", "srcdoc", "xlink:href", "poster", "background", "srcset"}
BAD_SCHEMES = ("javascript:", "vbscript:", "data:", "file:", "blob:", "filesystem:", "view-source:", "feed:", "jar:")


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUNS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            bare = "".join(letter for letter in unescape(value or "") if letter > " " and letter not in "\u200b\ufeff\x7f").lower()
            if name.startswith("on") or name == "style" or (name in ADDRESSES and bare.startswith(BAD_SCHEMES)):
                self.found.append(f"{tag} {name}={value}")


def dangers(html: str, *, maths: bool = False) -> list[str]:
    """Elements and attributes by which the HTML could run something; [] for a harmless one.

    maths   formulas are allowed
    """
    reader = Reader()
    reader.feed(html)
    reader.close()
    return [each for each in reader.found if each != "<math>"] if maths else reader.found
