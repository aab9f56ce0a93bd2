"""What machines read: the magazine as Atom, and the map of the site."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from wagtail.models import Page

from cms.gates import visible_to
from cms.models import ArticlePage, MagazineIndexPage
from forum.models import Thread

ENTRIES = 30


class MagazineFeed(Feed):
    """The newest articles of one language: `?lang=en` (without: the first) or `?lang=zh-hans`. Only what every visitor may read."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> MagazineIndexPage | None:
        wish = request.GET.get("lang", "")
        language = wish if wish in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        return MagazineIndexPage.objects.live().filter(locale__language_code=language).select_related("locale").first()

    def title(self, magazine: MagazineIndexPage | None) -> str:
        return f"{settings.CLUB_NAME} · {magazine.title if magazine else ''}".strip(" ·")

    def subtitle(self, magazine: MagazineIndexPage | None) -> str:
        return magazine.standfirst if magazine else ""

    def link(self, magazine: MagazineIndexPage | None) -> str:
        return f"{settings.SITE_URL}{magazine.url if magazine else '/magazine/'}"

    def feed_guid(self, magazine: MagazineIndexPage | None) -> str:
        language = magazine.locale.language_code if magazine else settings.LANGUAGE_CODE
        return f"{settings.SITE_URL}/magazine/feed/?lang={language}"

    def feed_url(self, magazine: MagazineIndexPage | None) -> str:
        return self.feed_guid(magazine)

    def author_name(self) -> str:
        return settings.CLUB_NAME

    def items(self, magazine: MagazineIndexPage | None) -> list[ArticlePage]:
        if magazine is None:
            return []
        articles = visible_to(ArticlePage.objects.descendant_of(magazine), AnonymousUser()).select_related("author", "locale")
        newest = articles.exclude(first_published_at=None).order_by(Coalesce("public_from", "first_published_at").desc(), "-id")
        return list(newest[:ENTRIES])

    def item_title(self, item: Any) -> str:
        return item.title

    def item_description(self, item: Any) -> str:
        return item.standfirst

    def item_link(self, item: Any) -> str:
        return f"{settings.SITE_URL}{item.url}"

    def item_guid(self, item: Any) -> str:
        return f"{settings.SITE_URL}{item.door}#{item.locale.language_code}"

    def item_author_name(self, item: Any) -> str:
        return item.signed_by or settings.CLUB_NAME

    def item_pubdate(self, item: Any) -> datetime.datetime:
        return item.public_from or item.first_published_at

    def item_updateddate(self, item: Any) -> datetime.datetime:
        return max(item.last_published_at or item.first_published_at, self.item_pubdate(item))


class PagesMap(Sitemap):
    """Wagtail's pages in both languages."""

    def items(self) -> Any:
        pages = visible_to(Page.objects.filter(depth__gte=2), AnonymousUser())
        return pages.defer_streamfields().specific(defer=True).order_by("path")

    def location(self, item: Any) -> str:
        return item.url or "/"

    def lastmod(self, item: Any) -> datetime.datetime | None:
        return item.last_published_at

    def get_latest_lastmod(self) -> datetime.datetime | None:
        return visible_to(Page.objects.all(), AnonymousUser()).aggregate(newest=Max("last_published_at"))["newest"]


class ThreadsMap(Sitemap):
    """What a visitor may read of the forum."""

    limit = 5000

    def items(self) -> Any:
        return Thread.objects.visible_to(AnonymousUser()).open().order_by("-id")

    def location(self, item: Any) -> str:
        with translation.override(settings.LANGUAGE_CODE):
            return item.get_absolute_url()

    def lastmod(self, item: Any) -> datetime.datetime:
        return item.last_post_at


SITEMAPS = {"pages": PagesMap, "threads": ThreadsMap}
