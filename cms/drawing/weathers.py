"""Colours that belong together, all near those of the club: paper, ink, seal red, jade and gold."""

from dataclasses import dataclass

Colour = tuple[int, int, int]


def rgb(code: str) -> Colour:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def between(one: Colour, other: Colour, share: float) -> Colour:
    """The colour at `share` (0..1) of the way from one to the other."""
    first, second, third = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return first, second, third


@dataclass(frozen=True)
class Weather:
    """The light of one picture: sky from top to horizon, land from far to near, what shines, what is drawn in gold."""

    sky: Colour
    horizon: Colour
    far: Colour
    near: Colour
    foot: Colour
    disc: Colour
    rim: Colour
    accent: Colour
    pale: Colour
    dark: Colour

    def land(self, share: float) -> Colour:
        """Land at a depth: 0 is the farthest, 1 the nearest."""
        return between(self.far, self.near, share)


def _weather(*codes: str) -> Weather:
    return Weather(*(rgb(code) for code in codes))


WEATHERS = {
    "jade": _weather("#DDE6DB", "#FBF3E2", "#A9C7B5", "#0A5145", "#F4E6C8", "#C23A2B", "#E5BE6A", "#A8281C", "#FBF8F2", "#0B3A33"),
    "azure": _weather("#CFE0E2", "#F9F0E0", "#9CC3C4", "#14536A", "#EBD9AE", "#D9573F", "#E8C579", "#B33A26", "#FBF8F2", "#0E3242"),
    "dawn": _weather("#F4D9BE", "#FCEFDA", "#E9B79A", "#8E2A22", "#FBE3C2", "#FFF6E4", "#F0C773", "#A8281C", "#FFF8EC", "#55160F"),
    "autumn": _weather("#F3E1BF", "#FCF4E3", "#E2B878", "#8A4B12", "#F8E6BF", "#B8341F", "#F2D08A", "#A8281C", "#FDF6E8", "#4A2608"),
    "night": _weather("#16223A", "#3C4A63", "#4A6078", "#0D1B2E", "#7C8794", "#F5DFA8", "#D9B25F", "#D2503B", "#F3EAD6", "#0A1220"),
    "winter": _weather("#E4E2DC", "#FAF7F0", "#C6C8C3", "#3B4744", "#EFEBE1", "#A8281C", "#C9A45A", "#A8281C", "#FBF8F2", "#221E18"),
    "plum": _weather("#EBDDDD", "#FBF1EA", "#CFA9AE", "#5B2338", "#F3DFD5", "#C7402F", "#E3B96B", "#A8281C", "#FCF6F1", "#35121F"),
}
