"""Whom a decision concerns may ask once that another moderator looks at it again."""

import datetime
from contextlib import suppress
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from forum import messaging, moderating, polling, restricting, solving
from forum.models import Appeal, HeldEdit, Message, ModerationAction, Poll, Post
from forum.noting import Verb, insist, note
from forum.refusals import AppealedAlready, NotYours, Refused
from members.models import Member

# The decisions that can be appealed against, each with what granting undoes.
OPEN_TO_APPEAL = (
    Verb.HIDE_POST,
    Verb.HIDE_THREAD,
    Verb.REJECT,
    Verb.REFUSE_EDIT,
    Verb.SILENCE,
    Verb.SUSPEND,
    Verb.HIDE_MESSAGE,
    Verb.UNACCEPT,
    Verb.CLOSE_POLL,
)
SALT = "forum.appeal"
TOKEN_AGE_SECONDS = 60 * 60 * 24 * 60


def token_of(action: ModerationAction) -> str:
    """Lets whoever may not come in appeal from the letter or the page that told them."""
    return signing.dumps([action.pk, action.member_id], salt=SALT)


def action_of(token: str) -> ModerationAction | None:
    try:
        pk, member = signing.loads(token, salt=SALT, max_age=TOKEN_AGE_SECONDS)
    except signing.BadSignature:
        return None
    return ModerationAction.objects.filter(pk=pk, member=member).select_related("member", "thread", "post").first()


def why_suspended(member: Member) -> dict[str, str] | None:
    """What the door tells whoever is suspended."""
    action = ModerationAction.objects.filter(member=member, verb=Verb.SUSPEND).first()
    return {"reason": action.reason, "appeal_url": reverse("forum:appeal_by_token", args=[token_of(action)])} if action else None


def may_appeal(action: ModerationAction, member: Member) -> bool:
    return action.verb in OPEN_TO_APPEAL and action.member_id == member.pk and action.actor_id != member.pk


def appeal(action: ModerationAction, *, member: Member, words: str) -> Appeal:
    """Once for each decision. Raises NotYours, AppealedAlready; ValueError without words."""
    if not may_appeal(action, member):
        raise NotYours
    if not words.strip():
        raise ValueError("an appeal says why")
    try:
        with transaction.atomic():
            return Appeal.objects.create(action=action, member=member, against=action.actor, words=words.strip()[:1000])
    except IntegrityError as error:
        raise AppealedAlready from error


@transaction.atomic
def decide(appeal: Appeal, *, grant: bool, by: Member, reason: str) -> ModerationAction | None:
    """Granting undoes the decision, with all it took back. Raises NotYours for whoever made the decision. None where decided already."""
    insist(by)
    if by.pk in (appeal.against_id, appeal.member_id):
        raise NotYours
    found = Appeal.objects.select_for_update(of=("self",)).select_related("action", "member").get(pk=appeal.pk)
    if found.status != Appeal.Status.OPEN:
        return None
    found.status = Appeal.Status.GRANTED if grant else Appeal.Status.REFUSED
    found.decided_by, found.decided_at, found.note = by, timezone.now(), reason.strip()[:500]
    found.save(update_fields=["status", "decided_by", "decided_at", "note"])
    if grant:
        _reverse(found.action, by, reason)
    verb = Verb.GRANT_APPEAL if grant else Verb.REFUSE_APPEAL
    action = found.action
    about: dict[str, Any] = {"thread": action.thread, "post": action.post, "message": message_of(action)}
    return note(by, verb, reason, **about, concerns=found.member, before={"action": action.pk})


def message_of(action: ModerationAction) -> Message | None:
    """The private message that a decision is about."""
    return Message.objects.filter(pk=action.after.get("message", 0)).select_related("conversation", "author").first()


def _reverse(action: ModerationAction, by: Member, reason: str) -> None:
    if action.verb == Verb.HIDE_POST and action.post:
        moderating.unhide_post(action.post, by=by, reason=reason)
    elif action.verb == Verb.HIDE_THREAD and action.thread:
        moderating.unhide_thread(action.thread, by=by, reason=reason)
    elif action.verb == Verb.REJECT and action.post:
        moderating.unhide_post(action.post, by=by, reason=reason)
    elif action.verb == Verb.REFUSE_EDIT and (held := HeldEdit.objects.filter(pk=action.after.get("held_edit", 0)).first()):
        moderating.allow_edit(held, by=by, reason=reason)
    elif action.verb == Verb.SILENCE and action.member:
        restricting.lift_silence(action.member, by=by, reason=reason)
    elif action.verb == Verb.SUSPEND and action.member:
        restricting.lift_suspension(action.member, by=by, reason=reason)
    elif action.verb == Verb.HIDE_MESSAGE and (message := message_of(action)):
        messaging.unhide(message, by=by, reason=reason)
    elif action.verb == Verb.UNACCEPT and action.post:
        _accept_again(action.post, by, reason)
    elif action.verb == Verb.CLOSE_POLL and (poll := Poll.objects.filter(post=action.post).select_related("post").first()):
        until = action.before.get("closes_at")
        polling.reopen(poll, closes_at=datetime.datetime.fromisoformat(until) if until else None, by=by, reason=reason)


def _accept_again(post: Post, by: Member, reason: str) -> None:
    """Unless whoever asked has chosen another answer since, or the post is not shown any more."""
    chosen = post.thread.solution
    if chosen is None or chosen.moderation_actions.filter(verb=Verb.ACCEPT).exists():
        with suppress(Refused), transaction.atomic():
            solving.accept(post, by=by, reason=reason)
