"""The cutter's table: sheets of coloured paper laid over each other, each with its shadow."""

import functools
from collections.abc import Callable, Iterable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from cms.drawing.weathers import Colour, Weather

Point = tuple[float, float]
FINER = 2
SHADOW_COARSER = 8


class Scissors:
    """Cuts shapes out of one sheet; lengths are thousandths of the picture's height, from the top left."""

    def __init__(self, mask: Image.Image, scale: float) -> None:
        self._draw = ImageDraw.Draw(mask)
        self._scale = scale

    def shape(self, points: Iterable[Point], *, cut_out: bool = False) -> "Scissors":
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in points], fill=0 if cut_out else 255)
        return self

    def disc(self, x: float, y: float, radius: float, *, cut_out: bool = False, height: float | None = None) -> "Scissors":
        tall = radius if height is None else height
        box = [(x - radius) * self._scale, (y - tall) * self._scale, (x + radius) * self._scale, (y + tall) * self._scale]
        self._draw.ellipse(box, fill=0 if cut_out else 255)
        return self

    def bar(self, left: float, top: float, right: float, bottom: float, *, round_by: float = 0, cut_out: bool = False) -> "Scissors":
        box = [edge * self._scale for edge in (left, top, right, bottom)]
        self._draw.rounded_rectangle(box, radius=round_by * self._scale, fill=0 if cut_out else 255)
        return self

    def line(self, points: Iterable[Point], thick: float) -> "Scissors":
        path = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(path, fill=255, width=max(1, round(thick * self._scale)), joint="curve")
        return self

    def ring(self, x: float, y: float, radius: float, thick: float, *, start: float = 0, end: float = 360) -> "Scissors":
        box = [(x - radius) * self._scale, (y - radius) * self._scale, (x + radius) * self._scale, (y + radius) * self._scale]
        self._draw.arc(box, start, end, fill=255, width=max(1, round(thick * self._scale)))
        return self


class Paper:
    """A picture in the making."""

    def __init__(self, width: int, height: int, weather: Weather) -> None:
        self.size = (width, height)
        self.scale = height / 1000
        self.wide = width / self.scale
        self._image = _shaded(self.size, weather.sky, weather.horizon)

    def lay(
        self,
        cut: Callable[[Scissors], object],
        colour: Colour,
        *,
        foot: Colour | None = None,
        shaded: tuple[float, float] = (0, 1000),
        shadow: float = 0.34,
        strength: float = 1,
    ) -> None:
        """Lay a sheet on top: `cut` cuts it, `colour` runs into `foot` between the two heights of `shaded`, its shadow falls below it."""
        mask = self._mask(cut, strength)
        box = mask.getbbox()
        if box is None:
            return
        if shadow:
            self._shadow(mask, shadow)
        sheet = self._sheet(colour, foot, shaded).crop(box) if foot else colour
        self._image.paste(sheet, box, mask.crop(box))

    def finished(self) -> Image.Image:
        """The picture with the grain of the paper on it."""
        return ImageChops.overlay(self._image, _grain(self.size))

    def _mask(self, cut: Callable[[Scissors], object], strength: float) -> Image.Image:
        width, height = self.size
        fine = Image.new("L", (width * FINER, height * FINER), 0)
        cut(Scissors(fine, self.scale * FINER))
        mask = Image.new("L", self.size, 0)
        cut_box = fine.getbbox()
        if cut_box:
            left, top, right, bottom = (cut_box[0] // FINER, cut_box[1] // FINER, -(-cut_box[2] // FINER), -(-cut_box[3] // FINER))
            mask.paste(fine.reduce(FINER, box=(left * FINER, top * FINER, right * FINER, bottom * FINER)), (left, top))
        return mask if strength >= 1 else mask.point(lambda value: int(value * strength))

    def _shadow(self, mask: Image.Image, depth: float) -> None:
        small = mask.reduce(SHADOW_COARSER).filter(ImageFilter.GaussianBlur(14 * self.scale / SHADOW_COARSER + 0.4))
        fallen = Image.new("L", small.size, 0)
        fallen.paste(small.point(lambda value: int(value * depth)), (0, round(9 * self.scale / SHADOW_COARSER + 0.5)))
        soft = fallen.resize(self.size, Image.Resampling.BILINEAR)
        box = soft.getbbox()
        if box:
            self._image.paste((24, 16, 8), box, soft.crop(box))

    def _sheet(self, colour: Colour, foot: Colour, shaded: tuple[float, float]) -> Image.Image:
        top, bottom = (round(edge * self.scale) for edge in shaded)
        sheet = Image.new("RGB", self.size, colour)
        bottom = max(bottom, top + 1)
        sheet.paste(_shaded((self.size[0], bottom - top), colour, foot), (0, top))
        if bottom < self.size[1]:
            sheet.paste(foot, (0, bottom, *self.size))
        return sheet


def _shaded(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, 2))
    column.putdata([top, bottom])
    # Twice as tall and cut to the middle: resizing keeps the two outer quarters flat.
    tall = column.resize((1, size[1] * 2), Image.Resampling.BILINEAR).crop((0, size[1] // 2, 1, size[1] // 2 + size[1]))
    return tall.resize(size, Image.Resampling.NEAREST)


@functools.cache
def _grain(size: tuple[int, int]) -> Image.Image:
    """Fibres of paper: the same for every picture of a size, so that the same seed gives the same picture."""
    import random

    chance = random.Random(size[0] * 10_000 + size[1])  # noqa: S311
    tile = Image.frombytes("L", (256, 256), bytes(min(255, max(0, round(chance.gauss(128, 15)))) for _ in range(256 * 256)))
    soft = tile.filter(ImageFilter.GaussianBlur(0.7))
    whole = Image.new("L", size)
    for x in range(0, size[0], 256):
        for y in range(0, size[1], 256):
            whole.paste(soft, (x, y))
    return Image.merge("RGB", (whole, whole, whole))
