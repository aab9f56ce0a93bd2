"""How a survey of ours looks in django-survey's nine question types, and what they cannot hold. Pure: plans in, plans out.

The nine types: text, short-text, radio, select, select-multiple, select_image, integer, float, date.
"""

import json
from dataclasses import dataclass, field
from typing import Any

TEXT, SHORT_TEXT, RADIO, SELECT = "text", "short-text", "radio", "select"
SELECT_MULTIPLE, SELECT_IMAGE = "select-multiple", "select_image"
INTEGER, FLOAT, DATE = "integer", "float", "date"

ONE_OF = {"radiogroup": RADIO, "buttongroup": RADIO, "dropdown": SELECT, "rating": RADIO, "boolean": RADIO}
SEVERAL_OF = {"checkbox", "tagbox"}
AS_JSON = {"ranking", "matrixdropdown", "matrixdynamic", "paneldynamic", "file", "signaturepad", "imagemap"}
NOTHING = {"html", "image", "empty"}


@dataclass
class Row:
    """One row of django-survey's question table, and how to find its answer in our data."""

    path: str
    keys: list[str]
    text: str
    type: str
    page: str
    required: bool = False
    choices: dict[str, str] = field(default_factory=dict)  # our value as JSON -> their words
    most_choices: int | None = None

    def body(self, data: dict[str, Any]) -> str | None:
        """The answer as django-survey writes it; None where there is none."""
        value: Any = data
        for key in self.keys:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None or value in ("", [], {}):
            return None
        if self.type == SELECT_MULTIPLE:
            words = [self._words(item) for item in (value if isinstance(value, list) else [value])]
            return "[" + ", ".join(f"u'{word}'" for word in words) + "]"
        if self.choices:
            return self._words(value)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def _words(self, value: Any) -> str:
        fallback = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return self.choices.get(key_of(value), one_line(fallback))


def key_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def one_line(text: str) -> str:
    """Words that survive as one of several choices: one line, and no quote that would end a list item."""
    return " ".join(str(text).split()).replace("'", "’")


def worded(choices: list[dict[str, Any]]) -> dict[str, str]:
    """Choice words by value, told apart by the value where two read the same."""
    words: dict[str, str] = {}
    for choice in choices:
        text = one_line(choice["text"]) or one_line(key_of(choice["value"]))
        words[key_of(choice["value"])] = f"{text} ({one_line(str(choice['value']))})" if text in words.values() else text
    return words


def plan(outline: dict[str, Any]) -> tuple[list[Row], list[tuple[str, str]]]:
    """The rows that mirror an outline, and which questions look simpler there as (path, feature); the rest is told by `losses`."""
    rows: list[Row] = []
    lost: list[tuple[str, str]] = []
    for question in outline["questions"]:
        made, features = _rows(question)
        rows += made
        if question.get("comment") and made:
            rows.append(_comment(question))
            features = [*features, "comment"]
        elif writes_beside(question) and made:
            rows.append(_comment(question))
            features = [*features, "other"]
        lost += [(question["name"], feature) for feature in features]
    return rows, lost


def writes_beside(question: dict[str, Any]) -> bool:
    """Whether words may be written beside an answer or for "other". Outlines of before did not say it: there a choice of that name did."""
    if question["type"] == "matrix":
        return bool(question.get("comment"))
    named = any(choice["value"] == "other" for choice in question.get("choices") or [])
    return bool(question.get("comment") or question.get("other", named))


def _comment(question: dict[str, Any]) -> Row:
    """What is written beside an answer, as a question of its own."""
    name = f"{question['value_name']}-Comment"
    return Row(path=name, keys=[name], text=f"{question['title']} …", type=SHORT_TEXT, page=question["page"])


def _rows(question: dict[str, Any]) -> tuple[list[Row], list[str]]:
    kind = question["type"]
    base = {"path": question["name"], "keys": [question["value_name"]], "text": question["title"], "page": question["page"]}
    base["required"] = question["required"]
    if kind in NOTHING:
        return [], ["nothing"]
    if kind in ONE_OF or kind in SEVERAL_OF or kind == "imagepicker":
        return _choosing(question, base)
    if kind == "matrix" and question["rows"]:
        return _each_row(question), ["rows"]
    if kind == "multipletext":
        return _each_item(question), ["items"]
    if kind == "text":
        return [Row(**base, type=_text_type(question))], []
    if kind == "slider" and not question.get("range"):
        return [Row(**base, type=FLOAT)], ["scale"]
    return [Row(**base, type=TEXT)], [] if kind == "comment" else ["type"]


def _choosing(question: dict[str, Any], base: dict[str, Any]) -> tuple[list[Row], list[str]]:
    kind = question["type"]
    lost = ["scale"] if kind in ("rating", "boolean") else ["images"] if kind == "imagepicker" else []
    several = kind in SEVERAL_OF or (kind == "imagepicker" and question.get("multiple"))
    choices = worded(question.get("choices") or [])
    if len(choices) < 2:
        return [Row(**base, type=TEXT)], [*lost, "type"]
    type_ = SELECT_MULTIPLE if several else ONE_OF.get(kind, RADIO)
    return [Row(**base, type=type_, choices=choices, most_choices=question.get("most_choices"))], lost


def _each_row(question: dict[str, Any]) -> list[Row]:
    choices = worded(question["choices"])
    type_ = SELECT_MULTIPLE if question.get("several") else RADIO
    return [
        Row(
            path=f"{question['name']}.{row['value']}",
            keys=[question["value_name"], str(row["value"])],
            text=f"{question['title']}: {row['text']}",
            type=type_,
            page=question["page"],
            required=bool(question.get("each_required")),
            choices=choices,
        )
        for row in question["rows"]
    ]


def _each_item(question: dict[str, Any]) -> list[Row]:
    return [
        Row(
            path=f"{question['name']}.{item['name']}",
            keys=[question["value_name"], item["name"]],
            text=f"{question['title']}: {item['title']}",
            type=SHORT_TEXT,
            page=question["page"],
            required=bool(item.get("required")),
        )
        for item in question["items"]
    ]


def _text_type(question: dict[str, Any]) -> str:
    if question.get("input") in ("number", "range"):
        return INTEGER if question.get("step") == 1 else FLOAT
    return DATE if question.get("input") == "date" else SHORT_TEXT
