from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.models.programme import Programme


class Tier(models.Model):
    """A rung of recognition, reached by points earned within a window of months."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="tiers", verbose_name=_("programme"))
    slug = models.SlugField(_("slug"), max_length=30)
    name = models.CharField(_("name"), max_length=60)
    name_zh = models.CharField(_("name in Chinese"), max_length=60, blank=True)
    threshold_points = models.PositiveIntegerField(_("points to reach it"), default=0)
    window_months = models.PositiveSmallIntegerField(_("earned within months"), default=12)
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
    earned_ever_points = models.BigIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        constraints = [models.UniqueConstraint(fields=["programme", "member"], name="points_standing_once")]
        indexes = [models.Index(fields=["programme", "-earned_points", "member"], name="points_standing_ranking")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.earned_points}"


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
