from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.models.rule import Rule


class BackTest(models.Model):
    """A replay of what members did, through the rules as they are and as they would be. It writes only its own progress and result."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits")
        RUNNING = "running", _("Runs")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    rule = models.ForeignKey(
        Rule, models.CASCADE, null=True, related_name="back_tests", help_text="Its draft; none: the rules as they are."
    )
    revision_id = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    total_count = models.PositiveBigIntegerField(default=0)
    done_count = models.PositiveBigIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("back-test")
        verbose_name_plural = _("back-tests")

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"
