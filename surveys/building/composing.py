"""A definition as blocks in a row, pages being marks between them, and the definition again. Pure.

The law: `definition_of(blocks_of(d)) == d` for every definition that can be shown as blocks at all, and what the builder has
no field for stays in the block that it came with.
"""

import json
import re
from typing import Any

from surveys.building import conditions
from surveys.building.kinds import ELEMENTS, FAMILIES, OTHER, PAGE, SURVEY, UNTYPED, Kind
from surveys.building.lenses import Lens, Node, Nodes, plain

Block = dict[str, Any]
# Stands for a name until all names are known.
NAMELESS: Any = object()
OURS = re.compile(r"b\d+$")
CHILDREN = ("elements", "questions")


class NotBuildable(ValueError):  # noqa: N818
    """A definition whose outline is no list of pages or questions; it can be edited as JSON only."""


class BadRest(ValueError):  # noqa: N818
    """JSON typed into a block cannot be read: `name` says in which."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}" if name else problem)


# --- Reading -----------------------------------------------------------------------------------------


def blocks_of(definition: Node) -> tuple[Node, list[Block]]:
    """The survey's own fields, and the blocks of its pages and elements in their order. Raises NotBuildable."""
    pages = definition.get("pages")
    blocks: list[Block] = []
    outer = dict(definition)
    if pages is not None:
        if not isinstance(pages, list) or not all(isinstance(page, dict) for page in pages):
            raise NotBuildable
        outer["pages"] = []
        for page in pages:
            inner, children = _parted(page)
            blocks += [{"type": PAGE.name, "value": _form(inner, PAGE)}, *(_block(child, ELEMENTS) for child in children)]
    else:
        outer, children = _parted(outer)
        blocks += [_block(child, ELEMENTS) for child in children]
    for number, block in enumerate(blocks):
        block["id"] = f"b{number}"
    return _form(outer, SURVEY, apart=("pages", *CHILDREN)), blocks


def _parted(node: Node) -> tuple[Node, list[Node]]:
    """A node without its elements, whose place is kept by an empty list, and the elements."""
    for key in CHILDREN:
        if key in node:
            children = node[key]
            if not isinstance(children, list) or not all(isinstance(child, dict) for child in children):
                raise NotBuildable
            return {**node, key: []}, children
    return node, []


def _block(node: Node, family: dict[str, Kind], untyped: str = "") -> Block:
    kind = family.get(untyped or str(node.get("type")))
    if kind is None:
        words = {"type": str(node.get("type") or ""), "name": str(node.get("name") or "")}
        return {"type": OTHER, "value": {"about": " · ".join(filter(None, words.values())), "json": conditions.as_json(node)}}
    return {"type": kind.name, "value": _form(node, kind)}


def _form(node: Node, kind: Kind, apart: tuple[str, ...] = CHILDREN) -> Node:
    form: Node = {}
    kept = dict(node)
    for lens in kind.lenses:
        if isinstance(lens, Nodes):
            held = _nodes(node, lens)
            form[lens.key] = [_block(child, FAMILIES[lens.kinds], UNTYPED.get(lens.kinds, "")) for child in held]
            if held:
                kept[lens.key] = []
        else:
            form |= lens.read(node)
    left = rest_of(node, kind, apart)
    form["rest"] = conditions.as_json(left) if left else ""
    form["kept"] = json.dumps(kept, ensure_ascii=False)
    return form


def _nodes(node: Node, lens: Nodes) -> list[Node]:
    value = node.get(lens.key)
    return value if value is not None and lens.takes(lens.key, value) else []


def rest_of(node: Node, kind: Kind, apart: tuple[str, ...] = CHILDREN) -> Node:
    """The properties that no field of the block shows."""
    seen = {key: lens for lens in kind.lenses for key in lens.keys}
    hidden = {"type", *(apart if kind in (PAGE, SURVEY) else ())}
    return {key: value for key, value in node.items() if key not in hidden and not (key in seen and seen[key].takes(key, value))}


# --- Writing -----------------------------------------------------------------------------------------


def definition_of(survey: Node, blocks: list[Block]) -> Node:
    """The definition that a survey's fields and blocks say. Raises BadRest."""
    _tell_copies_apart(blocks)
    outer = _node(survey, SURVEY, "", ("pages", *CHILDREN))
    pages: list[tuple[Node, list[Node]]] = []
    first: list[Node] = []
    for block in blocks:
        if block["type"] == PAGE.name:
            pages.append((_node(block["value"], PAGE, ""), []))
        else:
            (pages[-1][1] if pages else first).append(_element(block, ELEMENTS))
    if pages or "pages" in outer:
        if first:
            pages.insert(0, ({"name": NAMELESS}, first))
        if "pages" not in outer:
            for key in CHILDREN:
                outer.pop(key, None)
        outer["pages"] = [_with_children(page, children) for page, children in pages]
    else:
        outer = _with_children(outer, first)
    _name(outer)
    return _follow_names(outer, survey, blocks)


