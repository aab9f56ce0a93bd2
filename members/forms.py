import zoneinfo
from typing import Any

from allauth.account.forms import ConfirmEmailVerificationCodeForm, ConfirmLoginCodeForm, ConfirmPasswordResetCodeForm, SignupForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from members import consenting
from members.models import Member


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


class _WithCode(forms.Form):
    """allauth's *Code*, a word that stands for program text elsewhere, is one that came by mail or from an app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = pgettext("to sign in", "Code")
        self.fields["code"].widget.attrs.pop("placeholder", None)


class ConfirmAddressForm(_WithCode, ConfirmEmailVerificationCodeForm):
    pass


class SignInCodeForm(_WithCode, ConfirmLoginCodeForm):
    pass


class NewPasswordCodeForm(_WithCode, ConfirmPasswordResetCodeForm):
    pass


class SecondStepForm(_WithCode, AuthenticateForm):
    pass


class SecondStepAgainForm(_WithCode, ReauthenticateForm):
    pass


class AuthenticatorAppForm(_WithCode, ActivateTOTPForm):
    pass


class PasskeyForm(AddWebAuthnForm):
    """allauth's form for a key, which is meant to open the door by itself unless one says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the device")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Let me in with this key alone")
        self.fields["passwordless"].help_text = _("Without the tick it is asked for after the password.")


def time_zones() -> list[tuple[str, Any]]:
    """The club's own first, then every place by its name."""
    places = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return [
        ("", _("The club’s (%(zone)s)") % {"zone": timezone.get_default_timezone_name()}),
        ("UTC", "UTC"),
        *((name, name) for name in places),
    ]


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, required=False, help_text=_("Times in letters and notices are told by it.")
    )

    class Meta:
        model = Member
        fields = ["name", "phone", "job_title", "about", "locale", "time_zone"]
        labels = {"name": _("Your name")}
        widgets = {
            "about": forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
            "job_title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
        }


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))


class ConsentsForm(forms.Form):
    """A check box for each purpose that is asked about, with the wording that will be kept."""

    def __init__(self, *args: Any, given: dict[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose, wording in consenting.ASKED.items():
            self.fields[purpose] = forms.BooleanField(required=False, label=wording, initial=given.get(purpose, False))


class LeaveForm(forms.Form):
    is_sure = forms.BooleanField(label=_("I leave the club, and I know that nobody can bring this account back."))
