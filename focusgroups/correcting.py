"""Putting right what one has said, for a while and a few times. What stood there stays in the record; everybody reads the last wording."""

import datetime
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups import audiences, turns, wordings
from focusgroups.discussing import require_audience
from focusgroups.models import Coding, Seat
from focusgroups.refusals import Refused
from focusgroups.turns import ALL, ME, STAFF, Turn, Written, who
from live.models import Event
from members.models import Member


@transaction.atomic
def edit(group_id: int, *, member: Member, client_id: uuid.UUID, target: int, body: str, stream: str = "") -> Written:
    """Give a message of one's own other words. Where one may say something now, one may put right what one said there.

    target   its number in `stream` (all; behind the glass: staff; to the moderators alone: me)
    Raises Refused: no-edits, no-such-message, too-late, edited-enough, no-change, redacted, masked, and what `say` raises.
    """
    turn = turns.take(group_id, member, client_id)
    if turn.done:
        return turn.done
    audience = stream or (STAFF if turn.seat.role == Seat.Role.OBSERVER else ALL)
    require_audience(turn, audience)
    said = own(turn, audience, target)
    edits = _require_editable(turn, said, body)
    shown = who(turn.seat) | {"target": target, "body": body, "edit": edits + 1} | _under(said)
    written = turn.write(audience, wordings.EDITED, shown)
    _move_marks(said, body)
    if audience == ME and (copy := copy_of(said)):
        turn.write(STAFF, wordings.EDITED, shown | {"target": copy.seq, "is_private": True}, is_copy=True)
        _move_marks(copy, body)
    return written


def own(turn: Turn, audience: str, target: int) -> Event:
    """A message of the turn's own seat, by its number in an audience. Raises Refused where there is none, or it was taken back."""
    whose = str(turn.seat.member_id) if audience == ME else audience
    name = audiences.stream(turn.group.pk, whose)
    said = Event.objects.filter(stream__name=name, seq=target, kind="message", author=turn.seat.member).select_related("stream").first()
    if said is None or said.body.get("seat") != turn.seat.pk or said.body.get("is_withdrawn"):
        raise Refused("no-such-message", _("That is not a message of yours."))
    return said


def require_in_time(turn: Turn, said: Event) -> None:
    """Raises Refused where the room lets nobody change what is said, or not any more."""
    if not turn.group.edit_minutes or not turn.group.edits_max:
        raise Refused("no-edits", _("In this room what is said stands as it was said."))
    if timezone.now() - said.at > datetime.timedelta(minutes=turn.group.edit_minutes):
        raise Refused("too-late", _("That was said too long ago to be edited."))


def _require_editable(turn: Turn, said: Event, body: str) -> int:
    """How often it was edited before. The room says for how long, and how often."""
    group, edits = turn.group, wordings.edits_of(said)
    require_in_time(turn, said)
    if said.body.get("is_masked"):
        raise Refused("masked", _("What stands under a task that hides its answers is not edited."))
    if any(each.rewritten_at for each in [said, *edits]):
        raise Refused("redacted", _("Words were taken out of this message. It is not edited any more."))
    if len(edits) >= group.edits_max:
        raise Refused("edited-enough", _("This message has been edited as often as the room allows."))
    if body == (edits[-1] if edits else said).body.get("body"):
        raise Refused("no-change", _("These are the same words."))
    return len(edits)


def _under(said: Event) -> dict[str, int]:
    """Under which task of a board it stands."""
    return {"item": said.body["item"]} if "item" in said.body else {}


def copy_of(said: Event) -> Event | None:
    """What is said to the moderators stands in the staff's stream too, written right after it."""
    staff = said.stream.name.rpartition(":")[0] + f":{STAFF}"
    return (
        Event.objects.filter(stream__name=staff, kind="message", author=said.author_id, id__gt=said.pk)
        .select_related("stream")
        .order_by("id")
        .first()
    )


def _move_marks(said: Event, body: str) -> None:
    """Coders may have marked it already: their words where they still stand, else the whole line."""
    for coding in Coding.objects.filter(event=said):
        start = body.find(coding.quoted)
        if start < 0:
            start, coding.quoted = 0, body
        coding.start, coding.end = start, start + len(coding.quoted)
        coding.save(update_fields=["start", "end", "quoted"])
