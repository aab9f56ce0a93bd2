from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import Company, Invitation, Member


class JoinForm(SignupForm):
    """allauth's sign-up, with a name, the terms and room for the address an invitation was sent to."""

    name = forms.CharField(label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    accepts_terms = forms.BooleanField(label=_("I accept the terms of the club and have read how it treats my data."))
    field_order = ["name", "email", "password1", "accepts_terms"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs.pop("placeholder", None)
        # allauth hides its trap by a style attribute, which our content policy rightly ignores; our style sheet hides it.
        self.fields["website"].widget.attrs = {"tabindex": "-1", "autocomplete": "off"}


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Member
        fields = ["name", "phone", "job_title", "about", "locale"]
        widgets = {
            "about": forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
            "job_title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
        }


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["email"]


class CompanyForm(forms.ModelForm):
    class Meta:
        model = Company
        fields = ["name", "customer_class", "industry", "region", "size", "email_domain", "purchased_on", "contract_ends_on"]
