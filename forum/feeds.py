"""Atom feeds of what visitors may read. A reader of feeds has no session, so there is never anything else in them."""

import datetime
import re
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from forum import tags
from forum.models import Board, Post, Tag, Tagging, Thread

LENGTH = 30
VISITOR = AnonymousUser()
# A reader of feeds knows nothing of where an address without a host would lead.
ON_THE_SITE = re.compile(r'(<(?:a|img)\b[^>]*? (?:href|src)=")/(?!/)')


class PostFeed(Feed):
    """The newest posts of some threads; each kind of feed says which."""

    feed_type = Atom1Feed

    def posts(self, obj: Any) -> QuerySet[Post]:
        return Post.objects.all()

    def items(self, obj: Any) -> list[Post]:
        rows = self.posts(obj).visible_to(VISITOR).open().select_related("thread", "author")  # type: ignore[attr-defined]
        return list(rows.order_by("-pk")[:LENGTH])

    def item_title(self, item: Post) -> str:
        return item.thread.title if item.opens_thread else _("Re: %(title)s") % {"title": item.thread.title}

    def item_description(self, item: Post) -> str:
        return ON_THE_SITE.sub(rf"\g<1>{settings.SITE_URL}/", item.html)

    def item_author_name(self, item: Post) -> str:
        return item.author.display_name

    def item_pubdate(self, item: Post) -> datetime.datetime:
        return item.created_at

    def item_updateddate(self, item: Post) -> datetime.datetime:
        return item.edited_at or item.created_at


class LatestFeed(PostFeed):
    def title(self) -> str:
        return _("Forum")

    link = "/forum/"

    def posts(self, obj: Any) -> QuerySet[Post]:
        return Post.objects.filter(no=1, thread__board__kind=Board.Kind.BOARD)


class BlogsFeed(PostFeed):
    def title(self) -> str:
        return _("Members' blogs")

    link = "/blogs/"

    def posts(self, obj: Any) -> QuerySet[Post]:
        return Post.objects.filter(no=1, thread__board__kind=Board.Kind.BLOG)


class BoardFeed(PostFeed):
    def get_object(self, request: HttpRequest, slug: str) -> Board:  # type: ignore[override]
        return get_object_or_404(Board.objects.visible_to(VISITOR).boards(), slug=slug)

    def title(self, obj: Board) -> str:
        return obj.label

    def link(self, obj: Board) -> str:
        return obj.get_absolute_url()

    def posts(self, obj: Board) -> QuerySet[Post]:
        return Post.objects.filter(thread__board=obj, no=1)


class BlogFeed(BoardFeed):
    def get_object(self, request: HttpRequest, handle: str) -> Board:  # type: ignore[override]
        return get_object_or_404(Board.objects.visible_to(VISITOR).blogs().select_related("owner"), owner__handle=handle)


class TagFeed(PostFeed):
    def get_object(self, request: HttpRequest, slug: str) -> Tag:  # type: ignore[override]
        return get_object_or_404(tags.known_to(VISITOR), slug=slug)

    def title(self, obj: Tag) -> str:
        return f"#{obj.name}"

    def link(self, obj: Tag) -> str:
        return obj.get_absolute_url()

    def posts(self, obj: Tag) -> QuerySet[Post]:
        # Found alone first: together PostgreSQL might go through all newer threads for them, however few of those bear the tag.
        open_to_all = Tagging.objects.filter(is_open=True, board__in=Board.objects.visible_to(VISITOR))
        # A span of one tag, in an order that one index alone has: else it might go through the newest taggings, whatever their tags.
        borne = open_to_all.filter(tag__gte=obj.pk, tag__lte=obj.pk).order_by("tag_id", "-thread_id")
        newest = list(borne.values_list("thread", flat=True)[:LENGTH])
        return Post.objects.filter(thread__in=newest, no=1)


class ThreadFeed(PostFeed):
    def get_object(self, request: HttpRequest, pk: int) -> Thread:  # type: ignore[override]
        return get_object_or_404(Thread.objects.visible_to(VISITOR), pk=pk)

    def title(self, obj: Thread) -> str:
        return obj.title

    def link(self, obj: Thread) -> str:
        return obj.get_absolute_url()

    def posts(self, obj: Thread) -> QuerySet[Post]:
        return Post.objects.filter(thread=obj)
