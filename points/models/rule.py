from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, RevisionMixin

from members.models import Activity
from points import conditions
from points.models.programme import Programme
from points.models.transfer import Transfer

MOST_POINTS = 10_000


class Rule(DraftStateMixin, RevisionMixin, models.Model):
    """What a kind of activity is worth, to whom, and how often. A row that marketers edit, with drafts and history."""

    class Pays(models.TextChoices):
        MEMBER = "member", _("the member who did it")
        COUNTERPART = "counterpart", _("the other party")
        BOTH = "both", _("both parties")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="rules", verbose_name=_("programme"))
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    activity_kind = models.CharField(
        _("what happened"), max_length=40, choices=[choice for choice in Activity.Kind.choices if choice[0] != Activity.Kind.UNDONE]
    )
    origin = models.CharField(_("counts as"), max_length=20, choices=Transfer.Origin, default=Transfer.Origin.ENGAGEMENT)
    pays = models.CharField(_("who is paid"), max_length=12, choices=Pays, default=Pays.MEMBER)
    amount_points = models.PositiveIntegerField(_("points"), validators=[MinValueValidator(1), MaxValueValidator(MOST_POINTS)])
    tier_amounts = models.JSONField(
        _("points by tier"), default=dict, blank=True, help_text=_('Other amounts for tiers, such as {"gold": 7}; empty: the same for all.')
    )
    amount_up_to = models.PositiveIntegerField(
        _("an invitation may say up to"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_POINTS)],
        help_text=_("The most points that an invitation or report may name instead; empty: it may not."),
    )
    is_total = models.BooleanField(
        _("tops up"),
        default=False,
        help_text=_("The amount is a total together with the other rules of its group, which is topped up to it."),
    )
    group = models.SlugField(
        _("group"), max_length=40, blank=True, help_text=_("Rules of one group share their limits, such as posts and replies.")
    )
    cap_per_day = models.PositiveSmallIntegerField(_("at most a day"), null=True, blank=True, validators=[MinValueValidator(1)])
    cap_per_object = models.PositiveSmallIntegerField(
        _("at most for one object"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("An event, a survey, a contract."),
    )
    cap_in_all = models.PositiveSmallIntegerField(_("at most in all"), null=True, blank=True, validators=[MinValueValidator(1)])
    condition = models.JSONField(
        _("condition"),
        default=dict,
        blank=True,
        help_text=_('Such as {"field": "months", "operator": "<=", "value": 4}; all, any and not may combine them.'),
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        ordering = ["activity_kind", "id"]
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.CheckConstraint(condition=Q(amount_points__gt=0, amount_points__lte=MOST_POINTS), name="points_rule_amount_in_bounds"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="points_rule_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["activity_kind", "live", "is_active"])]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_zh if self.name_zh and get_language() == "zh-hans" else self.name

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            errors["ends_on"] = _("This is before the first day.")
        if self.is_total and not self.group:
            errors["group"] = _("A rule that tops up needs a group to top up.")
        if problem := conditions.problem_of(self.condition):
            errors["condition"] = problem
        if not _are_amounts(self.tier_amounts):
            errors["tier_amounts"] = _('Give each tier a whole number of points, such as {"gold": 7}.')
        if errors:
            raise ValidationError(errors)


def _are_amounts(given: Any) -> bool:
    return isinstance(given, dict) and all(type(points) is int and 0 < points <= MOST_POINTS for points in given.values())
