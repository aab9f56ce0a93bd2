"""What each frame must carry, bounded. The same rules as any form of the club, for JSON instead of a page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from focusgroups.discussing import REACTIONS
from focusgroups.exercises import NOTES_MAX, TITLE_MAX

BODY_MAX = 4000
NUMBER_MAX = 2**53


class Words(forms.CharField):
    """Text, and nothing that merely can be printed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=BODY_MAX, **options)

    def to_python(self, value: Any) -> str:
        if value is not None and not isinstance(value, str):
            raise forms.ValidationError(_("Send text."))
        return super().to_python(value) or ""


class Number(forms.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=NUMBER_MAX, **options)


class Places(forms.Field):
    """Places in a list, from 0; one number stands for a list of one."""

    def to_python(self, value: Any) -> list[int]:
        places = value if isinstance(value, list) else [] if value is None else [value]
        if len(places) > 100 or not all(isinstance(place, int) and not isinstance(place, bool) for place in places):
            raise forms.ValidationError(_("Choose from what is there, and not more than allowed."))
        return places


class _Shared(dict[str, forms.Field]):
    def __deepcopy__(self, memo: Any) -> "_Shared":
        return self


class Frame(forms.Form):
    """A form that is never shown: its fields need no copies of their own, which cost more than all their checks."""

    def __init__(self, frame: dict[str, Any]) -> None:
        if not isinstance(self.base_fields, _Shared):
            type(self).base_fields = _Shared(self.base_fields)
        super().__init__(frame)


class Plain(Frame):
    """A frame that says all with its type."""


class Say(Frame):
    body = Words()
    to = forms.ChoiceField(choices=[(name, name) for name in ("all", "staff", "me")], required=False)
    reply_to = Number(required=False)
    item = Number(required=False)
    answer = Number(required=False)
    picture = Number(required=False)


class Edit(Frame):
    target = Number()
    body = Words()
    stream = forms.ChoiceField(choices=[(name, name) for name in ("all", "staff", "me")], required=False)


class Answer(Frame):
    item = Number()
    body = Words(required=False)
    given = forms.Field(required=False)


class Vote(Frame):
    item = Number()
    choices = Places()


class React(Frame):
    target = Number()
    emoji = forms.ChoiceField(choices=[(emoji, emoji) for emoji in REACTIONS])
    is_on = forms.NullBooleanField(required=False)

    def clean_is_on(self) -> bool:
        return self.cleaned_data["is_on"] is not False


class Pose(Frame):
    item = Number(required=False)
    body = Words(required=False)

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("item") and not self.cleaned_data.get("body"):
            raise forms.ValidationError(_("Say which item, or what to ask."))
        return self.cleaned_data


class Probe(Frame):
    seat = Number()
    body = Words()
    item = Number(required=False)


class Next(Frame):
    """item: the one that the moderator saw coming, where their page knows it."""

    item = Number(required=False)


class OfItem(Frame):
    item = Number()


class OfSeat(Frame):
    seat = Number()


class Lock(Frame):
    is_locked = forms.NullBooleanField(required=False)

    def clean_is_locked(self) -> bool:
        return self.cleaned_data["is_locked"] is not False


class Extend(Frame):
    minutes = forms.IntegerField(min_value=1, max_value=120)


class Mute(OfSeat):
    is_muted = forms.NullBooleanField(required=False)

    def clean_is_muted(self) -> bool:
        return self.cleaned_data["is_muted"] is not False


class Column(OfItem):
    column = Number(required=False)
    title = forms.CharField(max_length=TITLE_MAX, required=False)
    is_removed = forms.NullBooleanField(required=False)

    def clean_is_removed(self) -> bool:
        return self.cleaned_data["is_removed"] is True


class Place(OfItem):
    answer = Number()
    note = forms.IntegerField(min_value=0, max_value=NOTES_MAX - 1)
    column = Number(required=False)


class Spotlight(Frame):
    target = Number(required=False)
