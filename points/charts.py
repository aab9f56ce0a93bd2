"""Geometry of small charts, for templates to draw as SVG: no script needed, the figures stand in a table beside it."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format

WIDTH, HEIGHT, FOOT, HEAD = 720, 240, 24, 16


def month_in_words(month: str) -> str:
    """A month such as "2026-11" as people write it: November 2026, 2026年11月."""
    return date_format(datetime.date.fromisoformat(f"{month}-01"), "YEAR_MONTH_FORMAT")


def months_between(first: str, last: str) -> list[str]:
    """Every month from one such as "2026-11" to another, both included."""
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(begin, end + 1)]


def bars(labels: Sequence[str], *series: Sequence[float]) -> dict[str, Any]:
    """Groups of bars, one of each series for each label.

    labels   n texts;  series   each of n values, 0 or more
    returns  width, height, and for each label its place and its bars (x, y, width, height, number of the series, value)
    """
    most = max((value for each in series for value in each), default=0) or 1
    step = WIDTH / max(1, len(labels))
    wide = min(48.0, step * 0.8 / max(1, len(series)))
    room = HEIGHT - FOOT - HEAD
    every = max(1, -(-len(labels) // 12))
    groups = []
    for number, label in enumerate(labels):
        left = number * step + (step - wide * len(series)) / 2
        drawn = []
        for which, values in enumerate(series):
            high = round(values[number] / most * room, 1)
            drawn.append(
                {
                    "x": round(left + which * wide, 1),
                    "y": round(HEIGHT - FOOT - high, 1),
                    "height": high,
                    "which": which,
                    "value": values[number],
                }
            )
        groups.append({"label": label if number % every == 0 else "", "full": label, "x": round((number + 0.5) * step, 1), "bars": drawn})
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "floor": HEIGHT - FOOT,
        "foot": HEIGHT - 6,
        "bar": round(wide * 0.92, 1),
        "groups": groups,
        "most": most,
    }


def line(values: Sequence[float]) -> dict[str, Any]:
    """A line through n shares between 0 and 1, evenly spaced: width, height, points as SVG writes them."""
    room = HEIGHT - FOOT - HEAD
    step = WIDTH / max(1, len(values) - 1)
    places = [(round(number * step, 1), round(HEIGHT - FOOT - value * room, 1)) for number, value in enumerate(values)]
    dots = [{"x": x, "y": y, "value": value, "number": number} for number, ((x, y), value) in enumerate(zip(places, values, strict=True))]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "floor": HEIGHT - FOOT,
        "foot": HEIGHT - 6,
        "head": HEAD,
        "points": " ".join(f"{x},{y}" for x, y in places),
        "dots": dots,
    }
