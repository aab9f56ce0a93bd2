from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from referrals.models import Door


class NameForm(forms.Form):
    """What both doors ask: who, where to reach them, and that they know of it."""

    door: ClassVar[Door]

    # The name goes into a mail to somebody outside: no room for an advertisement.
    name = forms.CharField(
        label=_("Their name"),
        max_length=100,
        validators=[RegexValidator(r"[/@<>]|www\.", _("Write a name, without an address."), inverse_match=True)],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("Their e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    has_agreed = forms.BooleanField(label=_("I have asked this person; they agree that the club writes to them."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Both forms stand on one page.
        kwargs["auto_id"] = f"{self.door}_%s"
        super().__init__(*args, **kwargs)

    @property
    def contact(self) -> dict[str, str]:
        """What was said of the person, checked, as `naming.name_somebody` takes it."""
        return {key: value for key, value in self.cleaned_data.items() if key != "has_agreed"}


class ColleagueForm(NameForm):
    door = Door.COLLEAGUE


class CompanyContactForm(NameForm):
    door = Door.COMPANY

    company = forms.CharField(label=_("Their company"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = forms.CharField(
        label=_("Their phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"})
    )
    need = forms.CharField(
        label=_("What they need"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence is enough: what are they looking for, and by when?"),
    )
    field_order = ["name", "company", "email", "phone", "need", "has_agreed"]


FORMS: dict[Door, type[NameForm]] = {Door.COLLEAGUE: ColleagueForm, Door.COMPANY: CompanyContactForm}
