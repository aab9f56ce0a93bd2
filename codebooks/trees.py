"""A codebook read as a tree."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from codebooks.models import Code
from members import meanwhile


@dataclass
class Branch:
    """A code in its place in the tree. `count` is of its own marks, `total` with those of what hangs under it."""

    code: Code
    depth: int
    count: int = 0
    total: int = 0
    below: list["Branch"] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """The marks of the code as a page shows it."""
        code = self.code
        return meanwhile.packed({"name": code.name, "parent": code.parent_id, "hue": code.hue, "memo": code.memo})

    @property
    def indent(self) -> range:
        return range(self.depth)

    @property
    def title(self) -> str:
        """The name, moved in by its depth, for lists that know no tree."""
        return "  " * self.depth + self.code.name


def tree(codes: Iterable[Code], counts: Mapping[int, int] | None = None) -> list[Branch]:
    """The tree, flattened in reading order. `counts`: code → marks."""
    children: dict[int | None, list[Code]] = defaultdict(list)
    for code in codes:
        children[code.parent_id].append(code)

    def walk(parent_id: int | None, depth: int) -> list[Branch]:
        made = []
        for code in sorted(children[parent_id], key=lambda each: each.name.casefold()):
            branch = Branch(code, depth, (counts or {}).get(code.pk, 0))
            branch.below = walk(code.pk, depth + 1)
            branch.total = branch.count + sum(each.total for each in branch.below if each.depth == depth + 1)
            made += [branch, *branch.below]
        return made

    return walk(None, 0)


def with_below(codes: Iterable[Code], code_id: int) -> set[int]:
    """A code and all that hang under it, by their ids."""
    pairs = [(code.pk, code.parent_id) for code in codes]
    wanted = {code_id}
    while more := {pk for pk, parent in pairs if parent in wanted} - wanted:
        wanted |= more
    return wanted
