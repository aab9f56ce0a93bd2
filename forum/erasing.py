"""Forgetting a member in the forum: their words stay in others' discussions, under no name and without what gives them away."""

import re
from collections.abc import Iterator

from django.db.models import Q

from forum import indexing, markup, page_cache, writing
from forum.models import (
    Appeal,
    Board,
    BoardMember,
    Bookmark,
    Draft,
    HeldEdit,
    MemberNote,
    Mention,
    Message,
    MessageReport,
    MessageRevision,
    Post,
    PostRevision,
    Presence,
    Regard,
    Report,
    TagMember,
    Thread,
    ThreadMember,
)
from members import traces
from members.models import Member

FORMER = "@former-member"


def erase(member: Member) -> None:
    """In the caller's transaction."""
    for kept in (Draft, Bookmark, ThreadMember, BoardMember, TagMember, Presence, MemberNote):
        kept._default_manager.filter(member=member).delete()
    Regard.objects.filter(Q(member=member) | Q(other=member)).delete()
    PostRevision.objects.filter(post__author=member).delete()
    MessageRevision.objects.filter(message__author=member).delete()
    HeldEdit.objects.filter(Q(author=member) | Q(post__author=member)).delete()
    Report.objects.filter(reporter=member).update(note="")
    MessageReport.objects.filter(reporter=member).update(note="")
    Appeal.objects.filter(member=member).update(words="")
    Board.objects.filter(owner=member).update(name=FORMER[1:], name_zh="", description="", description_zh="")
    words = traces.words_of(member)
    for thread in Thread.objects.filter(author=member).iterator(chunk_size=200):
        Thread.objects.filter(pk=thread.pk).update(title=traces.without(thread.title, words))
    for post in _posts_that_name(member):
        _write_without(post, member, words)
    _write_earlier_without(member, words)
    quoted = Q(author=member) | Q(body__contains=f"[{member.name}](") if member.name else Q(author=member)
    for message in Message.objects.filter(quoted).order_by("pk").iterator(chunk_size=200):
        _write_message_without(message, member, words)
    Mention.objects.filter(member=member).delete()
    page_cache.forget_soon()


def _posts_that_name(member: Member) -> Iterator[Post]:
    """Their own, those that mention or quote them, and those in which their address or telephone stands."""
    named = Q(author=member) | Q(mentions__member=member) | _gives_away(member)
    return Post.objects.filter(named).distinct().select_related("thread__board").order_by("pk").iterator(chunk_size=200)


def _gives_away(member: Member) -> Q:
    """Where their address, their telephone, or their name over a quotation stands."""
    named = Q(body__icontains=member.email)
    if member.name:
        named |= Q(body__contains=f"[{member.name}](")
    return named | Q(body__contains=member.phone) if member.phone else named


def _others_words(body: str, member: Member, words: list[str]) -> str:
    """Of others' words only what can mean nobody else goes: the address, the telephone, the handle, and the name over a quotation."""
    body = re.sub(rf"@{re.escape(member.handle)}(?![\w-])", FORMER, body, flags=re.IGNORECASE)
    body = traces.without(body, [word for word in words if word != member.name])
    return _unnamed(body, member)


def _unnamed(body: str, member: Member) -> str:
    return body.replace(f"[{member.name}](", f"[{traces.TAKEN_OUT[1:-1]}](") if member.name else body


def _write_earlier_without(member: Member, words: list[str]) -> None:
    """What others' posts and messages said before they were edited: anybody may open the one, moderators the other."""
    posts = PostRevision.objects.filter(_gives_away(member) | Q(body__icontains=f"@{member.handle}"))
    for version in posts.order_by("pk").iterator(chunk_size=200):
        PostRevision.objects.filter(pk=version.pk).update(body=_others_words(version.body, member, words))
    messages = MessageRevision.objects.filter(body__contains=f"[{member.name}](") if member.name else MessageRevision.objects.none()
    for said in messages.order_by("pk").iterator(chunk_size=200):
        MessageRevision.objects.filter(pk=said.pk).update(body=_unnamed(said.body, member))


def _write_without(post: Post, member: Member, words: list[str]) -> None:
    body = _others_words(post.body, member, words)
    if post.author_id == member.pk:
        body = traces.without(body, words)
    if body == post.body:
        return
    made = writing.prepare(body, maths=post.thread.board.has_maths)
    post.body, post.html, post.html_version, post.excerpt, post.lang = made.body, made.html, markup.VERSION, made.excerpt, made.lang
    post.save(update_fields=["body", "html", "html_version", "excerpt", "lang"])
    title = Thread.objects.values_list("title", flat=True).get(pk=post.thread_id) if post.opens_thread else ""
    indexing.put(post, title=title, text=made.plain)


def _write_message_without(message: Message, member: Member, words: list[str]) -> None:
    body = traces.without(message.body, words) if message.author_id == member.pk else _unnamed(message.body, member)
    if body != message.body:
        made = writing.prepare(body)
        message.body, message.html, message.excerpt, message.lang = made.body, made.html, made.excerpt, made.lang
        message.save(update_fields=["body", "html", "excerpt", "lang"])
