"""Columns for a small chart, as numbers for an SVG; the table beside it says the same to those who do not see it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, GAP = 720, 160, 6


@dataclass(frozen=True)
class Column:
    """One column: its place and size in the chart's own units."""

    label: Any
    value: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def columns(values: Sequence[tuple[Any, int]]) -> list[Column]:
    """Columns that stand on one line; the highest fills HEIGHT, what is negative stands at 0."""
    highest = max((value for _label, value in values), default=0)
    width = round((WIDTH - GAP * (len(values) - 1)) / max(1, len(values)), 1)
    found = []
    for place, (label, value) in enumerate(values):
        height = round(HEIGHT * max(0, value) / highest, 1) if highest > 0 else 0.0
        found.append(Column(label, value, round(place * (width + GAP), 1), round(HEIGHT - height, 1), width, height))
    return found
