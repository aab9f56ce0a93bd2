"""What every page's frame needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("auto", "light", "dark")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template variables for base.html: the club's name and the visitor's choice of light or dark."""
    theme = request.COOKIES.get("theme", "auto")
    return {
        "CLUB_NAME": settings.CLUB_NAME,
        "SITE_URL": settings.SITE_URL,
        "DEBUG": settings.DEBUG,
        "theme": theme if theme in THEMES else "auto",
        "themes": THEMES,
    }
