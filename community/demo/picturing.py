"""The demo's pictures, cut from paper by the club's own hand; the same motif and weather is drawn once."""

from io import BytesIO

from django.core.files.images import ImageFile
from wagtail.images import get_image_model

from cms.drawing import draw

WIDTH, HEIGHT = 1280, 800


def picture(motif: str, weather: str) -> int:
    """The number of the library's picture of this name, drawn if there is none yet."""
    images = get_image_model()
    title = f"{motif} · {weather}"
    if found := images.objects.filter(title=title).first():
        return int(found.pk)
    file = BytesIO()
    draw(title, width=WIDTH, height=HEIGHT, motif=motif, weather=weather).save(file, "JPEG", quality=86)
    image = images(title=title, file=ImageFile(file, name=f"demo-{motif}-{weather}.jpg"))
    image.file_size = file.tell()
    image.save()
    return int(image.pk)
