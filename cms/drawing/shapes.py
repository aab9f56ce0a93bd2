"""Outlines that several pictures share."""

import math
import random

from cms.drawing.paper import Paper, Point, Scissors
from cms.drawing.weathers import Colour, Weather, between


def ridge(chance: random.Random, *, wide: float, base: float, height: float, peaks: int, sharp: float = 1.5) -> list[Point]:
    """A skyline from the left edge to the right, `base` at its lowest and about `height` above it at its peaks."""
    tops = []
    for place in range(peaks):
        x = wide * (place + chance.uniform(0.15, 0.85)) / peaks
        tops.append((x, height * chance.uniform(0.45, 1), wide / peaks * chance.uniform(0.55, 0.95)))
    line = []
    steps = max(160, int(wide / 5))
    for step in range(steps + 1):
        x = wide * step / steps
        rise = max((h * max(0.0, 1 - abs(x - at) / half) ** sharp for at, h, half in tops), default=0)
        swell = height * 0.05 * math.sin(x / wide * math.tau * 1.3 + tops[0][0])
        line.append((x, base - rise - swell))
    return line


def hump(x: float, base: float, half: float, height: float, *, sharp: float = 2.2) -> list[Point]:
    """One mountain with rounded shoulders: a bell from left to right."""
    return [
        (x + half * step / 40, base - height * math.exp(-(abs(step / 40 * 1.9) ** sharp)) + height * math.exp(-(1.9**sharp)))
        for step in range(-40, 41)
    ]


def down_to(line: list[Point], bottom: float = 1010) -> list[Point]:
    """Close a skyline to a sheet that reaches down."""
    return [*line, (line[-1][0], bottom), (line[0][0], bottom)]


def range_of_mountains(paper: Paper, weather: Weather, line: list[Point], depth: float, *, mist: float = 0.8) -> None:
    """One sheet of mountains at a depth (0 far, 1 near) whose foot dissolves in mist, with a gold rim."""
    top = min(y for _x, y in line)
    bottom = max(y for _x, y in line)
    colour = weather.land(depth)
    foot = between(colour, weather.foot, mist)
    paper.lay(lambda s: s.shape(down_to(line)), colour, foot=foot, shaded=(top, max(bottom + 60, top + 190)), shadow=0.16 + 0.22 * depth)
    paper.lay(lambda s: s.line(line, 1.6 + 1.6 * depth), weather.rim, shadow=0, strength=0.35 + 0.5 * depth)


def sun(paper: Paper, weather: Weather, x: float, y: float, radius: float) -> None:
    paper.lay(lambda s: s.disc(x, y, radius * 1.5), weather.disc, shadow=0, strength=0.10)
    paper.lay(lambda s: s.disc(x, y, radius * 1.22), weather.disc, shadow=0, strength=0.14)
    paper.lay(
        lambda s: s.disc(x, y, radius),
        weather.disc,
        foot=between(weather.disc, weather.horizon, 0.35),
        shaded=(y - radius, y + radius * 1.6),
        shadow=0.12,
    )


def cloud(scissors: Scissors, x: float, y: float, size: float, chance: random.Random) -> None:
    """A cloud as a paper-cutter makes it: bars with round ends, stacked and shifted."""
    for row in range(chance.randint(2, 4)):
        length = size * chance.uniform(0.7, 1.5) / (1 + row * 0.25)
        shift = chance.uniform(-0.4, 0.4) * size
        thick = size * 0.085
        top = y - row * thick * 1.75
        scissors.bar(x + shift - length / 2, top - thick, x + shift + length / 2, top + thick, round_by=thick)


def clouds(
    paper: Paper, weather: Weather, chance: random.Random, *, n: int, low: float, high: float, size: float, colour: Colour | None = None
) -> None:
    places = [(chance.uniform(-0.05, 1.05) * paper.wide, chance.uniform(low, high), size * chance.uniform(0.7, 1.3)) for _ in range(n)]

    def cut(scissors: Scissors) -> None:
        for x, y, large in places:
            cloud(scissors, x, y, large, chance)

    paper.lay(cut, colour or weather.pale, shadow=0.12, strength=0.82)


def boat(paper: Paper, weather: Weather, x: float, y: float, size: float, *, sail: Colour | None = None, faces: int = 1) -> None:
    """A small sailing boat: hull, mast, a battened sail."""
    f = faces * size
    colour = sail or weather.accent
    paper.lay(
        lambda s: s.shape(
            [(x - f * 0.62, y), (x + f * 0.66, y - size * 0.05), (x + f * 0.42, y + size * 0.2), (x - f * 0.42, y + size * 0.2)]
        ),
        weather.dark,
        shadow=0.2,
    )
    outline = [
        (x - f * 0.05, y - size * 1.25),
        (x + f * 0.34, y - size * 1.0),
        (x + f * 0.5, y - size * 0.12),
        (x - f * 0.05, y - size * 0.06),
    ]
    paper.lay(lambda s: s.shape(outline), colour, shadow=0.25)

    def battens(s: Scissors) -> None:
        for share in (0.2, 0.4, 0.6, 0.8):
            height = y - size * (1.25 - 1.15 * share)
            s.line([(x - f * 0.05, height), (x + f * (0.22 + 0.27 * share), height + size * 0.12 * (1 - share))], size * 0.018)
        s.line([(x - f * 0.06, y - size * 1.32), (x - f * 0.06, y + size * 0.05)], size * 0.03)

    paper.lay(battens, between(colour, weather.dark, 0.55), shadow=0)


def bird(scissors: Scissors, x: float, y: float, size: float, lift: float) -> None:
    """A crane on the wing, seen from the side; `lift` -1..1 says where its wings are."""
    scissors.shape(
        [
            (x - size, y + size * 0.03),
            (x - size * 0.35, y - size * 0.05),
            (x + size * 0.3, y - size * 0.03),
            (x + size * 1.15, y - size * 0.16),
            (x + size * 0.3, y + size * 0.07),
            (x - size * 0.4, y + size * 0.08),
        ]
    )
    tip = y - size * 0.75 * lift
    scissors.shape([(x - size * 0.28, y), (x - size * 0.55, tip), (x - size * 0.35, tip - size * 0.12 * lift), (x + size * 0.28, y)])
    scissors.shape(
        [
            (x - size * 0.1, y),
            (x + size * 0.05, tip * 0.999 + size * 0.12 * lift),
            (x + size * 0.2, tip + size * 0.05 * lift),
            (x + size * 0.34, y),
        ]
    )


def ripples(paper: Paper, weather: Weather, chance: random.Random, *, top: float, n: int, colour: Colour, strength: float = 0.5) -> None:
    lines = []
    for _ in range(n):
        y = top + (1000 - top) * chance.random() ** 0.8
        length = chance.uniform(30, 220) * (0.4 + (y - top) / (1000 - top + 1))
        x = chance.uniform(0, paper.wide)
        lines.append((x, y, length))

    def cut(s: Scissors) -> None:
        for x, y, length in lines:
            s.bar(x - length / 2, y - 1.6, x + length / 2, y + 1.6, round_by=1.6)

    paper.lay(cut, colour, shadow=0, strength=strength)
