"""A condition: a small typed tree over named fields, checked when it is saved, read by code, never executed.

{"all": [TREE, …]} · {"any": [TREE, …]} · {"not": TREE} · {"field": name, "operator": "<=", "value": 4} · {} (always)

One tree, three readings: a predicate in Python, a Django Q (`members.segments`), plain words. Which fields there are says
the catalogue that the reader brings (`members.facts`, `points.facts`).
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DEPTH, BRANCHES, LONGEST = 6, 20, 200


def _contains(value: Any, part: Any) -> bool:
    return str(part).casefold() in str(value).casefold()


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, among: value in among,
    "contains": _contains,
}
SAID = {
    "=": gettext_lazy("is"),
    "!=": gettext_lazy("is not"),
    "<": gettext_lazy("is less than"),
    "<=": gettext_lazy("is at most"),
    ">": gettext_lazy("is more than"),
    ">=": gettext_lazy("is at least"),
    "in": gettext_lazy("is one of"),
    "contains": gettext_lazy("contains"),
}
FITTING = {
    "number": ("=", "!=", "<", "<=", ">", ">="),
    "text": ("=", "!=", "contains", "in"),
    "choice": ("=", "!=", "in"),
    "yes": ("=",),
}


@dataclass(frozen=True)
class Field:
    """One line of a catalogue.

    kind      number, text, choice or yes (true or false)
    choices   of a choice, (value, label) in their order; asked for each time, so that a new tier is there at once
    known     of a text, values that there are: offered while one types, and no bound
    """

    name: str
    label: Any
    kind: str
    choices: Callable[[], Iterable[tuple[Any, Any]]] = tuple
    known: Callable[[], Iterable[str]] = tuple

    def shown(self, value: Any) -> str:
        if self.kind == "yes":
            return _("yes") if value else _("no")
        if self.kind == "choice":
            return next((str(label) for each, label in self.choices() if each == value), str(value))
        return str(value)


Catalogue = Mapping[str, Field]


def problem_of(tree: Any, catalogue: Catalogue | None = None, depth: int = 0) -> str:
    """What is wrong with a tree, in words; empty where nothing is. With a catalogue, its fields and their values are checked as well."""
    if tree == {} and depth == 0:
        return ""
    if depth > DEPTH or not isinstance(tree, dict):
        return _("A condition is an object: all, any, not, or field, operator and value.")
    if set(tree) == {"not"}:
        return problem_of(tree["not"], catalogue, depth + 1)
    if set(tree) in ({"all"}, {"any"}):
        branches = next(iter(tree.values()))
        if not isinstance(branches, list) or not 0 < len(branches) <= BRANCHES:
            return _("all and any take a list of conditions.")
        return next((problem for each in branches if (problem := problem_of(each, catalogue, depth + 1))), "")
    return _problem_of_leaf(tree) or (_problem_of_value(tree, catalogue) if catalogue is not None else "")


def _problem_of_leaf(leaf: dict[str, Any]) -> str:
    if set(leaf) != {"field", "operator", "value"} or not isinstance(leaf["field"], str):
        return _("A condition needs a field, an operator and a value.")
    if not isinstance(leaf["operator"], str) or leaf["operator"] not in OPERATORS:
        return _("Unknown operator: %(operator)s") % {"operator": leaf["operator"]}
    if leaf["operator"] == "in" and not (isinstance(leaf["value"], list) and 0 < len(leaf["value"]) <= 50):
        return _("in takes a list of values.")
    return ""


def _problem_of_value(leaf: dict[str, Any], catalogue: Catalogue) -> str:
    field = catalogue.get(leaf["field"])
    if field is None:
        known = _(", ").join(str(each.label) for each in catalogue.values())
        return _("“%(field)s” is not known here. Known are: %(known)s.") % {"field": leaf["field"], "known": known}
    said = {"field": field.label, "operator": SAID[leaf["operator"]]}
    if leaf["operator"] not in FITTING[field.kind]:
        return _("“%(operator)s” does not fit “%(field)s”.") % said
    values = leaf["value"] if leaf["operator"] == "in" else [leaf["value"]]
    return next((problem for value in values if (problem := _problem_of_one(field, value))), "")


def _problem_of_one(field: Field, value: Any) -> str:
    said = {"field": field.label}
    if field.kind == "number" and (type(value) not in (int, float) or not abs(value) < 10**12):
        return _("“%(field)s” is compared with a number.") % said
    if field.kind == "yes" and type(value) is not bool:
        return _("“%(field)s” is yes or no.") % said
    if field.kind == "text" and not (isinstance(value, str) and 0 < len(value) <= LONGEST and "\0" not in value):
        return _("“%(field)s” is compared with a text of up to 200 characters.") % said
    if field.kind == "choice" and value not in [each for each, _label in field.choices()]:
        choices = _(", ").join(str(label) for _value, label in field.choices())
        return _("“%(field)s” is one of: %(choices)s.") % {**said, "choices": choices}
    return ""


def leaves(tree: Any) -> Iterator[dict[str, Any]]:
    """The comparisons of a checked tree."""
    if not tree:
        return
    if "field" in tree:
        yield tree
    for each in tree.get("all", []) + tree.get("any", []) + ([tree["not"]] if "not" in tree else []):
        yield from leaves(each)


def predicate(tree: Any, getter_of: Callable[[str], Callable[..., Any]]) -> Callable[..., bool]:
    """A checked tree as a function of whatever the getters take.

    A missing fact, or one of another type, makes its comparison false; so does a field that nobody knows.
    """
    if not tree:
        return lambda *_facts: True
    if "all" in tree:
        return _every([predicate(each, getter_of) for each in tree["all"]])
    if "any" in tree:
        some = [predicate(each, getter_of) for each in tree["any"]]
        return some[0] if len(some) == 1 else lambda *facts: any(each(*facts) for each in some)
    if "not" in tree:
        inner = predicate(tree["not"], getter_of)
        return lambda *facts: not inner(*facts)
    get, compare, wanted = getter_of(tree["field"]), OPERATORS[tree["operator"]], tree["value"]

    def leaf(*facts: Any) -> bool:
        value = get(*facts)
        try:
            return value is not None and compare(value, wanted)
        except TypeError:
            return False

    return leaf


def _every(tests: list[Callable[..., bool]]) -> Callable[..., bool]:
    if len(tests) == 1:
        return tests[0]

    def every(*facts: Any) -> bool:
        for test in tests:  # noqa: SIM110 - a generator for each activity would cost as much as the tests
            if not test(*facts):
                return False
        return True

    return every


def holds(tree: Any, facts: Mapping[str, Any]) -> bool:
    """Whether a checked tree holds for named facts."""
    return predicate(tree, lambda name: lambda: facts.get(name))()


def in_words(tree: Any, catalogue: Catalogue | None = None) -> str:
    """The tree as a person would read it, with the catalogue's names for fields and values."""
    if not tree:
        return ""
    if "all" in tree:
        return _(" and ").join(_branch(each, catalogue) for each in tree["all"])
    if "any" in tree:
        return _(" or ").join(_branch(each, catalogue) for each in tree["any"])
    if "not" in tree:
        return _("not (%(condition)s)") % {"condition": in_words(tree["not"], catalogue)}
    field = (catalogue or {}).get(tree["field"]) or Field(tree["field"], tree["field"], "text")
    values = tree["value"] if isinstance(tree["value"], list) else [tree["value"]]
    said = {"field": field.label, "operator": SAID[tree["operator"]], "value": _(", ").join(field.shown(value) for value in values)}
    return _("%(field)s %(operator)s %(value)s") % said


def _branch(tree: Any, catalogue: Catalogue | None) -> str:
    words = in_words(tree, catalogue)
    return f"({words})" if len(tree.get("all", tree.get("any", ()))) > 1 else words
