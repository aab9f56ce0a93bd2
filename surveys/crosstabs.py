"""One question's answers by another's, with what is significant about them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from surveys import inference
from surveys.mirror import key_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COLUMNS_MOST = len(LETTERS)
SIGNIFICANT = 0.05


@dataclass
class Cell:
    """`letters`: the columns whose share here is significantly smaller."""

    count: float
    share: float | None  # percent of the column
    letters: str = ""
    is_hidden: bool = False


@dataclass
class Crosstab:
    """A table of shares by column. `test` is None where a row may be chosen several at a time, or there is too little."""

    columns: list[str]
    totals: list[float]
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)
    test: inference.Association | None = None

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.columns)]


def cross(
    row: dict[str, Any],
    column: dict[str, Any],
    pairs: Iterable[tuple[Any, Any, float]],
    *,
    least: int = 1,
    effective: float = 1,
    is_private: bool = False,
) -> Crosstab:
    """The table of two questions of an outline (`choices`, maybe `several`).

    pairs   (row value, column value, weight) of each answer that has both
    is_private   hides each cell of fewer than `least`, those whose rest of the column is, and what would give a hidden one away
    Letters mark pairs of columns that differ at 5 %, by two-share z tests with Holm's adjustment over all pairs of a row.
    """
    row_keys = [key_of(choice["value"]) for choice in row["choices"]]
    column_keys = [key_of(choice["value"]) for choice in column["choices"]][:COLUMNS_MOST]
    counts = [[0.0] * len(column_keys) for _row in row_keys]
    totals = [0.0] * len(column_keys)
    row_at, column_at = ({key: place for place, key in enumerate(keys)} for keys in (row_keys, column_keys))
    for given_row, given_column, weight in pairs:
        across = [column_at[key] for key in _keys(given_column) if key in column_at]
        down = [row_at[key] for key in _keys(given_row) if key in row_at]
        for place in across:
            totals[place] += weight
            for line in down:
                counts[line][place] += weight
    table = Crosstab([choice["text"] for choice in column["choices"]][:COLUMNS_MOST], totals)
    for choice, numbers in zip(row["choices"], counts, strict=True):
        cells = [Cell(number, 100 * number / total if total else None) for number, total in zip(numbers, totals, strict=True)]
        if not column.get("several"):
            _mark(cells, totals, effective)
        for cell, total in zip(cells, totals, strict=True):
            cell.is_hidden = 0 < total < least or (is_private and (0 < cell.count < least or 0 < total - cell.count < least))
        table.rows.append((choice["text"], cells))
    if not row.get("several") and not column.get("several"):
        table.test = inference.chi_square_test([[number * effective for number in line] for line in counts])
    return table


def _keys(value: Any) -> set[str]:
    return {key_of(item) for item in value} if isinstance(value, list) else {key_of(value)}


def _mark(cells: list[Cell], totals: list[float], effective: float) -> None:
    pairs = list(combinations(range(len(cells)), 2))
    chances = []
    for one, two in pairs:
        facts = (cells[one].count, totals[one], cells[two].count, totals[two])
        chances.append(inference.two_shares_test(*(fact * effective for fact in facts))[1])
    for (one, two), chance in zip(pairs, inference.holm(chances), strict=True):
        if chance < SIGNIFICANT:
            larger, smaller = (one, two) if (cells[one].share or 0) > (cells[two].share or 0) else (two, one)
            cells[larger].letters += LETTERS[smaller]
