"""What each frame must carry, bounded. The same rules as any form of the club, for JSON instead of a page."""

from functools import cache
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
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


class Frame(forms.Form):
    """A form that is never shown: its fields need neither copies nor widgets of their own, which cost more than all their checks."""

    def __init__(self, frame: dict[str, Any]) -> None:
        self.data: Any = frame
        self.files: Any = {}
        self.fields = self.base_fields
        self.is_bound, self.empty_permitted, self.use_required_attribute = True, False, False
        self.prefix, self.error_class, self.auto_id, self.label_suffix = None, ErrorList, False, ""
        # Asked for by the first error only.
        self._bound_fields_cache: dict[str, Any] = {}
        self._errors: Any = None

    # None of it is drawn.
    renderer: Any = None

    def full_clean(self) -> None:
        self._errors, self.cleaned_data = ErrorDict(), {}
        blanks = _blanks(type(self))
        for name, field in self.fields.items():
            value = self.data.get(name)
            if value is None and name in blanks:
                self.cleaned_data[name] = blanks[name]
                continue
            try:
                self.cleaned_data[name] = field.clean(value)
                if own := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = own()
            except forms.ValidationError as error:
                self.add_error(name, error)
        self._clean_form()  # type: ignore[attr-defined]


@cache
def _blanks(form: type[Frame]) -> dict[str, Any]:
    """What a frame that does not speak of a field means by it: most frames leave most fields out."""
    fields: dict[str, forms.Field] = form.base_fields  # type: ignore[attr-defined]
    return {name: field.clean(None) for name, field in fields.items() if not field.required and not hasattr(form, f"clean_{name}")}


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


class Withdraw(Frame):
    target = Number()
    stream = forms.ChoiceField(choices=[(name, name) for name in ("all", "staff", "me")], required=False)


class Hide(Frame):
    target = Number()
    stream = forms.ChoiceField(choices=[(name, name) for name in ("all", "staff")], required=False)


class HideAnswer(Frame):
    """words: the one note or comment that goes; all that was written where it is left out."""

    answer = Number()
    words = Words(required=False, strip=False)


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


class HandOver(OfSeat):
    """is_staying: whoever hands over goes on leading beside the other."""

    is_staying = forms.NullBooleanField(required=False)

    def clean_is_staying(self) -> bool:
        return self.cleaned_data["is_staying"] is True


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
