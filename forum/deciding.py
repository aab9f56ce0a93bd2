"""Cases decided: one by one, or several alike at once where that is safe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from forum import cases, moderating, waiting, writing
from forum.models import HeldEdit, ModerationAction, Post, Review, State
from forum.noting import Verb, insist
from members.models import Member

MOST = cases.ON_A_PAGE


@dataclass(frozen=True)
class Seen:
    """A case as a moderator saw it: with so many reports, and its post after so many edits, and with an edit that waits."""

    review: int
    report_count: int
    edit_count: int
    held: int = 0


def verbs_for(post: Post, held: HeldEdit | None) -> list[Verb]:
    """What can be decided about a post as it stands, first about an edit that waits. What its author withdrew need not be hidden."""
    state = cases.state_of(post)
    if state == State.PENDING:
        return [Verb.APPROVE, Verb.REJECT]
    if held:
        return [Verb.APPROVE_EDIT, Verb.REFUSE_EDIT, Verb.HIDE_POST]
    return [Verb.HIDE_POST, Verb.DISMISS] if state == State.VISIBLE else [Verb.DISMISS]


@transaction.atomic
def decide(review: Review, verb: str, *, by: Member, reason: str, held: int | None = None) -> ModerationAction | None:
    """Decide one case. Returns None where it was decided, or its post changed its state, meanwhile. Raises NotYours.

    held   the edit that waited as the moderator read the case
    """
    insist(by)
    thread, post = writing.held_post(review.post)
    post.thread = thread
    edit = waiting.waiting_of(post)
    if not Review.objects.filter(pk=review.pk, status=Review.Status.OPEN).exists() or verb not in verbs_for(post, edit):
        return None
    if edit and verb in (Verb.APPROVE_EDIT, Verb.REFUSE_EDIT):
        deed = moderating.approve_edit if verb == Verb.APPROVE_EDIT else moderating.refuse_edit
        return deed(edit, by=by, reason=reason) if edit.pk == held else None
    if verb == Verb.DISMISS:
        return moderating.dismiss(review, by=by, reason=reason)
    deeds: dict[str, Callable[..., Any]] = {
        Verb.HIDE_POST: moderating.hide_post,
        Verb.APPROVE: moderating.approve,
        Verb.REJECT: moderating.reject,
    }
    action: ModerationAction | None = deeds[verb](post, by=by, reason=reason)
    return action


# Neither takes a shown post from its readers nor points from its author: that is judged one by one.
TOGETHER = (Verb.DISMISS, Verb.APPROVE, Verb.REJECT)
# What approving and not approving is where the post is shown already.
OF_EDITS: dict[str, str] = {Verb.APPROVE: Verb.APPROVE_EDIT, Verb.REJECT: Verb.REFUSE_EDIT}


def decide_together(seen: Sequence[Seen], verb: str, *, by: Member, reason: str) -> int:
    """Decide several alike, each in a transaction of its own: held posts, and shown ones of which an edit waits. Returns how many.

    Left for a second look: what changed since it was seen, and what this decision does not fit.
    Raises NotYours; ValueError for another verb than those of TOGETHER, for more than MOST, or without a reason.
    """
    insist(by)
    if verb not in TOGETHER or len(seen) > MOST or not reason.strip():
        raise ValueError(verb)
    return sum(_decide_as_seen(case, verb, by=by, reason=reason) for case in seen)


@transaction.atomic
def _decide_as_seen(case: Seen, verb: str, *, by: Member, reason: str) -> bool:
    review = Review.objects.select_related("post").filter(pk=case.review).first()
    if review is None:
        return False
    _thread, post = writing.held_post(review.post)
    review.refresh_from_db(fields=["report_count"])
    if (review.report_count, post.edit_count) != (case.report_count, case.edit_count):
        return False
    if waiting.waiting_of(post):
        verb = OF_EDITS.get(verb, verb)
    return decide(review, verb, by=by, reason=reason, held=case.held) is not None
