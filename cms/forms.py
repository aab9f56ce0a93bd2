from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.models import Member


class WalkInForm(forms.Form):
    """Somebody at the door, by the address they signed up with."""

    email = forms.EmailField(label=_("e-mail address of the guest"), max_length=254)

    def clean_email(self) -> Member:
        member = Member.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if member is None:
            raise ValidationError(_("No member has this address."))
        return member
