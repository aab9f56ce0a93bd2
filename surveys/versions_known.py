"""What answering needs of a version, made once and kept: a version never changes. Bounded, and of this process only."""

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from survey.models import Question

from surveys.bodies import choice_value
from surveys.mirror import Row, one_line, plan
from surveys.models import SchemaVersion

MOST = 64


@dataclass(frozen=True)
class Known:
    """`text`: the definition as JSON; `rows`: where each answer is mirrored to; `outline`: what quality signs and "not asked" look at."""

    text: str
    digest: str
    rows: tuple[tuple[Question, Row], ...]
    outline: dict[str, Any]


_held: OrderedDict[tuple[Any, ...], Known] = OrderedDict()
_lock = Lock()


def known(version: SchemaVersion) -> Known:
    """The version's facts. Its two large fields are read from the database only the first time, where they were deferred."""
    key = (version.pk, version.digest, version.published_at)
    with _lock:
        found = _held.get(key)
        if found is not None:
            _held.move_to_end(key)
            return found
    found = _read(version)
    with _lock:
        _held[key] = found
        while len(_held) > MOST:
            _held.popitem(last=False)
    return found


def _worded(row: Row, question: Question) -> Row:
    """The row with its choices as the record words them: those made in its own admin may hold what ours never do."""
    theirs = {one_line(choice_value(question, choice)): choice for choice in question.get_clean_choices()}
    return replace(row, choices={key: theirs.get(words, words) for key, words in row.choices.items()})


def _read(version: SchemaVersion) -> Known:
    outline = version.outline["en"]
    planned = {row.path: row for row in plan(outline)[0]}
    rows = tuple((link.question, _worded(planned[link.path], link.question)) for link in version.links.select_related("question"))
    questions = [{name: question.get(name) for name in ("name", "type", "value_name")} for question in outline["questions"]]
    return Known(json.dumps(version.definition), version.digest, rows, {"questions": questions})
