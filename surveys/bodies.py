"""Reading answers as django-survey's own form wrote them. Pure.

It keeps slugs of choices where they were ticked, the words where they were imported, and lists as Python prints them.
"""

import ast
import datetime
import math
from typing import Any

from django.utils.text import slugify
from survey.models import Question

ONE_OF = (Question.RADIO, Question.SELECT, Question.SELECT_IMAGE)
MOST = 2**63


class Unreadable(ValueError):  # noqa: N818
    """The words are no answer to this question as it stands now."""


def value_of(question: Question, body: str | None) -> Any:
    """What was answered, as our data holds it; None where nothing was. Raises Unreadable."""
    words = (body or "").strip()
    if not words:
        return None
    if question.type == Question.SELECT_MULTIPLE:
        found = [_chosen(question, item) for item in _items(words)]
        return list(dict.fromkeys(found)) or None
    if question.type in ONE_OF and question.get_clean_choices():
        return _chosen(question, words)
    if question.type in (Question.INTEGER, Question.FLOAT):
        return _number(words)
    if question.type == Question.DATE:
        return _day(words)
    return body


def choice_value(question: Question, choice: str) -> str:
    """A choice's value in our data: its words; where it has a picture, what stands before the picture's address."""
    if question.type != Question.SELECT_IMAGE:
        return choice
    name = choice.partition(":")[0].strip() if ":" in choice else choice
    shared = sum(other.partition(":")[0].strip() == name for other in set(question.get_clean_choices()))
    return name if name and shared == 1 else choice


def _chosen(question: Question, words: str) -> str:
    """The choice that was meant: by its own words or, where only one has it, by its slug."""
    choices = list(dict.fromkeys(question.get_clean_choices()))
    for choice in choices:
        if words in (choice, choice_value(question, choice)):
            return choice_value(question, choice)
    for unicode in (True, False):
        alike = [choice for choice in choices if slugify(choice, allow_unicode=unicode) == words]
        if len(alike) == 1:
            return choice_value(question, alike[0])
    raise Unreadable(words)


def _items(words: str) -> list[str]:
    if not words.startswith("["):
        return [words]
    try:
        listed: Any = ast.literal_eval(words)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        # As `Answer.values` reads what holds quotes of its own.
        listed = words[3:-2].split("', u'") if words.startswith("[u'") and words.endswith("']") else [words]
    return [str(item) for item in listed] if isinstance(listed, list) else [words]


def _number(words: str) -> int | float:
    try:
        number = float(words)
        whole = int(words) if words.lstrip("+-").isdigit() else None
    except ValueError:
        raise Unreadable(words) from None
    if not math.isfinite(number) or abs(number) >= MOST:
        raise Unreadable(words)
    return number if whole is None else whole


def _day(words: str) -> str:
    try:
        return datetime.date.fromisoformat(words[:10]).isoformat()
    except ValueError:
        raise Unreadable(words) from None
