import datetime
import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.company import Company
from members.models.member import Member


def new_token() -> str:
    return secrets.token_urlsafe(24)


def in_thirty_days() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=30)


class Invitation(models.Model):
    """A personal invitation into the club, sent by one of the club's own people or by a company's administrator."""

    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    email = models.EmailField(_("e-mail address"))
    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="invitations", verbose_name=_("company"))
    invited_by = models.ForeignKey(Member, models.CASCADE, related_name="invitations_sent", verbose_name=_("invited by"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), default=in_thirty_days)
    accepted_by = models.OneToOneField(Member, models.SET_NULL, null=True, editable=False, related_name="invitation")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return self.accepted_by_id is None and self.expires_at > timezone.now()
