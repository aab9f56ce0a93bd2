from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.models.accrual import Accrual
from points.models.badge import Badge
from points.models.reward import Reward
from points.models.tier import Tier
from points.models.transfer import Transfer


class Grant(models.Model):
    """What an award brought beside its points: one of a kind for each award. It stands as that does."""

    class Kind(models.TextChoices):
        BADGE = "badge", _("Badge")
        VOUCHER = "voucher", _("Voucher")
        TIER = "tier", _("Tier for a time")
        POINTS = "points", _("Qualifying points")

    class Status(models.TextChoices):
        STANDING = "standing", _("Given")
        WAITING = "waiting", _("Waits for a code")
        TAKEN_BACK = "taken_back", _("Taken back")
        KEPT = "kept", _("Used before it could be taken back")

    accrual = models.ForeignKey(Accrual, models.PROTECT, related_name="grants")
    member = models.ForeignKey(Member, models.CASCADE, related_name="grants")
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.STANDING)
    badge = models.ForeignKey(Badge, models.PROTECT, null=True, related_name="grants")
    reward = models.ForeignKey(Reward, models.PROTECT, null=True, related_name="grants")
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, related_name="grants")
    points = models.PositiveIntegerField(null=True, help_text="Qualifying, which only count for the tier.")
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, related_name="grants")
    until = models.DateField(null=True, help_text="The last day of a tier for a time.")
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(fields=["accrual", "kind"], name="points_grant_once"),
            models.CheckConstraint(
                condition=Q(kind="badge", badge__isnull=False, reward=None, tier=None, until=None, points=None)
                | Q(kind="voucher", badge=None, reward__isnull=False, tier=None, until=None, points=None)
                | Q(kind="tier", badge=None, reward=None, tier__isnull=False, until__isnull=False, points=None)
                | Q(kind="points", badge=None, reward=None, tier=None, until=None, points__gt=0),
                name="points_grant_is_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, status__in=["standing", "waiting"])
                | Q(ended_at__isnull=False, status__in=["taken_back", "kept"]),
                name="points_grant_ends_when_it_does",
            ),
        ]
        indexes = [models.Index(fields=["member", "status"])]

    def __str__(self) -> str:
        return f"{self.accrual_id} {self.kind} {self.status}"
