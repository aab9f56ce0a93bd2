"""The forms of the pages beside the room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from focusgroups.models import Seat
from members.models import Member

INVITED_MAX = 100


class ConsentForm(forms.Form):
    agree = forms.BooleanField(label=_("I have read this and agree"), error_messages={"required": _("Only with your agreement.")})


class StaffSeatForm(forms.Form):
    role = forms.ChoiceField(choices=[(role.value, role.label) for role in (Seat.Role.MODERATOR, Seat.Role.OBSERVER)])


class InvitationForm(forms.Form):
    members = forms.CharField(
        label=_("E-mail addresses"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=8000,
        help_text=_("Of members of the club, one on each line."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Seat.Role.choices, initial=Seat.Role.PARTICIPANT)

    def clean_members(self) -> list[Member]:
        wanted = list(dict.fromkeys(word.lower() for word in self.cleaned_data["members"].replace(",", "\n").split()))
        if len(wanted) > INVITED_MAX:
            raise forms.ValidationError(_("At most %(count)d at a time.") % {"count": INVITED_MAX})
        found = {member.email.lower(): member for member in Member.objects.filter(email__in=wanted, is_active=True)}
        missing = [email for email in wanted if email not in found]
        if missing:
            raise forms.ValidationError(_("No member has this address: %(addresses)s") % {"addresses": ", ".join(missing[:5])})
        return [found[email] for email in wanted]
