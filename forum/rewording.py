"""Changing one's own private message, for a day.

Its readers see that it was changed; what it said is kept for the moderators, should it be reported.
"""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum import messaging, pacing, picturing, screening, writing
from forum.models import Conversation, Message, MessageRevision
from forum.refusals import ChangedMeanwhile, NotYours, Refused
from members.models import Member

FOR = datetime.timedelta(days=1)


class TooLate(Refused):
    message = _("A message can be changed for a day after it was sent. Write a new one.")


def may_reword(message: Message, member: Member) -> bool:
    """Whether its author may still change it. What a moderator has hidden stays as they read it."""
    return message.author_id == member.pk and not message.is_hidden and timezone.now() < message.created_at + FOR


@transaction.atomic
def reword(message: Message, *, author: Member, body: str, based_on: int | None = None) -> Message:
    """Replace a message's words. Nothing changed, nothing kept.

    based_on   how many edits the message had when this one was begun; None does not ask
    Raises NotYours, NotWelcome, TooLate, ChangedMeanwhile, Silenced, TooFast, WordRefused, TooManyLinks, markup.TooLong.
    """
    pacing.take(author, "message")
    writing.insist_on_voice(author)
    words = writing.prepare(body)
    # As whoever adds a message: the conversation first, then what is in it.
    conversation = Conversation.objects.select_for_update().get(pk=message.conversation_id)
    found = Message.objects.visible_to(author).filter(pk=message.pk, author=author, is_hidden=False).first()
    if found is None:
        raise NotYours
    messaging.insist_on_welcome(conversation, author)
    if not may_reword(found, author):
        raise TooLate
    if based_on is not None and based_on != found.edit_count:
        raise ChangedMeanwhile
    if words.body == found.body:
        return found
    screening.insist_in_private(author, body)
    _keep(found)
    found.body, found.html, found.excerpt, found.lang = words.body, words.html, words.excerpt, words.lang
    found.edit_count, found.edited_at = found.edit_count + 1, timezone.now()
    found.save(update_fields=["body", "html", "excerpt", "lang", "edit_count", "edited_at"])
    found.pictures.set(picturing.named_in(words.body, author))
    return found


def _keep(message: Message) -> None:
    MessageRevision.objects.create(
        message=message, n=message.edit_count + 1, body=message.body, written_at=message.edited_at or message.created_at
    )
