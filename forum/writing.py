"""What every new post goes through: rendering before the lock, the thread's next number under it, then all that follows from it."""

import datetime
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from forum import announcing, drafting, following, indexing, languages, markup, mentions, page_cache, picturing, spoilers, watching
from forum.models import BoardLevel, BoardMember, Level, Mention, Post, Restriction, State, Thread
from forum.refusals import Silenced, Suspended
from members import once
from members.models import Member
from members.ready import Ready

EXCERPT = 200
# A Latin word that the end of an excerpt would cut in two.
CUT_WORD = re.compile(r"(?<= )[\w'’-]+$", re.ASCII)


@dataclass(frozen=True)
class Words:
    """A text and all that is made of it before a lock is taken."""

    body: str
    html: str
    plain: str
    lang: str
    mentioned: list[Member]

    @property
    def called(self) -> list[Member]:
        """Whom the words call themselves, and not by quoting somebody or in code."""
        handles = markup.called(self.html)
        return [member for member in self.mentioned if member.handle in handles]

    @property
    def excerpt(self) -> str:
        return excerpt_of(self.html)


def excerpt_of(html: str) -> str:
    """The first words, at most EXCERPT characters, with … where more follow; a Latin word is not cut in two, and no spoiler is told."""
    plain = markup.plain(spoilers.covered(html))
    if len(plain) <= EXCERPT:
        return plain
    return re.sub(CUT_WORD, "", plain[: EXCERPT - 1]).rstrip(" ,;:，；：、") + "…"


def prepare(body: str, *, maths: bool = False) -> Words:
    """Render a text, with formulas where its board has them. Raises markup.TooLong."""
    body = body.replace("\0", "")
    named = mentions.members_in(body)
    html = markup.render(body, handles={member.handle for member in named}, maths=maths)
    plain = markup.plain(html)
    return Words(body, html, plain, languages.language_of(plain), named)


def rendered(body: str, *, author: Member | None = None, maths: bool = False) -> str:
    """Exactly what a post of these words would show. Raises markup.TooLong.

    author   who would post them, for words that the watch list replaces; None where it is not asked, as with private messages
    maths    as the board where it would stand
    """
    return prepare(watching.softened(body) if author and not author.is_staff else body, maths=maths).html


_RESTRICTIONS = Ready(
    lambda member, now: Restriction.objects.filter(member=member, until__gt=now, lifted_at=None).order_by().values_list("kind")
)


def _held(pk: Any) -> QuerySet[Thread]:
    return Thread.objects.select_for_update(of=("self",)).select_related("board").filter(pk=pk).order_by()


def _held_for(pk: Any, author: Any, now: Any) -> QuerySet[Thread]:
    """Besides, what a reply asks: how its author is restricted, whether anybody follows the board, or hears of every reply there."""
    restrictions = Restriction.objects.filter(member=author, until__gt=now, lifted_at=None)
    followers = BoardMember.objects.filter(board=OuterRef("board"))
    return _held(pk).annotate(
        is_suspended=Exists(restrictions.filter(kind=Restriction.Kind.SUSPENSION)),
        is_silenced=Exists(restrictions),
        is_board_followed=Exists(followers.filter(level__in=following.FOLLOWED)),
        is_board_heard=Exists(followers.filter(level=BoardLevel.EVERY)),
    )


_HELD = Ready(_held)
_HELD_FOR = Ready(_held_for)


def insist_on_voice(author: Member) -> None:
    """Raises Silenced or Suspended for a member under a restriction."""
    kinds = {kind for (kind,) in _RESTRICTIONS.all(member=author.pk, now=timezone.now())}
    if Restriction.Kind.SUSPENSION in kinds:
        raise Suspended
    if kinds:
        raise Silenced


def written_before(author: Member, client_key: uuid.UUID | None) -> Post | None:
    """The post that the same form has made already, if it was sent twice."""
    if client_key is None:
        return None
    return Post.objects.filter(author=author, client_key=client_key).select_related("thread").first()


