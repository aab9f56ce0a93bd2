"""A condition as JSONLogic says what it says with us: held against a reader of its operations, as jsonlogic.com gives them."""

import operator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members import conditions, jsonlogic


def reckoned(logic, facts):
    """What JSONLogic makes of it: `var` by dots, `===` without a change of type, the comparisons of numbers, `in` for lists and texts."""
    if not isinstance(logic, dict):
        return logic
    ((name, given_),) = logic.items()
    if name == "var":
        found = facts
        for part in given_.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found
    if name == "and":
        return all(reckoned(each, facts) for each in given_)
    if name == "or":
        return any(reckoned(each, facts) for each in given_)
    values = [[reckoned(each, facts) for each in value] if isinstance(value, list) else reckoned(value, facts) for value in given_]
    if name in ("===", "!=="):
        return (name == "===") == (values[0] == values[1])
    return {
        "!": lambda: not values[0],
        "lower": lambda: str(values[0]).casefold(),
        "in": lambda: values[0] in values[1],
        "<": lambda: operator.lt(*values),
        "<=": lambda: operator.le(*values),
        ">": lambda: operator.gt(*values),
        ">=": lambda: operator.ge(*values),
    }[name]()


NUMBERS, TEXTS = st.integers(-3, 3), st.sampled_from(["gold", "Silver", "SILVER thread", "纸"])
LEAVES = st.one_of(
    st.builds(
        lambda op, value: {"field": "amount", "operator": op, "value": value}, st.sampled_from(conditions.FITTING["number"]), NUMBERS
    ),
    st.builds(lambda op, value: {"field": "member.tier", "operator": op, "value": value}, st.sampled_from(["=", "!=", "contains"]), TEXTS),
    st.builds(lambda values: {"field": "member.tier", "operator": "in", "value": values}, st.lists(TEXTS, min_size=1, max_size=3)),
    st.builds(lambda value: {"field": "is_first", "operator": "=", "value": value}, st.booleans()),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda word, branches: {word: branches}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda tree: {"not": tree}, inner),
    ),
    max_leaves=6,
)
FACTS = st.fixed_dictionaries({}, optional={"amount": NUMBERS, "member.tier": TEXTS, "is_first": st.booleans()})


@settings(max_examples=300, deadline=None)
@given(tree=TREES, facts=FACTS)
def test_it_holds_for_the_same_facts(tree, facts):
    assert conditions.problem_of(tree) == ""
    nested = {name: value for name, value in facts.items() if "." not in name} | {"member": {"tier": facts.get("member.tier")}}
    assert reckoned(jsonlogic.of(tree), nested) == conditions.holds(tree, facts)


@pytest.mark.parametrize("facts", [{}, {"amount": None}])
def test_what_is_missing_is_neither_less_nor_other(facts):
    for name in conditions.FITTING["number"]:
        assert reckoned(jsonlogic.of({"field": "amount", "operator": name, "value": 4}), facts) is False


def test_no_condition_always_holds():
    assert jsonlogic.of({}) is True
