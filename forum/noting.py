"""Every act of a moderator: allowed only to them, noted with its reason for good, told to whom it concerns."""

from typing import Any

from forum.addresses import stored_url
from forum.models import Message, ModerationAction
from forum.permissions import is_moderator
from forum.refusals import NotYours
from members.models import Member
from notifications.models import Notification
from notifications.telling import tell

Verb = ModerationAction.Verb
# What moderators do among themselves; nobody else is told.
QUIET = (
    Verb.PIN,
    Verb.UNPIN,
    Verb.SLOW,
    Verb.HOLD,
    Verb.SET_TRUST,
    Verb.DISMISS,
    Verb.LEAVE_MESSAGE,
    Verb.TAG,
    Verb.NOTE_MEMBER,
    Verb.REMOVE_NOTE,
)


def insist(member: Member) -> None:
    """Raises NotYours for whoever is no moderator."""
    if not is_moderator(member):
        raise NotYours


def note(
    by: Member,
    verb: ModerationAction.Verb,
    reason: str,
    *,
    concerns: Member | None = None,
    message: Message | None = None,
    **about: Any,
) -> ModerationAction:
    """Add to the log, in the act's transaction, and tell the member concerned. Raises ValueError without a reason.

    message   where the act is about a private one: the log keeps its number, never its words
    """
    reason = reason.strip()[:500]
    if not reason:
        raise ValueError("a moderation action needs a reason")
    if message:
        about["after"] = {"message": message.pk} | about.get("after", {})
    action = ModerationAction.objects.create(actor=by, verb=verb, reason=reason, member=concerns, **about)
    if concerns and concerns.pk != by.pk and verb not in QUIET:
        target = message or about.get("post") or about.get("thread")
        thread = about.get("thread")
        tell(
            concerns,
            Notification.Kind.MODERATION,
            cause=f"moderation:{action.pk}",
            subject=f"thread:{thread.pk}" if thread and not message else "",
            title=message.conversation.title if message else "",
            url=stored_url(target) if target else "/forum/decisions/",
            details={"verb": verb, "reason": reason, "action": action.pk, "until": action.after.get("until", "")},
        )
    return action
