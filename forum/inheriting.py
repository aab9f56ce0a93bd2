"""What others thought of posts that are brought in from elsewhere: reactions, the accepted answer, votes. Each comes once.

What is taken back here is not brought again: `Imported` remembers that it came.
"""

import datetime
from collections.abc import Callable, Iterable

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from forum.archives import OldPoll, OldReaction, Writer
from forum.models import Ballot, Choice, Imported, Poll, PollOption, Post, Reaction, Thread, Voter
from members.models import Member

MemberOf = Callable[[Writer], Member]
SourceOf = Callable[[str, str], str]


def reactions(thread: Thread, liked: Iterable[tuple[Post, str, OldReaction]], *, member_of: MemberOf, source_of: SourceOf) -> int:
    """Add to a locked thread the reactions that have not come before. Returns how many were new.

    liked   posts with their keys in the archive and each reaction to them; one's own to oneself are none
    """
    wanted = {source_of("reaction", f"{key}:{old.writer.key}"): (post, old) for post, key, old in liked if post.thread_id == thread.pk}
    known = set(Imported.objects.filter(source__in=list(wanted)).values_list("source", flat=True))
    rows, marks = [], []
    for source, (post, old) in wanted.items():
        if source in known:
            continue
        member = member_of(old.writer)
        if member.pk != post.author_id:
            rows.append(Reaction(post=post, member=member, kind=old.kind, created_at=old.at))
            marks.append(Imported(source=source, post=post))
    before = Reaction.objects.filter(post__thread=thread).count() if rows else 0
    Reaction.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    Imported.objects.bulk_create(marks, batch_size=500)
    return _count_again(thread, {row.post_id for row in rows}) - before if rows else 0


def _count_again(thread: Thread, posts: set[int]) -> int:
    counted = Reaction.objects.filter(post=OuterRef("pk")).order_by().values("post").annotate(n=Count("pk")).values("n")
    Post.objects.filter(pk__in=posts).update(reaction_count=Coalesce(Subquery(counted), Value(0)))
    n = Reaction.objects.filter(post__thread=thread).count()
    Thread.objects.filter(pk=thread.pk).update(reaction_count=n)
    return n


def solution(thread: Thread, post: Post, key: str, *, source_of: SourceOf) -> bool:
    """Mark what was accepted there, unless something is here, or this came before. The opening answers nothing."""
    source = source_of("solution", key)
    if thread.solution_id or post.opens_thread or post.thread_id != thread.pk or Imported.objects.filter(source=source).exists():
        return False
    Imported.objects.create(source=source, post=post)
    thread.solution = post
    thread.save(update_fields=["solution"])
    return True


def poll(post: Post, old: OldPoll, *, at: datetime.datetime, member_of: MemberOf) -> Poll:
    """Put a poll with its votes under a post that has just come. A secret vote stays without its voter."""
    asked = Poll.objects.create(
        post=post,
        question=old.question[:200],
        kind=old.kind,
        results=old.results,
        is_secret=old.is_secret,
        closes_at=old.closes_at,
        created_at=at,
    )
    options = [PollOption(poll=asked, place=place, text=text[:120]) for place, text in enumerate(old.options, 1)]
    PollOption.objects.bulk_create(options)
    options = list(asked.options.all())
    for writer, places in old.votes:
        member = member_of(writer)
        _voter, is_new = Voter.objects.get_or_create(poll=asked, member=member)
        if is_new:
            ballot = Ballot.objects.create(poll=asked, member=None if old.is_secret else member)
            ranks = range(1, len(places) + 1) if old.kind == Poll.Kind.RANKED else [1] * len(places)
            Choice.objects.bulk_create(
                [Choice(ballot=ballot, option=options[place], rank=rank) for place, rank in zip(places, ranks, strict=True)]
            )
    return asked
