"""Which members sign in on one device: a random cookie, stored as a hash, looked at once a sign-in."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from members.models import Member
from points import guarding

COOKIE, MARK = "device", "device_noted"
YEAR = 365 * 86_400


class DeviceMiddleware:
    """Costs nothing but a look into the session after the first page of a sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not isinstance(getattr(request, "user", None), Member):
            return response
        if request.session.get(MARK) or not request.user.is_authenticated or request.user.is_staff:
            return response
        token = request.COOKIES.get(COOKIE, "")
        if not 20 <= len(token) <= 100:
            token = secrets.token_urlsafe(24)
        guarding.note_device(request.user, token)
        request.session[MARK] = True
        response.set_cookie(COOKIE, token, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        return response
