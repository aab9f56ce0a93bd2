"""A condition on an activity's details: a small typed tree, checked when it is saved, read by code, never executed.

{"all": [TREE, …]} · {"any": [TREE, …]} · {"not": TREE} · {"field": name, "operator": "<=", "value": 4} · {} (always)
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

DEPTH, BRANCHES = 6, 20
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, among: value in among,
}


def problem_of(tree: Any, depth: int = 0) -> str:
    """What is wrong with a tree, in words; empty where nothing is."""
    if tree == {} and depth == 0:
        return ""
    if depth > DEPTH or not isinstance(tree, dict):
        return _("A condition is an object: all, any, not, or field, operator and value.")
    if set(tree) == {"not"}:
        return problem_of(tree["not"], depth + 1)
    if set(tree) in ({"all"}, {"any"}):
        branches = next(iter(tree.values()))
        if not isinstance(branches, list) or not 0 < len(branches) <= BRANCHES:
            return _("all and any take a list of conditions.")
        return next((problem for each in branches if (problem := problem_of(each, depth + 1))), "")
    return _problem_of_leaf(tree)


def _problem_of_leaf(leaf: dict[str, Any]) -> str:
    if set(leaf) != {"field", "operator", "value"} or not isinstance(leaf["field"], str):
        return _("A condition needs a field, an operator and a value.")
    if leaf["operator"] not in OPERATORS:
        return _("Unknown operator: %(operator)s") % {"operator": leaf["operator"]}
    if leaf["operator"] == "in" and not isinstance(leaf["value"], list):
        return _("in takes a list of values.")
    return ""


def holds(tree: Any, facts: Mapping[str, Any]) -> bool:
    """Whether a checked tree holds for the facts. A missing fact, or one of another type, makes its comparison false."""
    if not tree:
        return True
    if "all" in tree:
        return all(holds(each, facts) for each in tree["all"])
    if "any" in tree:
        return any(holds(each, facts) for each in tree["any"])
    if "not" in tree:
        return not holds(tree["not"], facts)
    value = facts.get(tree["field"])
    try:
        return value is not None and OPERATORS[tree["operator"]](value, tree["value"])
    except TypeError:
        return False


def in_words(tree: Any) -> str:
    """The tree as a person would read it."""
    if not tree:
        return ""
    if "all" in tree:
        return _(" and ").join(in_words(each) for each in tree["all"])
    if "any" in tree:
        return "(" + _(" or ").join(in_words(each) for each in tree["any"]) + ")"
    if "not" in tree:
        return _("not (%(condition)s)") % {"condition": in_words(tree["not"])}
    value = ", ".join(map(str, tree["value"])) if isinstance(tree["value"], list) else tree["value"]
    return f"{tree['field']} {tree['operator']} {value}"
