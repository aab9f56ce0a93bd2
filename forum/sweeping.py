"""One act on several threads: each under its own lock and in a transaction of its own, logged with the reason and told for itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from forum import moderating
from forum.models import Board, ModerationAction, Thread
from forum.noting import Verb, insist
from forum.refusals import Refused
from members.models import Member

MOST = 40
# None of these takes words from their readers or points from their author: that is judged one by one.
TOGETHER = (Verb.LOCK, Verb.UNLOCK, Verb.PIN, Verb.UNPIN, Verb.MOVE, Verb.TAG)


@dataclass(frozen=True)
class Swept:
    """How many threads were changed, and how many stay as they were: so already, moved away, hidden, or with too many tags."""

    changed: int
    left: int


def sweep(
    board: Board, threads: Sequence[int], verb: str, *, by: Member, reason: str, to: Board | None = None, tags: Sequence[str] = ()
) -> Swept:
    """Do one thing to threads that stand on the board and are shown.

    threads   ids, at most MOST
    to        the board to move them to; tags: names to add
    Raises NotYours; ValueError for another verb than those of TOGETHER, for too many, without a reason, or without what the verb needs.
    """
    insist(by)
    is_whole = {Verb.MOVE: to is not None, Verb.TAG: bool(tags)}
    if verb not in TOGETHER or len(threads) > MOST or not reason.strip() or not is_whole.get(Verb(verb), True):
        raise ValueError(verb)
    deeds: dict[Verb, Callable[[Thread], ModerationAction | None]] = {
        Verb.LOCK: lambda thread: moderating.set_locked(thread, True, by=by, reason=reason),
        Verb.UNLOCK: lambda thread: moderating.set_locked(thread, False, by=by, reason=reason),
        Verb.PIN: lambda thread: moderating.set_pinned(thread, True, by=by, reason=reason),
        Verb.UNPIN: lambda thread: moderating.set_pinned(thread, False, by=by, reason=reason),
        Verb.MOVE: lambda thread: moderating.move(thread, to or board, by=by, reason=reason),
        Verb.TAG: lambda thread: moderating.add_tags(thread, tags, by=by, reason=reason),
    }
    found = Thread.objects.visible_to(by).open().filter(board=board, pk__in=threads).order_by("pk")
    changed = sum(_done(deeds[Verb(verb)], thread) for thread in found)
    return Swept(changed, len(set(threads)) - changed)


def _done(deed: Callable[[Thread], ModerationAction | None], thread: Thread) -> bool:
    try:
        return deed(thread) is not None
    except Refused:
        return False
