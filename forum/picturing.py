"""Pictures that members put into their texts: drawn anew, so that nothing but the picture is left of what was sent."""

import io
import re
import uuid
import warnings
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from forum import pacing
from forum.models import Conversation, Entry, Message, Picture, Post, Thread
from forum.refusals import Refused
from members.models import Member

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2_048
MOST_AT_ONCE = 6
KINDS = ("JPEG", "PNG", "WEBP", "GIF")
ADDRESS = re.compile(r"/forum/pictures/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/")


class TooBig(Refused):
    message = _("This picture is too large: at most 8 MB and 40 million pixels.")


class NoPicture(Refused):
    message = _("This file is not a picture we can show: JPEG, PNG, WebP or GIF.")


def take_in(file: UploadedFile, *, owner: Member) -> Picture:
    """Keep a picture, drawn anew as WebP: no metadata, no place, no camera, turned upright, at most LONGEST_SIDE pixels a side.

    Raises TooBig, NoPicture, TooFast.
    """
    if (file.size or 0) > MAX_BYTES:
        raise TooBig
    drawn = redrawn(file.read())
    with transaction.atomic():
        pacing.take(owner, "picture")
        return keep(drawn, owner=owner)


def keep(drawn: Image.Image, *, owner: Member) -> Picture:
    """Keep what `redrawn` gave."""
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=84, method=3)
    picture = Picture(owner=owner, width=drawn.width, height=drawn.height, size_bytes=out.tell())
    picture.file.save("picture.webp", ContentFile(out.getvalue()), save=True)
    return picture


def redrawn(data: bytes) -> Image.Image:
    """The picture of some bytes and nothing else of them. Raises TooBig, NoPicture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=KINDS)
            if image.width * image.height > MAX_PIXELS:
                raise TooBig
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooBig from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise NoPicture from error
    upright = _as_srgb(ImageOps.exif_transpose(image))
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # Pixels alone, on a fresh sheet: whatever else a file may carry stays behind.
    sheet = Image.new(upright.mode, upright.size)
    sheet.paste(upright)
    return sheet


def _as_srgb(image: Image.Image) -> Image.Image:
    mode = "RGBA" if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info else "RGB"
    profile = image.info.get("icc_profile")
    flat = image.convert(mode)
    if profile and image.mode in ("RGB", "RGBA"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(flat, source, ImageCms.createProfile("sRGB"), outputMode=mode) or flat
        except ImageCms.PyCMSError:
            return flat
    return flat


def markdown_of(picture: Picture, alt: str = "") -> str:
    words = " ".join(re.sub(r"[\[\]\\`<>|]", " ", alt).split())[:100]
    return f"![{words}]({picture.get_absolute_url()})"


def with_pictures(body: str, files: Iterable[UploadedFile], *, owner: Member) -> str:
    """A text with the files of a plain form behind it. Raises what `take_in` raises."""
    lines = [markdown_of(take_in(file, owner=owner), alt=(file.name or "").rpartition(".")[0]) for file in list(files)[:MOST_AT_ONCE]]
    return "\n\n".join([*([body] if body.strip() else []), *lines])


def named_in(body: str, owner: Member) -> list[Picture]:
    """The owner's own pictures that a text shows."""
    keys = {uuid.UUID(key) for key in ADDRESS.findall(body)}
    return list(Picture.objects.filter(key__in=keys, owner=owner)) if keys else []


def found(key: uuid.UUID, asker: Member | AnonymousUser) -> Picture | None:
    """The picture for whoever may see it: its owner, and whoever may read a post, a message or an entry's list where it stands."""
    post = Post.objects.visible_to(asker).filter(pictures=OuterRef("pk"))
    cover = Entry.objects.filter(cover=OuterRef("pk"), thread__in=Thread.objects.visible_to(asker))
    may_see = Q(Exists(post)) | Q(Exists(cover))
    if asker.is_authenticated:
        message = Message.objects.filter(pictures=OuterRef("pk"), conversation__in=Conversation.objects.visible_to(asker))
        may_see |= Q(owner=asker.pk) | Q(Exists(message))
    return Picture.objects.filter(may_see, key=key).first()
