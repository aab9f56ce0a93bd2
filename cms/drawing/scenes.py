"""Landscapes: mountains, rivers, harbours."""

import math
import random

from cms.drawing.paper import Paper, Point, Scissors
from cms.drawing.shapes import bird, boat, clouds, down_to, hump, range_of_mountains, ridge, ripples, sun
from cms.drawing.weathers import Weather, between


def mountains(paper: Paper, weather: Weather, chance: random.Random) -> None:
    sun(paper, weather, paper.wide * chance.uniform(0.58, 0.78), chance.uniform(230, 330), chance.uniform(80, 120))
    layers = 6
    for layer in range(layers):
        depth = layer / (layers - 1)
        line = ridge(
            chance, wide=paper.wide, base=560 + 380 * depth, height=330 - 110 * depth + chance.uniform(-30, 50), peaks=chance.randint(2, 4)
        )
        range_of_mountains(paper, weather, line, depth)
        if layer in (1, 3):
            clouds(paper, weather, chance, n=3, low=500 + 300 * depth, high=640 + 280 * depth, size=170)


def river(paper: Paper, weather: Weather, chance: random.Random) -> None:
    sun(paper, weather, paper.wide * chance.uniform(0.2, 0.34), 220, 84)
    for depth in (0.05, 0.25, 0.42):
        range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=470 + 190 * depth, height=280, peaks=3), depth)
    water = between(weather.horizon, weather.pale, 0.5)
    paper.lay(lambda s: s.bar(-5, 540, paper.wide + 5, 1005), water, foot=between(weather.far, water, 0.35), shaded=(540, 1000), shadow=0)
    ripples(paper, weather, chance, top=560, n=60, colour=weather.far, strength=0.55)
    for step in range(5):
        depth = 0.5 + step * 0.12
        y, from_left = 600 + step * 92, step % 2 == 0
        reach = paper.wide * chance.uniform(0.42, 0.62)
        _bank(paper, weather, y, reach, depth, from_left=from_left)
    boat(paper, weather, paper.wide * 0.55, 655, 62)


def _bank(paper: Paper, weather: Weather, y: float, reach: float, depth: float, *, from_left: bool) -> None:
    """A tongue of land into the river, with terraces cut into it."""
    for shelf in range(3):
        length, top = reach * (1 - shelf * 0.2), y - shelf * 30

        def cut(s: Scissors, length: float = length, top: float = top) -> None:
            points = [(length * t, top + 62 * t**2.2 - 26 * math.sin(t * math.pi)) for t in (step / 40 for step in range(41))]
            outline = [*points, (0, top + 80), (0, top)]
            s.shape(outline if from_left else [(paper.wide - px, py) for px, py in outline])

        colour = between(weather.land(depth), weather.foot, 0.34 - shelf * 0.17)
        paper.lay(cut, colour, shadow=0.22)


def terraces(paper: Paper, weather: Weather, chance: random.Random) -> None:
    """Rice fields up a hill, each a mirror of the sky."""
    sun(paper, weather, paper.wide * chance.uniform(0.62, 0.8), 200, 78)
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=430, height=240, peaks=3), 0.1)
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=500, height=170, peaks=2), 0.3)
    phase, lean = chance.uniform(0, math.tau), chance.uniform(0.7, 1.2)
    steps = 13
    for step in range(steps):
        share = step / (steps - 1)
        base = 445 + 560 * share**1.25
        line = [
            (x, base + (46 + 60 * share) * math.sin(x / paper.wide * math.tau * lean + phase + step * 0.33) * (1 - 0.25 * share))
            for x in (paper.wide * place / 120 for place in range(-2, 124))
        ]
        field = between(weather.land(0.25 + 0.75 * share), weather.foot, 0.62 if step % 2 else 0.05)
        paper.lay(lambda s, line=line: s.shape(down_to(line)), field, shadow=0.16 + 0.12 * share)  # type: ignore[misc]
        paper.lay(lambda s, line=line, share=share: s.line(line, 1.5 + 2 * share), weather.rim, shadow=0, strength=0.55)  # type: ignore[misc]
    _little_house(paper, weather, paper.wide * chance.uniform(0.2, 0.35), 585, 60)


