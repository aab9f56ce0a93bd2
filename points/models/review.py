from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.models.accrual import Accrual
from points.models.transfer import Transfer


class Review(models.Model):
    """An award that looked like gaming: it is held until a person releases or refuses it."""

    class Reason(models.TextChoices):
        SELF_REFERRAL = "self_referral", _("Both sides of the referral look like one person")
        RING = "ring", _("The same few members reward one another")
        BURST = "burst", _("Very many deeds within minutes")
        DEVICE = "device", _("Many members use one device")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Under review")
        RELEASED = "released", _("Released")
        REFUSED = "refused", _("Refused")

    accrual = models.OneToOneField(Accrual, models.PROTECT, related_name="review")
    transfer = models.OneToOneField(
        Transfer, models.PROTECT, null=True, related_name="review", help_text="The pending award; none where it brings no points."
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    evidence = models.JSONField(default=dict, help_text="Counts and ids that the reason rests on.")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.CheckConstraint(condition=Q(status="waiting") | Q(decided_at__isnull=False), name="points_review_says_when"),
        ]
        indexes = [models.Index(fields=["status", "id"])]

    @property
    def words(self) -> str:
        """The evidence in plain words, for whoever decides."""
        said = self.evidence
        if self.reason == self.Reason.SELF_REFERRAL:
            same = {"email": _("The same mailbox"), "phone": _("The same telephone number"), "device": _("The same device")}
            return str(same.get(said.get("same"), ""))
        texts = {
            self.Reason.RING: _("%(there)s thanks there and %(back)s back within %(days)s days"),
            self.Reason.BURST: _("%(deeds)s deeds within %(minutes)s minutes"),
            self.Reason.DEVICE: _("%(members)s members on one device"),
        }
        if self.reason == self.Reason.RING and "circle" in said:
            texts[self.Reason.RING] = _(
                "%(circle)s members in a circle, each with %(least)s thanks or more for the next within %(days)s days"
            )
        try:
            return str(texts[self.Reason(self.reason)]) % said
        except KeyError:
            return ""

    def __str__(self) -> str:
        return f"{self.accrual_id} {self.reason} {self.status}"


class DeviceUse(models.Model):
    """That a member signed in on a device: the device is a hash of a random cookie and says nothing else."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="device_uses")
    device = models.CharField(max_length=64)
    first_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("device use")
        verbose_name_plural = _("device uses")
        constraints = [models.UniqueConstraint(fields=["device", "member"], name="points_device_once")]

    def __str__(self) -> str:
        return self.device
