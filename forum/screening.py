"""What is looked at before a post is shown: watched words, links and haste of the new, the same words again, bursts."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import timezone

from forum import trusting, watching
from forum.models import Board, Post, Review, State, Thread, WatchedWord
from forum.refusals import SaidAlready, SlowMode, TooManyLinks, WordRefused
from forum.tagging import by_slug
from members.models import Member
from members.ready import Ready

Action = WatchedWord.Action
Cause = Review.Cause
LINK = re.compile(r"(?:https?://|www\.)[^\s<>)\]]+", re.IGNORECASE)
# For trust level 0; the others may write as they like.
NEW_LINKS_HELD, NEW_LINKS_REFUSED = 2, 8
SAME_WITHIN = datetime.timedelta(minutes=10)
BURST_WITHIN, BURST_POSTS = datetime.timedelta(minutes=5), 5
SHORTEST_SAME = 20


@dataclass(frozen=True)
class Verdict:
    """What becomes of the words: `title`, `body` and `tags` as they may be shown, held or shown, and what moderators are told."""

    title: str
    body: str
    tags: Sequence[str] = ()
    is_held: bool = False
    cause: str = ""
    level: int = trusting.Level.KNOWN
    remark: str = ""


def screen(board: Board, *, author: Member, title: str, body: str, tags: Sequence[str] = (), beside: Sequence[str] = ()) -> Verdict:
    """Judge words before any lock is taken. Raises WordRefused, TooManyLinks, SaidAlready. Staff are not screened.

    beside   what is shown with them: a poll's question and options, in which whoever keeps them replaces words (`watching.softened`)
    """
    verdict = Verdict(title, body, tags)
    if author.is_staff:
        return verdict
    level = trusting.level_of(author)
    verdict = _words(replace(verdict, level=level), beside=beside)
    if board.approval == Board.Approval.ALL:
        return _held(verdict, Cause.APPROVAL)
    _insist_on_news(author, body)
    if level > trusting.Level.NEW:
        return verdict
    if same := _said_by_others(author, body):
        return _held(verdict, Cause.DUPLICATE, f"#{same}")
    links = _links(body, *beside)
    if links > NEW_LINKS_REFUSED:
        raise TooManyLinks
    if links > NEW_LINKS_HELD:
        return _held(verdict, Cause.LINKS, str(links))
    if settings.FORUM_PACING and _is_burst(author):
        return _held(verdict, Cause.BURST)
    return _held(verdict, Cause.APPROVAL) if board.approval == Board.Approval.NEW else verdict


def screen_edit(
    post: Post,
    *,
    author: Member,
    title: str,
    body: str,
    tags: Sequence[str] | None = None,
    beside: Sequence[str] = (),
    beside_before: Sequence[str] = (),
) -> Verdict:
    """Judge words that replace others: nobody edits in what they could not have posted. What the post says already is held no more.

    title    "" leaves it; tags: None leaves them
    beside   a poll's question and options that are new; beside_before: those of the poll that they would replace
    Where its author's posts wait for a moderator, so do new words and a new poll. Raises WordRefused, TooManyLinks.
    """
    verdict = Verdict(title, body, tags or ())
    if author.is_staff:
        return verdict
    borne = [tag.name for tag in post.thread.tags.all()] if post.opens_thread else []
    said = [post.thread.title, *borne] if post.opens_thread else []
    verdict = _words(verdict, beside=beside, borne=borne, said="\n".join([*said, post.body, *beside_before]))
    links, before = _links(body, *beside), _links(post.body, *beside_before)
    has_more_links = links > NEW_LINKS_HELD and links > before
    says_more = body != post.body or (post.opens_thread and (title not in ("", post.thread.title) or _are_others(tags, borne)))
    approval = post.thread.board.approval
    is_asked = has_more_links or (approval == Board.Approval.NEW and bool(beside or says_more))
    is_new = is_asked and trusting.level_of(author) == trusting.Level.NEW
    if is_new and has_more_links:
        raise TooManyLinks
    if approval == Board.Approval.ALL or (is_new and approval == Board.Approval.NEW):
        if beside:
            return _held(verdict, Cause.POLL)
        if says_more:
            return _held(verdict, Cause.CHANGED)
    return verdict


def _are_others(tags: Sequence[str] | None, borne: Sequence[str]) -> bool:
    """Whether a thread that bears these tags would bear others."""
    return tags is not None and set(by_slug(tags)) != set(by_slug(borne))


def _links(*texts: str) -> int:
    return sum(len(LINK.findall(text)) for text in texts)


def insist_on_words(author: Member, *texts: str) -> str:
    """For what nobody looks at before it is shown, such as private words. Raises WordRefused. Staff are not screened.

    Returns the words that moderators wanted to look at, with commas between them.
    """
    return "" if author.is_staff else _words(Verdict("", "\n".join(texts))).remark


def insist_in_private(author: Member, *texts: str) -> None:
    """Private words: refused ones are, and so is a heap of links by somebody new. Raises WordRefused, TooManyLinks."""
    insist_on_words(author, *texts)
    if _links(*texts) > NEW_LINKS_REFUSED and not author.is_staff and trusting.level_of(author) == trusting.Level.NEW:
        raise TooManyLinks


def insist_on_patience(thread: Thread, author: Member) -> None:
    """Slow mode, under the thread's lock. Raises SlowMode."""
    seconds = thread.board.slow_seconds if thread.slow_seconds is None else thread.slow_seconds
    if not seconds or author.is_staff:
        return
    last = Post.objects.filter(thread=thread, author=author).order_by("-no").values_list("created_at", flat=True).first()
    passed = (timezone.now() - last).total_seconds() if last else seconds
    if passed < seconds:
        raise SlowMode(retry_after=int(seconds - passed) + 1)


