"""Still lifes: things of the club's room and of its customers' trades."""

import math
import random

from cms.drawing.paper import Paper, Scissors
from cms.drawing.shapes import clouds, range_of_mountains, ridge, sun
from cms.drawing.weathers import Colour, Weather, between


def lanterns(paper: Paper, weather: Weather, chance: random.Random) -> None:
    sun(paper, weather, paper.wide * 0.76, 240, 92)
    for depth in (0.1, 0.4, 0.8):
        range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=800 + 200 * depth, height=230, peaks=3), depth)
    for row in range(2):
        sag = 120 + row * 90
        line = [(paper.wide * t, -20 + row * 60 + sag * math.sin(t * math.pi)) for t in (step / 60 for step in range(61))]
        paper.lay(lambda s, line=line: s.line(line, 3), weather.dark, shadow=0)  # type: ignore[misc]
    for number in range(7):
        x = paper.wide * (0.08 + number * 0.14) + chance.uniform(-18, 18)
        size = chance.uniform(60, 104)
        top = 40 + 150 * math.sin(x / paper.wide * math.pi) + (number % 2) * 70
        lit = weather.accent if number % 3 else weather.rim
        _lantern(paper, weather, x, top + size, size, lit)


def _lantern(paper: Paper, weather: Weather, x: float, y: float, size: float, colour: Colour) -> None:
    paper.lay(lambda s: s.line([(x, -10), (x, y)], 2.4), weather.dark, shadow=0)
    paper.lay(lambda s: s.disc(x, y, size * 1.7), weather.rim, shadow=0, strength=0.09)
    paper.lay(
        lambda s: s.disc(x, y, size, height=size * 0.82),
        colour,
        foot=between(colour, weather.dark, 0.25),
        shaded=(y - size, y + size),
        shadow=0.32,
    )

    def ribs(s: Scissors) -> None:
        for share in (0.25, 0.58, 0.84):
            s.line([(x + size * share * math.sin(a), y - size * 0.82 * math.cos(a)) for a in (math.pi * t / 24 for t in range(25))], 2)
            s.line([(x - size * share * math.sin(a), y - size * 0.82 * math.cos(a)) for a in (math.pi * t / 24 for t in range(25))], 2)

    paper.lay(ribs, weather.rim, shadow=0, strength=0.7)

    def caps(s: Scissors) -> None:
        for edge in (-0.82, 0.82):
            s.bar(x - size * 0.34, y + size * edge - 7, x + size * 0.34, y + size * edge + 7, round_by=3)
        for thread in (-2, -1, 0, 1, 2):
            s.line([(x + thread * 4, y + size * 0.88), (x + thread * 5, y + size * 1.45)], 2.2)

    paper.lay(caps, weather.rim, shadow=0.2)


def moongate(paper: Paper, weather: Weather, chance: random.Random) -> None:
    """A round gate in a white wall; behind it, the landscape that one came for."""
    middle, radius = paper.wide * 0.5, 380
    sun(paper, weather, middle + radius * 0.36, 330, 62)
    for depth in (0.1, 0.4, 0.75):
        line = ridge(chance, wide=paper.wide, base=620 + 200 * depth, height=230, peaks=5)
        range_of_mountains(paper, weather, line, depth)
    wall = between(weather.pale, weather.horizon, 0.25)

    def cut(s: Scissors) -> None:
        s.bar(-10, -10, paper.wide + 10, 1010)
        s.disc(middle, 500, radius, cut_out=True)

    paper.lay(cut, wall, foot=between(wall, weather.foot, 0.6), shaded=(500, 1000), shadow=0.5)
    paper.lay(lambda s: s.ring(middle, 500, radius + 30, 12), weather.dark, shadow=0.2, strength=0.9)
    paper.lay(lambda s: s.bar(-10, 930, paper.wide + 10, 1010), weather.dark, foot=weather.near, shaded=(930, 1000), shadow=0.25)
    _plum_branch(paper, weather, chance)


def _plum_branch(paper: Paper, weather: Weather, chance: random.Random) -> None:
    paths, flowers = [], []

    def grow(x: float, y: float, angle: float, length: float, thick: float) -> None:
        points = [(x, y)]
        for _ in range(6):
            angle += chance.uniform(-0.28, 0.28)
            x, y = x + math.cos(angle) * length / 6, y + math.sin(angle) * length / 6
            points.append((x, y))
            if thick < 13 and chance.random() < 0.5:
                flowers.append((x + chance.uniform(-14, 14), y + chance.uniform(-14, 14), chance.uniform(11, 19)))
        paths.append((points, thick))
        if thick > 4:
            grow(x, y, angle + chance.uniform(0.2, 0.6), length * 0.66, thick * 0.55)
            grow(*points[3], angle - chance.uniform(0.5, 0.9), length * 0.6, thick * 0.5)

    grow(-20, 150, 0.28, 520, 22)
    paper.lay(lambda s: [s.line(points, thick) for points, thick in paths], weather.dark, shadow=0.35)

    def petals(s: Scissors) -> None:
        for x, y, size in flowers:
            for leaf in range(5):
                turn = leaf * math.tau / 5 + x
                s.disc(x + math.cos(turn) * size * 0.55, y + math.sin(turn) * size * 0.55, size * 0.5)

    paper.lay(petals, weather.accent, shadow=0.3)
    paper.lay(lambda s: [s.disc(x, y, size * 0.24) for x, y, size in flowers], weather.rim, shadow=0)


