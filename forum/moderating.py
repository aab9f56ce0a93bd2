"""What moderators do. Each act is logged with its reason, told to whom it concerns, and takes back or gives back what was earned."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from forum import crediting, drafting, places, polling, rewriting, trusting, waiting, writing
from forum.models import Board, HeldEdit, ModerationAction, Post, Review, State, Thread, ThreadMember
from forum.noting import Verb, insist, note
from forum.refusals import NotYours, Refused, TooManyTags
from forum.tagging import MAX_TAGS, tags_named
from members.models import Member


@transaction.atomic
def set_locked(thread: Thread, locked: bool, *, by: Member, reason: str) -> ModerationAction | None:
    """Lock or unlock. Returns None where it is so already. Raises NotYours for whoever is no moderator (as all of these do)."""
    return _set_flag(thread, "is_locked", locked, verb=Verb.LOCK if locked else Verb.UNLOCK, by=by, reason=reason)


@transaction.atomic
def set_pinned(thread: Thread, pinned: bool, *, by: Member, reason: str) -> ModerationAction | None:
    return _set_flag(thread, "is_pinned", pinned, verb=Verb.PIN if pinned else Verb.UNPIN, by=by, reason=reason)


@transaction.atomic
def move(thread: Thread, board: Board, *, by: Member, reason: str) -> ModerationAction | None:
    """Move a thread to another board. Blog entries stay in their blog, and nothing is moved into one. Raises NotYours."""
    insist(by)
    thread = writing.held(thread.pk)
    if thread.board_id == board.pk:
        return None
    if thread.board.is_blog or board.is_blog or board.is_archived:
        raise NotYours
    before = {"board": thread.board.slug}
    thread.board = board
    thread.save(update_fields=["board"])
    return note(by, Verb.MOVE, reason, thread=thread, board=board, concerns=thread.author, before=before, after={"board": board.slug})


@transaction.atomic
def hide_thread(thread: Thread, *, by: Member, reason: str) -> ModerationAction | None:
    """Hide a thread with all its posts from everybody but its author; what it earned its author is taken back."""
    insist(by)
    thread = writing.held(thread.pk)
    if thread.state != State.VISIBLE:
        return None
    thread.state = State.HIDDEN
    thread.save(update_fields=["state"])
    opening = thread.posts.select_related("author").get(no=1)
    crediting.take_back(opening, thread)
    _uphold(opening, by, reason)
    waiting.settle(opening, HeldEdit.Status.DROPPED, by=by)
    return note(by, Verb.HIDE_THREAD, reason, thread=thread, concerns=thread.author)


@transaction.atomic
def unhide_thread(thread: Thread, *, by: Member, reason: str) -> ModerationAction | None:
    """Show a hidden thread again. One that was merged away stays hidden: it has no posts to show."""
    insist(by)
    thread = writing.held(thread.pk)
    if thread.state != State.HIDDEN or thread.merged_into_id:
        return None
    thread.state = State.VISIBLE
    thread.save(update_fields=["state"])
    opening = thread.posts.select_related("author").get(no=1)
    _first_shown(thread, opening)
    if opening.state == State.VISIBLE:
        crediting.give_back(opening, thread)
    _overturn(opening, by, reason)
    return note(by, Verb.UNHIDE_THREAD, reason, thread=thread, concerns=thread.author)


@transaction.atomic
def hide_post(post: Post, *, by: Member, reason: str) -> ModerationAction | None:
    """Hide one post: its place stays, its words are gone for all but its author. The first post hides the thread."""
    if post.opens_thread:
        return hide_thread(post.thread, by=by, reason=reason)
    insist(by)
    thread, post = writing.held_post(post)
    if post.state != State.VISIBLE:
        return None
    before = {"is_solution": thread.solution_id == post.pk}
    if before["is_solution"]:
        _set_solution(thread, None)
    _set_state(thread, post, State.HIDDEN)
    crediting.take_back(post, thread)
    _uphold(post, by, reason)
    waiting.settle(post, HeldEdit.Status.DROPPED, by=by)
    return note(by, Verb.HIDE_POST, reason, thread=thread, post=post, concerns=post.author, before=before)


@transaction.atomic
def unhide_post(post: Post, *, by: Member, reason: str) -> ModerationAction | None:
    if post.opens_thread:
        return unhide_thread(post.thread, by=by, reason=reason)
    insist(by)
    thread, post = writing.held_post(post)
    if post.state != State.HIDDEN:
        return None
    hidden_by = post.moderation_actions.filter(verb=Verb.HIDE_POST).first()
    if hidden_by and hidden_by.before.get("is_solution") and thread.solution_id is None:
        _set_solution(thread, post)
    _set_state(thread, post, State.VISIBLE)
    _first_shown(thread, post)
    crediting.give_back(post, thread)
    _overturn(post, by, reason)
    return note(by, Verb.UNHIDE_POST, reason, thread=thread, post=post, concerns=post.author)


@transaction.atomic
def edit_post(
    post: Post,
    *,
    by: Member,
    body: str,
    reason: str,
    title: str | None = None,
    tags: Sequence[str] | None = None,
    based_on: int | None = None,
) -> ModerationAction | None:
    """Edit another's post, or a thread's title and tags with its first; what it said stays in its history. Raises ChangedMeanwhile."""
    insist(by)
    thread, post = writing.held_post(post)
    rewriting.insist_on_news(post, based_on)
    edits = post.edit_count
    drafting.discard(by, key=drafting.of_edit(post))
    rewriting.replace(thread, post, editor=by, body=body, title=title, tags=tags, reason=reason)
    if post.edit_count == edits:
        return None
    return note(by, Verb.EDIT_POST, reason, thread=thread, post=post, concerns=post.author, after={"edit": post.edit_count})


@transaction.atomic
def add_tags(thread: Thread, names: Sequence[str], *, by: Member, reason: str) -> ModerationAction | None:
    """Tags beside those that a thread bears; its history says who added them. None where it bears them all. Raises TooManyTags."""
    insist(by)
    thread, opening = writing.held_post(thread.posts.get(no=1))
    borne = {tag.pk: tag.name for tag in thread.tags.all()}
    wanted = borne | {tag.pk: tag.name for tag in tags_named(names)}
    if len(wanted) > MAX_TAGS:
        raise TooManyTags
    if wanted == borne:
        return None
    rewriting.replace(thread, opening, editor=by, body=opening.body, tags=list(wanted.values()), reason=reason)
    before, after = {"tags": list(borne.values())}, {"tags": list(wanted.values())}
    return note(by, Verb.TAG, reason, thread=thread, concerns=thread.author, before=before, after=after)


@transaction.atomic
def approve_edit(held: HeldEdit, *, by: Member, reason: str) -> ModerationAction | None:
    """The post says from now on what its author wanted it to say. Returns None where the edit waits no more."""
    return _decide_edit(held, HeldEdit.Status.APPROVED, verb=Verb.APPROVE_EDIT, by=by, reason=reason)


@transaction.atomic
def refuse_edit(held: HeldEdit, *, by: Member, reason: str) -> ModerationAction | None:
    """The post goes on saying what it says; the author reads why, and may appeal. Returns None where the edit waits no more."""
    return _decide_edit(held, HeldEdit.Status.REFUSED, verb=Verb.REFUSE_EDIT, by=by, reason=reason)


def _decide_edit(held: HeldEdit, status: HeldEdit.Status, *, verb: Verb, by: Member, reason: str) -> ModerationAction | None:
    insist(by)
    thread, post = writing.held_post(held.post)
    found = waiting.waiting_of(post)
    if found is None or found.pk != held.pk:
        return None
    waiting.settle(post, status, by=by, note=reason)
    after = {"held_edit": held.pk}
    if status == HeldEdit.Status.APPROVED:
        after |= _replace_by(found, thread, post)
    return note(by, verb, reason, thread=thread, post=post, concerns=post.author, after=after)


@transaction.atomic
def allow_edit(held: HeldEdit, *, by: Member, reason: str) -> None:
    """A refused edit comes after all, unless the post was changed or taken from its author since."""
    insist(by)
    thread, post = writing.held_post(held.post)
    refused = HeldEdit.objects.filter(pk=held.pk, status=HeldEdit.Status.REFUSED, based_on=post.edit_count, author=post.author_id)
    if post.state == State.VISIBLE and refused.update(status=HeldEdit.Status.APPROVED):
        _replace_by(held, thread, post)
        _overturn(post, by, reason)


def _replace_by(held: HeldEdit, thread: Thread, post: Post) -> dict[str, Any]:
    """The words, and the poll unless it may not be put any more, as where somebody has voted meanwhile; the log says so."""
    title = held.title or None
    rewriting.replace(thread, post, editor=held.author, body=held.body, title=title, tags=held.tags, reason=held.reason)
    if held.poll:
        post.thread = thread
        try:
            polling.put(post, polling.Question.of(held.poll))
        except Refused:
            return {"poll": "left as it was asked"}
    return {}


@transaction.atomic
def dismiss(review: Review, *, by: Member, reason: str) -> ModerationAction | None:
    """The reports were looked at and the post stays."""
    insist(by)
    thread, post = writing.held_post(review.post)
    if not _decide_reviews(Review.objects.filter(pk=review.pk), Review.Status.DISMISSED, by, reason):
        return None
    return note(by, Verb.DISMISS, reason, thread=thread, post=post)


@transaction.atomic
def set_slow(thread: Thread, seconds: int | None, *, by: Member, reason: str) -> ModerationAction | None:
    """Slow mode: so many seconds between two posts of a member in this thread; 0 for none, None for as the board says."""
    insist(by)
    thread = writing.held(thread.pk)
    if thread.slow_seconds == seconds:
        return None
    before, thread.slow_seconds = thread.slow_seconds, seconds
    thread.save(update_fields=["slow_seconds"])
    return note(by, Verb.SLOW, reason, thread=thread, before={"slow_seconds": before}, after={"slow_seconds": seconds})


@transaction.atomic
def approve(post: Post, *, by: Member, reason: str) -> ModerationAction | None:
    """Show a held post: only now it counts, and only now others hear of it."""
    insist(by)
    thread, post = writing.held_post(post)
    if (thread.state if post.opens_thread else post.state) != State.PENDING:
        return None
    if post.opens_thread:
        thread.state = State.VISIBLE
        thread.save(update_fields=["state"])
    post.thread = thread
    _set_state(thread, post, State.VISIBLE)
    _unread_again(thread, post)
    writing.show(post, thread)
    crediting.credit(post, thread, at=post.created_at)
    _decide_reviews(post.reviews.all(), Review.Status.DISMISSED, by, reason)
    trusting.weigh(post.author)
    return note(by, Verb.APPROVE, reason, thread=thread, post=post, concerns=post.author)


@transaction.atomic
def reject(post: Post, *, by: Member, reason: str) -> ModerationAction | None:
    """A held post stays hidden; its author reads why, and may appeal."""
    insist(by)
    thread, post = writing.held_post(post)
    if (thread.state if post.opens_thread else post.state) != State.PENDING:
        return None
    if post.opens_thread:
        thread.state = State.HIDDEN
        thread.save(update_fields=["state"])
    else:
        _set_state(thread, post, State.HIDDEN)
    _uphold(post, by, reason)
    return note(by, Verb.REJECT, reason, thread=thread, post=post, concerns=post.author)


def _unread_again(thread: Thread, post: Post) -> None:
    """Whoever passed the held post's place, or read its whole board, has not read it yet; its thread stands where new ones stand."""
    thread.appeared_at, thread.appeared_place = timezone.now(), places.taken_now()
    thread.save(update_fields=["appeared_at", "appeared_place"])
    ThreadMember.objects.filter(thread=thread, last_read_no__gte=post.no).exclude(member=post.author_id).update(last_read_no=post.no - 1)


