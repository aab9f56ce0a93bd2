from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Activity, Member
from points.models.rule import Rule
from points.models.transfer import Transfer
from points.trials import Arm


class Weighing(models.Model):
    """That an activity was weighed against the rules, whether or not it earned anything: once each."""

    activity = models.OneToOneField(Activity, models.PROTECT, primary_key=True, related_name="weighing")
    tier_slug = models.CharField(max_length=30, blank=True, help_text="The tier of who did it, as it was then.")
    weighed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")

    def __str__(self) -> str:
        return f"{self.activity_id}"


class Accrual(models.Model):
    """What one rule gave one member for one activity. Which of them stand follows from the caps; `transfer` is the standing award."""

    class Outcome(models.TextChoices):
        AWARDED = "awarded", _("Awarded")
        CAPPED = "capped", _("Beyond the limit")
        TAKEN_BACK = "taken_back", _("Taken back")
        HELD = "held", _("Under review")
        REFUSED = "refused", _("Refused after review")
        DEFERRED = "deferred", _("Held until later, as the rule says")
        UNMET = "unmet", _("What had to follow did not")
        KEPT = "kept", _("Stays as it is, for the member is gone")
        SHADOW = "shadow", _("Scored for the control group")

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="accruals")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="accruals")
    member = models.ForeignKey(Member, models.PROTECT, related_name="accruals")
    amount_points = models.PositiveIntegerField()
    full_points = models.PositiveIntegerField(
        null=True, help_text="Before limits; none where it was never cut, 0 of a rule that gives other things than points."
    )
    bonus_percent = models.PositiveSmallIntegerField(
        null=True, help_text="Of a rule that multiplies: so many percent of what others gave for the activity."
    )
    outcome = models.CharField(max_length=10, choices=Outcome)
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, related_name="accruals")
    arm = models.CharField(max_length=10, choices=Arm, blank=True, help_text="The member's group in the rule's trial.")
    times_awarded = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("accrual")
        verbose_name_plural = _("accruals")
        constraints = [models.UniqueConstraint(fields=["activity", "rule", "member"], name="points_accrual_once")]
        indexes = [models.Index(fields=["member", "rule", "outcome"])]

    @property
    def is_shadow(self) -> bool:
        """Whether it is only counted, for the control group of the rule's trial."""
        return self.arm == Arm.CONTROL

    @property
    def is_without_points(self) -> bool:
        """Whether it brings only other things than points. For limits it counts as one."""
        return self.full_points == 0 and self.bonus_percent is None

    def __str__(self) -> str:
        return f"{self.activity_id} {self.rule_id} {self.outcome}"
