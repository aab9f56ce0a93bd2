"""Moderators put posts where they belong: merge threads, split one, give a post its right author. Old links keep finding every post.

Locks: threads by their ids, then posts; as everywhere in the forum.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, F

from forum import crediting, indexing, languages, markup, waiting, writing
from forum.models import Board, HeldEdit, Level, ModerationAction, Moved, Post, State, Thread, ThreadMember
from forum.noting import Verb, insist, note
from forum.refusals import NotYours, ThreadGone
from live import streams
from members.models import Activity, Member

MOST_SPLIT = 500
CLOSEST = [Level.MUTE, Level.NORMAL, Level.TRACK, Level.WATCH]


@transaction.atomic
def merge(thread: Thread, into: Thread, *, by: Member, reason: str) -> ModerationAction | None:
    """Append a thread's posts, in their order, to another. Returns None where that was done already.

    Its opening now counts as a reply. Its solution goes along where the same member asked both and the other has none; else
    the acceptance is taken back, for the mark is gone. Whoever had read both to the end has nothing unread; nobody
    loses an unread post. Raises NotYours, for blogs too; ThreadGone for a thread that is not shown.
    """
    insist(by)
    if thread.pk == into.pk:
        raise NotYours
    held = {pk: writing.held(pk) for pk in sorted((thread.pk, into.pk))}
    thread, into = held[thread.pk], held[into.pk]
    if thread.merged_into_id == into.pk:
        return None
    if thread.board.is_blog or into.board.is_blog or into.board.is_archived:
        raise NotYours
    if thread.state != State.VISIBLE or into.state != State.VISIBLE:
        raise ThreadGone
    before = {
        "highest_no": into.highest_no,
        "solution": into.solution_id,
        "posts": thread.highest_no,
        "merged_solution": thread.solution_id,
    }
    offset = into.highest_no
    posts = list(Post.objects.select_for_update(of=("self",)).filter(thread=thread).select_related("author").order_by("no"))
    _merge_readers(thread, into)
    Moved.objects.bulk_create([Moved(thread=thread, no=post.no, post=post) for post in posts])
    Post.objects.filter(thread=thread).update(thread=into, no=F("no") + offset)
    _hand_over_solution(thread, into, posts)
    thread.state, thread.merged_into, thread.last_post, thread.solution = State.HIDDEN, into, None, None
    thread.reply_count = thread.reaction_count = 0
    thread.save(update_fields=["state", "merged_into", "last_post", "solution", "reply_count", "reaction_count"])
    into.highest_no = offset + thread.highest_no
    into.save(update_fields=["highest_no", "solution"])
    _count_all(into)
    opening = next(post for post in posts if post.no == 1)
    _placed(opening, into, opening.no + offset)
    crediting.count_as(opening, into, Activity.Kind.REPLY_POSTED)
    indexing.put(opening, title="", text=markup.plain(opening.html))
    _tell_pages(thread, into)
    return note(by, Verb.MERGE, reason, thread=into, board=into.board, concerns=thread.author, before=before, after={"from": thread.pk})


@transaction.atomic
def split(thread: Thread, numbers: Sequence[int], *, title: str, board: Board | None = None, by: Member, reason: str) -> Thread:
    """Take posts out of a thread into a new one, numbered anew from 1; the first is its opening. Returns the new thread.

    Every post goes on counting as the reply that its author wrote; an acceptance left without its question is taken back.
    Raises NotYours for the first post, for blogs, and for numbers that are none.
    """
    insist(by)
    thread = writing.held(thread.pk)
    board = board or thread.board
    wanted = sorted(set(numbers))
    if thread.board.is_blog or board.is_blog or board.is_archived or not wanted or wanted[0] <= 1 or len(wanted) > MOST_SPLIT:
        raise NotYours
    posts = list(Post.objects.select_for_update(of=("self",)).filter(thread=thread, no__in=wanted).select_related("author").order_by("no"))
    if [post.no for post in posts] != wanted or posts[0].state != State.VISIBLE:
        raise NotYours
    first = posts[0]
    new = Thread.objects.create(
        board=board, title=title[:200], lang=languages.language_of(title), author=first.author, created_at=first.created_at
    )
    Moved.objects.bulk_create([Moved(thread=thread, no=post.no, post=post) for post in posts])
    solution = next((post for post in posts if post.pk == thread.solution_id), None)
    if solution:
        thread.solution = None
        thread.save(update_fields=["solution"])
        crediting.take_back_acceptance(solution)
    _split_readers(thread, new, wanted)
    for no, post in enumerate(posts, 1):
        _placed(post, new, no)
        post.save(update_fields=["thread", "no"])
    moved = [post.pk for post in posts]
    Post.objects.filter(pk__in=moved).exclude(reply_to__in=moved).update(reply_to=None)
    Post.objects.filter(thread=thread, reply_to__in=moved).update(reply_to=None)
    new.highest_no = len(posts)
    new.save(update_fields=["highest_no"])
    _count_all(new)
    _count_all(thread)
    indexing.put(first, title=new.title, text=markup.plain(first.html))
    _tell_pages(thread, new)
    note(
        by,
        Verb.SPLIT,
        reason,
        thread=new,
        board=board,
        concerns=first.author,
        before={"thread": thread.pk, "numbers": wanted, "solution": solution.pk if solution else None},
        after={"thread": new.pk},
    )
    return new


@transaction.atomic
def change_author(post: Post, author: Member, *, by: Member, reason: str) -> ModerationAction | None:
    """Give a post its right author: all it earned is taken back from the one and counts for the other.

    The new author's own reactions to it go: nobody rewards themselves. Raises NotYours.
    """
    insist(by)
    thread, post = writing.held_post(post)
    old = post.author
    if old.pk == author.pk:
        return None
    if thread.board.is_blog or author.erased_at:
        raise NotYours
    counted = (thread.state if post.opens_thread else post.state) == State.VISIBLE and crediting.counts(post)
    if thread.solution:
        crediting.take_back_acceptance(thread.solution)
    crediting.take_back(post, thread)
    post.reactions.filter(member=author).delete()
    waiting.settle(post, HeldEdit.Status.DROPPED, by=by)
    post.reaction_count = post.reactions.count()
    post.author, post.owner_no, post.client_key = author, post.owner_no + 1, None
    post.save(update_fields=["author", "owner_no", "client_key", "reaction_count"])
    if post.opens_thread:
        thread.author = author
        thread.save(update_fields=["author"])
    _count_all(thread)
    if counted:
        crediting.give_back(post, thread)
    # In a hidden thread too, whose answers go on counting.
    if thread.solution_id:
        solution = Post.objects.select_related("author").get(pk=thread.solution_id)
        crediting.credit_acceptance(solution, thread)
    return note(
        by, Verb.CHANGE_AUTHOR, reason, thread=thread, post=post, concerns=old, before={"author": old.pk}, after={"author": author.pk}
    )


def where_now(thread_id: int, no: int) -> Post | None:
    """The post that once had this number here, if a moderator took it elsewhere."""
    row = Moved.objects.filter(thread=thread_id, no=no).select_related("post", "post__thread").first()
    return row.post if row else None


def _placed(post: Post, thread: Thread, no: int) -> None:
    post.thread, post.no = thread, no


def _count_all(thread: Thread) -> None:
    writing.count_again(thread)
    shown = Post.objects.filter(thread=thread).aggregate(n=Count("reactions"))["n"]
    Thread.objects.filter(pk=thread.pk).update(reaction_count=shown)
    thread.reaction_count = shown


def _hand_over_solution(thread: Thread, into: Thread, posts: list[Post]) -> None:
    solution = next((post for post in posts if post.pk == thread.solution_id), None)
    if solution is None:
        return
    if into.solution_id is None and into.author_id == thread.author_id:
        into.solution = solution
    else:
        crediting.take_back_acceptance(solution)


def _merge_readers(thread: Thread, into: Thread) -> None:
    """Whoever read the other to its end goes on where they were in this one; the closer of two followings stays."""
    there = {row.member_id: row for row in ThreadMember.objects.select_for_update().filter(thread=into).order_by("member_id")}
    fresh = []
    for row in ThreadMember.objects.filter(thread=thread).order_by("member_id"):
        other = there.get(row.member_id)
        if other is None:
            # Read nothing of the other thread: all of it is new to them.
            fresh.append(ThreadMember(member_id=row.member_id, thread=into, level=row.level, is_chosen=row.is_chosen))
            continue
        changed: dict[str, Any] = {}
        if other.last_read_no >= into.highest_no:
            changed["last_read_no"] = into.highest_no + row.last_read_no
        if not other.is_chosen and CLOSEST.index(Level(row.level)) > CLOSEST.index(Level(other.level)):
            changed["level"] = row.level
        if changed:
            ThreadMember.objects.filter(pk=other.pk).update(**changed)
    # A reader of only the thread that stays has the appended posts unread, by their numbers.
    ThreadMember.objects.bulk_create(fresh, ignore_conflicts=True)


def _split_readers(thread: Thread, new: Thread, numbers: list[int]) -> None:
    """Each reader keeps what they have read of the posts that go, and is not told of the numbers that are gone."""
    gone, rows, changed = set(numbers), [], []
    for row in ThreadMember.objects.select_for_update().filter(thread=thread).order_by("member_id"):
        read = sum(number <= row.last_read_no for number in numbers)
        rows.append(ThreadMember(member_id=row.member_id, thread=new, last_read_no=read, level=row.level, is_chosen=row.is_chosen))
        before = row.last_read_no
        while row.last_read_no + 1 in gone:
            row.last_read_no += 1
        if row.last_read_no != before:
            changed.append(row)
    ThreadMember.objects.bulk_create(rows)
    ThreadMember.objects.bulk_update(changed, ["last_read_no"])


def _tell_pages(*threads: Thread) -> None:
    for thread in threads:
        streams.append(f"thread:{thread.pk}", "rearranged", {"thread": thread.pk})
