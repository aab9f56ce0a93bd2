"""From a frame to a deed: what each kind must carry, and what it does. The same for a socket and for a page without one."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms as django_forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from focusgroups import correcting, discussing, forms, hiding, hiding_answers, leading, moderating, sorting, withdrawing
from focusgroups.models import Group
from focusgroups.turns import Written
from live.committing import Share
from live.frames import BadFrame
from members.models import Member

STATUS = Group.Status

Deed = Callable[..., Written]
# frame type → what it must carry, and the deed: a transaction of its own, that undoes itself where it is refused
DEEDS: dict[str, tuple[type[django_forms.Form], Deed]] = {
    "say": (forms.Say, discussing.say),
    "edit": (forms.Edit, correcting.edit),
    "withdraw": (forms.Withdraw, withdrawing.withdraw),
    "answer": (forms.Answer, discussing.answer),
    "vote": (forms.Vote, discussing.vote),
    "react": (forms.React, discussing.react),
    "open": (forms.Plain, partial(moderating.change_status, status=STATUS.OPEN)),
    "pause": (forms.Plain, partial(moderating.change_status, status=STATUS.PAUSED)),
    "close": (forms.Plain, partial(moderating.change_status, status=STATUS.CLOSED)),
    "next": (forms.Next, moderating.pose_next),
    "pose": (forms.Pose, moderating.pose),
    "probe": (forms.Probe, moderating.probe),
    "reveal": (forms.OfItem, moderating.reveal),
    "mute": (forms.Mute, moderating.mute),
    "remove": (forms.OfSeat, moderating.remove),
    "hide": (forms.Hide, hiding.hide),
    "hide_answer": (forms.HideAnswer, hiding_answers.hide_answer),
    "hand_over": (forms.HandOver, leading.hand_over),
    "take_lead": (forms.Plain, leading.take),
    "spotlight": (forms.Spotlight, moderating.spotlight),
    "lock": (forms.Lock, moderating.lock),
    "column": (forms.Column, sorting.set_column),
    "place": (forms.Place, sorting.place_note),
    "extend": (forms.Extend, moderating.extend),
}


def understood(frame: dict[str, Any], group_id: int, member: Member) -> tuple[uuid.UUID | None, Callable[[], Written]]:
    """The frame's client_id, and its deed ready to be done. Raises BadFrame, in the member's language.

    The deed raises Refused, NotAdmitted, NoSuchGroup.
    """
    kind, client_id = frame["type"], _client_id(frame)
    if kind not in DEEDS:
        raise BadFrame("no-such-type", _("There is no such frame."), client_id=client_id)
    if client_id is None and kind in ("say", "edit", "withdraw", "answer", "vote", "react"):
        raise BadFrame("no-client-id", _("Give the frame a client_id (a UUID), so that it can be sent again."))
    form_class, deed = DEEDS[kind]
    given = _checked(form_class(frame), client_id, member)
    if kind == "say" and client_id:
        # What rooms say most: what waits is written together.
        return client_id, Share(discussing.say_all, discussing.Saying(group_id, member, client_id, **given))
    return client_id, partial(deed, group_id, member=member, client_id=client_id, **given)


def acknowledged(client_id: uuid.UUID | None, written: Written) -> dict[str, Any]:
    """The frame that answers a deed once it is committed."""
    return {"type": "ack", "client_id": str(client_id) if client_id else None, "stream": written.stream, "seq": written.seq}


def _checked(form: django_forms.Form, client_id: uuid.UUID | None, member: Member) -> dict[str, Any]:
    if form.is_valid():
        return form.cleaned_data
    with translation.override(member.locale):
        field, problems = next(iter(form.errors.items()))
        message = str(problems[0])
    raise BadFrame("invalid", message if field == "__all__" else f"{field}: {message}", client_id=client_id)


def _client_id(frame: dict[str, Any]) -> uuid.UUID | None:
    wish = frame.get("client_id")
    if wish is None:
        return None
    try:
        return uuid.UUID(wish)
    except (ValueError, AttributeError, TypeError):
        raise BadFrame("bad-client-id", _("client_id is a UUID.")) from None
