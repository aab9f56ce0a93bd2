import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from points import trials

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
    control_percent = models.PositiveSmallIntegerField(
        _("control group of the whole programme, in percent"),
        default=0,
        blank=True,
        validators=[MaxValueValidator(trials.MOST_PERCENT)],
        help_text=_(
            "So many percent of the companies earn nothing by rules, so that it can be measured whether the club pays. "
            "What was promised to a person for answers, for a group or for bringing somebody is paid to everybody. 0: nobody is left out."
        ),
    )
    control_starts_on = models.DateField(_("control group from"), null=True, blank=True, help_text=_("Then the groups stay as they are."))
    control_ends_on = models.DateField(_("control group until"), null=True, blank=True, help_text=_("Empty: until you say so."))
    # Each control group of a programme draws anew.
    control_draw = models.PositiveSmallIntegerField(default=1, editable=False)
    margin_percent = models.PositiveSmallIntegerField(
        _("margin of what members buy, in percent"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("For the return on investment: what is left of a sale. Empty: the report gives none."),
    )
    running_cost_fen = models.PositiveBigIntegerField(
        _("what the club costs a month beside points, in fen"), default=0, blank=True, help_text=_("People, mailings, events, software.")
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                condition=Q(control_percent=0) | Q(control_percent__lte=trials.MOST_PERCENT, control_starts_on__isnull=False),
                name="points_programme_control_begins",
            ),
            models.CheckConstraint(
                condition=Q(control_ends_on__isnull=True) | Q(control_ends_on__gte=F("control_starts_on")),
                name="points_programme_control_ends_later",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_control_on(self, day: datetime.date) -> bool:
        """Whether a part of the companies earns nothing by its rules on that day."""
        starts_on, ends_on = self.control_starts_on, self.control_ends_on
        return bool(self.control_percent) and starts_on is not None and starts_on <= day and (ends_on is None or day <= ends_on)

    def clean(self) -> None:
        self.control_percent, self.running_cost_fen = self.control_percent or 0, self.running_cost_fen or 0
        errors = self._problems_of_control()
        if errors:
            raise ValidationError(errors)

    def _problems_of_control(self) -> dict[str, Any]:
        """A control group that began is drawn; only its end can be said. Where it is over another is drawn anew."""
        today, starts_on, ends_on = timezone.localdate(), self.control_starts_on, self.control_ends_on
        known = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        was = (known.control_percent, known.control_starts_on) if known else (0, None)
        has_begun = bool(known and known.control_percent and known.control_starts_on and known.control_starts_on <= today)
        if has_begun and (self.control_percent, starts_on) == was:
            return {} if known and ends_on == known.control_ends_on else self._problem_of_end(today)
        if has_begun and known and (known.control_ends_on is None or known.control_ends_on >= today):
            return {"control_percent": _("The groups stay as they are until the last day is over. Say that day first.")}
        if self.control_percent and (starts_on is None or starts_on < today):
            return {"control_starts_on": _("Say a day from today on: what was earned before stays.")}
        if not self.control_percent:
            self.control_starts_on = self.control_ends_on = None
        self.control_draw = known.control_draw + has_begun if known else 1
        return self._problem_of_end(today) if self.control_percent else {}

    def _problem_of_end(self, today: datetime.date) -> dict[str, Any]:
        if self.control_ends_on and self.control_ends_on < max(today, self.control_starts_on or today):
            return {"control_ends_on": _("This day is over, or before the first.")}
        return {}


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