def bamboo(paper: Paper, weather: Weather, chance: random.Random) -> None:
    sun(paper, weather, paper.wide * chance.uniform(0.55, 0.72), 360, 170)
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=900, height=240, peaks=3), 0.12)
    clouds(paper, weather, chance, n=3, low=700, high=820, size=190)
    for row in range(3):
        depth = 0.35 + row * 0.32
        for _ in range(4):
            x = chance.uniform(0, 1) ** (0.7 + row * 0.3) * paper.wide
            _cane(paper, weather, chance, x, 16 + 22 * depth, depth)


def _cane(paper: Paper, weather: Weather, chance: random.Random, x: float, thick: float, depth: float) -> None:
    colour, lean, y = weather.land(depth), chance.uniform(-0.05, 0.05), 1010.0
    joints, leaves = [], []
    while y > -40:
        length = chance.uniform(110, 170)
        joints.append((x, y, x + lean * length, y - length))
        x, y = x + lean * length, y - length
        if y < 640 and chance.random() < 0.75:
            for _ in range(chance.randint(2, 4)):
                leaves.append((x, y, chance.choice((-1, 1)) * chance.uniform(0.1, 0.9), chance.uniform(80, 170)))

    def cut(s: Scissors) -> None:
        for left, bottom, right, top in joints:
            half = thick / 2
            s.shape([(left - half, bottom - 4), (right - half, top + 4), (right + half, top + 4), (left + half, bottom - 4)])
            s.bar(right - half - 3, top - 1, right + half + 3, top + 7, round_by=3)

    paper.lay(cut, colour, shadow=0.28)

    def blades(s: Scissors) -> None:
        for px, py, way, length in leaves:
            side = 1 if way > 0 else -1
            tip = (px + side * length * math.cos(abs(way)), py + length * math.sin(abs(way)))
            bend = (px + side * length * 0.45, py + length * abs(way) * 0.28 - 12)
            under = (px + side * length * 0.42, py + length * abs(way) * 0.35 + 14)
            s.shape([(px, py), bend, tip, under])

    paper.lay(blades, between(colour, weather.foot, 0.12), shadow=0.25)


def abacus(paper: Paper, weather: Weather, chance: random.Random) -> None:
    """Beads that stand for a sum: the ledger's ancestor."""
    ground = between(weather.horizon, weather.foot, 0.5)
    paper.lay(lambda s: s.bar(-10, -10, paper.wide + 10, 1010), ground, foot=between(ground, weather.far, 0.45), shadow=0)
    sun(paper, weather, paper.wide * 0.82, 150, 210)
    left, right, top, bottom = paper.wide * 0.13, paper.wide * 0.87, 170, 850
    wood = weather.dark

    def frame(s: Scissors) -> None:
        s.bar(left - 34, top - 34, right + 34, bottom + 34, round_by=20)
        s.bar(left, top, right, bottom, round_by=6, cut_out=True)
        s.bar(left, top + 205, right, top + 231)

    rods = 9
    gap = (right - left) / rods
    paper.lay(
        lambda s: [s.bar(left + gap * (rod + 0.5) - 3.5, top, left + gap * (rod + 0.5) + 3.5, bottom) for rod in range(rods)],
        weather.rim,
        shadow=0.15,
    )
    beads = []
    for rod in range(rods):
        x = left + gap * (rod + 0.5)
        upper, lower = chance.randint(0, 1), chance.randint(0, 4)
        beads += [(x, top + 42 + (1 if n < upper else 0) * 20 + n * 66 + (38 if upper else 0), True) for n in range(2)]
        beads += [(x, top + 231 + 42 + n * 66, True) if n < lower else (x, bottom - 42 - (4 - n) * 66, False) for n in range(5)]

    def cut(s: Scissors, *, counted: bool) -> None:
        for x, y, counts in beads:
            if counts == counted:
                s.shape(
                    [
                        (x - gap * 0.43, y),
                        (x - gap * 0.2, y - 31),
                        (x + gap * 0.2, y - 31),
                        (x + gap * 0.43, y),
                        (x + gap * 0.2, y + 31),
                        (x - gap * 0.2, y + 31),
                    ]
                )

    paper.lay(lambda s: cut(s, counted=False), weather.land(0.75), shadow=0.34)
    paper.lay(lambda s: cut(s, counted=True), weather.accent, shadow=0.34)
    paper.lay(
        lambda s: [s.bar(x - gap * 0.43, y - 1.5, x + gap * 0.43, y + 1.5) for x, y, _counts in beads],
        weather.rim,
        shadow=0,
        strength=0.6,
    )
    paper.lay(frame, wood, shadow=0.4)


