from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.adjusting import MOST_POINTS


class RedeemForm(forms.Form):
    """The token makes a second click, or a page sent again, the same redemption."""

    token = forms.UUIDField(widget=forms.HiddenInput)


class GiftForm(forms.Form):
    """To whom points are given: another member by handle, or the pool of the giver's own company."""

    to_whom = forms.ChoiceField(
        label=_("To whom"), choices=[("member", _("Another member")), ("pool", _("My company's pool"))], initial="member"
    )
    handle = forms.CharField(
        label=_("Their handle"),
        max_length=60,
        required=False,
        help_text=_("Type a colleague's name to be offered theirs; that of others stands in their page's address."),
        widget=forms.TextInput(attrs={"list": "colleagues", "autocomplete": "off"}),
    )
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=MOST_POINTS)
    message = forms.CharField(label=_("A word with it"), max_length=200, required=False)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, giver: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.giver = giver
        if giver.company is None:
            del self.fields["to_whom"]
            self.fields["handle"].help_text = _("As it stands in their page's address.")

    @property
    def colleagues(self) -> QuerySet[Member]:
        """Who is offered while a name is typed."""
        company = self.giver.company_id
        rows = Member.objects.filter(company=company, is_active=True, erased_at=None) if company else Member.objects.none()
        return rows.exclude(pk=self.giver.pk).order_by("name", "pk")[:200]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("to_whom") == "pool":
            said["to"] = self.giver.company
            return said
        handle = str(said.get("handle", "")).strip().lstrip("@")
        said["to"] = Member.objects.filter(handle=handle, is_active=True, erased_at=None).first() if handle else None
        if said["to"] is None:
            self.add_error("handle", _("There is no such member.") if handle else _("Say whom you give the points to."))
        return said


class SpendCodeForm(forms.Form):
    points = forms.IntegerField(label=_("Points at most"), min_value=1, max_value=MOST_POINTS)


class PartnerLineForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=[("earn", _("Give points")), ("burn", _("Take points"))])
    reference = forms.CharField(label=_("Your reference"), max_length=80)
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=MOST_POINTS)
    member = forms.CharField(label=_("Member's handle"), max_length=60, required=False)
    code = forms.CharField(label=_("Member's code"), max_length=20, required=False)


class PartnerFileForm(forms.Form):
    file = forms.FileField(label=_("CSV file"))
    dry_run = forms.BooleanField(label=_("Only say what would happen"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if upload := said.get("file"):
            if upload.size > 500_000:
                self.add_error("file", _("The file is larger than 500 kB."))
                return said
            try:
                said["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("The file is not text in UTF-8."))
        return said


class TransferFileForm(forms.Form):
    """A file of transfers; `text` carries it from the look to the doing."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("CSV or NDJSON, at most 1,000 lines."))
    text = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1_000_000, strip=False)
    format = forms.ChoiceField(label=_("Format"), choices=[("csv", "CSV"), ("ndjson", "NDJSON")], initial="csv")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        upload = said.get("file")
        if upload and upload.size > 1_000_000:
            self.add_error("file", _("The file is larger than 1 MB."))
        elif upload:
            said["text"] = _text_of(upload.read())
            if str(upload.name).endswith((".ndjson", ".jsonl")):
                said["format"] = "ndjson"
            if said["text"] is None:
                self.add_error("file", _("The file is not text in UTF-8."))
        elif not said.get("text"):
            self.add_error("file", _("Choose a file."))
        return said


def _text_of(raw: bytes) -> str | None:
    """UTF-8, or GB18030 as Excel in China writes it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


class PeriodForm(forms.Form):
    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    format = forms.ChoiceField(label=_("Format"), choices=[("csv", "CSV"), ("ndjson", "NDJSON")], initial="csv")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("since") and said.get("until") and not 1990 <= said["since"].year <= said["until"].year < 2100:
            self.add_error("since", _("These days are out of bounds."))
        return said


class AdjustForm(forms.Form):
    points = forms.IntegerField(
        label=_("Points"), min_value=-MOST_POINTS, max_value=MOST_POINTS, help_text=_("Below 0 to take points out of the wallet.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("The member reads it on the statement."))
    token = forms.UUIDField(widget=forms.HiddenInput)

    def clean_points(self) -> int:
        points: int = self.cleaned_data["points"]
        if points == 0:
            raise forms.ValidationError(_("Give a number of points other than 0."))
        return points


class CodesForm(forms.Form):
    codes = forms.CharField(
        label=_("Voucher codes"), max_length=200_000, widget=forms.Textarea(attrs={"rows": 12}), help_text=_("One to a line.")
    )

    def clean_codes(self) -> list[str]:
        codes = list(dict.fromkeys(line.strip() for line in self.cleaned_data["codes"].splitlines() if line.strip()))
        if any(len(code) > 100 for code in codes):
            raise forms.ValidationError(_("A code has at most 100 characters."))
        return codes


class PiecesForm(forms.Form):
    """Pieces that come to a reward's shelf or go from it; or that nobody counts them any more."""

    pieces = forms.IntegerField(
        label=_("Pieces"), min_value=-100_000, max_value=100_000, required=False, help_text=_("Below 0 to take pieces from the shelf.")
    )
    is_uncounted = forms.BooleanField(label=_("As many as are asked for"), required=False)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if "pieces" in said and (said["pieces"] is None) != bool(said.get("is_uncounted")):
            self.add_error("pieces", _("Say how many pieces, or that there are as many as are asked for: one of the two."))
        return said
