"""Two who change one thing: what a page showed, what stands there by now and what was typed, laid beside one another value by value.

A page carries marks of the values that it showed, and sends them back with what was typed:

    seen = meanwhile.packed({"title": survey.title})                       # in the page, a hidden field (`Seen`)
    meanwhile.settled({"title": typed}, now, meanwhile.unpacked(said))     # under the row's lock: what is to be written
    meanwhile.tell(form, changed)                                          # where both changed the same

What was left alone on the page stays as others put it. What others left alone becomes what was typed. Where both changed the same, nothing
is written and whoever saves is told.
"""

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

PACKED_MOST = 60_000  # letters; a page of many texts has a mark of each


class ChangedMeanwhile(Exception):  # noqa: N818
    """What was to be changed is no longer what the change began from; `now` has what stands there, by its name."""

    def __init__(self, now: Mapping[str, Any] | None = None) -> None:
        super().__init__(", ".join(now or ()))
        self.now = dict(now or {})


class Seen(forms.CharField):
    """The marks that a form carries of what it showed, as its field `seen`; cleaned they are names and marks."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False)

    def clean(self, value: Any) -> dict[str, str] | None:
        return unpacked(str(value or ""))


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return o.pk if isinstance(o, Model) else super().default(o)


def mark(value: Any) -> str:
    """What names a value, the same for what a page cannot tell apart: moments to the minute, ends of lines, space around a text."""
    if isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.UTC).replace(second=0, microsecond=0, tzinfo=None)
    elif isinstance(value, str):
        value = value.replace("\r\n", "\n").strip()
    text = json.dumps(value, cls=_Encoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def packed(values: Mapping[str, Any]) -> str:
    """The marks of values, as a page carries them."""
    return json.dumps({name: mark(value) for name, value in values.items()}, separators=(",", ":"))


def unpacked(said: str) -> dict[str, str] | None:
    """The marks that a page sent back; None where it sent none of ours: then nothing is known of what it showed."""
    try:
        found = json.loads(said[:PACKED_MOST])
    except (ValueError, RecursionError):
        return None
    return {name: each for name, each in found.items() if isinstance(each, str)} if isinstance(found, dict) else None


def renewed(said: str, now: Mapping[str, Any]) -> str:
    """The marks that a page sent back, with those of what it is told of now: saved once more, it takes the place of that."""
    return json.dumps((unpacked(said) or {}) | {name: mark(value) for name, value in now.items()}, separators=(",", ":"))


def settled(typed: Mapping[str, Any], now: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    """What is to be written of what was typed. A value of which the page showed nothing (`seen` has no mark) is written as it was typed.

    Raises ChangedMeanwhile with what stands where others changed the same to something else.
    """
    written, theirs = {}, {}
    for name, value in typed.items():
        stands, wanted, was = mark(now[name]), mark(value), seen.get(name)
        if wanted in (stands, was):
            continue
        if was is None or was == stands:
            written[name] = value
        else:
            theirs[name] = now[name]
    if theirs:
        raise ChangedMeanwhile(theirs)
    return written


def unseen(typed: Mapping[str, Any], now: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    """What became another since a page showed it, and is not what was typed either. What has no mark was shown as nothing."""
    nothing = mark(None)
    return {
        name: now.get(name) for name in sorted({*now, *seen}) if mark(now.get(name)) not in (seen.get(name, nothing), mark(typed.get(name)))
    }


def others(typed: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[str]:
    """The names of what stands otherwise than it was typed: what others put there, once what was typed is written."""
    return [name for name, value in typed.items() if mark(value) != mark(now[name])]


def tell(form: forms.BaseForm, changed: ChangedMeanwhile, **words: list[str]) -> None:
    """Say at each field what stands there by now; sent once more, the form takes its place. `words`: what is said of a field instead."""
    for name, value in changed.now.items():
        told = _("Somebody else changed this meanwhile; it is now: %(value)s. Save again to put yours in its place.")
        listed = words.get(name) or [told % {"value": _in_words(form.fields.get(name), value)}]
        form.add_error(name if name in form.fields else None, listed)
    renew(form, changed)


def renew(form: forms.BaseForm, changed: ChangedMeanwhile) -> None:
    """Let a form know what stands there by now."""
    sent: Any = form.data
    form.data = sent = sent.copy()
    sent["seen"] = renewed(sent.get("seen", ""), changed.now)


def _in_words(field: forms.Field | None, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return "–"
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        return str(field.queryset.filter(pk=getattr(value, "pk", value)).first() or "–")
    listed = getattr(field, "choices", None)
    named = {str(key): str(words) for key, words in listed} if isinstance(listed, list | tuple) else {}
    return named.get(str(value), str(value))
