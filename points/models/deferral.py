from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Activity
from points.models.accrual import Accrual
from points.models.transfer import Transfer


class Deferral(models.Model):
    """An award that its rule holds until a moment or until another deed follows: pending till then, and nobody has to decide.

    What is held because it looks like gaming is a `Review`.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Held")
        POSTED = "posted", _("Given")
        FALLEN = "fallen", _("Fell before it came")

    accrual = models.OneToOneField(Accrual, models.PROTECT, related_name="deferral")
    transfer = models.OneToOneField(
        Transfer, models.PROTECT, null=True, related_name="deferral", help_text="The pending award; none where it brings no points."
    )
    event = models.CharField(max_length=40, blank=True, choices=Activity.Kind, help_text="What has to follow by then; empty: nothing.")
    is_same = models.BooleanField(default=False, help_text="Whether that has to be about the same thing as the deed.")
    due_at = models.DateTimeField(help_text="When it comes; where something has to follow, the last moment for that.")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name = _("held award")
        verbose_name_plural = _("held awards")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="waiting", ended_at=None) | Q(status__in=["posted", "fallen"], ended_at__isnull=False),
                name="points_deferral_says_when",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(status="waiting"), name="points_deferral_due")]

    def __str__(self) -> str:
        return f"{self.accrual_id} {self.due_at:%Y-%m-%d} {self.status}"
