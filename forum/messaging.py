"""Private messages to one or several members, with the markup, the bounds and the reporting of posts."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum import drafting, pacing, picturing, regarding, screening, writing
from forum.addresses import stored_url
from forum.models import Conversation, Message, MessageReport, ModerationAction, Participant
from forum.noting import Verb, insist, note
from forum.refusals import NotYours, Refused
from live import streams
from members.models import Member
from notifications.models import Notification
from notifications.telling import tell

MOST_PEOPLE = 20


class NotWelcome(Refused):
    message = _("One of them takes no private messages from you.")


class TooMany(Refused):
    message = _("A conversation has at most 20 people.")


class Nobody(Refused):
    message = _("Name at least one other member.")


@transaction.atomic
def start(
    author: Member, *, to: Sequence[Member], title: str, body: str, client_key: uuid.UUID | None = None, draft: str = ""
) -> Conversation:
    """Write privately to others. The form sent twice answers with the first.

    draft   the key of the draft that becomes the message, and goes
    Raises Nobody, TooMany, NotWelcome, Silenced, TooFast, WordRefused, TooManyLinks.
    """
    pacing.take(author, "converse")
    writing.insist_on_voice(author)
    if earlier := _written_before(author, client_key):
        return earlier.conversation
    people = {member.pk: member for member in to if member.pk != author.pk and member.is_active}
    if not people:
        raise Nobody
    if len(people) >= MOST_PEOPLE:
        raise TooMany
    if regarding.ignoring(author, people):
        raise NotWelcome
    screening.insist_in_private(author, title, body)
    conversation = Conversation.objects.create(title=title, started_by=author)
    Participant.objects.bulk_create([Participant(conversation=conversation, member=each) for each in (author, *people.values())])
    _add(conversation, author, body, client_key)
    if draft:
        drafting.discard(author, key=draft)
    return conversation


@transaction.atomic
def say(
    conversation: Conversation,
    *,
    author: Member,
    body: str,
    reply_to: Message | None = None,
    client_key: uuid.UUID | None = None,
) -> Message:
    """Add a message, which may answer an earlier one of the same conversation.

    Raises NotYours for whoever is not in it, NotWelcome where everybody else ignores the author, Silenced, TooFast.
    """
    pacing.take(author, "message")
    writing.insist_on_voice(author)
    conversation = _held(conversation)
    if earlier := _written_before(author, client_key):
        return earlier
    here = set(conversation.participants.filter(left_at=None).values_list("member_id", flat=True))
    if author.pk not in here:
        raise NotYours
    _insist_on_welcome(here, author)
    screening.insist_in_private(author, body)
    return _add(conversation, author, body, client_key, reply_to)


@transaction.atomic
def bring_in(conversation: Conversation, *, by: Member, newcomers: Sequence[Member]) -> None:
    """Bring others into a conversation; they read what is written from now on. Raises NotYours, TooMany, NotWelcome, Silenced."""
    writing.insist_on_voice(by)
    conversation = _held(conversation)
    _insist_inside(conversation, by)
    here = set(conversation.participants.filter(left_at=None).values_list("member_id", flat=True))
    fresh = {member.pk for member in newcomers if member.is_active} - here
    if len(here) + len(fresh) > MOST_PEOPLE:
        raise TooMany
    if regarding.ignoring(by, fresh):
        raise NotWelcome
    for pk in sorted(fresh):
        place = {"from_no": conversation.highest_no + 1, "last_read_no": conversation.highest_no, "left_at": None}
        Participant.objects.update_or_create(conversation=conversation, member_id=pk, defaults=place)


@transaction.atomic
def leave(conversation: Conversation, *, member: Member) -> None:
    """Harmless when repeated."""
    Participant.objects.filter(conversation=conversation, member=member, left_at=None).update(left_at=timezone.now())


def read_up_to(conversation: Conversation, *, member: Member, no: int) -> None:
    """Never goes back, whichever device comes last."""
    Participant.objects.filter(conversation=conversation, member=member, last_read_no__lt=no).update(last_read_no=no)


def set_muted(conversation: Conversation, *, member: Member, is_muted: bool) -> None:
    Participant.objects.filter(conversation=conversation, member=member).update(is_muted=is_muted)


@transaction.atomic
def report(message: Message, *, reporter: Member, kind: str, note: str = "") -> MessageReport:
    """Show a message to the moderators. Raises NotYours for one's own and for one that the reporter may not read, TooFast."""
    pacing.take(reporter, "report")
    if message.author_id == reporter.pk or not Message.objects.visible_to(reporter).filter(pk=message.pk).exists():
        raise NotYours
    words = {"kind": kind, "note": note.strip()[:500]}
    return MessageReport.objects.get_or_create(message=message, reporter=reporter, defaults=words)[0]


