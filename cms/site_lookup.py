"""Which site answers: a third of a page's time when asked of the database anew, and it changes once a year.

The answer is kept in the cache that all processes share and thrown away when a site or a home page is saved.
"""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from wagtail.models import Site

from cms.models import HomePage

KEY, HOMES, KEPT_SECONDS = "cms.site", "cms.homes", 60


def listen() -> None:
    for model in (Site, HomePage):
        for signal in (post_save, post_delete):
            signal.connect(_forget, sender=model, dispatch_uid=f"cms.site_lookup.{model.__name__}.{id(signal)}")


def _forget(**_ignored: Any) -> None:
    cache.delete_many([KEY, HOMES])


def homes() -> dict[str, HomePage]:
    """The published home page of each language."""
    found = cache.get(HOMES)
    if found is None:
        found = {home.locale.language_code: home for home in HomePage.objects.live().select_related("locale")}
        cache.set(HOMES, found, KEPT_SECONDS)
    return found


def the_site(request: HttpRequest) -> Site | None:
    """The only site, with its home page and language; asked of Wagtail where there are several."""
    site = cache.get(KEY)
    if site is None:
        site = _only_site()
        cache.set(KEY, site or False, KEPT_SECONDS)
    if site:
        return site
    del request._wagtail_site  # type: ignore[attr-defined]
    return Site.find_for_request(request)


def _only_site() -> Site | None:
    found = list(Site.objects.all()[:2])
    if len(found) != 1:
        return None
    home = HomePage.objects.select_related("locale").filter(pk=found[0].root_page_id).first()
    if home is None:
        return None
    found[0].root_page = home
    return found[0]


class SiteMiddleware:
    """Lay the known site ready where Wagtail keeps the one it found for a request."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request._wagtail_site = SimpleLazyObject(lambda: the_site(request))  # type: ignore[attr-defined]
        return self.get_response(request)
