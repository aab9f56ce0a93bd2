"""Whole pages kept for visitors. Members' pages are never kept, and none outlives a change of anything in the forum.

Kept under the forum's revision, which every deed that writes moves on when it commits. A page is filed under the revision
read before it was made, so that one made while something changed is filed where nobody looks any more.
"""

import hashlib
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language

REVISION = "forum:revision"
KEPT_SECONDS = 60
LONGEST_QUERY = 60
# A form's token belongs to one visitor: it is cut out of what is kept and each visitor's own put in.
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value="|"X-CSRFToken": "|&quot;X-CSRFToken&quot;: &quot;)[A-Za-z0-9]{32,64}')
HOLE = b"\x00token\x00"

View = Callable[..., HttpResponse]


def forget_soon() -> None:
    """Every kept page is out of date once the transaction commits."""
    transaction.on_commit(partial(forget), robust=True)


def forget() -> None:
    cache.add(REVISION, 0, None)
    try:
        cache.incr(REVISION)
    except ValueError:
        cache.set(REVISION, 1, None)


def for_visitors(view: View) -> View:
    """Answer a visitor's GET from what was made for the visitor before."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _is_plain(request):
            return view(request, *args, **kwargs)
        key = _key(request)
        if (body := cache.get(key)) is not None:
            return _filled(body, request)
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and not response.streaming:
            cache.set(key, TOKEN.sub(rb"\1" + HOLE, response.content), KEPT_SECONDS)
        return response

    return kept


def _is_plain(request: HttpRequest) -> bool:
    """A visitor's, without anything that is only for them."""
    if (
        request.method != "GET"
        or settings.SESSION_COOKIE_NAME in request.COOKIES
        or len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY
    ):
        return False
    return not request.user.is_authenticated and not request.headers.get("HX-Request") and not len(get_messages(request))


def _key(request: HttpRequest) -> str:
    revision = cache.get(REVISION, 0)
    theme = request.COOKIES.get("theme", "")[:5]
    asked = f"{get_language()} {theme} {request.get_host()} {request.get_full_path()}"
    return f"forum:page:{revision}:{hashlib.sha256(asked.encode()).hexdigest()}"


def _filled(body: bytes, request: HttpRequest) -> HttpResponse:
    response = HttpResponse(body.replace(HOLE, get_token(request).encode()))
    response["Vary"] = "Cookie, Accept-Language"
    return response
