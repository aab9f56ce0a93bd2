from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import ContactPreference
from notifications.models import Digest, Notification
from notifications.wishes import Wishes

Channel = ContactPreference.Channel

NAMES = {Channel.SITE: _("%(kind)s: on the site"), Channel.EMAIL: _("%(kind)s: by e-mail")}


class PreferencesForm(forms.Form):
    """A check box for every kind and channel."""

    def __init__(self, *args: Any, wishes: Wishes, digest: str = Digest.Rhythm.WEEKLY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["digest"] = forms.ChoiceField(
            label=_("What you missed, by e-mail"), choices=Digest.Rhythm.choices, initial=digest, required=False, widget=forms.RadioSelect
        )
        for (channel, kind), wanted in wishes.items():
            label = NAMES[Channel(channel)] % {"kind": Notification.Kind(kind).label}
            self.fields[f"{channel}-{kind}"] = forms.BooleanField(required=False, initial=wanted, label=label)

    def rows(self) -> list[dict[str, Any]]:
        return [{"label": kind.label, "boxes": [self[f"{channel}-{kind}"] for channel in Channel.values]} for kind in Notification.Kind]

    @property
    def wishes(self) -> dict[tuple[str, str], bool]:
        return {(name.split("-", 1)[0], name.split("-", 1)[1]): wanted for name, wanted in self.cleaned_data.items() if "-" in name}
