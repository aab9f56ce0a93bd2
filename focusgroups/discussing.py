"""What everybody in a room may do: say, answer, vote, react. Each is one transaction, and the same client_id again the same answer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups import audiences, exercises, turns
from focusgroups.models import Answer, Item, Seat
from focusgroups.refusals import NoSuchGroup, NotAdmitted, Refused
from focusgroups.turns import ALL, ME, STAFF, Turn, Written, who
from live import gathering
from members.models import Member

KINDS = Item.Kind
ANSWERED = (
    KINDS.QUESTION, KINDS.STIMULUS, KINDS.PROBE, KINDS.COMPLETION, KINDS.RANKING, KINDS.RATING, KINDS.SORT, KINDS.PINS, KINDS.NOTES,
)  # fmt: skip
REACTIONS = ("👍", "❤️", "😄", "🤔", "👏", "👎")


@dataclass(frozen=True)
class Saying:
    """Words for a room (`all`), behind the glass (`staff`), or for the moderators alone (`me`).

    Observers speak behind the glass only. What is said under a task of a board that hides its answers (to one of them: `answer`)
    reaches only those who may read them.
    """

    group_id: int
    member: Member
    client_id: uuid.UUID
    body: str
    to: str = ""
    reply_to: int | None = None
    item: int | None = None
    answer: int | None = None
    picture: int | None = None


def say(group_id: int, **words: Any) -> Written:
    """Say something, as `Saying` has it. Raises Refused, NotAdmitted, NoSuchGroup."""
    with transaction.atomic():
        [outcome] = say_all([Saying(group_id, **words)])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def say_all(sayings: Sequence[Saying]) -> list[Written | Refused | NoSuchGroup | NotAdmitted]:
    """What many say at once, in one room or in many, in the caller's transaction and a few statements: where each stands, or why not.

    Raises RuntimeError outside a transaction.
    """
    gathered = gathering.Gathered()
    taken = turns.take_all([(saying.group_id, saying.member, saying.client_id) for saying in sayings], gathered.append)
    gathered.expect({audiences.stream(turn.group.pk, ALL) for turn in taken if isinstance(turn, Turn)})
    done: dict[tuple[int, int, uuid.UUID], Written] = {}
    outcomes: list[Written | Refused | NoSuchGroup | NotAdmitted] = []
    for turn, saying in zip(taken, sayings, strict=True):
        key = (saying.group_id, saying.member.pk, saying.client_id)
        if isinstance(turn, Turn) and (earlier := turn.done or done.get(key)):
            outcomes.append(earlier)
        elif isinstance(turn, Turn):
            try:
                done[key] = _say(turn, saying)
                outcomes.append(done[key])
            except Refused as refusal:
                outcomes.append(refusal)
        else:
            outcomes.append(turn)
    gathered.write()
    return outcomes


def _say(turn: Turn, saying: Saying) -> Written:
    """Refuses before it writes, for what was written would stay."""
    audience = saying.to or (STAFF if turn.seat.role == Seat.Role.OBSERVER else ALL)
    require_audience(turn, audience)
    message = who(turn.seat) | {"body": saying.body}
    if saying.reply_to:
        message["reply_to"] = saying.reply_to
    if saying.picture:
        if not turn.seat.pictures.filter(pk=saying.picture).exists():
            raise Refused("no-such-picture", _("There is no such picture."))
        message["picture"] = saying.picture
    under = turn.group.items.filter(pk=saying.item).exclude(posed_at=None).first() if saying.item else None
    if under:
        message["item"] = under.pk
    if under and saying.answer and _may_know(turn, under) and under.answers.filter(pk=saying.answer).exists():
        message["answer"] = saying.answer
    if under and turn.group.is_board and under.hides_answers and audience == ALL:
        return _say_masked(turn, under, message)
    written = turn.write(audience, "message", message | ({"is_private": True} if audience == ME else {}))
    if audience == ME:
        turn.write(STAFF, "message", message | {"is_private": True}, is_copy=True)
    return written


def _may_know(turn: Turn, task: Item) -> bool:
    """Whether one may know that an answer is there: the numbers of those that are hidden could be guessed, and so counted."""
    return not task.hides_answers or turn.seat.is_staff or task.answers.filter(seat=turn.seat).exists()


def _say_masked(turn: Turn, task: Item, message: dict[str, Any]) -> Written:
    """To the staff, and to those who have answered; who answers later is told then (`_answer_masked`)."""
    if turn.seat.is_participant and not task.answers.filter(seat=turn.seat).exists():
        raise Refused("answer-first", _("Give your own answer first: then you see the others’ and can reply to them."))
    message |= {"is_masked": True, "post": str(turn.client_id)}
    written = turn.write(ME if turn.seat.is_participant else STAFF, "message", message)
    if turn.seat.is_participant:
        turn.write(STAFF, "message", message, is_copy=True)
    for other in task.answers.exclude(seat=turn.seat).select_related("seat"):
        turn.write(ME, "message", message, to=other.seat, is_copy=True)
    return written


def require_audience(turn: Turn, audience: str) -> None:
    """Raises Refused where the turn's seat may not speak to an audience now."""
    if audience == STAFF:
        turn.require(Seat.Role.MODERATOR, Seat.Role.OBSERVER)
        return
    turn.require(Seat.Role.PARTICIPANT, *([Seat.Role.MODERATOR] if audience == ALL else []))
    if audience == ALL or turn.group.is_closed:
        turn.require_open()


