"""How a property of SurveyJS JSON is seen in a form, and put back. Pure.

A lens reads some properties of a node into some form fields and writes them back. What was not changed in the form is never
written, so that the node keeps every way of saying it: a title as text or by language, choices as values or as objects.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from typing import Any

Node = dict[str, Any]
CHINESE = "zh-cn"


def plain(value: Any) -> Any:
    """A form value in the shape in which two are compared: line ends, outer spaces and block ids make no difference."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        is_block = "value" in value and set(value) <= {"type", "value", "id"}
        return {key: plain(item) for key, item in value.items() if not (is_block and key == "id")}
    return "" if value is None else value


@dataclass(frozen=True)
class Lens:
    """One property in one form field of the same name."""

    key: str
    label: Any = ""
    help: Any = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.key,)

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,)

    def takes(self, key: str, value: Any) -> bool:
        """Whether the form can hold this value of a property; what it cannot stays with the rest."""
        return is_text(value)

    def read(self, node: Node) -> dict[str, Any]:
        return {self.key: node[self.key] if self.key in node and self.takes(self.key, node[self.key]) else ""}

    def write(self, node: Node, form: dict[str, Any]) -> None:
        put(node, self.key, plain(form[self.key]))


def is_text(value: Any, *, long: bool = False) -> bool:
    """Whether a field of one line, or of several, gives this text back as it was."""
    return isinstance(value, str) and "\r" not in value and (long or "\n" not in value)


def put(node: Node, key: str, value: Any) -> None:
    """Set a property, or take an empty one away."""
    if value in ("", None, [], {}):
        node.pop(key, None)
    else:
        node[key] = value


@dataclass(frozen=True)
class Expression(Lens):
    """An expression of the engine, typed."""

    def takes(self, key: str, value: Any) -> bool:
        return is_text(value, long=True)


@dataclass(frozen=True)
class Switch(Lens):
    """A property that is off where it is missing."""

    def takes(self, key: str, value: Any) -> bool:
        return isinstance(value, bool)

    def read(self, node: Node) -> dict[str, Any]:
        return {self.key: node.get(self.key) is True}

    def write(self, node: Node, form: dict[str, Any]) -> None:
        put(node, self.key, bool(form[self.key]) or None)


@dataclass(frozen=True)
class Scalar(Lens):
    """A number, or text where no number stands: the least of a date is a day."""

    def takes(self, key: str, value: Any) -> bool:
        return is_text(value) or (isinstance(value, int | float) and not isinstance(value, bool))

    def read(self, node: Node) -> dict[str, Any]:
        value = node.get(self.key)
        return {self.key: str(value) if value is not None and self.takes(self.key, value) else ""}

    def write(self, node: Node, form: dict[str, Any]) -> None:
        put(node, self.key, worth(plain(form[self.key])))


@dataclass(frozen=True)
class Pick(Lens):
    """One of a few values; the empty one is what the engine takes by itself."""

    options: tuple[tuple[str, Any], ...] = ()

    def takes(self, key: str, value: Any) -> bool:
        return value in [option for option, _label in self.options]


@dataclass(frozen=True)
class Words(Lens):
    """What people read, in English and in Chinese side by side; words in other languages are kept."""

    long: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.key, f"{self.key}_zh")

    def takes(self, key: str, value: Any) -> bool:
        return (
            all(is_text(words, long=self.long) for words in value.values()) if isinstance(value, dict) else is_text(value, long=self.long)
        )

    def read(self, node: Node) -> dict[str, Any]:
        english, chinese = in_both(node[self.key] if self.key in node and self.takes(self.key, node[self.key]) else "")
        return {self.key: english, f"{self.key}_zh": chinese}

    def write(self, node: Node, form: dict[str, Any]) -> None:
        held = node.get(self.key) if self.takes(self.key, node.get(self.key)) else None
        put(node, self.key, said(held, plain(form[self.key]), plain(form[f"{self.key}_zh"])))


