from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from referrals.models.referral import Referral


class Station(models.Model):
    """A step of a referral that has been reached, once: what the referrer sees, and the five steps of the club's own work."""

    class Step(models.TextChoices):
        TOLD = "told", _("Told")
        REMINDED = "reminded", _("Reminded")
        TARGETED = "targeted", _("Targeted")
        CONTACTED = "contacted", _("Contacted")
        ENGAGED = "engaged", _("Engaged")
        NAMED = "named", _("Named")
        REGISTERED = "registered", _("Registered")
        TOOK_PART = "took_part", _("Took part")
        QUALIFIED = "qualified", _("Qualified")
        MET = "met", _("Met")
        BOUGHT = "bought", _("Bought")
        CLOSED = "closed", _("Closed")

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="stations")
    step = models.CharField(_("step"), max_length=12, choices=Step)
    reached_at = models.DateTimeField(_("reached"), default=timezone.now)
    marked_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, related_name="+", help_text="Who said so; nobody where the club noticed itself."
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        constraints = [models.UniqueConstraint(fields=["referral", "step"], name="referrals_station_once")]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.step}"
