"""Which cells of a table may be seen, so that no group of too few people is shown or can be worked out from the rest. Pure.

A count is too small where it is above nothing and below `least`. Hiding it alone is not enough: its line's total would give it away,
or two lines together. Zero may be seen. Source: Willenborg and de Waal, "Elements of Statistical Disclosure Control" (2001), chapter 8,
of which this is the part that needs no optimisation: enough is hidden, not always the least.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

Cell = tuple[int, int]
Table = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Hidden:
    """What is not shown: rows and columns with their totals, and single cells. `is_all`: nothing can be."""

    rows: frozenset[int]
    columns: frozenset[int]
    cells: frozenset[Cell]
    is_all: bool = False

    def has(self, row: int, column: int) -> bool:
        return self.is_all or row in self.rows or column in self.columns or (row, column) in self.cells


def hide(table: Table, least: int, *, whole: Table | None = None) -> Hidden:
    """What must be hidden of a table of people whose totals are shown.

    whole   the same table of everybody, where `table` is of some of them: what they leave must not be too few either, and what is
            hidden of everybody is hidden of them
    """
    rest = _less(whole, table) if whole is not None else None
    before = hide(whole, least) if whole is not None else Hidden(frozenset(), frozenset(), frozenset())
    total = _sum(table)
    if total < least or before.is_all or (rest is not None and 0 < _sum(rest) < least):
        return Hidden(frozenset(), frozenset(), frozenset(), is_all=True)

    def line(sums: list[int], others: list[int] | None, already: Collection[int]) -> frozenset[int]:
        small = {place for place, count in enumerate(sums) if 0 < count < least or (others and 0 < others[place] < least)}
        return frozenset(_with_company(sums, small | set(already), least))

    rows = line(_rows(table), _rows(rest) if rest else None, before.rows)
    columns = line(_columns(table), _columns(rest) if rest else None, before.columns)
    cells = _cells(table, least, rows, columns, rest, before.cells)
    return Hidden(rows, columns, cells)


def _with_company(sums: list[int], hidden: set[int], least: int) -> set[int]:
    """One alone, or several that are too few together, would be what the total leaves: the next smallest goes with them."""
    while hidden and (sum(1 for place in hidden if sums[place]) < 2 or sum(sums[place] for place in hidden) < least):
        others = [place for place, count in enumerate(sums) if place not in hidden and count]
        if not others:
            return set(range(len(sums)))
        hidden.add(min(others, key=lambda place: sums[place]))
    return hidden


def _cells(
    table: Table, least: int, rows: Collection[int], columns: Collection[int], rest: Table | None, already: Collection[Cell]
) -> frozenset[Cell]:
    # Hidden lines are one line to whoever subtracts: its total is what the shown ones leave.
    down = _grouped(len(table), rows)
    across = _grouped(len(table[0]), columns)

    def merged(of: Table) -> list[list[int]]:
        return [[sum(of[row][column] for row in lines for column in places) for places in across] for lines in down]

    counts, left = merged(table), merged(rest) if rest else None
    held = {
        (row, column)
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
        if 0 < count < least
        or (left and 0 < left[row][column] < least)
        or any((one, two) in already for one in down[row] for two in across[column])
    }
    while (lonely := _exposed(counts, held, least)) is not None:
        held.add(lonely)
    return frozenset((one, two) for row, column in held for one in down[row] for two in across[column])


def _exposed(counts: list[list[int]], held: set[Cell], least: int) -> Cell | None:
    """The next cell to hide, so that none of the hidden can be worked out; None where all is well."""
    for line in _lines(counts):
        inside = [cell for cell in line if cell in held]
        is_open = inside and (len(inside) < 2 or sum(counts[row][column] for row, column in inside) < least)
        if is_open and (found := _smallest(counts, line, held)) is not None:
            return found
    for cell in sorted(held):
        if _is_bridge(cell, held):
            row, column = cell
            for line in ([(row, place) for place in range(len(counts[0]))], [(place, column) for place in range(len(counts))]):
                if (found := _smallest(counts, line, held)) is not None:
                    return found
    return None


def _is_bridge(cell: Cell, held: set[Cell]) -> bool:
    """Whether a cell's row and column hang together by it alone among the hidden: then sums and differences give its count."""
    row, column = cell
    edges: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for one, two in held - {cell}:
        edges.setdefault(("row", one), set()).add(("column", two))
        edges.setdefault(("column", two), set()).add(("row", one))
    seen, ahead = {("row", row)}, [("row", row)]
    while ahead:
        for node in edges.get(ahead.pop(), set()) - seen:
            seen.add(node)
            ahead.append(node)
    return ("column", column) not in seen


def _smallest(counts: list[list[int]], line: list[Cell], held: set[Cell]) -> Cell | None:
    """The smallest count of a line that is shown, one above nothing where there is one."""
    rank: Callable[[Cell], tuple[bool, int]] = lambda cell: (counts[cell[0]][cell[1]] == 0, counts[cell[0]][cell[1]])  # noqa: E731
    return min((cell for cell in line if cell not in held), key=rank, default=None)


def _lines(counts: list[list[int]]) -> list[list[Cell]]:
    rows, columns = range(len(counts)), range(len(counts[0]))
    return [[(row, column) for column in columns] for row in rows] + [[(row, column) for row in rows] for column in columns]


def _grouped(count: int, hidden: Collection[int]) -> list[list[int]]:
    shown = [[place] for place in range(count) if place not in hidden]
    return [*shown, sorted(hidden)] if hidden else shown


def _less(whole: Table, part: Table) -> list[list[int]]:
    return [[one - two for one, two in zip(first, second, strict=True)] for first, second in zip(whole, part, strict=True)]


def _rows(table: Table) -> list[int]:
    return [sum(row) for row in table]


def _columns(table: Table) -> list[int]:
    return [sum(column) for column in zip(*table, strict=True)]


def _sum(table: Table) -> int:
    return sum(_rows(table))
