"""How the tables of permissions ask: as a browser does, and each question of the same club."""

import contextlib

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client


class Browser(Client):
    """A member's, through all of the middleware, with its sign-in and its CSRF token."""

    def __init__(self, member):
        super().__init__(enforce_csrf_checks=True)
        if member.is_authenticated:
            self.force_login(member)
        request = HttpRequest()
        self.token = get_token(request)
        self.cookies[settings.CSRF_COOKIE_NAME] = request.META["CSRF_COOKIE"]

    def ask(self, address: str) -> HttpResponse:
        return self.get(address)

    def do(self, address: str, data: dict) -> HttpResponse:
        return self.post(address, data, headers={"X-CSRFToken": self.token})


@contextlib.contextmanager
def undone():
    """Whatever is done within is undone afterwards, so that every cell is asked of the same club."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
