"""Keeping unposted words on the server, so that a closed tab or another device loses nothing."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from forum.markup import MAX_CHARACTERS
from forum.models import Board, Draft, Message, Poll, Post
from members.models import Member
from members.ready import ReadyDelete

MAX_DRAFTS = 100
OF_BLOG = "blog:new"
OF_MESSAGE = "message:new"
# What is kept beside title and text, by the names of the forms' fields, and how many characters of it.
BESIDE = {
    "tags": 250,
    "to": 800,
    "reason": 200,
    "reply_to": 10,
    "based_on": 10,
    "poll-question": 200,
    "poll-options": 3_000,
    "poll-kind": 20,
    "poll-results": 20,
    "poll-is_secret": 2,
    "poll-closes_at": 20,
    "entry-series": 100,
}
NUMBERS = ("reply_to", "based_on")
# A draft with nothing but the others is none.
WORTH_KEEPING = ("tags", "poll-question", "poll-options")


class DraftConflict(Exception):  # noqa: N818
    """Another device has saved since; `current` is what it saved."""

    def __init__(self, current: Draft) -> None:
        super().__init__("a newer draft exists")
        self.current = current


def of_opening(board: Board) -> str:
    """The key of what somebody writes to begin a thread on a board, or an entry in their blog, which its first entry makes."""
    return OF_BLOG if board.is_blog else f"board:{board.pk}"


def of_edit(post: Post) -> str:
    return f"post:{post.pk}"


@transaction.atomic
def save(
    member: Member,
    *,
    key: str,
    body: str,
    title: str = "",
    beside: Mapping[str, str] | None = None,
    seq: int | None = None,
    client_key: uuid.UUID | None = None,
) -> Draft | None:
    """Keep a draft under its key; empty words forget it.

    beside       other fields of the form by their names; those of BESIDE are kept
    seq          the save that these words follow; None overwrites whatever is there
    client_key   the form's own: one that was sent meanwhile leaves no draft
    Raises DraftConflict where another save came in between.
    """
    draft = Draft.objects.select_for_update().filter(member=member, key=key).first()
    if client_key and _is_sent(member, client_key):
        return None
    if draft and seq is not None and seq != draft.seq:
        raise DraftConflict(draft)
    body, title = _clean(body, MAX_CHARACTERS), _clean(title, 200)
    kept = _kept(beside or {})
    if not body.strip() and not title.strip() and not any(kept.get(name, "").strip() for name in WORTH_KEEPING):
        discard(member, key=key)
        return None
    if draft is None:
        _make_room(member)
        return Draft.objects.create(member=member, key=key, body=body, title=title, beside=kept)
    draft.body, draft.title, draft.beside, draft.seq, draft.updated_at = body, title, kept, draft.seq + 1, timezone.now()
    draft.save()
    return draft


@transaction.atomic
def save_edit(post: Post, *, member: Member, body: str, title: str, beside: Mapping[str, str], seq: int | None = None) -> Draft | None:
    """Keep an edit that is not sent yet; words that are the post's own forget it. Raises DraftConflict."""
    tags = {name.strip() for name in beside.get("tags", "").split(",") if name.strip()}
    is_same = body.rstrip() == post.body
    if is_same and post.opens_thread:
        is_same = title == post.thread.title and tags == {tag.name for tag in post.thread.tags.all()} and not _asks_anew(post, beside)
    if is_same:
        discard(member, key=of_edit(post))
        return None
    return save(member, key=of_edit(post), body=body, title=title, beside=beside, seq=seq)


def _asks_anew(post: Post, beside: Mapping[str, str]) -> bool:
    """Whether the draft's poll is another than the one that there is."""
    poll = Poll.objects.filter(post=post).first()
    asked = [poll.question, *(option.text for option in poll.options.all())] if poll else [""]
    lines = [line.strip() for line in beside.get("poll-options", "").splitlines()]
    drafted = [beside.get("poll-question", "").strip(), *filter(None, lines)]
    # A form without a poll's fields says nothing of one.
    return "poll-question" in beside and drafted != asked


_DISCARDED = ReadyDelete(lambda member, key: Draft.objects.filter(member=member, key=key))


def discard(member: Member, *, key: str) -> None:
    _DISCARDED.do(member=member.pk, key=key)


def _kept(beside: Mapping[str, str]) -> dict[str, str]:
    cleaned = {name: _clean(value, BESIDE[name]) for name, value in beside.items() if name in BESIDE}
    return {name: value for name, value in cleaned.items() if value and (name not in NUMBERS or value.isdecimal())}


def _clean(words: str, most: int) -> str:
    return words.replace("\0", "")[:most]


def _is_sent(member: Member, client_key: uuid.UUID) -> bool:
    """A save that was on its way while the form was sent comes too late."""
    return any(model.objects.filter(author=member, client_key=client_key).exists() for model in (Post, Message))


def _make_room(member: Member) -> None:
    oldest = Draft.objects.filter(member=member).order_by("-updated_at").values_list("pk", flat=True)[MAX_DRAFTS - 1 :]
    Draft.objects.filter(pk__in=list(oldest)).delete()
