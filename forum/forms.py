"""What members and moderators may send, with its bounds."""

import uuid
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forum.markup import MAX_CHARACTERS
from forum.models import Board, BoardLevel, Level, Poll, Reaction, Report
from forum.tagging import MAX_TAGS


class HiddenValue(forms.HiddenInput):
    """As Django's, word for word, without two templates for a tag of one line: every page with a composer has two of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = self.format_value(value)
        given = "" if shown is None else format_html(' value="{}"', shown)
        return format_html('<input type="hidden" name="{}"{}{}>', name, given, flatatt(self.build_attrs(self.attrs, attrs)))


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


class TagsForm(forms.Form):
    """Which tags a list is narrowed to, by their names as people write them; their slugs."""

    tags = TagsField(label=_("Tags"), help_text=_("With several, what bears them all."))

    def clean_tags(self) -> list[str]:
        return _slugs(self.cleaned_data["tags"])


def _slugs(names: list[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, (slugify(name, allow_unicode=True)[:40] for name in names))))


def new_key() -> str:
    return str(uuid.uuid4())


class OnceForm(forms.Form):
    """A form that does its deed once, however often it is sent."""

    client_key = forms.UUIDField(required=False, widget=HiddenValue, initial=new_key)


class ReplyForm(OnceForm):
    body = WordsField(label=_("Your reply"), help_text=_("Markdown works: **bold**, lists, tables, code. @handle calls someone."))
    reply_to = forms.IntegerField(required=False, min_value=1, max_value=10**9, widget=HiddenValue)


class ThreadForm(OnceForm):
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("A good title is a whole question."))
    body = WordsField(label=_("Text"), help_text=_("Markdown works: **bold**, lists, tables, code. @handle calls someone."))
    tags = TagsField(label=_("Tags"), help_text=_("At most five, with commas between them."))


class SeriesForm(forms.Form):
    """What a blog's entry has beyond a thread."""

    series = forms.CharField(
        label=_("Series"), max_length=100, required=False, help_text=_("Entries with the same series are read one after another.")
    )
    cover = forms.FileField(label=_("Cover picture"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}))


