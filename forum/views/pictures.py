"""Pictures: taken in while one writes, shown to whoever may read where they stand."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from forum import picturing
from forum.refusals import Refused, TooFast
from forum.views.requests import MemberRequest


@require_POST
@login_required
def take_in(request: MemberRequest) -> HttpResponse:
    """For the page's script: `{"markdown": "![…](…)", "url": …}`; 422 with `{"error": …}` for what is no picture or too large."""
    file = request.FILES.get("picture")
    if file is None:
        return JsonResponse({"error": str(picturing.NoPicture.message)}, status=422)
    try:
        picture = picturing.take_in(file, owner=request.user)
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=429 if isinstance(refused, TooFast) else 422)
    alt = (file.name or "").rpartition(".")[0]
    return JsonResponse({"markdown": picturing.markdown_of(picture, alt), "url": picture.get_absolute_url()})


def show(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    picture = picturing.found(key, request.user)
    if picture is None:
        raise Http404
    response = FileResponse(picture.file.open("rb"), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Disposition"] = "inline"
    return response


def with_files(request: MemberRequest) -> tuple[QueryDict | None, str]:
    """What a form sent, with its pictures written into the text; and what is wrong with them, if something is."""
    if request.method != "POST":
        return None, ""
    files = request.FILES.getlist("pictures")
    if not files:
        return request.POST, ""
    data = request.POST.copy()
    try:
        data["body"] = picturing.with_pictures(data.get("body", ""), files, owner=request.user)
    except Refused as refused:
        return data, str(refused)
    return data, ""