def _little_house(paper: Paper, weather: Weather, x: float, y: float, size: float) -> None:
    paper.lay(lambda s: s.bar(x - size * 0.5, y - size * 0.5, x + size * 0.5, y + size * 0.2), weather.pale, shadow=0.2)
    roof = [
        (x - size * 0.85, y - size * 0.42),
        (x - size * 0.5, y - size * 0.62),
        (x - size * 0.42, y - size),
        (x + size * 0.42, y - size),
        (x + size * 0.5, y - size * 0.62),
        (x + size * 0.85, y - size * 0.42),
    ]
    paper.lay(lambda s: s.shape(roof), weather.accent, shadow=0.25)
    paper.lay(lambda s: s.bar(x - size * 0.1, y - size * 0.25, x + size * 0.12, y + size * 0.2), weather.dark, shadow=0)


def harbour(paper: Paper, weather: Weather, chance: random.Random) -> None:
    sun(paper, weather, paper.wide * chance.uniform(0.4, 0.6), 380, 130)
    for depth in (0.05, 0.3):
        range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=560 + 60 * depth, height=170, peaks=4), depth)
    _sea(paper, weather, 575)
    ripples(paper, weather, chance, top=590, n=110, colour=weather.pale, strength=0.35)
    places = sorted((chance.uniform(640, 860), chance.uniform(0.06, 0.94)) for _ in range(6))
    for number, (y, across) in enumerate(places):
        sail = weather.accent if number % 2 else weather.pale
        boat(paper, weather, paper.wide * across, y, 46 + (y - 600) * 0.42, sail=sail, faces=chance.choice((1, -1)))
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=1010, height=110, peaks=2), 1, mist=0.1)


def _sea(paper: Paper, weather: Weather, top: float) -> None:
    surface = between(weather.land(0.35), weather.horizon, 0.25)
    paper.lay(lambda s: s.bar(-5, top, paper.wide + 5, 1005), surface, foot=weather.land(0.75), shaded=(top, 1000), shadow=0)


def bridge(paper: Paper, weather: Weather, chance: random.Random) -> None:
    """An arch that closes to a circle in the water."""
    sun(paper, weather, paper.wide * chance.uniform(0.68, 0.8), 230, 74)
    for depth in (0.05, 0.22, 0.4):
        range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=590 + 50 * depth, height=300 - 200 * depth, peaks=3), depth)
    _sea(paper, weather, 640)
    middle, radius = paper.wide * chance.uniform(0.42, 0.5), 190
    _arch(paper, weather, middle, radius)
    ripples(paper, weather, chance, top=660, n=90, colour=weather.pale, strength=0.35)
    boat(paper, weather, middle + radius * 1.9, 770, 70)
    for side in (0.0, 1.0):
        line = hump(paper.wide * side, 1010, paper.wide * 0.34, 190)
        range_of_mountains(paper, weather, line, 1, mist=0.05)


def _arch(paper: Paper, weather: Weather, x: float, radius: float) -> None:
    water = 640

    def span(s: Scissors, *, mirrored: bool = False) -> None:
        sign = -1 if mirrored else 1
        top = [
            (x + step * 14, water - sign * (radius + 46) * math.exp(-((step * 14 / (radius * 1.75)) ** 2) * 1.4)) for step in range(-38, 39)
        ]
        s.shape([*top, (top[-1][0], water), (top[0][0], water)])
        s.disc(x, water, radius * 0.86, cut_out=True)

    paper.lay(lambda s: span(s, mirrored=True), weather.land(0.7), shadow=0, strength=0.45)
    paper.lay(span, weather.pale, foot=between(weather.pale, weather.rim, 0.4), shaded=(380, 640), shadow=0.3)
    paper.lay(lambda s: s.ring(x, water, radius * 0.9, 6, start=180, end=360), weather.accent, shadow=0)

    def posts(s: Scissors) -> None:
        for step in range(-13, 14):
            px = x + step * 26
            height = water - (radius + 46) * math.exp(-(((step * 26) / (radius * 1.75)) ** 2) * 1.4)
            s.bar(px - 3.4, height - 26, px + 3.4, height + 6, round_by=3)

    paper.lay(posts, weather.accent, shadow=0.2)


