"""Conditions chosen from lists, and the engine's expressions that say the same. Pure."""

import json
import re
from dataclasses import dataclass
from typing import Any

from surveys.building.lenses import Lens, Node, plain, put, worth

OPERATORS = ("=", "<>", ">", ">=", "<", "<=", "contains", "notcontains", "anyof", "allof", "empty", "notempty")
UNARY = ("empty", "notempty")
SAME = {"==": "=", "equal": "=", "!=": "<>", "notequal": "<>", "greater": ">", "less": "<", "greaterorequal": ">=", "lessorequal": "<="}
_NAME = r"\{(?P<name>[^{}]{1,200})\}"
_OPERATOR = r"(?P<operator>==|=|<>|!=|>=|<=|>|<|[a-z]+)"
_VALUE = r"(?P<value>'[^']*'|\"[^\"]*\"|\[[^\[\]]*\]|-?\d+(?:\.\d+)?|true|false)"
RULE = re.compile(rf"\s*{_NAME}\s*{_OPERATOR}(?:\s*{_VALUE})?\s*")
JOINT = re.compile(r"(and|or|&&|\|\|)(?=[\s{])", re.IGNORECASE)


def parse(expression: str) -> dict[str, Any] | None:
    """`{a} > 4 and {b} = 'x'` as {join, rules}; None where it says more than rules can."""
    rules, joints, place = [], set(), 0
    while True:
        found = RULE.match(expression, place)
        if found is None:
            return None
        operator = SAME.get(found["operator"], found["operator"])
        if operator not in OPERATORS or (operator in UNARY) != (found["value"] is None):
            return None
        rules.append({"question": found["name"], "operator": operator, "answer": _shown(found["value"] or "")})
        place = found.end()
        if place == len(expression):
            break
        joint = JOINT.match(expression, place)
        if joint is None:
            return None
        joints.add({"&&": "and", "||": "or"}.get(joint[1], joint[1].lower()))
        place = joint.end()
    return {"join": joints.pop() if joints else "and", "rules": rules} if len(joints) < 2 else None


def _shown(value: str) -> str:
    """A value as a person types it: without quotes, unless it would be taken for something else."""
    if value[:1] in "'\"" and value:
        bare = value[1:-1]
        is_clear = bare.strip() == bare != "" and worth(bare) == bare and bare not in ("true", "false") and bare[0] not in "'\"["
        return bare if is_clear else value
    return value


def rendered(join: str, rules: list[dict[str, str]]) -> str:
    """The expression of chosen rules; a rule without a question says nothing."""
    parts = []
    for rule in rules:
        name, operator = plain(rule.get("question")), plain(rule.get("operator")) or "="
        if name:
            parts.append(f"{{{name}}} {operator}" + ("" if operator in UNARY else f" {_literal(plain(rule.get('answer')))}"))
    return f" {join if join in ('and', 'or') else 'and'} ".join(parts)


def _literal(text: str) -> str:
    if re.fullmatch(_VALUE.replace("?P<value>", ""), text):
        return text
    return f'"{text}"' if "'" in text else f"'{text}'"


@dataclass(frozen=True)
class Conditions(Lens):
    """When a question is shown, required, or open to answers; one block for each."""

    names: tuple[str, ...] = ("visibleIf", "requiredIf", "enableIf")

    @property
    def keys(self) -> tuple[str, ...]:
        return self.names

    def read(self, node: Node) -> dict[str, Any]:
        blocks = []
        for name in self.names:
            text = node.get(name)
            if isinstance(text, str) and text.strip():
                blocks.append({"type": name, "value": _form(text)})
        return {self.key: blocks}

    def write(self, node: Node, form: dict[str, Any]) -> None:
        held = {block["type"]: block["value"] for block in self.read(node)[self.key]}
        given = {block["type"]: block["value"] for block in form[self.key]}
        for name in self.names:
            if name in given and name in held and plain(given[name]) == plain(held[name]):
                continue
            if name in given:
                value = given[name]
                rules = [item["value"] for item in value["rules"]]
                put(node, name, plain(value["expression"]) or rendered(value["join"], rules))
            elif name in held:
                node.pop(name, None)


def _form(text: str) -> dict[str, Any]:
    chosen = parse(text)
    if chosen is None:
        return {"join": "and", "rules": [], "expression": text}
    rules = [{"type": "item", "value": rule} for rule in chosen["rules"]]
    return {"join": chosen["join"], "rules": rules, "expression": ""}


def renamed(value: Any, names: dict[str, str]) -> Any:
    """A definition with every `{old}` in its texts said as `{new}`: conditions, expressions, piping, setToName and the like."""
    if not names:
        return value
    pattern = re.compile(r"\{\s*(" + "|".join(re.escape(name) for name in names) + r")(?=[}.\[])")

    def walk(item: Any) -> Any:
        if isinstance(item, str):
            return pattern.sub(lambda found: "{" + names[found[1]], item)
        if isinstance(item, list):
            return [walk(each) for each in item]
        if isinstance(item, dict):
            return {
                key: names.get(each, each) if key in ("setToName", "gotoName") and isinstance(each, str) else walk(each)
                for key, each in item.items()
            }
        return item

    return walk(value)


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
