from django.db import models
from django.utils.translation import gettext_lazy as _

DEFAULT_PROGRAMME = "relationship"


class Programme(models.Model):
    """A loyalty programme: its own points, accounts, tiers and rewards. The club's own is `relationship`."""

    slug = models.SlugField(_("slug"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    lapse_months = models.PositiveSmallIntegerField(
        _("months until points lapse"),
        null=True,
        blank=True,
        default=24,
        help_text=_("Points lapse at the end of the month that many months after they were earned; empty: never."),
    )
    point_cost_fen = models.PositiveIntegerField(
        _("what a redeemed point costs, in fen"), default=10, help_text=_("For estimates: reports and back-tests reckon with it.")
    )
    gifts_per_day = models.PositiveSmallIntegerField(_("gifts a member gives a day"), default=3)
    gift_points_per_day = models.PositiveIntegerField(_("points a member gives a day"), default=50)
    gift_points_received = models.PositiveIntegerField(
        _("points a member is given within 30 days"), default=200, help_text=_("By other members; a person looks at what goes beyond it.")
    )
    gift_givers = models.PositiveSmallIntegerField(
        _("members who give to one within 30 days"), default=5, help_text=_("A person looks at the gifts of more.")
    )
    partner_points_each = models.PositiveIntegerField(_("points of one transaction with a partner, at most"), default=1_000)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.name


class Asset(models.Model):
    """One type of point of a programme. Transfers never cross assets."""

    class Kind(models.TextChoices):
        REDEEMABLE = "redeemable", _("Redeemable points")
        QUALIFYING = "qualifying", _("Qualifying points")
        SHADOW = "shadow", _("Shadow points of the control group")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="assets")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.REDEEMABLE)

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        constraints = [models.UniqueConstraint(fields=["programme", "kind"], name="points_asset_once")]

    def __str__(self) -> str:
        return f"{self.programme_id}:{self.kind}"