def city(paper: Paper, weather: Weather, chance: random.Random) -> None:
    sun(paper, weather, paper.wide * chance.uniform(0.3, 0.7), 260, 110)
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=600, height=250, peaks=3), 0.08)
    for row in range(4):
        depth = 0.25 + row * 0.25
        houses, x = [], -40.0
        while x < paper.wide + 40:
            wide = chance.uniform(70, 150) * (0.7 + depth * 0.5)
            houses.append((x, chance.uniform(150, 400) * (1.15 - depth * 0.65), wide))
            x += wide + chance.uniform(-6, 26)
        _row(paper, weather, chance, houses, 690 + 320 * depth, depth)
        if row == 0:
            clouds(paper, weather, chance, n=3, low=560, high=660, size=190)


def _row(
    paper: Paper, weather: Weather, chance: random.Random, houses: list[tuple[float, float, float]], base: float, depth: float
) -> None:
    def cut(s: Scissors) -> None:
        for x, height, wide in houses:
            top = base - height
            s.bar(x, top, x + wide, 1010)
            if wide > 95:
                s.shape([(x - 16, top + 6), (x + wide * 0.16, top - 34), (x + wide * 0.84, top - 34), (x + wide + 16, top + 6)])

    colour = weather.land(depth)
    paper.lay(cut, colour, foot=between(colour, weather.foot, 0.45), shaded=(base - 380, base + 140), shadow=0.26)
    lit = [
        (x + wide * across, base - height + 46 + floor * 42)
        for x, height, wide in houses
        for across in (0.24, 0.5, 0.76)
        for floor in range(int(height / 42) + 2)
        if chance.random() < 0.42
    ]
    paper.lay(lambda s: [s.bar(x - 6, y - 9, x + 6, y + 9, round_by=1.5) for x, y in lit], weather.rim, shadow=0, strength=0.9)


def cranes(paper: Paper, weather: Weather, chance: random.Random) -> None:
    sun(paper, weather, paper.wide * 0.5, 400, 250)
    for depth in (0.1, 0.35):
        range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=840 + 80 * depth, height=230, peaks=4), depth)
    clouds(paper, weather, chance, n=5, low=650, high=800, size=200)
    flock = [
        (
            paper.wide * (0.2 + 0.15 * n) + chance.uniform(-30, 30),
            250 + 90 * ((n * 2) % 3) + chance.uniform(-40, 60),
            chance.uniform(66, 118),
        )
        for n in range(5)
    ]
    for x, y, size in flock:
        lift = chance.choice((-0.9, 0.75, 1))
        paper.lay(lambda s, x=x, y=y, size=size, lift=lift: bird(s, x, y, size, lift), weather.pale, shadow=0.3)  # type: ignore[misc]
        paper.lay(lambda s, x=x, y=y, size=size: s.disc(x + size * 0.98, y - size * 0.14, size * 0.05), weather.accent, shadow=0)  # type: ignore[misc]
    for depth in (0.75, 1):
        range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=1000, height=190 - 60 * depth, peaks=3), depth)


def waves(paper: Paper, weather: Weather, chance: random.Random) -> None:
    """Rows of round waves, as on old porcelain, and a boat that rides them."""
    sun(paper, weather, paper.wide * chance.uniform(0.55, 0.75), 300, 140)
    rows, radius = 9, 92
    for row in range(rows):
        depth, y = row / (rows - 1), 500 + row * 62
        shift = radius if row % 2 else 0
        centres: list[Point] = [(x * radius * 2.0 - shift, y + chance.uniform(-6, 6)) for x in range(int(paper.wide / radius / 2) + 3)]
        if row == 2:
            boat(paper, weather, paper.wide * chance.uniform(0.25, 0.4), y - 40, 120)
        _scales(paper, weather, centres, radius, depth)


def _scales(paper: Paper, weather: Weather, centres: list[Point], radius: float, depth: float) -> None:
    colour = weather.land(depth)
    bands = (
        (1.0, colour),
        (0.8, between(colour, weather.foot, 0.55)),
        (0.62, colour),
        (0.44, between(colour, weather.foot, 0.55)),
        (0.26, colour),
    )
    for share, tone in bands:

        def cut(s: Scissors, share: float = share) -> None:
            for x, y in centres:
                s.disc(x, y + radius * 0.5, radius * share)

        paper.lay(cut, tone, shadow=0.3 if share == 1 else 0)
