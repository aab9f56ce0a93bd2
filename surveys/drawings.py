"""A chart as shapes and words that a page, a file and a sheet of paper draw alike. Pure.

A mark's tone is a name: pages colour it by class from their tokens, in light and dark; files and paper by PLAIN.
What a colour tells, a pattern or a word beside it tells as well.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

HEADING = 34
WIDE_FROM = 0x2E80  # from here on a character is as wide as it is high
PLAIN = {
    "ink": "#211c15",
    "soft": "#5e5548",
    "bar": "#0a6150",
    "other": "#8a5a00",
    "track": "#f2ece1",
    "band": "#cfe5da",
    "halo": "#ffffff",
    "whisker": "#211c15",
    "trend": "#0a6150",
    "axis": "#ddd3c3",
}
PATTERNS = ("", "hatch", "dots", "lines", "cross")
FONTS = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    tone: str
    pattern: str = ""


@dataclass(frozen=True)
class Stroke:
    """A line through points; with `is_area` the ground that they enclose."""

    points: Sequence[tuple[float, float]]
    tone: str
    width: float = 1.5
    is_area: bool = False


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    radius: float
    tone: str


@dataclass(frozen=True)
class Words:
    """`x`, `y`: the end named by `anchor` (start, middle, end) of the line that the letters stand on."""

    x: float
    y: float
    text: str
    tone: str = "ink"
    size: float = 13
    anchor: str = "start"
    is_bold: bool = False


Mark = Box | Stroke | Dot | Words


@dataclass
class Drawing:
    """`about`: what it shows, for those who do not see it; the figures are in the table beside it."""

    title: str
    about: str
    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)


def whisker(low: float, high: float, y: float) -> Iterator[Mark]:
    """An interval along a bar, set off from the bar and from the ground."""
    ends = [[(low, y), (high, y)], [(low, y - 4), (low, y + 4)], [(high, y - 4), (high, y + 4)]]
    for tone, width in (("halo", 4.0), ("whisker", 1.5)):
        for points in ends:
            yield Stroke(points, tone, width)


def as_svg(drawing: Drawing, *, standalone: bool = False) -> str:
    """SVG that needs neither script nor style sheet. `standalone`: with its title and a ground of its own, for a file."""
    head = HEADING if standalone else 0
    wide, high = f"{drawing.width:g}", f"{drawing.height + head:g}"
    key = f"chart-{zlib.crc32(repr((drawing.title, drawing.about, drawing.marks)).encode()):08x}"
    font = f' font-family="{FONTS}"' if standalone else ""
    size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
    named = f'aria-labelledby="{key}-t" aria-describedby="{key}-d"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" class="survey-chart" {size} role="img" {named} font-size="13"{font}>']
    parts.append(f'<title id="{key}-t">{escape(drawing.title)}</title><desc id="{key}-d">{escape(drawing.about)}</desc>')
    parts += _defined(drawing, key)
    if standalone:
        parts.append(f'<rect width="{wide}" height="{high}" fill="#fff"/>')
        title = Words(12, 24, short(drawing.title, drawing.width - 24, 15), size=15, is_bold=True)
        parts += [_svg_of(title, key), f'<g transform="translate(0 {head})">']
    parts += [_svg_of(mark, key) for mark in drawing.marks]
    return "".join([*parts, "</g></svg>" if standalone else "</svg>"])


def _defined(drawing: Drawing, key: str) -> Iterator[str]:
    """The patterns that a drawing's boxes are filled with."""
    used = sorted({(mark.tone, mark.pattern) for mark in drawing.marks if isinstance(mark, Box) and mark.pattern})
    if used:
        yield "<defs>"
        for tone, pattern in used:
            look = f'class="survey-chart-{tone}" fill="{PLAIN[tone]}"'
            inside = {
                "hatch": f'<rect {look} width="3" height="6"/>',
                "cross": f'<rect {look} width="3" height="6"/><rect {look} width="6" height="3"/>',
                "lines": f'<rect {look} width="6" height="3"/>',
                "dots": f'<circle {look} cx="2" cy="2" r="1.7"/>',
            }[pattern]
            turned = ' patternTransform="rotate(45)"' if pattern in ("hatch", "cross") else ""
            size = 5 if pattern == "dots" else 6
            place = f'id="{key}-{tone}-{pattern}" width="{size}" height="{size}" patternUnits="userSpaceOnUse"'
            yield f"<pattern {place}{turned}>{inside}</pattern>"
        yield "</defs>"


def _svg_of(mark: Mark, key: str) -> str:
    look, colour = f'class="survey-chart-{mark.tone}"', PLAIN[mark.tone]
    if isinstance(mark, Box):
        place = f'x="{mark.x:.1f}" y="{mark.y:.1f}" width="{mark.width:.1f}" height="{mark.height:.1f}"'
        if not mark.pattern:
            return f'<rect {look} {place} fill="{colour}"/>'
        edge = f'<rect class="survey-chart-edge-{mark.tone}" {place} fill="none" stroke="{colour}"/>'
        return f'<rect {place} fill="url(#{key}-{mark.tone}-{mark.pattern})"/>{edge}'
    if isinstance(mark, Stroke):
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in mark.points)
        if mark.is_area:
            return f'<path {look} d="{path}Z" fill="{colour}"/>'
        return f'<path {look} d="{path}" fill="none" stroke="{colour}" stroke-width="{mark.width:g}"/>'
    if isinstance(mark, Dot):
        return f'<circle {look} cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{mark.radius:g}" fill="{colour}"/>'
    anchor = "" if mark.anchor == "start" else f" text-anchor={quoteattr(mark.anchor)}"
    weight = ' font-weight="600"' if mark.is_bold else ""
    size = "" if mark.size == 13 else f' font-size="{mark.size:g}"'
    return f'<text {look} x="{mark.x:.1f}" y="{mark.y:.1f}"{anchor}{size}{weight} fill="{colour}">{escape(mark.text)}</text>'


def width_of(text: str, size: float = 13) -> float:
    """About how wide a line of text is, in the size's own units."""
    return size * sum(1.0 if ord(letter) >= WIDE_FROM else 0.66 if letter.isupper() or letter in "mwMW%" else 0.54 for letter in text)


def short(text: str, room: float, size: float = 13) -> str:
    """As much of a text as its place takes."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text, size) + size > room:
        text = text[:-1]
    return text.rstrip() + "…"
