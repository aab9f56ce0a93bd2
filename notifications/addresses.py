"""Addresses stored without a language, as a reader of one language is given them."""

from django.conf import settings

# Back offices, the API and files stand under no language.
WITHOUT_LANGUAGE = ("/admin/", "/django-admin/", "/api/", "/media/", "/static/")


def in_language(path: str, locale: str) -> str:
    """`/refer/` → `/zh-hans/refer/` for a reader of Chinese; anything that is not a path of the club becomes the home page."""
    if not path.startswith("/") or path.startswith("//"):
        path = "/"
    if locale == settings.LANGUAGE_CODE or path.startswith(WITHOUT_LANGUAGE):
        return path
    return f"/{locale}{path}"


def absolute(path: str, locale: str) -> str:
    return f"{settings.SITE_URL}{in_language(path, locale)}"
