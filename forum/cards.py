"""The picture that stands beside a link to a public thread: its title on the club's paper. Drawn once, kept by its words."""

import hashlib
import io
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import cache as kept
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 90
PAPER, INK, SOFT, SEAL = "#FBF8F2", "#211C15", "#5E5548", "#A8281C"
KEPT_SECONDS = 86_400
FACES = {
    "serif": ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", "/usr/share/fonts/noto-cjk/NotoSerifCJK-Bold.ttc"),
    "sans": ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc"),
}
# In the collections of Noto CJK, the simplified Chinese face.
SIMPLIFIED = 2


def card(title: str, beneath: str) -> bytes:
    """A PNG of 1200 x 630 with a title in at most four lines, and a line beneath."""
    key = f"card:{hashlib.sha256(f'{settings.CLUB_NAME}|{title}|{beneath}'.encode()).hexdigest()}"
    if (made := kept.get(key)) is None:
        made = _drawn(title, beneath)
        kept.set(key, made, KEPT_SECONDS)
    return made  # type: ignore[no-any-return]


def _drawn(title: str, beneath: str) -> bytes:
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, 24, HEIGHT), fill=SEAL)
    pen.rectangle((MARGIN, MARGIN, MARGIN + 44, MARGIN + 44), fill=SEAL)
    pen.text((MARGIN + 64, MARGIN + 22), settings.CLUB_NAME, font=_face("serif", 34), fill=INK, anchor="lm")
    face = _face("serif", 66 if len(title) <= 60 else 52)
    top = 200
    for line in _lines(title, face, WIDTH - 2 * MARGIN):
        pen.text((MARGIN, top), line, font=face, fill=INK)
        top += int(face.size * 1.3)
    pen.line((MARGIN, HEIGHT - 130, WIDTH - MARGIN, HEIGHT - 130), fill="#DDD3C3", width=2)
    pen.text(
        (MARGIN, HEIGHT - 90), _lines(beneath, _face("sans", 32), WIDTH - 2 * MARGIN)[0], font=_face("sans", 32), fill=SOFT, anchor="lm"
    )
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def _lines(text: str, face: ImageFont.FreeTypeFont, width: int, most: int = 4) -> list[str]:
    """The text broken between words, and anywhere in Chinese; what does not fit in `most` lines ends in …"""
    lines, line = [""], ""
    for piece in _pieces(text):
        if face.getlength((line + piece).rstrip()) <= width or not line:
            line += piece
        else:
            if len(lines) == most:
                lines[-1] = line.rstrip()[:-1] + "…"
                return lines
            lines.append("")
            line = piece.lstrip()
        lines[-1] = line.rstrip()
    return lines


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for word in text.split(" "):
        wide = any(ord(letter) > 0x2E7F for letter in word)
        pieces += [*(list(word) if wide else [word[:30]]), " "]
    return pieces[:400]


@cache
def _face(kind: str, size: int) -> ImageFont.FreeTypeFont:
    for path in FACES[kind]:
        if Path(path).exists():
            return ImageFont.truetype(path, size, index=SIMPLIFIED)
    # Without the club's faces a card has Pillow's own, which knows no Chinese.
    return ImageFont.load_default(size)  # type: ignore[return-value]
