"""Changing one's own words with a visible history, and taking them back."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from forum import announcing, crediting, drafting, indexing, languages, markup, picturing, reporting, screening, waiting, writing
from forum.models import HeldEdit, Mention, Post, PostRevision, Review, State, Tag, Thread
from forum.refusals import BoardArchived, ChangedMeanwhile, EditingOver, NotYours, ThreadGone, ThreadLocked
from forum.tagging import tags_named
from members.models import Member


@transaction.atomic
def edit(
    post: Post,
    *,
    editor: Member,
    body: str,
    title: str | None = None,
    tags: Sequence[str] | None = None,
    reason: str = "",
    based_on: int | None = None,
    poll: waiting.NewPoll | None = None,
) -> Post:
    """Replace a post's words; what they were is kept as a revision that readers can open. Nothing changed, nothing kept.

    With a watched word to be held, or where the author's posts wait too, they wait (`waiting.waiting_of`), and the post says what it
    said until a moderator approves them.

    title, tags   of the thread, with its first post only; they are part of its history
    based_on      how many edits the post had when this one was begun; None does not ask
    poll          a poll that is judged with the words and waits with them; else the caller puts it (`polling.edit_with_poll`)
    Only the author may: a moderator's edit goes through `moderating.edit_post`.
    Raises NotYours, ThreadLocked, ThreadGone, BoardArchived, EditingOver, ChangedMeanwhile, markup.TooLong.
    """
    if post.author_id != editor.pk:
        raise NotYours
    writing.insist_on_voice(editor)
    poll = poll or waiting.NewPoll()
    judged = {"beside": poll.words, "beside_before": poll.words_before}
    verdict = screening.screen_edit(post, author=editor, title=title or "", body=body, tags=tags, **judged)
    tags = None if tags is None else verdict.tags
    thread, post = writing.held_post(post)
    _insist(thread, post)
    if not thread.board.lets_edit(post.created_at, editor):
        raise EditingOver(thread.board.edit_minutes or 0)
    insist_on_news(post, based_on)
    if verdict.is_held:
        waiting.hold(
            post,
            author=editor,
            body=verdict.body,
            title=verdict.title or title,
            tags=tags,
            poll=poll.asked,
            reason=reason,
            cause=Review.Cause(verdict.cause) if verdict.cause in waiting.CAUSES else Review.Cause.EDIT,
            remark=verdict.remark,
        )
        return post
    waiting.settle(post, HeldEdit.Status.DROPPED, by=editor)
    if verdict.cause:
        reporting.bring(post, cause=verdict.cause, remark=verdict.remark)
    drafting.discard(editor, key=drafting.of_edit(post))
    return replace(thread, post, editor=editor, body=verdict.body, title=verdict.title or title, tags=tags, reason=reason)


def replace(
    thread: Thread,
    post: Post,
    *,
    editor: Member,
    body: str,
    title: str | None = None,
    tags: Sequence[str] | None = None,
    reason: str = "",
) -> Post:
    """Replace the words of a locked post, whoever was allowed to; in the caller's transaction."""
    new_title = title if title and post.opens_thread else thread.title
    old_tags = list(thread.tags.all()) if post.opens_thread else []
    new_tags = tags_named(tags) if tags is not None and post.opens_thread else old_tags
    is_tagged_anew = {tag.pk for tag in new_tags} != {tag.pk for tag in old_tags}
    if body == post.body and new_title == thread.title and not is_tagged_anew:
        return post
    words = writing.prepare(body, maths=thread.board.has_maths)
    if _is_slip(thread, post, editor):
        _write(post, words)
    else:
        _keep(thread, post, editor, reason, old_tags)
        post.edit_count, post.edited_at = post.edit_count + 1, timezone.now()
        _write(post, words)
    if is_tagged_anew:
        thread.tags.set(new_tags)
    post.pictures.set(picturing.named_in(words.body, post.author))
    if new_title != thread.title:
        thread.title, thread.lang = new_title, languages.language_of(new_title)
        thread.save(update_fields=["title", "lang"])
    indexing.put(post, title=thread.title if post.opens_thread else "", text=words.plain)
    _mention(post, thread, words)
    return post


@transaction.atomic
def withdraw(post: Post, *, author: Member) -> Post:
    """The author takes a post back: its place stays, its words are no longer shown, and what it earned is taken back.

    A thread that nobody has answered goes with its first post. Harmless when repeated. Raises NotYours, ThreadLocked.
    """
    if post.author_id != author.pk:
        raise NotYours
    thread, post = writing.held_post(post)
    if post.state == State.WITHDRAWN:
        return post
    _insist(thread, post)
    waiting.settle(post, HeldEdit.Status.DROPPED, by=author)
    post.state = State.WITHDRAWN
    post.save(update_fields=["state"])
    crediting.take_back(post, thread)
    if thread.solution_id == post.pk:
        thread.solution = None
    if post.opens_thread and not thread.reply_count:
        thread.state = State.WITHDRAWN
    thread.save(update_fields=["state", "solution"])
    writing.count_again(thread)
    return post


def insist_on_news(post: Post, based_on: int | None) -> None:
    """Nobody replaces unseen what somebody else has written meanwhile. Raises ChangedMeanwhile."""
    if based_on is not None and based_on != post.edit_count:
        raise ChangedMeanwhile


def _insist(thread: Thread, post: Post) -> None:
    if thread.board.is_archived:
        raise BoardArchived
    if thread.is_locked:
        raise ThreadLocked
    if thread.state != State.VISIBLE or post.state != State.VISIBLE:
        raise ThreadGone


def _is_slip(thread: Thread, post: Post, editor: Member) -> bool:
    """Whether the author corrects, within the board's time for that, what nobody has answered, reacted to or reported."""
    grace = datetime.timedelta(seconds=thread.board.grace_seconds)
    if editor.pk != post.author_id or timezone.now() >= post.created_at + grace or post.edit_count:
        return False
    return post.no == thread.highest_no and not post.reaction_count and thread.solution_id != post.pk and not post.reviews.exists()


def _keep(thread: Thread, post: Post, editor: Member, reason: str, tags: list[Tag]) -> None:
    PostRevision.objects.create(
        post=post,
        n=post.edit_count + 1,
        title=thread.title if post.opens_thread else "",
        body=post.body,
        tags=[tag.name for tag in tags] if post.opens_thread else None,
        editor=editor,
        reason=reason,
        written_at=post.edited_at or post.created_at,
    )


def _write(post: Post, words: writing.Words) -> None:
    post.body, post.html, post.html_version = words.body, words.html, markup.VERSION
    post.excerpt, post.lang = words.excerpt, words.lang
    post.save(update_fields=["body", "html", "html_version", "excerpt", "lang", "edit_count", "edited_at"])


def _mention(post: Post, thread: Thread, words: writing.Words) -> None:
    before = set(post.mentions.values_list("member_id", flat=True))
    post.mentions.exclude(member__in=words.mentioned).delete()
    fresh = [member for member in words.mentioned if member.pk not in before]
    Mention.objects.bulk_create([Mention(post=post, member=member) for member in fresh])
    post.thread = thread
    announcing.new_mentions(post, [member for member in words.called if member.pk not in before])
