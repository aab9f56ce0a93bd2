"""Addresses as rows keep them: without a language's prefix, whatever language they are written in."""

from collections.abc import Callable
from typing import Protocol

from django.conf import settings
from django.utils import translation


class Addressed(Protocol):
    def get_absolute_url(self) -> str: ...


def stored_url(thing: Addressed) -> str:
    return stored(thing.get_absolute_url)


def stored(address: Callable[[], str]) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return address()
