from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.models.programme import Programme

MOST_MONTHS = 600


class Tier(models.Model):
    """A rung of recognition, reached by points earned within a window of months."""

    class By(models.TextChoices):
        EARNED = "earned", _("points earned")
        QUALIFYING = "qualifying", _("qualifying points")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="tiers", verbose_name=_("programme"))
    slug = models.SlugField(_("slug"), max_length=30)
    name = models.CharField(_("name"), max_length=60)
    name_zh = models.CharField(_("name in Chinese"), max_length=60, blank=True)
    qualifies_by = models.CharField(
        _("reached by"),
        max_length=10,
        choices=By,
        default=By.EARNED,
        help_text=_("Qualifying points are given by rules beside or in place of others, and cannot be spent."),
    )
    threshold_points = models.PositiveIntegerField(_("points to reach it"), default=0)
    window_months = models.PositiveSmallIntegerField(
        _("earned within months"), default=12, validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)]
    )
    keep_points = models.PositiveIntegerField(
        _("points to keep it"), null=True, blank=True, help_text=_("Earned within the same months; empty: as many as to reach it.")
    )
    lasts_months = models.PositiveSmallIntegerField(
        _("lasts months"),
        default=12,
        validators=[MaxValueValidator(MOST_MONTHS)],
        help_text=_("Until the end of the month so many months after it was reached or kept."),
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"), default=30, help_text=_("The tier is held so long after its last day, for what is missing to be earned.")
    )
    early_hours = models.PositiveSmallIntegerField(
        _("reads articles hours early"), default=0, help_text=_("Before everybody else reads those that are opened early.")
    )
    set_aside_days = models.PositiveSmallIntegerField(
        _("has a reward set aside for days"), default=0, help_text=_("While the points for it are being gathered; 0: not at all.")
    )
    benefits = models.TextField(_("benefits"), max_length=1000, blank=True, help_text=_("One to a line."))
    benefits_zh = models.TextField(_("benefits in Chinese"), max_length=1000, blank=True)

    class Meta:
        ordering = ["threshold_points"]
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = [
            models.UniqueConstraint(fields=["programme", "slug"], name="points_tier_once"),
            models.UniqueConstraint(fields=["programme", "threshold_points"], name="points_tier_threshold_once"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The tier's name in the reader's language."""
        return self.name_zh if self.name_zh and get_language() == "zh-hans" else self.name

    # What the back office writes over the column.
    label.fget.short_description = _("name")  # type: ignore[attr-defined]

    @property
    def benefit_lines(self) -> list[str]:
        text = self.benefits_zh if self.benefits_zh and get_language() == "zh-hans" else self.benefits
        return [line.strip() for line in text.splitlines() if line.strip()]


class Standing(models.Model):
    """Where a member stands in a programme: kept beside the member so that a byline costs no sum. Recomputed, never trusted."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="standings")
    member = models.ForeignKey(Member, models.CASCADE, related_name="standings")
    tier = models.ForeignKey(Tier, models.SET_NULL, null=True, related_name="standings")
    earned_points = models.BigIntegerField(default=0, help_text="Within the tier's window.")
    qualifying_points = models.BigIntegerField(default=0, help_text="Within the longest window of tiers that these reach.")
    reached_by = models.CharField(
        max_length=10, choices=Tier.By, default=Tier.By.EARNED, help_text="Of what the tier was reached or kept last."
    )
    asked_points = models.PositiveIntegerField(null=True, help_text="How many it took then; none for the lowest.")
    asked_months = models.PositiveSmallIntegerField(null=True, help_text="Within how many months.")
    earned_ever_points = models.BigIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    rank = models.PositiveSmallIntegerField(default=1, help_text="Of the tier, from 1 for the lowest: what boards ask for.")
    lasts_until = models.DateField(null=True, help_text="The tier's last day before it has to be kept; none for the lowest.")
    is_in_grace = models.BooleanField(default=False)
    lifted_to = models.ForeignKey(Tier, models.SET_NULL, null=True, related_name="+", help_text="By a rule, for a time.")
    lifted_until = models.DateField(null=True)
    own_tier = models.ForeignKey(
        Tier, models.SET_NULL, null=True, related_name="+", help_text="By points, while lifted above it: its days are those above."
    )
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        constraints = [models.UniqueConstraint(fields=["programme", "member"], name="points_standing_once")]
        indexes = [models.Index(fields=["programme", "-earned_points", "member"], name="points_standing_ranking")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.earned_points}"


class TierChange(models.Model):
    """Why a member's tier changed, or did not when it might have: written once, never edited."""

    class Reason(models.TextChoices):
        REACHED = "reached", _("Reached")
        KEPT = "kept", _("Kept for longer")
        GRACE = "grace", _("In grace")
        LOST = "lost", _("Not kept")
        TAKEN_BACK = "taken_back", _("Points were taken back")
        LIFTED = "lifted", _("Lifted for a time")
        LIFT_ENDED = "lift_ended", _("The time is over")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="tier_changes")
    member = models.ForeignKey(Member, models.CASCADE, related_name="tier_changes")
    was = models.ForeignKey(Tier, models.SET_NULL, null=True, related_name="+")
    tier = models.ForeignKey(Tier, models.SET_NULL, null=True, related_name="changes")
    reason = models.CharField(max_length=10, choices=Reason)
    points = models.BigIntegerField(help_text="Qualifying points at that moment.")
    lasts_until = models.DateField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("tier change")
        verbose_name_plural = _("tier changes")
        indexes = [models.Index(fields=["member", "-id"])]

    def __str__(self) -> str:
        return f"{self.member_id} {self.reason}"


class BoardChoice(models.Model):
    """Whether a member wants to be named on the leaderboard. No row: shown to nobody but themselves."""

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="leaderboard_choice")
    is_shown = models.BooleanField(_("show me on the leaderboard"), default=False)
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("leaderboard choice")
        verbose_name_plural = _("leaderboard choices")

    def __str__(self) -> str:
        return f"{self.member_id} {self.is_shown}"
