"""Sending a picture into a room: only where the group takes them, made anew so that nothing but the picture is kept."""

import io

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from focusgroups import audiences
from focusgroups.models import Group, HiddenMessage, Picture, Seat
from focusgroups.refusals import Refused
from live.models import Event

BYTES_MAX, SIDE_MAX, EACH_MAX, PIXELS_MAX = 8 * 1024 * 1024, 1600, 30, 40_000_000


def send(seat: Seat, *, file: UploadedFile) -> Picture:
    """Keep a picture of a participant's. Raises Refused: not taken here, room not open, muted, too large, no picture."""
    group = seat.group
    if not group.takes_pictures or not seat.is_participant:
        raise Refused("no-pictures", _("This room takes no pictures."))
    if group.status != Group.Status.OPEN:
        raise Refused("not-open", _("The room is not open at the moment."))
    if seat.is_muted:
        raise Refused("muted", _("The moderator has muted you for now."))
    if (file.size or 0) > BYTES_MAX or seat.pictures.count() >= EACH_MAX:
        raise Refused("too-large", _("Pictures of up to 8 MB, thirty at most."))
    return Picture.objects.create(group=group, seat=seat, file=ContentFile(_made_anew(file), name="picture.jpg"))


def _made_anew(file: UploadedFile) -> bytes:
    """As JPEG, upright, of a bounded size. Where and with what it was taken, and what its makers noted in it, is left behind."""
    try:
        with Image.open(file) as image:
            if image.width * image.height > PIXELS_MAX:
                raise Refused("too-large", _("Pictures of up to 8 MB, thirty at most."))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise Refused("no-picture", _("This is not a picture we can read.")) from None
    upright.thumbnail((SIDE_MAX, SIDE_MAX))
    # A comment would be written again by itself.
    upright.info.clear()
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue()


def is_shown_to(seat: Seat, picture: Picture) -> bool:
    """Whether somebody in the room may see a picture: the staff all, a participant their own and what came with words that they may read.

    Pictures are numbered through the club: one that was whispered, or stands under a task that hides its answers, could be guessed.
    What a moderator hid is shown to nobody in the room.
    """
    if HiddenMessage.objects.filter(picture=picture).exists():
        return False
    if seat.is_staff or picture.seat_id == seat.pk:
        return True
    heard = Event.objects.filter(stream__name__in=audiences.streams_of(seat).values())
    if heard.filter(kind="message", body__picture=picture.pk).exists():
        return True
    revealed = heard.filter(kind="reveal", body__has_key="messages").values_list("body", flat=True)
    return any(said.get("picture") == picture.pk for body in revealed for said in body["messages"])
