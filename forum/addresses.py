"""Addresses as rows keep them: without a language's prefix, whatever language they are written in."""

from collections.abc import Callable
from functools import cache
from typing import Protocol
from urllib.parse import quote

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import translation


class Addressed(Protocol):
    def get_absolute_url(self) -> str: ...


def stored_url(thing: Addressed) -> str:
    return stored(thing.get_absolute_url)


def stored(address: Callable[[], str]) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return address()


def thread_url(pk: int) -> str:
    """Where a thread stands, in the language of now. Lists and pages say it for each row: Django would look for the address each time.

    Raises TypeError for a thread that has no number yet.
    """
    return _around_key("forum:thread", "{:d}", translation.get_language(), get_urlconf(), get_script_prefix()).format(pk)


def tag_url(slug: str) -> str:
    """Where the threads of a tag stand, in the language of now; lists say it for each tag of each row."""
    return _around_key("forum:tag", "{:s}", translation.get_language(), get_urlconf(), get_script_prefix()).format(quote(slug))


@cache
def _around_key(name: str, place: str, *_of_now: str | None) -> str:
    return place.join(part.replace("{", "{{").replace("}", "}}") for part in reverse(name, args=[0]).rsplit("0", 1))
