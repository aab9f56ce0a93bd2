from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from points.models.account import Account
from points.models.transfer import Transfer


class Lot(models.Model):
    """Points that came in together and lapse together. `remaining` follows from the uses; the database keeps it so."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="lots")
    account = models.ForeignKey(Account, models.PROTECT, related_name="lots", db_index=False)
    lapses_at = models.DateTimeField(null=True)
    original = models.BigIntegerField()
    remaining = models.BigIntegerField()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [
            models.CheckConstraint(
                condition=Q(original__gt=0, remaining__gte=0, remaining__lte=F("original")), name="points_lot_remaining_in_bounds"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "lapses_at", "id"], condition=Q(remaining__gt=0), name="points_lot_first_to_lapse"),
            models.Index(fields=["lapses_at", "id"], condition=Q(remaining__gt=0), name="points_lot_due"),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.original}"


class LotUse(models.Model):
    """What a transfer took from a lot (positive) or gave back to it (negative); append-only."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="uses", db_index=False)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="lot_uses")
    amount = models.BigIntegerField()

    class Meta:
        verbose_name = _("lot use")
        verbose_name_plural = _("lot uses")
        constraints = [
            models.UniqueConstraint(fields=["lot", "transfer"], name="points_lotuse_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="points_lotuse_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.amount:+d}"
