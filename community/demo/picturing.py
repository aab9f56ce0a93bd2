"""The demo's pictures, cut from paper by the club's own hand; the same motif and weather is drawn once."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from io import BytesIO

from django.core.files.images import ImageFile
from wagtail.images import get_image_model

from cms.drawing import draw

WIDTH, HEIGHT = 1280, 800


def picture(motif: str, weather: str) -> int:
    """The number of the library's picture of this name, drawn if there is none yet."""
    images = get_image_model()
    title = _title(motif, weather)
    if found := images.objects.filter(title=title).first():
        return int(found.pk)
    drawn = order(motif, weather).result()
    image = images(title=title, file=ImageFile(BytesIO(drawn), name=f"demo-{motif}-{weather}.jpg"))
    image.file_size = len(drawn)
    image.save()
    return int(image.pk)


@cache
def order(motif: str, weather: str) -> Future[bytes]:
    """Have a picture drawn ahead of its day, beside what happens before: drawing is not Python's work and takes another processor."""
    return _hand().submit(_drawn, motif, weather)


@cache
def _hand() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="demo-drawing")


def _drawn(motif: str, weather: str) -> bytes:
    file = BytesIO()
    draw(_title(motif, weather), width=WIDTH, height=HEIGHT, motif=motif, weather=weather).save(file, "JPEG", quality=86)
    return file.getvalue()


def _title(motif: str, weather: str) -> str:
    return f"{motif} · {weather}"