def add(
    thread: Thread,
    words: Words,
    *,
    author: Member,
    reply_to: Post | None = None,
    client_key: uuid.UUID | None = None,
    at: datetime.datetime | None = None,
    is_held: bool = False,
) -> Post:
    """Give a locked thread its next post. The caller holds the thread's row lock and has checked that it may.

    A held post has its number and waits: `show` does the rest once a moderator has approved it.
    """
    at = at or timezone.now()
    post = Post(
        thread=thread,
        no=thread.highest_no + 1,
        author=author,
        reply_to=reply_to,
        body=words.body,
        html=words.html,
        html_version=markup.VERSION,
        excerpt=words.excerpt,
        lang=words.lang,
        client_key=client_key,
        created_at=at,
        state=State.PENDING if is_held and thread.highest_no else State.VISIBLE,
    )
    if not once.keep(post):
        raise IntegrityError("the number, or the form's key, is another post's")
    page_cache.forget_soon()
    _lengthen(thread, post, is_shown=not is_held or post.opens_thread)
    if pictures := picturing.named_in(words.body, author):
        post.pictures.set(pictures)
    if words.mentioned:
        Mention.objects.bulk_create([Mention(post=post, member=member) for member in words.mentioned])
    following.took_part(thread, author, no=post.no, level=Level.WATCH if post.opens_thread else Level.TRACK)
    drafting.discard(author, key=drafting.of_opening(thread.board) if post.opens_thread else f"thread:{thread.pk}")
    indexing.put(post, title=thread.title if post.opens_thread else "", text=words.plain, is_new=True)
    if not is_held:
        announcing.new_post(post, mentioned=words.called)
    return post


def _lengthen(thread: Thread, post: Post, *, is_shown: bool) -> None:
    thread.highest_no = post.no
    if is_shown:
        thread.last_post, thread.last_post_at = post, post.created_at
        thread.reply_count += not post.opens_thread
    once.change(thread, "highest_no", "last_post", "last_post_at", "reply_count")


def show(post: Post, thread: Thread) -> None:
    """Tell of a held post, now that it is shown."""
    post.thread = thread
    rows = post.mentions.filter(member__handle__in=markup.called(post.html)).select_related("member").order_by("member_id")
    announcing.new_post(post, mentioned=[row.member for row in rows])


def count_again(thread: Thread) -> None:
    """Set a locked thread's counters from its posts, after one was hidden, withdrawn or shown again."""
    shown = Post.objects.filter(thread=thread, state=State.VISIBLE)
    thread.reply_count = shown.filter(no__gt=1).count()
    thread.last_post = shown.order_by("-pk").first() or Post.objects.filter(thread=thread, no=1).first()
    if thread.last_post:
        thread.last_post_at = thread.last_post.created_at
    thread.save(update_fields=["reply_count", "last_post", "last_post_at"])


def held(thread_id: int) -> Thread:
    """The thread under its row's lock; posts are locked after it, never before."""
    return _under_lock(_HELD, pk=thread_id)


def held_for(thread_id: int, author: Member) -> Thread:
    """The thread under its row's lock, for a new post of a member. Raises Silenced or Suspended for one under a restriction."""
    found: Any = _under_lock(_HELD_FOR, pk=thread_id, author=author.pk, now=timezone.now())
    if found.is_suspended:
        raise Suspended
    if found.is_silenced:
        raise Silenced
    return found  # type: ignore[no-any-return]


def _under_lock(query: Ready, **values: Any) -> Thread:
    # Whoever holds a thread is about to change it.
    page_cache.forget_soon()
    # A thread moved while its lock was waited for no longer fits the board that PostgreSQL had found for it, and is left out;
    # asked again, under the lock that is ours by then, it stands on its new board.
    found: Thread | None = query.first(**values) or query.first(**values)
    if found is None:
        raise Thread.DoesNotExist
    return found


def held_post(post: Post) -> tuple[Thread, Post]:
    """A post and its thread under their locks; if a moderator has taken it to another thread meanwhile, that one."""
    thread = held(post.thread_id)
    rows = Post.objects.select_for_update(of=("self",)).select_related("author")
    if found := rows.filter(pk=post.pk, thread=thread).first():
        return thread, found
    return held_post(Post.objects.get(pk=post.pk))
