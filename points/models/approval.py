from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.models.rule import Rule


class Approval(models.Model):
    """One version of a rule, laid before a second person. digest is of what was shown: whatever changed since counts as another version."""

    class Verdict(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Sent back")
        WITHDRAWN = "withdrawn", _("Overtaken by another version")
        STALE = "stale", _("Not what was approved when it was due")

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="approvals")
    revision_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.WAITING)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")), name="points_approval_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["waiting", "withdrawn"]) | Q(decided_by__isnull=False), name="points_approval_names_who_decided"
            ),
            models.UniqueConstraint(fields=["rule"], condition=Q(verdict="waiting"), name="points_approval_waits_once"),
        ]
        indexes = [models.Index(fields=["revision_id", "verdict"])]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.verdict}"
