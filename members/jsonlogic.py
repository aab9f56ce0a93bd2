"""A condition written as JSONLogic (jsonlogic.com), for systems that want to ask what our rules ask.

A fact that is missing makes a comparison false with us, and is 0 or not equal to anything there: so every comparison asks first whether
it is there. `contains` does not look at capitals, for which JSONLogic has no word: it says `lower`, an operation that a reader adds.
"""

from typing import Any

SAME = {"=": "===", "!=": "!==", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def of(tree: Any) -> Any:
    """A checked tree (`members.conditions`) as JSONLogic; true for the empty one."""
    if not tree:
        return True
    if "all" in tree:
        return {"and": [of(each) for each in tree["all"]]}
    if "any" in tree:
        return {"or": [of(each) for each in tree["any"]]}
    if "not" in tree:
        return {"!": [of(tree["not"])]}
    fact = {"var": tree["field"]}
    return {"and": [{"!==": [fact, None]}, _comparison(fact, tree["operator"], tree["value"])]}


def _comparison(fact: dict[str, str], operator: str, value: Any) -> dict[str, Any]:
    if operator == "in":
        return {"in": [fact, value]}
    if operator == "contains":
        return {"in": [str(value).casefold(), {"lower": [fact]}]}
    return {SAME[operator]: [fact, value]}
