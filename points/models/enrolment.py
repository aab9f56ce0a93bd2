from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.models.rule import Rule


class Enrolment(models.Model):
    """A member joined a promotion; what happened before does not count for it."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="enrolments")
    member = models.ForeignKey(Member, models.CASCADE, related_name="enrolments")
    enrolled_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [models.UniqueConstraint(fields=["rule", "member"], name="points_enrolment_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.rule_id}"
