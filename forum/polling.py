"""Polls: asked with a thread, answered once by each member, counted for whoever may see the result."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum import pacing, posting, rewriting, screening, tallies, trusting, waiting, watching, writing
from forum.models import Ballot, Board, Choice, ModerationAction, Poll, PollOption, Post, State, Thread, Voter
from forum.noting import Verb, insist, note
from forum.permissions import is_moderator
from forum.refusals import NotYours, Refused
from members.models import Member

MOST_OPTIONS = 20
NAMES_SHOWN = 30


class PollClosed(Refused):
    message = _("This poll is closed.")


class VotedAlready(Refused):
    message = _("You have voted, and this poll is secret: nobody can look your vote up to change it.")


class BadBallot(Refused):
    message = _("Choose from the options, each place once.")


class PollBegun(Refused):
    message = _("Somebody has voted meanwhile: the question and its options stay as they were asked.")


@dataclass(frozen=True)
class Question:
    """A poll that is still to be made, or made anew. Its words are judged with those of the post that it stands under."""

    question: str
    options: Sequence[str]
    kind: str = Poll.Kind.SINGLE
    results: str = Poll.Results.ALWAYS
    is_secret: bool = True
    closes_at: datetime.datetime | None = None

    @property
    def words(self) -> list[str]:
        return [self.question, *self.options]

    def kept(self) -> dict[str, Any]:
        """As JSON, while it waits for a moderator."""
        return self.__dict__ | {"options": list(self.options), "closes_at": self.closes_at.isoformat() if self.closes_at else None}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Question":
        until = kept["closes_at"]
        return cls(**kept | {"closes_at": datetime.datetime.fromisoformat(until) if until else None})


@transaction.atomic
def start_thread_with_poll(board: Board, asked: Question | None, **words: Any) -> Thread:
    """`posting.start_thread`, with a poll under the first post. Raises what that raises."""
    thread = posting.start_thread(board, **words, beside=asked.words if asked else ())
    if asked:
        ask(thread.posts.get(no=1), asked)
    return thread


@transaction.atomic
def ask(post: Post, asked: Question) -> Poll:
    """Put a poll under a post, whose gates its words have passed. A post that has one keeps it.

    Raises ValueError for less than two options or too many, WordRefused.
    """
    asked = _as_shown(post, asked)
    poll, is_new = Poll.objects.get_or_create(post=post, defaults=_fields(asked))
    if is_new:
        _lay_out(poll, asked)
    return poll


def _as_shown(post: Post, asked: Question) -> Question:
    """The question as it may be shown: with the words replaced that the watch list replaces."""
    if not 2 <= len(asked.options) <= MOST_OPTIONS:
        raise ValueError("a poll has 2 to 20 options")
    if post.author.is_staff:
        return asked
    screening.insist_on_words(post.author, *asked.words)
    question, options = watching.softened(asked.question)[:200], [watching.softened(text)[:120] for text in asked.options]
    return replace(asked, question=question, options=options)


def _fields(asked: Question) -> dict[str, Any]:
    return {name: value for name, value in asked.__dict__.items() if name != "options"}


def _lay_out(poll: Poll, asked: Question) -> None:
    PollOption.objects.bulk_create([PollOption(poll=poll, place=place, text=text) for place, text in enumerate(asked.options, 1)])


@transaction.atomic
def edit_with_poll(post: Post, asked: Question | None, *, editor: Member, **words: Any) -> Post:
    """`rewriting.edit`, with a poll put under a thread's first post later, or asked anew while nobody has voted.

    A poll that is new passes the gates of a post: its turn, the watch list, links, approval; it waits with the words, or they with it.
    Raises what that raises, NotYours for a post that bears no poll, PollBegun, PollClosed, TooFast.
    """
    new = _new_poll(post, asked, editor) if asked else None
    # Under the thread's lock from here on, as votes are.
    post = rewriting.edit(post, editor=editor, poll=new, **words)
    if asked and new and waiting.waiting_of(post) is None:
        put(post, asked)
    return post


def _new_poll(post: Post, asked: Question, editor: Member) -> waiting.NewPoll | None:
    """The poll with what it is judged by; None where it is the one that stands there. Takes the turn of a post."""
    poll = Poll.objects.filter(post=post).first()
    stands = as_asked(poll) if poll else None
    if asked == stands:
        return None
    if not may_bear_poll(post) or post.author_id != editor.pk:
        raise NotYours
    pacing.take(editor, "post" if trusting.level_of(editor) else "first post")
    if poll:
        _insist_on_no_votes(poll)
    return waiting.NewPoll(asked.words, stands.words if stands else (), asked.kept())


def put(post: Post, asked: Question) -> None:
    """Put a poll under a locked post, or ask the one there anew. Raises PollBegun, PollClosed, and what `ask` raises."""
    poll = Poll.objects.filter(post=post).first()
    if poll is None:
        ask(post, asked)
    elif as_asked(poll) != asked:
        _ask_anew(poll, asked)


def may_bear_poll(post: Post) -> bool:
    return post.opens_thread and not post.thread.board.is_blog


def may_ask_anew(poll: Poll) -> bool:
    """Whether its author may still change what a poll asks: until the first vote."""
    return not poll.is_closed and not Voter.objects.filter(poll=poll).exists()


def as_asked(poll: Poll) -> Question:
    options = [option.text for option in poll.options.all()]
    return Question(poll.question, options, poll.kind, poll.results, poll.is_secret, poll.closes_at)


def _insist_on_no_votes(poll: Poll) -> None:
    if poll.is_closed:
        raise PollClosed
    if not may_ask_anew(poll):
        raise PollBegun


def _ask_anew(poll: Poll, asked: Question) -> None:
    _insist_on_no_votes(poll)
    asked = _as_shown(poll.post, asked)
    Poll.objects.filter(pk=poll.pk).update(**_fields(asked))
    # Options are rows of their own: a page that shows the old ones votes for none of the new.
    poll.options.all().delete()
    _lay_out(poll, asked)


@transaction.atomic
def vote(poll: Poll, *, member: Member, options: Sequence[int]) -> None:
    """Vote, or in a public poll vote anew.

    options   ids of options; in a ranked poll in order of preference
    Raises PollClosed, VotedAlready, BadBallot, Silenced.
    """
    writing.insist_on_voice(member)
    thread = writing.held(poll.post.thread_id)
    poll = Poll.objects.select_related("post").get(pk=poll.pk)
    is_shown = thread.state == State.VISIBLE and poll.post.state == State.VISIBLE
    if poll.is_closed or thread.is_locked or thread.board.is_archived or not is_shown:
        raise PollClosed
    _insist_on_ballot(poll, options)
    _voter, is_new = Voter.objects.get_or_create(poll=poll, member=member)
    if not is_new and poll.is_secret:
        raise VotedAlready
    if not poll.is_secret:
        Ballot.objects.filter(poll=poll, member=member).delete()
    ballot = Ballot.objects.create(poll=poll, member=None if poll.is_secret else member)
    ranks = range(1, len(options) + 1) if poll.kind == Poll.Kind.RANKED else [1] * len(options)
    Choice.objects.bulk_create([Choice(ballot=ballot, option_id=pk, rank=rank) for pk, rank in zip(options, ranks, strict=True)])


@transaction.atomic
def close(poll: Poll, *, by: Member, reason: str = "") -> None:
    """Whoever asked, or a moderator with a reason, ends the voting. Harmless when repeated.

    Raises NotYours; ValueError for a moderator without a reason.
    """
    thread = writing.held(poll.post.thread_id)
    if poll.post.author_id != by.pk and not is_moderator(by):
        raise NotYours
    poll = Poll.objects.select_related("post", "post__author").get(pk=poll.pk)
    if poll.is_closed:
        return
    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now())
    if poll.post.author_id != by.pk:
        before = {"closes_at": poll.closes_at.isoformat() if poll.closes_at else None}
        note(by, Verb.CLOSE_POLL, reason, thread=thread, post=poll.post, concerns=poll.post.author, before=before)


@transaction.atomic
def reopen(poll: Poll, *, closes_at: datetime.datetime | None, by: Member, reason: str) -> ModerationAction | None:
    """Voting goes on until `closes_at`, or for good. Returns None where the poll is open. Raises NotYours for whoever is no moderator."""
    insist(by)
    thread = writing.held(poll.post.thread_id)
    poll = Poll.objects.select_related("post", "post__author").get(pk=poll.pk)
    if not poll.is_closed:
        return None
    Poll.objects.filter(pk=poll.pk).update(closes_at=closes_at)
    return note(by, Verb.REOPEN_POLL, reason, thread=thread, post=poll.post, concerns=poll.post.author)


def _insist_on_ballot(poll: Poll, options: Sequence[int]) -> None:
    known = set(poll.options.values_list("pk", flat=True))
    if not options or len(set(options)) != len(options) or not known.issuperset(options):
        raise BadBallot
    if poll.kind == Poll.Kind.SINGLE and len(options) != 1:
        raise BadBallot


@dataclass
class Line:
    """An option as the page shows it; `votes` in a ranked poll are those of the last round in which it stood."""

    option: PollOption
    votes: int = 0
    percent: int = 0
    is_own: bool = False
    is_first: bool = False
    out_in_round: int = 0
    names: list[str] = field(default_factory=list)


@dataclass
class Shown:
    """A poll as one reader sees it."""

    poll: Poll
    lines: list[Line]
    n_voters: int
    has_voted: bool
    may_vote: bool
    may_close: bool
    shows_result: bool
    n_rounds: int = 0


def shown(poll: Poll, asker: Member | AnonymousUser, *, is_open: bool) -> Shown:
    """The poll for a page; at most four queries. `is_open`: the thread can be written in."""
    has_voted = asker.is_authenticated and Voter.objects.filter(poll=poll, member=asker.pk).exists()
    may_vote = bool(asker.is_authenticated and is_open and not poll.is_closed and not (poll.is_secret and has_voted))
    lines = [Line(option) for option in poll.options.all()]
    may_close = asker.is_authenticated and not poll.is_closed and (poll.post.author_id == asker.pk or is_moderator(asker))
    out = Shown(poll, lines, 0, has_voted, may_vote, may_close, _shows_result(poll, has_voted))
    _count(out, asker)
    if not out.shows_result:
        for line in lines:
            line.votes = line.percent = line.out_in_round = 0
            line.is_first, line.names = False, []
    return out


def _shows_result(poll: Poll, has_voted: bool) -> bool:
    return poll.is_closed or poll.results == Poll.Results.ALWAYS or (poll.results == Poll.Results.VOTED and has_voted)


def _count(out: Shown, asker: Member | AnonymousUser) -> None:
    rows = Choice.objects.filter(ballot__poll=out.poll).order_by("ballot", "rank", "option__place")
    ballots: dict[Any, list[int]] = {}
    by_option = {line.option.pk: line for line in out.lines}
    for ballot, option, member, name in rows.values_list("ballot", "option", "ballot__member", "ballot__member__name"):
        ballots.setdefault(ballot, []).append(option)
        if member is not None:
            by_option[option].is_own |= member == asker.pk
            if len(by_option[option].names) < NAMES_SHOWN and name:
                by_option[option].names.append(name)
    out.n_voters = len(ballots)
    if out.poll.kind == Poll.Kind.RANKED:
        _count_ranked(out, list(ballots.values()), by_option)
    else:
        for pk, votes in tallies.approvals(ballots.values(), list(by_option)).items():
            by_option[pk].votes = votes
    most = max((line.votes for line in out.lines), default=0)
    for line in out.lines:
        line.percent = round(100 * line.votes / out.n_voters) if out.n_voters else 0
        line.is_first = most > 0 and line.votes == most


def _count_ranked(out: Shown, ballots: list[list[int]], by_option: dict[int, Line]) -> None:
    rounds = tallies.runoff(ballots, list(by_option))
    out.n_rounds = len(rounds)
    for number, each in enumerate(rounds, 1):
        for pk, votes in each.votes.items():
            by_option[pk].votes = votes
        for pk in each.out:
            by_option[pk].out_in_round = number
