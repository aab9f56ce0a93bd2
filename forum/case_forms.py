"""What moderators decide with, and its bounds."""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from forum.forms import TagsField
from forum.models import Board, Report, Review, Trust


class ReasonForm(forms.Form):
    """A moderator's act: which of those possible, and why."""

    # What some acts need to be told beside.
    needs: ClassVar[dict[str, tuple[str, ...]]] = {
        "merge": ("into",),
        "split": ("numbers", "title"),
        "slow": ("seconds",),
        "change_author": ("handle",),
    }

    verb = forms.ChoiceField(label=_("Action"), widget=forms.RadioSelect)
    board = forms.ModelChoiceField(label=_("To the board"), queryset=Board.objects.none(), required=False)
    into = forms.RegexField(
        r"^(?:.*/threads/)?([0-9]{1,18})/?(?:[?#].*)?$", label=_("Into the thread (its address or number)"), required=False
    )
    numbers = forms.CharField(label=_("Posts to split off, such as 3, 5-7"), max_length=500, required=False)
    title = forms.CharField(label=_("Title of the new thread"), max_length=200, required=False)
    seconds = forms.IntegerField(label=_("Seconds between two posts of a member"), min_value=0, max_value=86_400, required=False)
    handle = forms.SlugField(label=_("The right author’s handle"), max_length=41, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The author reads it, and it stays in the log."),
    )

    def __init__(self, *args: Any, verbs: list[tuple[str, Any]], boards: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = verbs  # type: ignore[attr-defined]
        if boards is None:
            del self.fields["board"]
        else:
            self.fields["board"].queryset = boards  # type: ignore[attr-defined]
        offered = {str(value) for value, _label in verbs}
        for verb, names in self.needs.items():
            if verb not in offered:
                for name in names:
                    del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verb") == "move" and not cleaned.get("board"):
            self.add_error("board", _("Choose the board to move it to."))
        for name in self.needs.get(cleaned.get("verb", ""), ()):
            if cleaned.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("This is needed."))
        return cleaned

    def clean_numbers(self) -> list[int]:
        """`3, 5-7` as [3, 5, 6, 7]."""
        found: list[int] = []
        for part in self.cleaned_data["numbers"].replace("，", ",").replace("–", "-").split(","):
            first, _dash, last = (part.strip().lstrip("#")).partition("-")
            if not part.strip():
                continue
            if not (first.strip().isdecimal() and (not last or last.strip().isdecimal())) or len(part) > 20:
                raise forms.ValidationError(_("Write numbers with commas between them, or a range such as 5-7."))
            low, high = int(first), int(last or first)
            found += range(low, min(high, low + 500) + 1)
        return found

    def clean_into(self) -> int | None:
        digits = self.cleaned_data["into"].split("/threads/")[-1].split("?")[0].split("#")[0].strip("/")
        return int(digits) if digits else None


class RestrictForm(forms.Form):
    """What is asked of a member, until when and why."""

    verb = forms.ChoiceField(label=_("Action"), widget=forms.RadioSelect)
    days = forms.IntegerField(label=_("For how many days"), min_value=1, max_value=3_650, required=False)
    level = forms.TypedChoiceField(label=_("Trust level"), choices=Trust.Level.choices, coerce=int, required=False, empty_value=None)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The member reads it, and it stays in the log."),
    )

    def __init__(self, *args: Any, verbs: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = verbs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verb") in ("silence", "suspend") and not cleaned.get("days"):
            self.add_error("days", _("Every pause has an end."))
        return cleaned


class SweepForm(forms.Form):
    """One act on several threads of a board, of which at most a page is chosen."""

    thread = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": _("Choose at least one thread.")})
    verb = forms.ChoiceField(
        label=_("Action"),
        choices=[
            ("lock", _("Lock: nobody can reply")),
            ("unlock", _("Unlock")),
            ("pin", _("Pin to the top of the board")),
            ("unpin", _("Unpin")),
            ("move", _("Move to another board")),
            ("tag", _("Add tags")),
        ],
        widget=forms.RadioSelect,
    )
    board = forms.ModelChoiceField(label=_("To the board"), queryset=Board.objects.none(), required=False)
    tags = TagsField(label=_("Tags to add"), help_text=_("At most five, with commas between them."))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The author reads it, and it stays in the log."),
    )

    def __init__(self, *args: Any, boards: Any, threads: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = boards  # type: ignore[attr-defined]
        self.fields["thread"].choices = [(pk, pk) for pk in threads]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verb") == "move" and not cleaned.get("board"):
            self.add_error("board", _("Choose the board to move it to."))
        if cleaned.get("verb") == "tag" and not cleaned.get("tags") and "tags" not in self.errors:
            self.add_error("tags", _("This is needed."))
        return cleaned


class NoteForm(forms.Form):
    """A note of the moderators on a member."""

    words = forms.CharField(
        label=_("Note"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Other moderators read it. Members do not see it here, but it is among the data that they may ask the club for."),
    )


class CasesForm(forms.Form):
    """Which cases a moderator wants to see; whatever is not understood narrows nothing."""

    kind = forms.ChoiceField(choices=[("", ""), ("appeals", ""), *Review.Cause.choices], required=False, widget=forms.HiddenInput)
    board = forms.ChoiceField(label=_("Board"), required=False)
    reason = forms.ChoiceField(label=_("Reported for"), choices=[("", _("Any reason")), *Report.Kind.choices], required=False)
    age = forms.TypedChoiceField(
        label=_("Waiting"),
        choices=[
            ("", _("However long")),
            ("1", _("For more than a day")),
            ("3", _("For more than three days")),
            ("7", _("For more than a week")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )
    author = forms.SlugField(label=_("Author's handle"), max_length=41, required=False)
    order = forms.ChoiceField(
        label=_("Order"), choices=[("", _("Most reported first")), ("oldest", _("Longest waiting first"))], required=False
    )

    def __init__(self, *args: Any, boards: list[tuple[Board, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(board.slug, f"{board.label} ({n})") for board, n in boards]
        self.fields["board"].choices = [("", _("All boards and blogs")), *named]  # type: ignore[attr-defined]


class SeenField(forms.MultipleChoiceField):
    """Cases as they were seen: `17.2.0.5` is case 17 with two reports of a post never edited, of which edit 5 waits, if any."""

    def validate(self, value: Any) -> None:
        if not value:
            raise forms.ValidationError(_("Choose at least one case."))
        if len(value) > 20 or not all(re.fullmatch(r"[0-9]{1,18}(?:\.[0-9]{1,9}){2}(?:\.[0-9]{1,18})?", each) for each in value):
            raise forms.ValidationError(_("Choose at most a page of cases."))


class TogetherForm(forms.Form):
    """One decision about several cases."""

    case = SeenField()
    verb = forms.ChoiceField(
        label=_("Action"),
        choices=[
            ("dismiss", _("Leave them, their reports are dismissed")),
            ("approve", _("Approve: show them")),
            ("reject", _("Do not show them")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The author reads it, and it stays in the log."),
    )
