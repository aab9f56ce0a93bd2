"""What a visitor sees does not depend on DEBUG: a club that is being tried shows its own page for an address that leads nowhere."""

from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from community import views


class OwnNotFoundMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        is_page = not request.path.startswith(("/api/", "/media/"))
        return views.not_found(request, exception) if isinstance(exception, Http404) and is_page else None