def _with_children(node: Node, children: list[Node]) -> Node:
    key = next((key for key in CHILDREN if key in node), CHILDREN[0])
    if children or key in node:
        node[key] = children
    return node


def _element(block: Block, family: dict[str, Kind], untyped: str = "") -> Node:
    value = block["value"]
    if block["type"] == OTHER:
        return _read(value["json"], str(value.get("about") or ""))
    return _node(value, family[block["type"]], "" if untyped else block["type"])


def _node(form: Node, kind: Kind, type_: str, apart: tuple[str, ...] = CHILDREN) -> Node:
    """The node that a form says: what it was, but for what was changed."""
    node = held_by(form)
    if type_ and node.get("type") != type_:
        node = {"type": type_, **node}
    before = _form(node, kind, apart)
    name = str(form.get("name") or form.get("title") or "")
    if plain(form["rest"]) != plain(before["rest"]):
        for key in rest_of(node, kind, apart):
            del node[key]
        node |= {key: value for key, value in (_read(form["rest"], name) if plain(form["rest"]) else {}).items() if key not in apart}
    for lens in kind.lenses:
        if isinstance(lens, Nodes):
            _write_nodes(node, lens, form[lens.key])
        else:
            _write(node, lens, form, before)
    if "name" in form and "name" not in node and not held_by(form):
        node["name"] = NAMELESS
    return node


def _write(node: Node, lens: Lens, form: Node, before: Node) -> None:
    mine = {name: form[name] for name in lens.fields}
    if plain(mine) != plain({name: before[name] for name in lens.fields}):
        lens.write(node, mine)


def _write_nodes(node: Node, lens: Nodes, blocks: list[Block]) -> None:
    children = [_element(block, FAMILIES[lens.kinds], UNTYPED.get(lens.kinds, "")) for block in blocks]
    if children or _nodes(node, lens) or (lens.key in node and lens.takes(lens.key, node[lens.key])):
        node[lens.key] = children


def held_by(form: Node) -> Node:
    """What a block was when the builder was opened; nothing for a new one."""
    try:
        node = json.loads(form.get("kept") or "{}")
    except (ValueError, RecursionError):
        return {}
    return node if isinstance(node, dict) else {}


def _read(text: str, name: str) -> Node:
    try:
        node = json.loads(text or "{}")
    except RecursionError:
        raise BadRest(name, "nested too deeply") from None
    except ValueError as problem:
        raise BadRest(name, str(problem)) from problem
    if not isinstance(node, dict):
        raise BadRest(name, "not an object")
    return node


# --- Names -------------------------------------------------------------------------------------------

_STEMS = {"pages": "page", "columns": "column", "items": "item"}
_LISTS = ("pages", "elements", "questions", "templateElements", "columns", "items")


def _nodes_in(node: Node) -> list[tuple[str, Node]]:
    found = []
    for key in _LISTS:
        listed = node.get(key)
        for child in listed if isinstance(listed, list) else []:
            if isinstance(child, dict):
                found += [(key, child), *_nodes_in(child)]
    return found


def _name(definition: Node) -> None:
    """Give a name to whatever is new and has none."""
    everything = _nodes_in(definition)
    taken = {str(node.get("name")) for _key, node in everything}
    for key, node in everything:
        if node.get("name") is NAMELESS:
            stem = _STEMS.get(key, "question")
            node["name"] = next(f"{stem}{number}" for number in range(1, len(everything) + 2) if f"{stem}{number}" not in taken)
            taken.add(node["name"])


def _tell_copies_apart(blocks: list[Block]) -> None:
    """A copy made with the builder's button gets a name of its own; what was loaded keeps its name, right or wrong."""
    taken: set[str] = set()
    for block in blocks:
        form = block["value"]
        name = plain(form.get("name"))
        if name and name in taken and not OURS.match(str(block.get("id") or "")):
            form["name"] = name = next(f"{name}_{number}" for number in range(2, len(blocks) + 3) if f"{name}_{number}" not in taken)
        if name:
            taken.add(name)


def _follow_names(definition: Node, survey: Node, blocks: list[Block]) -> Node:
    """Conditions and piping follow a question that was renamed."""
    now = {str(node.get("name")) for _key, node in _nodes_in(definition)}
    changes: dict[str, str] = {}
    for block in blocks:
        old, new = held_by(block["value"]).get("name"), plain(block["value"].get("name"))
        if isinstance(old, str) and new and new != old and old not in now and OURS.match(str(block.get("id") or "")):
            changes[old] = new
    renamed: Node = conditions.renamed(definition, changes)
    return renamed
