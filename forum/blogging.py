"""A member's own blog, made with its first entry."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from forum import crediting, posting, reporting, screening, watching, writing
from forum.addresses import stored_url
from forum.models import Board, Entry, Feature, Picture, Review, Series, State, Thread
from forum.refusals import NotYours
from members import activity
from members.models import Activity, Member
from notifications.models import Notification
from notifications.telling import tell

FEATURE = "forum.add_feature"


@transaction.atomic
def blog_of(member: Member) -> Board:
    """The member's blog; opened if there is none yet. Visitors may read it."""
    names = {"slug": f"blog-{member.pk}", "name": member.display_name[:100], "audience": Board.Audience.PUBLIC}
    board, _is_new = Board.objects.get_or_create(kind=Board.Kind.BLOG, owner=member, defaults=names)
    return board


@transaction.atomic
def post_entry(
    member: Member, *, title: str, body: str, tags: Sequence[str] = (), client_key: uuid.UUID | None = None, **when: object
) -> Thread:
    """Write an entry in one's own blog. Raises what `posting.start_thread` raises."""
    return posting.start_thread(blog_of(member), author=member, title=title, body=body, tags=tags, client_key=client_key, **when)  # type: ignore[arg-type]


@transaction.atomic
def dress(thread: Thread, *, by: Member, series: str = "", cover: Picture | None = None) -> Entry:
    """Give one's entry a cover and a place in a series, which is made if the blog has none of that title. Raises NotYours, WordRefused.

    series   a title; empty takes the entry out of its series
    cover    None keeps the cover it has
    """
    thread = writing.held(thread.pk)
    if not thread.board.is_blog or thread.author_id != by.pk:
        raise NotYours
    title = " ".join(series.split())[:100]
    found = _series_called(title, thread, by) if title else None
    entry, _is_new = Entry.objects.get_or_create(thread=thread)
    entry.series = found
    entry.cover = cover or entry.cover
    entry.save()
    Series.objects.filter(blog=thread.board, entries=None).delete()
    return entry


def _series_called(title: str, thread: Thread, by: Member) -> Series:
    """The series of the entry's blog with this title; a new one passes the watch list as words of a post do."""
    if known := Series.objects.filter(blog=thread.board, title=title).first():
        return known
    remark = screening.insist_on_words(by, title)
    if not by.is_staff:
        title = watching.softened(title)[:100]
    if remark:
        reporting.bring(thread.posts.get(no=1), cause=Review.Cause.WORDS, remark=remark)
    return Series.objects.get_or_create(blog=thread.board, title=title)[0]


@transaction.atomic
def ask_to_feature(thread: Thread, *, by: Member, note: str = "") -> Feature:
    """A marketer asks an entry's author whether the magazine may show it; asked once. Raises NotYours."""
    thread = writing.held(thread.pk)
    if not by.has_perm(FEATURE) or not thread.board.is_blog or thread.state != State.VISIBLE:
        raise NotYours
    feature, is_new = Feature.objects.get_or_create(thread=thread, defaults={"asked_by": by, "note": note.strip()[:300]})
    if is_new:
        _tell(feature, thread.author, actor=by, step="asked")
    return feature


@transaction.atomic
def answer_feature(feature: Feature, *, by: Member, agrees: bool) -> None:
    """The author agrees, and earns what that earns, or declines. Answered once. Raises NotYours."""
    thread = writing.held(feature.thread_id)
    if thread.author_id != by.pk or thread.state != State.VISIBLE:
        raise NotYours
    answer = Feature.Answer.AGREED if agrees else Feature.Answer.DECLINED
    waiting = Feature.objects.filter(pk=feature.pk, answer=Feature.Answer.WAITING)
    if not waiting.update(answer=answer, answered_at=timezone.now()):
        return
    if agrees:
        crediting.credit_feature(thread.posts.select_related("author").get(no=1), thread)
    _tell(feature, feature.asked_by, actor=by, step=answer)


@transaction.atomic
def end_feature(feature: Feature, *, by: Member) -> None:
    """The author changes their mind, or a marketer theirs: no longer shown. An author's change takes the points back. Raises NotYours."""
    thread = writing.held(feature.thread_id)
    is_author = thread.author_id == by.pk
    if not is_author and not by.has_perm(FEATURE):
        raise NotYours
    shown = Feature.objects.filter(pk=feature.pk, answer=Feature.Answer.AGREED)
    if shown.update(answer=Feature.Answer.ENDED, answered_at=timezone.now()) and is_author:
        activity.undo(Activity.Kind.BLOG_ENTRY_FEATURED, cause=f"post:{thread.posts.get(no=1).pk}")


def _tell(feature: Feature, member: Member, *, actor: Member, step: str) -> None:
    tell(
        member,
        Notification.Kind.FEATURE,
        cause=f"feature:{feature.pk}:{step}",
        subject=f"thread:{feature.thread_id}",
        url=stored_url(feature.thread),
        actor=actor,
        details={"step": step, "excerpt": feature.note if step == "asked" else ""},
    )
