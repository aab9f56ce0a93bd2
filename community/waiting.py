"""A database that is away, or that others keep locked, is no fault of the club's code: come again in a moment."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from community import views

log = logging.getLogger(__name__)


class BusyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Under /api/ the answer becomes a problem in the API's words on its way out."""
        if not isinstance(exception, OperationalError):
            return None
        log.error("the database did not answer %s %s", request.method, request.path, exc_info=exception)
        return views.busy(request)
