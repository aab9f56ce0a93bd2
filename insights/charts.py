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


@dataclass(frozen=True)
class Lines:
    """Two lines over the same places: what an SVG's polyline reads, their dots, where the time after begins, and the highest value."""

    points: tuple[str, ...]
    dots: tuple[list[tuple[float, float]], ...]
    turn: float | None
    highest: float


def lines(series: Sequence[Sequence[float]], turn: int | None = None) -> Lines:
    """Lines that fill the width; the highest value of all reaches HEIGHT.

    series   shape (lines, n), n >= 1, of at least 0
    turn     the place before which something began
    """
    highest = max((max(each, default=0) for each in series), default=0)
    step = WIDTH / max(1, *map(len, series))

    def dot(place: int, value: float) -> tuple[float, float]:
        return round((place + 0.5) * step, 1), round(HEIGHT - (HEIGHT * value / highest if highest else 0), 1)

    dots = tuple([dot(place, value) for place, value in enumerate(each)] for each in series)
    points = tuple(" ".join(f"{x},{y}" for x, y in each) for each in dots)
    return Lines(points, dots, None if turn is None else round(turn * step, 1), highest)


@dataclass(frozen=True)
class Whisker:
    """An interval on a scale from 0 to 100 of which 50 is no difference. Ends beyond the scale are cut, and said to be."""

    low: float
    middle: float
    high: float
    is_cut: bool


def whisker(percent: tuple[float, float, float], *, scale: float) -> Whisker:
    """percent: most likely, low, high; scale: how many percent half of the width is, more than 0."""
    middle, low, high = (50 + 50 * max(-1.0, min(1.0, each / scale)) for each in percent)
    return Whisker(round(low, 1), round(middle, 1), round(high, 1), max(map(abs, percent)) > scale)
