"""A page's address in another language. Only the prefix differs: none for English, `/zh-hans/` for Chinese."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

# What is not a page has no language (community/urls.py).
WITHOUT_LANGUAGE = ("/admin/", "/django-admin/", "/api/", "/documents/", "/i18n/", "/media/", "/static/")


def without_language(path: str) -> str:
    """A path as the default language has it."""
    for code, _name in settings.LANGUAGES:
        if path == f"/{code}" or path.startswith(f"/{code}/"):
            return path[len(code) + 1 :] or "/"
    return path


def in_language(url: str, code: str) -> str:
    """The same page in another language; a path, or a whole address with its query. What is no page stays as it is.

    Not Django's `translate_url`: where Wagtail answers last, every path resolves, also one with a foreign prefix.
    """
    parts = urlsplit(url)
    path = without_language(parts.path)
    if code != settings.LANGUAGE_CODE and not path.startswith(WITHOUT_LANGUAGE):
        path = f"/{code}{path}"
    return urlunsplit(parts._replace(path=path))
