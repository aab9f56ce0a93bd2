"""What every page's frame needs to know."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from community.addresses import without_language

THEMES = ("auto", "light", "dark")
# The first word of an address, and the way in that it belongs to.
SECTIONS = {
    "magazine": "magazine",
    "forum": "forum",
    "blogs": "forum",
    "surveys": "research",
    "groups": "research",
    "events": "events",
    "points": "points",
    "refer": "points",
}


def section_of(path: str) -> str:
    """Which of the five ways in a path lies under, in any language; empty for none."""
    return SECTIONS.get(without_language(path).strip("/").split("/")[0], "")


def has_named_host(request: HttpRequest) -> bool:
    """Whether the club is visited by a name; browsers keep no passkey for a number such as 127.0.0.1."""
    try:
        # Not get_host(), which refuses foreign names: the page that says so is drawn in this frame too.
        ipaddress.ip_address(urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
    except ValueError:
        return True
    return False


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template variables for base.html: the club's name and the visitor's choice of light or dark."""
    theme = request.COOKIES.get("theme", "auto")
    return {
        "CLUB_NAME": settings.CLUB_NAME,
        "SITE_URL": settings.SITE_URL,
        "DEBUG": settings.DEBUG,
        "theme": theme if theme in THEMES else "auto",
        "themes": THEMES,
        "section": section_of(request.path),
        "has_named_host": has_named_host(request),
    }
