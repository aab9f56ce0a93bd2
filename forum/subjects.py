"""Posts, threads and private messages as whoever was told of them may read them now."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from forum.addresses import stored_url
from forum.models import Conversation, Message, Post, Regard, Thread
from members.models import Member
from notifications.subjects import Subject


def posts(ids: list[int], reader: Member) -> dict[int, Subject]:
    """Those in threads that the reader may open. One query."""
    opens = Thread.objects.visible_to(reader).filter(pk=OuterRef("thread"))
    readable = Post.objects.visible_to(reader).filter(pk=OuterRef("pk"))
    rows = Post.objects.filter(Exists(opens), pk__in=ids).annotate(is_for_reader=Exists(readable) & ~Exists(_ignored(reader)))
    found = rows.select_related("author", "thread__board__owner").defer("body", "html")
    return {post.pk: _post(post) for post in found}


def threads(ids: list[int], reader: Member) -> dict[int, Subject]:
    """Those that the reader may open, and their own wherever they stand now; without words. One query."""
    own = Q(author=reader.pk)
    rows = Thread.objects.filter(own | Q(pk__in=Thread.objects.visible_to(reader).filter(pk__in=ids).values("pk")), pk__in=ids)
    return {thread.pk: Subject(thread.title, stored_url(thread)) for thread in rows}


def messages(ids: list[int], reader: Member) -> dict[int, Subject]:
    """Those of conversations in which the reader still is. One query."""
    readable = Message.objects.visible_to(reader).filter(pk=OuterRef("pk"))
    rows = Message.objects.filter(conversation__in=Conversation.objects.visible_to(reader), pk__in=ids)
    rows = rows.annotate(is_for_reader=Exists(readable) & ~Exists(_ignored(reader)))
    return {message.pk: _message(message) for message in rows.select_related("author", "conversation").defer("body", "html")}


def _ignored(reader: Member) -> QuerySet[Regard]:
    return Regard.objects.filter(member=reader.pk, other=OuterRef("author"), is_ignored=True)


def _post(post: Post) -> Subject:
    shown = bool(post.is_for_reader)  # type: ignore[attr-defined]
    words = (post.excerpt, post.lang, post.author.display_name) if shown else ("", "", "")
    return Subject(post.thread.title, stored_url(post), *words, place=post.thread.board.label, hushed=not shown)


def _message(message: Message) -> Subject:
    shown = bool(message.is_for_reader)  # type: ignore[attr-defined]
    words = (message.excerpt, message.lang, message.author.display_name) if shown else ("", "", "")
    return Subject(message.conversation.title, stored_url(message), *words, hushed=not shown)
