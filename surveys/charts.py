"""What each kind of chart shows, laid out: shares as bars, a cross-tab as groups of bars, a trend as a line in its band. Pure.

Each stands beside its table, which says the same in figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from surveys.crosstabs import Cell, Crosstab
from surveys.drawings import PATTERNS, Box, Dot, Drawing, Mark, Stroke, Words, as_svg, short, whisker, width_of
from surveys.summaries import Bar

ROW, LABEL, BAR, FIGURE = 30, 230, 320, 60
GROUP_BAR, GROUP_GAP, LEGEND, KEY = 18, 14, 20, 22
BARS_MOST = 160  # of a cross-tab; what has more is for a table
LINE_LEFT, LINE_HIGH, LINE_TOP, LINE_FOOT, LINE_WIDE = 48, 190, 26, 44, 640
NAMED_WAVES = 5  # so many have room for their names; more are numbered, as in the table
TICKS_MOST = 6


def bars(title: str, listed: Sequence[Bar]) -> Drawing:
    """A horizontal bar for each choice with its share and 95 % interval; hidden ones have no bar."""
    about = _("A bar for each choice, as long as its share, with its 95 % interval. The table beside it has the figures.")
    drawing = Drawing(title, about, LABEL + BAR + FIGURE, ROW * len(listed) + 10)
    for place, bar in enumerate(listed):
        top = ROW * place + 8
        drawing.marks.append(Words(LABEL - 8, top + 15, short(bar.text, LABEL - 16), anchor="end"))
        drawing.marks.append(Box(LABEL, top, BAR, 20, "track"))
        if bar.share is None or bar.low is None or bar.high is None:
            continue
        share, low, high = (BAR * min(100.0, value) / 100 for value in (bar.share, bar.low, bar.high))
        drawing.marks.append(Box(LABEL, top, share, 20, "bar"))
        drawing.marks += whisker(LABEL + low, LABEL + high, top + 10)
        drawing.marks.append(Words(LABEL + BAR + 6, top + 15, f"{bar.share:.0f} %"))
    return drawing


def bars_svg(title: str, listed: Sequence[Bar], *, standalone: bool = False) -> str:
    return as_svg(bars(title, listed), standalone=standalone)


def groups(title: str, table: Crosstab, *, least: int = 1) -> Drawing | None:
    """For each row of a cross-tab a bar for each column, told apart by letter and pattern; None where they are too many to be read."""
    count = len(table.columns)
    if not table.rows or not count or count * len(table.rows) > BARS_MOST:
        return None
    about = _(
        "For each answer a bar for each column, with its 95 % interval; columns are told apart by letter and pattern. "
        "The table beside it has the figures."
    )
    head = LEGEND * count + 14
    drawing = Drawing(title, about, LABEL + KEY + BAR + 90, head + len(table.rows) * (GROUP_BAR * count + GROUP_GAP))
    for place, name in enumerate(table.columns):
        top = LEGEND * place + 4
        drawing.marks.append(_filled(place, LABEL + KEY, top, 22, 12))
        drawing.marks.append(Words(LABEL + KEY - 8, top + 11, table.letters[place], anchor="end", is_bold=True))
        base = "" if place in table.hidden_bases else f" (n = {table.bases[place]})"
        drawing.marks.append(Words(LABEL + KEY + 30, top + 11, short(name, BAR + 56 - width_of(base)) + base))
    for line, (name, cells) in enumerate(table.rows):
        top = head + line * (GROUP_BAR * count + GROUP_GAP)
        drawing.marks.append(Stroke([(0, top - GROUP_GAP / 2), (drawing.width, top - GROUP_GAP / 2)], "axis", 1))
        drawing.marks.append(Words(LABEL - 8, top + 13, short(name, LABEL - 16), anchor="end"))
        for place, cell in enumerate(cells):
            drawing.marks += _group_bar(cell, place, table.letters[place], top + GROUP_BAR * place, least)
    return drawing


def _group_bar(cell: Cell, place: int, letter: str, top: float, least: int) -> list[Mark]:
    left, middle = LABEL + KEY, top + GROUP_BAR / 2
    marks: list[Mark] = [Words(left - 8, middle + 4.5, letter, "soft", 12, "end")]
    if cell.is_hidden:
        return [*marks, Words(left + 4, middle + 4.5, _("fewer than %(least)s, or hidden to protect them") % {"least": least}, "soft", 12)]
    if cell.share is None:
        return [*marks, Words(left + 4, middle + 4.5, "–", "soft", 12)]
    marks.append(_filled(place, left, top + 2, BAR * cell.share / 100, GROUP_BAR - 4))
    marks += whisker(left + BAR * cell.low / 100, left + BAR * cell.high / 100, middle)
    figure = f"{cell.share:.0f} %"
    marks.append(Words(left + BAR + 6, middle + 4.5, figure, size=12))
    if cell.letters:
        marks.append(Words(left + BAR + 12 + width_of(figure, 12), middle + 4.5, cell.letters, size=12, is_bold=True))
    return marks


def _filled(place: int, x: float, y: float, width: float, height: float) -> Box:
    """A column's own fill: a pattern and, after all patterns, another colour."""
    tone = ("bar", "other")[place // len(PATTERNS) % 2]
    return Box(x, y, width, height, tone, PATTERNS[place % len(PATTERNS)])


@dataclass(frozen=True)
class Point:
    """One wave's mean with its interval; `stars` for a change since the wave before that is no chance."""

    name: str
    count: float
    mean: float
    low: float
    high: float
    stars: str = ""


def trend(title: str, points: Sequence[Point], *, least: float, most: float) -> Drawing:
    """Means from wave to wave on the whole of their scale, in the band of their intervals; stars mark changes that are no chance."""
    about = _(
        "A line through the mean of each wave on the scale from %(least)s to %(most)s, in the band of its 95 %% interval; "
        "stars mark changes that are significant. The table beside it has the figures."
    ) % {"least": f"{least:g}", "most": f"{most:g}"}
    drawing = Drawing(title, about, LINE_WIDE, LINE_TOP + LINE_HIGH + LINE_FOOT)
    step = (LINE_WIDE - LINE_LEFT - 20) / len(points)

    def across(place: int) -> float:
        return LINE_LEFT + step * (place + 0.5)

    def down(value: float) -> float:
        return LINE_TOP + LINE_HIGH * (1 - (min(max(value, least), most) - least) / ((most - least) or 1))

    for tick in _ticks(least, most):
        drawing.marks.append(Stroke([(LINE_LEFT, down(tick)), (LINE_WIDE - 20, down(tick))], "axis", 1))
        drawing.marks.append(Words(LINE_LEFT - 8, down(tick) + 4.5, f"{tick:g}", "soft", 12, "end"))
    lows = [(across(place), down(point.low)) for place, point in enumerate(points)]
    highs = [(across(place), down(point.high)) for place, point in enumerate(points)]
    drawing.marks.append(Stroke([*lows, *reversed(highs)], "band", is_area=True))
    drawing.marks.append(Stroke([(across(place), down(point.mean)) for place, point in enumerate(points)], "trend", 2.5))
    for place, point in enumerate(points):
        # Waves of one survey often bear one title: the number is that of the table.
        x, name = across(place), f"{place + 1} · {point.name}" if len(points) <= NAMED_WAVES else str(place + 1)
        drawing.marks.append(Dot(x, down(point.mean), 4.5, "bar"))
        figure = f"{point.mean:.2f} {point.stars}".strip()
        drawing.marks.append(Words(x, max(14.0, down(point.high) - 8), figure, anchor="middle", is_bold=True))
        drawing.marks.append(Words(x, LINE_TOP + LINE_HIGH + 20, short(name, step - 8, 12), size=12, anchor="middle"))
        drawing.marks.append(Words(x, LINE_TOP + LINE_HIGH + 36, f"n = {point.count:.0f}", "soft", 12, "middle"))
    return drawing


def _ticks(least: float, most: float) -> list[float]:
    """Whole steps of a scale, so many as can be read."""
    stride = 1
    while (most - least) / stride > TICKS_MOST:
        stride += 1
    found = [least]
    while found[-1] + stride <= most:
        found.append(found[-1] + stride)
    return found
