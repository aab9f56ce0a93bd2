"""What members and moderators may send, with its bounds."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from forum.markup import MAX_CHARACTERS
from forum.models import Board, Level, Reaction, Report
from forum.tagging import MAX_TAGS


class WordsField(forms.CharField):
    """Markdown. A browser sends each line's end as two characters; they are counted as the one that was typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 8, "class": "words", "dir": "auto"}))
        super().__init__(max_length=MAX_CHARACTERS, strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        words = super().to_python(value) or ""
        return words.replace("\r\n", "\n").replace("\r", "\n").rstrip()

    def validate(self, value: Any) -> None:
        super().validate(value.strip() if value else value)


class TagsField(forms.CharField):
    """Names between commas, Chinese ones too; a list of names."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=250, required=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        words = super().to_python(value) or ""
        return [name.strip().lstrip("#") for name in words.replace("，", ",").replace("、", ",").split(",") if name.strip()]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        if len(value) > MAX_TAGS:
            raise forms.ValidationError(_("At most five tags."))

    def run_validators(self, value: Any) -> None:
        super().run_validators(",".join(value))


def new_key() -> str:
    return str(uuid.uuid4())


class OnceForm(forms.Form):
    """A form that does its deed once, however often it is sent."""

    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=new_key)


class ReplyForm(OnceForm):
    body = WordsField(label=_("Your reply"), help_text=_("Markdown works: **bold**, lists, tables, code. @handle calls someone."))
    reply_to = forms.IntegerField(required=False, min_value=1, max_value=10**9, widget=forms.HiddenInput)


class ThreadForm(OnceForm):
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("A good title is a whole question."))
    body = WordsField(label=_("Text"), help_text=_("Markdown works: **bold**, lists, tables, code. @handle calls someone."))
    tags = TagsField(label=_("Tags"), help_text=_("At most five, with commas between them."))


class EntryForm(ThreadForm):
    """The same for a blog."""

    field_order = ("title", "body", "tags")


class EditForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    body = WordsField(label=_("Text"))
    tags = TagsField(label=_("Tags"), help_text=_("At most five, with commas between them."))
    reason = forms.CharField(
        label=_("What did you change?"), max_length=200, required=False, help_text=_("Readers see it with the history.")
    )

    def __init__(self, *args: Any, opens_thread: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not opens_thread:
            del self.fields["title"], self.fields["tags"]


class ReactionForm(forms.Form):
    kind = forms.ChoiceField(choices=Reaction.Kind.choices)
    withdraw = forms.BooleanField(required=False)


class LevelForm(forms.Form):
    level = forms.ChoiceField(label=_("Follow"), choices=Level.choices)


class ReportForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Kind.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Anything the moderators should know"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    """A moderator's act: which of those possible, and why."""

    verb = forms.ChoiceField(label=_("Action"), widget=forms.RadioSelect)
    board = forms.ModelChoiceField(label=_("To the board"), queryset=Board.objects.none(), required=False)
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

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verb") == "move" and not cleaned.get("board"):
            self.add_error("board", _("Choose the board to move it to."))
        return cleaned


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search for"), max_length=100, required=False, widget=forms.SearchInput)
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.none(), required=False, empty_label=_("All boards and blogs"))
    author = forms.CharField(label=_("Author's handle"), max_length=41, required=False)
    solved = forms.ChoiceField(
        label=_("Solution"), choices=[("", _("Solved or not")), ("yes", _("Solved")), ("no", _("Not solved"))], required=False
    )

    def __init__(self, *args: Any, boards: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = boards  # type: ignore[attr-defined]


class DraftForm(forms.Form):
    key = forms.RegexField(r"^(?:thread|board):[0-9]{1,18}$")
    title = forms.CharField(max_length=200, required=False)
    body = forms.CharField(max_length=MAX_CHARACTERS, required=False, strip=False)
    seq = forms.IntegerField(required=False, min_value=0)