def in_both(words: Any) -> tuple[str, str]:
    """English and Chinese of a localised text."""
    if isinstance(words, dict):
        return str(words.get("default", words.get("en", ""))), str(words.get(CHINESE, words.get("zh-hans", "")))
    return str(words or ""), ""


def said(held: Any, english: str, chinese: str) -> Any:
    """A localised text with these words; other languages that it held stay."""
    words = dict(held) if isinstance(held, dict) else {}
    for names, text in ((("default", "en"), english), ((CHINESE, "zh-hans"), chinese)):
        name = next((name for name in names if name in words), names[0])
        put(words, name, text)
    return words["default"] if set(words) == {"default"} else words


NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,12})?$")


def worth(text: str) -> Any:
    """A number where the text is one as JSON writes it, else the text."""
    if not NUMBER.match(text):
        return text
    return float(text) if "." in text else int(text)


@dataclass(frozen=True)
class Items(Lens):
    """A list of choices as lines of CSV or of a table: value, English, Chinese and, where choices have pictures, the picture's address."""

    pictures: bool = False

    def takes(self, key: str, value: Any) -> bool:
        return isinstance(value, list) and all(_is_choice(item) for item in value)

    def read(self, node: Node) -> dict[str, Any]:
        value = node.get(self.key)
        return {self.key: "\n".join(self._line(item) for item in value) if value and self.takes(self.key, value) else ""}

    def _line(self, item: Any) -> str:
        if not isinstance(item, dict):
            return _row([str(item)])
        english, chinese = in_both(item.get("text", ""))
        cells = [str(item["value"]), english, chinese]
        if self.pictures:
            cells.append(str(item.get("imageLink", "")))
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
        return _row(cells)

    def write(self, node: Node, form: dict[str, Any]) -> None:
        held_list = node.get(self.key) if self.takes(self.key, node.get(self.key)) else None
        held = {str(item["value"] if isinstance(item, dict) else item): item for item in held_list or []}
        items = []
        for cells in lines_of(plain(form[self.key])):
            mine = held.get(cells[0], worth(cells[0]))
            items.append(mine if cells[0] in held and self._line(mine) == _row(cells) else self._item(mine, cells))
        put(node, self.key, items)

    def _item(self, held: Any, cells: list[str]) -> Any:
        item = dict(held) if isinstance(held, dict) else {"value": held}
        english, chinese = cells[1] if len(cells) > 1 else "", cells[2] if len(cells) > 2 else ""
        put(item, "text", said(item.get("text"), english or (cells[0] if chinese else ""), chinese) if english or chinese else "")
        if self.pictures:
            put(item, "imageLink", cells[3] if len(cells) > 3 else "")
        return item["value"] if set(item) == {"value"} else item


def _is_choice(item: Any) -> bool:
    if isinstance(item, dict):
        text = item.get("text", "")
        texts = [*(text.values() if isinstance(text, dict) else [text]), item.get("imageLink", "")]
        return _is_choice(item.get("value")) and all(is_text(words) and "\t" not in words for words in texts)
    if isinstance(item, int | float) and not isinstance(item, bool):
        return True
    return is_text(item) and "\t" not in item and item.strip() == item != ""


def _row(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def lines_of(text: str) -> list[list[str]]:
    """Rows of a pasted list: commas, or tabs where a table was pasted; a repeated value counts once."""
    rows: dict[str, list[str]] = {}
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in text else ","))
    except csv.Error:
        found = [[line] for line in text.split("\n")]
    for cells in found:
        trimmed = [cell.strip() for cell in cells]
        while trimmed and not trimmed[-1]:
            trimmed.pop()
        if trimmed and trimmed[0]:
            rows.setdefault(trimmed[0], trimmed)
    return list(rows.values())


@dataclass(frozen=True)
class Nodes(Lens):
    """A list of nodes in it: elements, columns, validators. Each becomes a block; how, the kinds say."""

    kinds: str = ""
    extra: tuple[str, ...] = field(default=())

    def takes(self, key: str, value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