def _words(verdict: Verdict, *, beside: Sequence[str] = (), borne: Sequence[str] = (), said: str = "") -> Verdict:
    """The verdict by the watch list alone.

    borne   tags that the thread has, which stay as they are
    said    what was said before, the words of which neither hold nor flag anything again
    """
    listed = watching.words()
    if not listed:
        return verdict
    pairs = [(word, action) for word, action, _new in listed]
    seen = watching.seen_in("\n".join([verdict.title, verdict.body, *verdict.tags, *beside]), pairs)
    if refused := next((each for each in seen if each.action == Action.REFUSE), None):
        raise WordRefused(refused.word)
    instead = {word: new for word, _action, new in listed}
    for each in seen:
        if each.action == Action.REPLACE:
            verdict = replace(
                verdict,
                title=watching.replaced(verdict.title, each.word, instead[each.word])[:200],
                body=watching.replaced(verdict.body, each.word, instead[each.word]),
                tags=[tag if tag in borne else watching.replaced(tag, each.word, instead[each.word]) for tag in verdict.tags],
            )
            new_tags = [tag for tag in verdict.tags if tag not in borne]
            others = [watching.replaced(text, each.word, instead[each.word]) for text in beside]
            left = "\n".join([verdict.title, verdict.body, *new_tags, *others])
            if watching.seen_in(left, [(each.word, each.action)]):
                # In disguise, so that it could not be replaced.
                return replace(verdict, is_held=True, cause=Cause.WORDS, remark=each.word[:200])
    known = {each.word for each in watching.seen_in(said, pairs)} if seen and said else set()
    for action in (Action.HOLD, Action.FLAG):
        if found := [each.word for each in seen if each.action == action and each.word not in known]:
            remark = ", ".join(found)[:200]
            return replace(verdict, is_held=action == Action.HOLD, cause=Cause.WORDS, remark=remark)
    return verdict


def _held(verdict: Verdict, cause: str, remark: str = "") -> Verdict:
    return verdict if verdict.is_held else replace(verdict, is_held=True, cause=cause, remark=verdict.remark or remark)


def _bare(body: str) -> str:
    """The words alone: neither marks nor capitals."""
    return re.sub(r"\W+", "", body).casefold()


def _insist_on_news(author: Member, body: str) -> None:
    """The same long words twice within minutes are a slip or an advert. Raises SaidAlready."""
    if len(body) < SHORTEST_SAME or not settings.FORUM_PACING:
        return
    recent = Post.objects.filter(author=author, created_at__gt=timezone.now() - SAME_WITHIN).exclude(state=State.WITHDRAWN)
    bare = _bare(body)
    if any(_bare(other) == bare for other in recent.order_by("-id").values_list("body", flat=True)[:5]):
        raise SaidAlready


_NEWEST_OF_OTHERS = Ready(
    lambda author, since: Post.objects.filter(created_at__gt=since).exclude(author=author).order_by("-id").values_list("pk", "body")[:50]
)


def _said_by_others(author: Member, body: str) -> int | None:
    """One of the newest posts of others that says the same: one advert from many accounts."""
    if len(body) < SHORTEST_SAME:
        return None
    bare = _bare(body)
    newest = _NEWEST_OF_OTHERS.all(author=author.pk, since=timezone.now() - datetime.timedelta(days=1))
    return next((pk for pk, said in newest if _bare(said) == bare), None)


def _is_burst(author: Member) -> bool:
    return Post.objects.filter(author=author, created_at__gt=timezone.now() - BURST_WITHIN).count() >= BURST_POSTS