class PollForm(forms.Form):
    """A poll to go with a new thread; without a question there is none."""

    question = forms.CharField(label=_("Question"), max_length=200, required=False)
    options = forms.CharField(
        label=_("Options"),
        max_length=3_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line, 2 to 20."),
    )
    kind = forms.ChoiceField(label=_("How one votes"), choices=Poll.Kind.choices, initial=Poll.Kind.SINGLE)
    results = forms.ChoiceField(label=_("Who sees the result"), choices=Poll.Results.choices, initial=Poll.Results.ALWAYS)
    is_secret = forms.BooleanField(label=_("Secret: nobody can see who chose what"), required=False, initial=True)
    closes_at = forms.DateTimeField(
        label=_("Closes"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *args: Any, is_needed: bool = False, **kwargs: Any) -> None:
        """`is_needed`: there is a poll, which is changed and not taken away."""
        super().__init__(*args, **kwargs)
        self.is_needed = is_needed

    def clean_options(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["options"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))

    def clean_closes_at(self) -> Any:
        at = self.cleaned_data["closes_at"]
        if at and at <= timezone.now():
            raise forms.ValidationError(_("This moment is past."))
        return at

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        options = cleaned.get("options") or []
        if (options or self.is_needed) and not cleaned.get("question"):
            self.add_error("question", _("Ask a question."))
        if cleaned.get("question") and not 2 <= len(options) <= 20:
            self.add_error("options", _("One on each line, 2 to 20."))
        if any(len(option) > 120 for option in options):
            self.add_error("options", _("An option has at most 120 characters."))
        return cleaned

    @property
    def is_wanted(self) -> bool:
        return bool(self.cleaned_data.get("question"))


class HandlesField(forms.CharField):
    """Handles of members, with commas or spaces between them; a list of handles."""

    def to_python(self, value: Any) -> Any:
        words = super().to_python(value) or ""
        return list(dict.fromkeys(word.lstrip("@").lower() for word in words.replace(",", " ").replace("，", " ").split()))

    def prepare_value(self, value: Any) -> Any:
        return " ".join(f"@{handle}" for handle in value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        super().run_validators(" ".join(value))


class ConversationForm(OnceForm):
    to = HandlesField(
        label=pgettext_lazy("message", "To"),
        max_length=800,
        help_text=_("Handles such as @mei, with spaces between them."),
        widget=forms.TextInput(attrs={"data-completes": "members"}),
    )
    title = forms.CharField(label=_("Subject"), max_length=200)
    body = WordsField(label=_("Message"))


class MessageForm(OnceForm):
    body = WordsField(label=_("Your message"))
    reply_to = forms.IntegerField(required=False, min_value=1, max_value=10**9, widget=HiddenValue)


class RewordForm(forms.Form):
    body = WordsField(label=_("Your message"))
    # How many edits the message had when this one was begun.
    based_on = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=HiddenValue)


class NewcomersForm(forms.Form):
    to = HandlesField(label=_("Bring in"), max_length=800, widget=forms.TextInput(attrs={"data-completes": "members"}))


class BookmarkForm(forms.Form):
    note = forms.CharField(label=_("A word to yourself"), max_length=200, required=False)
    remind_on = forms.DateField(label=_("Remind me on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class FeatureForm(forms.Form):
    note = forms.CharField(label=_("A word to the author"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DecisionForm(forms.Form):
    hide = forms.ChoiceField(
        label=_("What to do"), choices=[("yes", _("Hide the message")), ("", _("Leave it"))], required=False, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class EditForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    body = WordsField(label=_("Text"))
    tags = TagsField(label=_("Tags"), help_text=_("At most five, with commas between them."))
    reason = forms.CharField(
        label=_("What did you change?"), max_length=200, required=False, help_text=_("Readers see it with the history.")
    )
    # How many edits the post had when this one was begun.
    based_on = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=HiddenValue)

    def __init__(self, *args: Any, opens_thread: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not opens_thread:
            del self.fields["title"], self.fields["tags"]


class ReactionForm(forms.Form):
    kind = forms.ChoiceField(choices=Reaction.Kind.choices)
    withdraw = forms.BooleanField(required=False)


class LevelForm(forms.Form):
    level = forms.ChoiceField(label=_("Follow"), choices=Level.choices)


class BoardLevelForm(forms.Form):
    level = forms.ChoiceField(label=_("Follow"), choices=BoardLevel.choices)


class ReportForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Kind.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Anything the moderators should know"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search for"), max_length=100, required=False, widget=forms.SearchInput)
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.none(), required=False, empty_label=_("All boards and blogs"))
    author = forms.CharField(label=_("Author"), max_length=41, required=False, widget=forms.TextInput(attrs={"data-completes": "members"}))
    tag = TagsField(label=_("Tags"), help_text=_("With several, what bears them all."))
    solved = forms.ChoiceField(
        label=_("Solution"), choices=[("", _("Solved or not")), ("yes", _("Solved")), ("no", _("Not solved"))], required=False
    )
    since = forms.DateField(label=_("Written from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("Written until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    where = forms.ChoiceField(
        label=_("Where"), choices=[("", _("Boards and blogs")), ("boards", _("Boards only")), ("blogs", _("Blogs only"))], required=False
    )
    order = forms.ChoiceField(label=_("Order"), choices=[("", _("Newest first")), ("best", _("Best first"))], required=False)

    def __init__(self, *args: Any, boards: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = boards  # type: ignore[attr-defined]

    def clean_tag(self) -> list[str]:
        """Slugs, from the names as people write them."""
        return _slugs(self.cleaned_data["tag"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day comes before the first."))
        return cleaned


class DraftForm(forms.Form):
    key = forms.RegexField(r"^(?:(?:thread|board|message|post):[0-9]{1,18}|(?:blog|message):new|message:@[a-z0-9_-]{1,41})$")
    title = forms.CharField(max_length=200, required=False)
    body = forms.CharField(max_length=MAX_CHARACTERS, required=False, strip=False)
    seq = forms.IntegerField(required=False, min_value=0)
    client_key = forms.UUIDField(required=False)

    def clean_body(self) -> str:
        words: str = self.cleaned_data["body"]
        return words.replace("\r\n", "\n").replace("\r", "\n")


class AppealForm(forms.Form):
    words = forms.CharField(
        label=_("Why should it be looked at again?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Another moderator reads it. You can appeal once."),
    )