@transaction.atomic
def decide(reported: MessageReport, *, by: Member, hide: bool, reason: str) -> None:
    """A moderator hides the reported message, telling its author why, or leaves it. Decided once, and noted in the log.

    Raises NotYours for whoever is no moderator, ValueError without a reason.
    """
    insist(by)
    decision = MessageReport.Decision.HIDDEN if hide else MessageReport.Decision.DISMISSED
    open_ones = MessageReport.objects.filter(message=reported.message_id, decision=MessageReport.Decision.OPEN)
    if not open_ones.update(decision=decision, decided_by=by, decided_at=timezone.now(), reason=reason.strip()[:500]):
        return
    message = Message.objects.select_related("conversation", "author").get(pk=reported.message_id)
    if hide:
        Message.objects.filter(pk=message.pk).update(is_hidden=True)
    note(by, Verb.HIDE_MESSAGE if hide else Verb.LEAVE_MESSAGE, reason, concerns=message.author, message=message)


@transaction.atomic
def unhide(message: Message, *, by: Member, reason: str) -> ModerationAction | None:
    """Show a hidden message again. Returns None where it is shown already. Raises NotYours for whoever is no moderator."""
    insist(by)
    if not Message.objects.filter(pk=message.pk, is_hidden=True).update(is_hidden=False):
        return None
    return note(by, Verb.UNHIDE_MESSAGE, reason, concerns=message.author, message=message)


def unread(member: Member) -> int:
    """Conversations with something unread."""
    rows = Participant.objects.filter(member=member, left_at=None, is_muted=False)
    return rows.filter(conversation__highest_no__gt=F("last_read_no")).count()


def _held(conversation: Conversation) -> Conversation:
    return Conversation.objects.select_for_update().get(pk=conversation.pk)


def insist_on_welcome(conversation: Conversation, author: Member) -> None:
    """Raises NotWelcome where everybody else who is there ignores the author."""
    _insist_on_welcome(set(conversation.participants.filter(left_at=None).values_list("member_id", flat=True)), author)


def _insist_on_welcome(here: set[int], author: Member) -> None:
    others = here - {author.pk}
    if others and regarding.ignoring(author, others) == others:
        raise NotWelcome


def _insist_inside(conversation: Conversation, member: Member) -> None:
    if not Conversation.objects.visible_to(member).filter(pk=conversation.pk).exists():
        raise NotYours


def _written_before(author: Member, client_key: uuid.UUID | None) -> Message | None:
    if client_key is None:
        return None
    return Message.objects.filter(author=author, client_key=client_key).select_related("conversation").first()


def _add(conversation: Conversation, author: Member, body: str, client_key: uuid.UUID | None, reply_to: Message | None = None) -> Message:
    words = writing.prepare(body)
    conversation.highest_no += 1
    conversation.last_message_at = timezone.now()
    conversation.save(update_fields=["highest_no", "last_message_at"])
    fields = {"body": words.body, "html": words.html, "excerpt": words.excerpt, "lang": words.lang, "client_key": client_key}
    message = Message.objects.create(conversation=conversation, no=conversation.highest_no, author=author, reply_to=reply_to, **fields)
    message.pictures.set(picturing.named_in(words.body, author))
    read_up_to(conversation, member=author, no=message.no)
    drafting.discard(author, key=f"message:{conversation.pk}")
    news = {"thread": conversation.pk, "post": message.pk, "no": message.no, "author": author.display_name}
    streams.append(f"conversation:{conversation.pk}", "post", news, author=author)
    _tell(message, conversation, author)
    return message


def _tell(message: Message, conversation: Conversation, author: Member) -> None:
    rows = conversation.participants.filter(left_at=None, is_muted=False).exclude(member=author).select_related("member")
    people = {row.member_id: row.member for row in rows}
    deaf = regarding.ignoring(author, people)
    for pk in sorted(people.keys() - deaf):
        tell(
            people[pk],
            Notification.Kind.MESSAGE,
            cause=f"message:{message.pk}",
            subject=f"message:{message.pk}",
            url=stored_url(message),
            actor=author,
        )
