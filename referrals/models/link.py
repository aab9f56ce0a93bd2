import datetime
import secrets

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member

# Without letters and digits that are taken for one another when a code is read aloud.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LIFE = datetime.timedelta(days=180)


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _position in range(10))


def life_from_now() -> datetime.datetime:
    return timezone.now() + LIFE


class Door(models.TextChoices):
    COLLEAGUE = "colleague", _("A colleague")
    COMPANY = "company", _("Another company")


class ReferralLinkQuerySet(models.QuerySet["ReferralLink"]):
    def visible_to(self, member: Member) -> "ReferralLinkQuerySet":
        return self.filter(member=member) if member.is_authenticated else self.none()

    def open(self) -> "ReferralLinkQuerySet":
        return self.filter(expires_at__gt=timezone.now(), uses__lt=F("max_uses"), member__is_active=True)


class ReferralLink(models.Model):
    """An address by which a member brings somebody: one to share for each door, and one of its own for each person named in a form."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="referral_links", verbose_name=_("member"))
    code = models.CharField(max_length=16, unique=True, default=new_code, editable=False)
    door = models.CharField(_("door"), max_length=10, choices=Door)
    is_personal = models.BooleanField(default=False, editable=False, help_text="Made for one person who was named.")
    uses = models.PositiveIntegerField(_("uses"), default=0, editable=False)
    max_uses = models.PositiveIntegerField(_("uses at most"), default=100)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), default=life_from_now)

    objects = ReferralLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral link")
        verbose_name_plural = _("referral links")
        constraints = [models.CheckConstraint(condition=Q(uses__lte=F("max_uses")), name="referrals_link_not_overused")]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("referrals:link", args=[self.code])

    @property
    def is_open(self) -> bool:
        return self.expires_at > timezone.now() and self.uses < self.max_uses and self.member.is_active
