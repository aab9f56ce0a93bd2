"""Pictures cut from paper by the club itself, the same for the same seed."""

import random

from PIL import Image

from cms.drawing import scenes, things
from cms.drawing.paper import Paper
from cms.drawing.weathers import WEATHERS

MOTIFS = {
    "mountains": scenes.mountains,
    "river": scenes.river,
    "terraces": scenes.terraces,
    "harbour": scenes.harbour,
    "bridge": scenes.bridge,
    "city": scenes.city,
    "cranes": scenes.cranes,
    "waves": scenes.waves,
    "lanterns": things.lanterns,
    "moongate": things.moongate,
    "bamboo": things.bamboo,
    "abacus": things.abacus,
    "roundtable": things.roundtable,
    "pages": things.pages,
    "seal": things.seal,
    "tea": things.tea,
}


def draw(seed: str, *, width: int = 1600, height: int = 1000, motif: str = "mountains", weather: str = "") -> Image.Image:
    """An RGB picture of width x height pixels.

    motif     one of MOTIFS
    weather   one of WEATHERS; without one, the seed decides
    Raises KeyError for an unknown motif or weather.
    """
    chance = random.Random(f"{motif}:{seed}")  # noqa: S311
    scene = MOTIFS[motif]
    colours = WEATHERS[weather or chance.choice(sorted(WEATHERS))]
    paper = Paper(width, height, colours)
    scene(paper, colours, chance)
    return paper.finished()
