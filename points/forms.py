from django import forms
from django.utils.translation import gettext_lazy as _

from points.adjusting import MOST_POINTS


class RedeemForm(forms.Form):
    """The token makes a second click, or a page sent again, the same redemption."""

    token = forms.UUIDField(widget=forms.HiddenInput)


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
