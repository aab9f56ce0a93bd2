"""Taking a message out of a room, also once it has ended: off every screen at once. Its place in the record stays, its words are for
researchers alone. Nothing brings it back: who read it has lost it, and what was removed must not be said again by a slip."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups import audiences, turns, withdrawing, wordings
from focusgroups.models import HiddenMessage, Seat
from focusgroups.refusals import Refused
from focusgroups.turns import ALL, STAFF, Turn, Written
from live.models import Event
from members.models import Member


@transaction.atomic
def hide(group_id: int, *, member: Member, client_id: uuid.UUID | None, target: int, stream: str = "") -> Written:
    """A moderator takes out what somebody said: to the room, behind the glass, or to the moderators alone.

    target   its number in `stream`: all, or staff, where what is whispered to the moderators or stands under a mask is told to them
    Raises Refused: not-yours, no-such-message.
    """
    turn = take_turn(group_id, member, client_id)
    if turn.done:
        return turn.done
    audience = STAFF if stream == STAFF else ALL
    said = _message(turn, audience, target)
    first = _first_of(said) if said.body.get("is_private") else None
    places = [said, *([first] if first else [])]
    _keep(turn, said)
    withdrawing.forget_marks(turn.group.pk, places)
    mark = {"is_withdrawn": True, "is_hidden": True, "hidden_by": turn.seat.pseudonym, "hidden_at": timezone.now().isoformat()}
    return withdrawing.take_out(turn, audience, places, mark)


def take_turn(group_id: int, member: Member, client_id: uuid.UUID | None) -> Turn:
    """A moderator's turn, also in a group that has ended: participants read its transcript. Raises Refused for anybody else."""
    turn = turns.take(group_id, member, client_id)
    turn.require(Seat.Role.MODERATOR)
    return turn


def _message(turn: Turn, audience: str, target: int) -> Event:
    name = audiences.stream(turn.group.pk, audience)
    said = Event.objects.filter(stream__name=name, seq=target, kind="message").select_related("stream").first()
    if said is None or said.body.get("is_withdrawn"):
        raise Refused("no-such-message", _("There is no such message any more."))
    return said


def _first_of(copy: Event) -> Event | None:
    """What was said to the moderators alone was written to its sayer's own stream right before the staff's copy of it."""
    own = copy.stream.name.rpartition(":")[0] + f":{copy.author_id}"
    before = Event.objects.filter(stream__name=own, kind="message", author=copy.author_id, id__lt=copy.pk)
    return before.select_related("stream").order_by("-id").first()


def _keep(turn: Turn, said: Event) -> None:
    seat = Seat.objects.get(pk=said.body["seat"])
    said_as = [str(each.body.get("body", "")) for each in [said, *wordings.edits_of(said)]]
    picture = turn.group.pictures.filter(pk=said.body.get("picture")).first()
    HiddenMessage.objects.create(group=turn.group, event=said, seat=seat, wordings=said_as, picture=picture, by=turn.seat.member)
