"""Why the referrals say no. Each carries the sentence that is shown, and the field it belongs to."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # noqa: N818
    message: str | Promise = _("This cannot be done now.")
    field: str | None = None

    def __str__(self) -> str:
        return str(self.message)


class NamedOneself(Refused):
    message = _("This is your own address. Name somebody else.")
    field = "email"


class NamedBefore(Refused):
    message = _("You have named this person already.")
    field = "email"


class TooManyToday(Refused):
    message = _("That is enough for one day. Please come back tomorrow.")


class StepRefused(Refused):
    message = _("This step does not belong to this referral, or the referral is over.")