def roundtable(paper: Paper, weather: Weather, chance: random.Random) -> None:
    """A table seen from above, chairs around it, papers on it: people who talk."""
    floor = between(weather.horizon, weather.foot, 0.4)
    paper.lay(lambda s: s.bar(-10, -10, paper.wide + 10, 1010), floor, foot=between(floor, weather.far, 0.35), shadow=0)
    boards = [n * 125.0 for n in range(-2, int(paper.wide / 125) + 6)]
    paper.lay(lambda s: [s.line([(x, -10), (x - 260, 1010)], 2) for x in boards], weather.far, shadow=0, strength=0.5)
    x, y, radius = paper.wide * 0.5, 500, 300
    seats = 8
    for seat in range(seats):
        turn = math.tau * seat / seats + 0.2
        cx, cy = x + math.cos(turn) * (radius + 78), y + math.sin(turn) * (radius + 78) * 0.98
        colour = weather.accent if seat in (1, 5) else weather.land(0.55 + 0.4 * (seat % 2))
        paper.lay(lambda s, cx=cx, cy=cy: s.disc(cx, cy, 70), colour, shadow=0.32)  # type: ignore[misc]
        paper.lay(lambda s, cx=cx, cy=cy: s.disc(cx, cy, 46), between(colour, weather.pale, 0.22), shadow=0)  # type: ignore[misc]
    paper.lay(lambda s: s.disc(x, y, radius), weather.pale, foot=between(weather.pale, weather.rim, 0.35), shaded=(200, 820), shadow=0.42)
    for share in (0.92, 0.9):
        paper.lay(lambda s, share=share: s.ring(x, y, radius * share, 1.6), weather.rim, shadow=0)  # type: ignore[misc]
    for seat in range(seats):
        turn = math.tau * seat / seats + 0.2
        _note(paper, weather, x + math.cos(turn) * radius * 0.68, y + math.sin(turn) * radius * 0.68, turn + chance.uniform(-0.3, 0.3))
    paper.lay(lambda s: s.disc(x, y, 66), weather.near, shadow=0.35)
    paper.lay(lambda s: s.disc(x, y, 46), weather.rim, shadow=0)
    paper.lay(
        lambda s: [s.disc(x + math.cos(a) * 22, y + math.sin(a) * 22, 15) for a in (math.tau * n / 5 for n in range(5))],
        weather.accent,
        shadow=0.2,
    )


def _note(paper: Paper, weather: Weather, x: float, y: float, turn: float) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * math.cos(turn) - dy * math.sin(turn), y + dx * math.sin(turn) + dy * math.cos(turn)

    paper.lay(lambda s: s.shape([at(-38, -28), at(38, -28), at(38, 28), at(-38, 28)]), (255, 253, 247), shadow=0.22)
    paper.lay(lambda s: [s.line([at(dx, -18), at(dx, 14)], 2.4) for dx in (-24, -10, 4, 18)], weather.far, shadow=0)


def pages(paper: Paper, weather: Weather, chance: random.Random) -> None:
    """Sheets that leave the press and fly."""
    sun(paper, weather, paper.wide * 0.74, 280, 150)
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=830, height=220, peaks=4), 0.15)
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=940, height=170, peaks=3), 0.5)
    for number in range(13):
        along = number / 12
        x = paper.wide * (0.06 + 0.86 * along)
        y = 850 - 640 * along**0.8 + 70 * math.sin(number * 1.7) + chance.uniform(-25, 25)
        _leaf(paper, weather, chance, x, y, 120 - 70 * along, number)
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=1010, height=120, peaks=2), 1, mist=0.1)


def _leaf(paper: Paper, weather: Weather, chance: random.Random, x: float, y: float, size: float, number: int) -> None:
    turn, bend = chance.uniform(-0.7, 0.5), chance.uniform(0.15, 0.42)

    def at(dx: float, dy: float) -> tuple[float, float]:
        dy += size * bend * math.cos(dx / size * 1.6)
        return x + dx * math.cos(turn) - dy * math.sin(turn), y + dx * math.sin(turn) + dy * math.cos(turn)

    steps = [size * (n / 12 - 0.5) * 1.7 for n in range(13)]
    sheet = [at(dx, -size * 0.55) for dx in steps] + [at(dx, size * 0.55) for dx in reversed(steps)]
    colour = weather.accent if number % 5 == 2 else weather.pale
    paper.lay(lambda s: s.shape(sheet), colour, shadow=0.32)

    def lines(s: Scissors) -> None:
        for row in (-0.3, -0.12, 0.06, 0.24):
            s.line([at(dx, size * row) for dx in steps[2:-2]], max(1.6, size * 0.028))

    paper.lay(lines, between(colour, weather.dark, 0.4), shadow=0, strength=0.8)


