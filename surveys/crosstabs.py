"""One question's answers by another's, with what is significant about them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from surveys import inference, scoring, suppression
from surveys.mirror import key_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COLUMNS_MOST = len(LETTERS)
SIGNIFICANT = 0.05


@dataclass
class Cell:
    """`letters`: the columns whose share here is significantly smaller. `low`, `high`: the share's 95 % interval (Wilson)."""

    count: float
    share: float | None  # percent of the column
    letters: str = ""
    is_hidden: bool = False
    low: float = 0.0
    high: float = 0.0


@dataclass
class Crosstab:
    """A table of shares by column. `test` is None where a row may be chosen several at a time, or there is too little.

    totals   of the weights in each column
    bases    of the people in each column; `hidden_bases` are the places of those too few to be told
    are_apart   whether nobody stands in two columns; else these are not compared
    """

    columns: list[str]
    totals: list[float]
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)
    test: inference.Association | None = None
    bases: list[int] = field(default_factory=list)
    hidden_bases: set[int] = field(default_factory=set)
    are_apart: bool = True

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.columns)]

    @property
    def heads(self) -> list[tuple[str, str, int | None]]:
        """(text, letter, people) of each column; people None where they are not told."""
        told = [None if place in self.hidden_bases else base for place, base in enumerate(self.bases)]
        return list(zip(self.columns, self.letters, told, strict=True))

    @property
    def has_hidden(self) -> bool:
        return bool(self.hidden_bases) or any(cell.is_hidden for _title, cells in self.rows for cell in cells)


class Crossing:
    """Counts who gave which two answers, one after the other, so that answers need not be kept to be laid in a table.

    row, column   questions of an outline: `choices`, maybe `several`
    """

    def __init__(self, row: dict[str, Any], column: dict[str, Any]) -> None:
        self.row, self.column = row, column
        row_keys = [key_of(choice["value"]) for choice in row["choices"]]
        column_keys = [key_of(choice["value"]) for choice in column["choices"]][:COLUMNS_MOST]
        self.row_at = {key: place for place, key in enumerate(row_keys)}
        self.column_at = {key: place for place, key in enumerate(column_keys)}
        self.counts = [[0.0] * len(column_keys) for _row in row_keys]
        self.people = [[0] * len(column_keys) for _row in row_keys]
        self.totals = [0.0] * len(column_keys)
        self.bases = [0] * len(column_keys)

    def add(self, given_row: Any, given_column: Any, weight: float = 1.0) -> None:
        across = [self.column_at[key] for key in _keys(given_column) if key in self.column_at]
        down = [self.row_at[key] for key in _keys(given_row) if key in self.row_at]
        for place in across:
            self.totals[place] += weight
            self.bases[place] += 1
            for line in down:
                self.counts[line][place] += weight
                self.people[line][place] += 1

    def table(self, *, least: int = 1, effective: float = 1, is_private: bool = False, whole: list[list[int]] | None = None) -> Crosstab:
        """The table of what was counted.

        is_private   hides each cell of fewer than `least` people, those whose rest of the column is, and what would give a hidden one away
        whole        the same table of everybody (`people`), where what these leave of it must not be too few either
        Letters mark pairs of columns that differ at 5 %, by two-share z tests with Holm's adjustment over all pairs of a row.
        """
        table = Crosstab([choice["text"] for choice in self.column["choices"]][:COLUMNS_MOST], self.totals, bases=self.bases)
        table.are_apart = not self.column.get("several")
        table.hidden_bases = {place for place, base in enumerate(self.bases) if 0 < base < least}
        are_single = not self.row.get("several") and not self.column.get("several")
        is_guarded = is_private and are_single and self.people and self.bases
        hidden = suppression.hide(self.people, least, whole=whole) if is_guarded else None
        for line, (choice, numbers) in enumerate(zip(self.row["choices"], self.counts, strict=True)):
            cells = [_cell(number, total, effective) for number, total in zip(numbers, self.totals, strict=True)]
            if table.are_apart:
                _mark(cells, self.totals, effective)
            for place, cell in enumerate(cells):
                cell.is_hidden = self._is_hidden(line, place, least, is_private=is_private)
                cell.is_hidden = cell.is_hidden or (hidden is not None and self.bases[place] > 0 and hidden.has(line, place))
            table.rows.append((choice["text"], cells))
        if is_private:
            _hide_letters(table)
        if are_single:
            table.test = inference.chi_square_test([[number * effective for number in line] for line in self.counts])
        return table

    def _is_hidden(self, line: int, place: int, least: int, *, is_private: bool) -> bool:
        people, base = self.people[line][place], self.bases[place]
        return 0 < base < least or (is_private and (0 < people < least or 0 < base - people < least))


def cross(
    row: dict[str, Any],
    column: dict[str, Any],
    pairs: Iterable[tuple[Any, Any, float]],
    *,
    least: int = 1,
    effective: float = 1,
    is_private: bool = False,
) -> Crosstab:
    """The table of two questions. `pairs`: (row value, column value, weight) of each answer that has both; the rest as of `table()`."""
    crossing = Crossing(row, column)
    for given_row, given_column, weight in pairs:
        crossing.add(given_row, given_column, weight)
    return crossing.table(least=least, effective=effective, is_private=is_private)


def _keys(value: Any) -> set[str]:
    return {key_of(item) for item in value} if isinstance(value, list) else {key_of(value)}


def _cell(number: float, total: float, effective: float) -> Cell:
    if not total:
        return Cell(number, None)
    low, high = scoring.wilson_interval(min(number, total) * effective, total * effective)
    return Cell(number, 100 * number / total, low=100 * low, high=100 * high)


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


def _hide_letters(table: Crosstab) -> None:
    """No letter of a hidden cell is told: it would say within what its share lies."""
    for _title, cells in table.rows:
        silent = {LETTERS[place] for place, cell in enumerate(cells) if cell.is_hidden}
        for cell in cells:
            cell.letters = "".join(letter for letter in cell.letters if letter not in silent)