@transaction.atomic
def answer(group_id: int, *, member: Member, client_id: uuid.UUID, item: int, body: str = "", given: Any = None) -> Written:
    """Answer a question in words, or an exercise with what it asks for (`exercises.checked`); again, and the newer answer counts.

    Masked answers go to the staff and to those who answered.
    """
    turn = turns.take(group_id, member, client_id)
    if turn.done:
        return turn.done
    asked = _posed(turn, item, *ANSWERED)
    made = exercises.checked(asked, given)
    if asked.kind == KINDS.NOTES and (earlier := asked.answers.filter(seat=turn.seat).first()):
        made = exercises.carried(made, earlier.given)
    body = exercises.in_words(asked, made) if made else body
    if not body:
        raise Refused("no-words", _("Write an answer first."))
    kept, is_first = _keep(turn, asked, body=body, given=made, mark={})
    shown = exercises.answer_shown(kept, turn.seat)
    if not asked.hides_answers:
        return turn.write(ALL, "answer", shown)
    return _answer_masked(turn, asked, shown, is_first=is_first)


def _answer_masked(turn: Turn, asked: Item, shown: dict[str, Any], *, is_first: bool) -> Written:
    written = turn.write(ME, "answer", shown)
    turn.write(STAFF, "answer", shown, is_copy=True)
    others = asked.answers.exclude(seat=turn.seat).select_related("seat").order_by("id")
    for other in others:
        turn.write(ME, "answer", shown, to=other.seat, is_copy=True)
        if is_first:
            turn.write(ME, "answer", exercises.answer_shown(other, other.seat), is_copy=True)
    for said in exercises.masked_messages(asked) if is_first else []:
        turn.write(ME, "message", said, is_copy=True)
    return written


@transaction.atomic
def vote(group_id: int, *, member: Member, client_id: uuid.UUID, item: int, choices: list[int]) -> Written:
    """Vote in a poll, by the choices' places from 0; again, and the newer counts.

    Who voted what is for the staff; the room sees numbers.
    """
    turn = turns.take(group_id, member, client_id)
    if turn.done:
        return turn.done
    poll = _posed(turn, item, Item.Kind.POLL)
    if not 1 <= len(set(choices)) <= poll.max_choices or not set(choices) <= set(range(len(poll.choices))):
        raise Refused("bad-choice", _("Choose from what is there, and not more than allowed."))
    _keep(turn, poll, choices=sorted(set(choices)))
    voted = who(turn.seat) | {"item": poll.pk, "choices": sorted(set(choices))}
    written = turn.write(ME, "vote", voted)
    turn.write(STAFF, "vote", voted, is_copy=True)
    counts = exercises.counts_shown(poll)
    if not poll.hides_answers:
        turn.write(ALL, "poll", counts, is_copy=True)
        return written
    turn.write(STAFF, "poll", counts, is_copy=True)
    for ballot in poll.answers.select_related("seat"):
        turn.write(ME, "poll", counts, to=ballot.seat, is_copy=True)
    return written


@transaction.atomic
def react(group_id: int, *, member: Member, client_id: uuid.UUID, target: int, emoji: str, is_on: bool = True) -> Written:
    """Put a reaction to what stands under a number of the room, or take it back."""
    turn = turns.take(group_id, member, client_id)
    if turn.done:
        return turn.done
    turn.require(Seat.Role.PARTICIPANT, Seat.Role.MODERATOR)
    turn.require_open()
    return turn.write(ALL, "reaction", who(turn.seat) | {"target": target, "emoji": emoji, "is_on": is_on})


def _posed(turn: Turn, item_id: int, *kinds: Item.Kind) -> Item:
    turn.require(Seat.Role.PARTICIPANT)
    turn.require_open()
    item = turn.group.items.filter(pk=item_id, kind__in=kinds).exclude(posed_at=None).first()
    if item is None:
        raise Refused("no-such-item", _("That question is not before the room."))
    return item


def _keep(turn: Turn, item: Item, **given: Any) -> tuple[Answer, bool]:
    """The newest counts; `at` stays the moment of the first, which was in time or late."""
    first = {**given, "at": timezone.now()}
    return Answer.objects.update_or_create(item=item, seat=turn.seat, defaults=given, create_defaults=first)
