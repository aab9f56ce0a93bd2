"""Files of a room: pictures sent into it, and the entry for a member's own calendar."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from PIL import Image

from focusgroups import pictures as sending
from focusgroups import seating
from focusgroups.refusals import Refused
from focusgroups.views import find
from notifications import calendar


@require_POST
@login_required
def pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a picture that a participant is about to say something with; `{"picture": ID}`, or `{"message"}` with 422."""
    _group, seat = find(request, pk)
    file = request.FILES.get("picture")
    if seat is None or not seat.may_enter:
        raise Http404
    try:
        if not isinstance(file, UploadedFile):
            raise Refused("no-picture", _("Choose a picture."))
        picture = sending.send(seat, file=file)
    except Refused as refusal:
        return JsonResponse({"code": refusal.code, "message": str(refusal.message)}, status=422)
    return JsonResponse({"picture": picture.pk}, status=201)


@require_GET
@login_required
def picture(request: HttpRequest, pk: int, picture_pk: int) -> FileResponse:
    """A picture, for those who may read what it was sent with."""
    group, seat = find(request, pk)
    row = get_object_or_404(group.pictures, pk=picture_pk)
    may_see = seat is not None and seat.may_enter and sending.is_shown_to(seat, row)
    if not may_see and not request.user.has_perm("focusgroups.view_group"):
        raise Http404
    with Image.open(row.file) as image:
        content_type = Image.MIME.get(image.format or "", "application/octet-stream")
    return FileResponse(row.file.storage.open(row.file.name), content_type=content_type, headers={"Cache-Control": "private, max-age=3600"})


@require_GET
@login_required
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The group as a calendar's entry, its times in UTC: every calendar shows them in its owner's zone. Called off, it goes from there."""
    group, seat = find(request, pk)
    if seat is None or group.starts_at is None:
        raise Http404
    entry = calendar.entry(
        f"group-{group.pk}",
        title=group.title,
        address=f"{settings.SITE_URL}{group.get_absolute_url()}",
        starts_at=group.starts_at,
        ends_at=group.ends_at,
        words=group.description,
        sequence=seating.sequence(group),
        is_off=group.is_closed and group.opened_at is None,
    )
    headers = {"Content-Disposition": f'attachment; filename="group-{group.pk}.ics"'}
    return HttpResponse(entry, content_type="text/calendar; charset=utf-8", headers=headers)
