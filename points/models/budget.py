from django.db import models
from django.utils.translation import gettext_lazy as _

from points.models.rule import Rule


class Budget(models.Model):
    """What a rule with a budget has given so far: a row of its own, for a rule's own row is overwritten whenever a version goes live."""

    rule = models.OneToOneField(Rule, models.CASCADE, primary_key=True, related_name="budget")
    given_points = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")

    def __str__(self) -> str:
        return f"{self.rule_id} {self.given_points}"