def seal(paper: Paper, weather: Weather, chance: random.Random) -> None:
    """A carved seal pressed on paper, with the mountains it signs."""
    ground = between(weather.pale, weather.horizon, 0.5)
    paper.lay(lambda s: s.bar(-10, -10, paper.wide + 10, 1010), ground, shadow=0)
    for depth in (0.05, 0.2, 0.45, 0.8):
        range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=820 + 220 * depth, height=300, peaks=3), depth)
    x, y, half = paper.wide * 0.32, 360, 215

    def cut(s: Scissors) -> None:
        s.bar(x - half, y - half, x + half, y + half, round_by=34)
        s.bar(x - half + 24, y - half + 24, x + half - 24, y + half - 24, round_by=18, cut_out=True)
        s.bar(x - half + 36, y - half + 36, x + half - 36, y + half - 36, round_by=12)
        inner = half - 74
        for ring in range(3):
            edge = inner - ring * 44
            s.bar(x - edge, y - edge, x + edge, y + edge, round_by=8, cut_out=True)
            s.bar(x - edge + 20, y - edge + 20, x + edge - 20, y + edge - 20, round_by=6)
            gap = 26
            side = ring % 2
            s.bar(x - gap, (y - edge) if side else (y + edge - 22), x + gap, (y - edge + 22) if side else (y + edge))
        for _ in range(46):
            turn, far = chance.uniform(0, math.tau), half * chance.uniform(0.5, 1.02)
            s.disc(x + math.cos(turn) * far, y + math.sin(turn) * far, chance.uniform(1.5, 5), cut_out=True)

    paper.lay(cut, weather.accent, shadow=0.1)


def tea(paper: Paper, weather: Weather, chance: random.Random) -> None:
    """A cup on a table by a window: the pause in which members write."""
    wall = between(weather.horizon, weather.foot, 0.35)
    middle = paper.wide * chance.uniform(0.34, 0.42)
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=520, height=240, peaks=4), 0.1)
    range_of_mountains(paper, weather, ridge(chance, wide=paper.wide, base=640, height=210, peaks=3), 0.5)
    paper.lay(
        lambda s: (s.bar(-10, -10, paper.wide + 10, 1010), s.disc(middle, 400, 290, cut_out=True)),
        wall,
        foot=between(wall, weather.far, 0.4),
        shadow=0.45,
    )
    paper.lay(lambda s: s.ring(middle, 400, 304, 14), weather.dark, shadow=0.2)
    paper.lay(lambda s: s.bar(-10, 760, paper.wide + 10, 1010), weather.near, foot=weather.dark, shaded=(760, 1000), shadow=0.4)
    _cup(paper, weather, paper.wide * 0.7, 760)


def _cup(paper: Paper, weather: Weather, x: float, y: float) -> None:
    for number, shift in enumerate((-46, 0, 46)):
        steam = [(x + shift + 26 * math.sin(t * 5.2 + number), y - 205 - t * 270) for t in (step / 40 for step in range(41))]
        paper.lay(lambda s, steam=steam: s.line(steam, 11), weather.pale, shadow=0.1, strength=0.75)  # type: ignore[misc]
    bowl = [
        (x - 150, y - 190),
        (x - 138, y - 90),
        (x - 84, y - 12),
        (x - 60, y + 12),
        (x + 60, y + 12),
        (x + 84, y - 12),
        (x + 138, y - 90),
        (x + 150, y - 190),
    ]
    paper.lay(lambda s: s.shape(bowl), weather.pale, foot=between(weather.pale, weather.far, 0.6), shaded=(y - 190, y + 20), shadow=0.45)
    paper.lay(lambda s: s.disc(x, y - 190, 150, height=24), weather.rim, shadow=0)
    paper.lay(lambda s: s.disc(x, y - 188, 136, height=18), weather.accent, shadow=0)
    paper.lay(lambda s: s.bar(x - 210, y + 8, x + 210, y + 34, round_by=13), weather.accent, shadow=0.35)

    def band(s: Scissors) -> None:
        for n in range(-4, 5):
            s.ring(x + n * 28, y - 96, 13, 4, start=180, end=360)

    paper.lay(band, weather.accent, shadow=0)