def _first_shown(thread: Thread, post: Post) -> None:
    """A post that was not approved at first and is shown now after all: it is news, as one approved at once would have been."""
    was_rejected = ModerationAction.objects.filter(post=post, verb=Verb.REJECT).exists()
    shown = ModerationAction.objects.filter(Q(post=post) | Q(post=None, thread=thread), verb__in=[Verb.UNHIDE_POST, Verb.UNHIDE_THREAD])
    if was_rejected and not shown.exists():
        _unread_again(thread, post)
        writing.show(post, thread)


def _set_flag(thread: Thread, flag: str, value: bool, *, verb: ModerationAction.Verb, by: Member, reason: str) -> ModerationAction | None:
    insist(by)
    thread = writing.held(thread.pk)
    if getattr(thread, flag) == value:
        return None
    setattr(thread, flag, value)
    thread.save(update_fields=[flag])
    return note(by, verb, reason, thread=thread, concerns=thread.author, before={flag: not value}, after={flag: value})


def _set_state(thread: Thread, post: Post, state: State) -> None:
    post.state = state
    post.save(update_fields=["state"])
    writing.count_again(thread)


def _set_solution(thread: Thread, post: Post | None) -> None:
    thread.solution = post
    thread.save(update_fields=["solution"])


def _uphold(post: Post, by: Member, reason: str) -> None:
    """What was said against the post was right: its author is trusted less from now on, if at all."""
    if _decide_reviews(post.reviews.all(), Review.Status.UPHELD, by, reason):
        trusting.weigh(post.author)


def _overturn(post: Post, by: Member, reason: str) -> None:
    """What was upheld against the post was not right after all: its author is trusted as before."""
    upheld = post.reviews.filter(status=Review.Status.UPHELD)
    if upheld.update(status=Review.Status.DISMISSED, decided_by=by, decided_at=timezone.now(), note=reason.strip()[:500]):
        trusting.weigh(post.author)


def _decide_reviews(reviews: Any, status: Review.Status, by: Member, note: str) -> int:
    decided: int = reviews.filter(status=Review.Status.OPEN).update(status=status, decided_by=by, decided_at=timezone.now(), note=note)
    return decided
