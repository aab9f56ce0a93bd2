from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members import asking
from members.models import ContactPreference
from notifications.models import Digest, Notification
from notifications.wishes import Wishes

Channel = ContactPreference.Channel

NAMES = {Channel.SITE: _("%(kind)s: on the site"), Channel.EMAIL: _("%(kind)s: by e-mail")}


class PreferencesForm(forms.Form):
    """A check box for every kind and channel."""

    def __init__(
        self, *args: Any, wishes: Wishes, digest: str = Digest.Rhythm.WEEKLY, asked_most: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["digest"] = forms.ChoiceField(
            label=_("What you missed, by e-mail"), choices=Digest.Rhythm.choices, initial=digest, required=False, widget=forms.RadioSelect
        )
        limit = asking.limit()
        self.fields["asked_most"] = forms.IntegerField(
            label=_("Research may ask me at most so often in %(days)s days") % {"days": limit.days},
            help_text=_("Invitations and reminders, to surveys and focus groups together. Empty: as the club has it, %(most)s.")
            % {"most": limit.most},
            required=False,
            min_value=0,
            max_value=100,
            initial=asked_most,
        )
        for (channel, kind), wanted in wishes.items():
            label = NAMES[Channel(channel)] % {"kind": Notification.Kind(kind).label}
            self.fields[f"{channel}-{kind}"] = forms.BooleanField(required=False, initial=wanted, label=label)

    def rows(self) -> list[dict[str, Any]]:
        return [{"label": kind.label, "boxes": [self[f"{channel}-{kind}"] for channel in Channel.values]} for kind in Notification.Kind]

    @property
    def wishes(self) -> dict[tuple[str, str], bool]:
        return {(name.split("-", 1)[0], name.split("-", 1)[1]): wanted for name, wanted in self.cleaned_data.items() if "-" in name}
