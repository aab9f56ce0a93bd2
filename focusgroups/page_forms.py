"""The forms of the pages beside the room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from codebooks.models import Code
from focusgroups.models import Group, Guide, Item, Quote, Redaction, Remains, Seat, Study
from members.models import Member

INVITED_MAX = 100


class ConsentForm(forms.Form):
    agree = forms.BooleanField(label=_("I have read this and agree"), error_messages={"required": _("Only with your agreement.")})
    version = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)


class StaffSeatForm(forms.Form):
    role = forms.ChoiceField(choices=[(role.value, role.label) for role in (Seat.Role.MODERATOR, Seat.Role.OBSERVER)])


class InvitationForm(forms.Form):
    members = forms.CharField(
        label=_("E-mail addresses"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=8000,
        help_text=_("Of members of the club, one on each line."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in (Seat.Role.PARTICIPANT, Seat.Role.MODERATOR)],
        initial=Seat.Role.PARTICIPANT,
    )

    def clean_members(self) -> list[Member]:
        wanted = list(dict.fromkeys(word.lower() for word in self.cleaned_data["members"].replace(",", "\n").split()))
        if len(wanted) > INVITED_MAX:
            raise forms.ValidationError(_("At most %(count)d at a time.") % {"count": INVITED_MAX})
        found = {member.email.lower(): member for member in Member.objects.filter(email__in=wanted, is_active=True)}
        missing = [email for email in wanted if email not in found]
        if missing:
            raise forms.ValidationError(_("No member has this address: %(addresses)s") % {"addresses": ", ".join(missing[:5])})
        return [found[email] for email in wanted]


class ObserversForm(InvitationForm):
    """The client's people, invited by themselves: nobody becomes an observer, or a participant, by a slip in a list."""

    role = forms.ChoiceField(
        choices=[(Seat.Role.OBSERVER.value, Seat.Role.OBSERVER.label)], widget=forms.HiddenInput, initial=Seat.Role.OBSERVER
    )
    prefix = "observers"


class KeepGuideForm(forms.Form):
    title = forms.CharField(label=_("Title of the guide"), max_length=200)


class LayOutForm(forms.Form):
    guide = forms.ModelChoiceField(Guide.objects.all(), label=_("Guide to start from"))


class MarkForm(forms.Form):
    code = forms.ModelChoiceField(Code.objects.none())
    stream = forms.ChoiceField(choices=[("all", "all"), ("staff", "staff")])
    seq = forms.IntegerField(min_value=1, max_value=2**53)
    words = forms.CharField(required=False, max_length=4000, strip=False)
    start = forms.IntegerField(required=False, min_value=0, max_value=10_000)
    memo = forms.CharField(required=False, max_length=1000)

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].queryset = study.codes.all()  # type: ignore[attr-defined]


class QueryForm(forms.Form):
    code = forms.TypedChoiceField(label=pgettext_lazy("codebook", "Code"), required=False, coerce=int, empty_value=None)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    item = forms.TypedChoiceField(label=_("Question"), required=False, coerce=int, empty_value=None)
    by = forms.ChoiceField(
        label=_("Columns"),
        required=False,
        choices=[("segment", _("Segment")), ("item", _("Question")), ("group", pgettext_lazy("focus group", "Group"))],
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Group.objects.filter(study=study, is_rehearsal=False)
        seated = Seat.objects.filter(group__in=held).exclude(segment="").order_by().values_list("segment", flat=True).distinct()
        kept = Remains.objects.filter(group__study=study).values_list("marks", flat=True)
        segments = sorted({*seated, *(mark[5] for marks in kept for mark in marks if mark[5])})
        items = Item.objects.filter(group__in=held).exclude(posed_at=None).values_list("pk", "text")
        every = [("", _("Any"))]
        self.fields["code"].choices = every + [(code.pk, code.name) for code in study.codes.all()]  # type: ignore[attr-defined]
        self.fields["segment"].choices = every + [(name, name) for name in segments]  # type: ignore[attr-defined]
        self.fields["item"].choices = every + [(pk, text[:80]) for pk, text in items]  # type: ignore[attr-defined]


class QuoteForm(forms.Form):
    coding = forms.IntegerField(min_value=1)
    note = forms.CharField(required=False, max_length=500)


class NoteForm(forms.ModelForm):
    """What a quote on the board is for."""

    class Meta:
        model = Quote
        fields = ["note"]


class RedactionForm(forms.Form):
    words = forms.CharField(
        label=_("Words to take out"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One on each line. They go wherever they stand in this group’s record, and cannot be brought back. "
            "Latin words are found as whole words: write other forms of a name (Smith, Smiths) on lines of their own."
        ),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Redaction.Kind.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean_words(self) -> list[str]:
        words = [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]
        if not words or len(words) > 50 or any(len(word) < 2 for word in words):
            raise forms.ValidationError(_("Two characters at least, one on each line."))
        return words
