"""When a session was last seen, noted every few minutes and not on every page: a page view should not write."""

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase

SECONDS_BETWEEN = 300


class LastSeenMiddleware(UserSessionsMiddleware):
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        if key and cache.add(f"last-seen:{key}", True, SECONDS_BETWEEN):
            return super().__call__(request)
        return self.get_response(request)
