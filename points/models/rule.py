from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, RevisionMixin

from members import conditions
from members.models import Activity, Segment
from points import amounts, caps, facts, trials
from points.models import problems
from points.models.badge import Badge
from points.models.programme import Programme
from points.models.reward import Reward
from points.models.tier import Tier
from points.models.transfer import Transfer

if TYPE_CHECKING:
    from wagtail.models import Revision

MOST_POINTS = 10_000
MOST_FACTOR = 1_000
MOST_DAYS = 3_660
MOST_HOLD_DAYS = 366
NOTICE_LETTERS = 200
ANYTHING = _("Anything that earns points")
NOTHING = _("– nothing has to –")


class NotApproved(PermissionDenied):
    """A version of a rule that nobody but its author has agreed to goes nowhere."""


class Rule(DraftStateMixin, RevisionMixin, models.Model):
    """What a kind of activity is worth, to whom, and how often. A row that marketers edit, with drafts and history.

    A promotion is a rule that members are told of: for a time, for some, perhaps only for who joins it.
    """

    class Rounding(models.TextChoices):
        DOWN = "down", _("down")
        NEAREST = "nearest", _("to the nearest")
        UP = "up", _("up")

    class Pays(models.TextChoices):
        MEMBER = "member", _("the member who did it")
        COUNTERPART = "counterpart", _("the other party")
        BOTH = "both", _("both parties")

    class Effect(models.TextChoices):
        AWARD = "award", _("gives points, or something else")
        MULTIPLY = "multiply", _("multiplies what other rules give")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="rules", verbose_name=_("programme"))
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    activity_kind = models.CharField(
        _("what happened"),
        max_length=40,
        blank=True,
        choices=[("", ANYTHING), *(choice for choice in Activity.Kind.choices if choice[0] != Activity.Kind.UNDONE)],
    )
    origin = models.CharField(_("counts as"), max_length=20, choices=Transfer.Origin, default=Transfer.Origin.ENGAGEMENT)
    pays = models.CharField(_("who is paid"), max_length=12, choices=Pays, default=Pays.MEMBER)
    effect = models.CharField(_("what it does"), max_length=10, choices=Effect, default=Effect.AWARD)
    factor_percent = models.PositiveSmallIntegerField(
        _("multiplies by, in percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(101), MaxValueValidator(MOST_FACTOR)],
        help_text=_("200 doubles what the other rules give for the same activity, after their limits; parts of a point are dropped."),
    )
    amount_points = models.PositiveIntegerField(
        _("points"),
        default=1,
        blank=True,
        validators=[MaxValueValidator(MOST_POINTS)],
        help_text=_("0: no points, but what stands beside them: a badge, a voucher, a tier, qualifying points."),
    )
    tier_amounts = models.JSONField(
        _("points by tier"), default=dict, blank=True, help_text=_('Other amounts for tiers, such as {"gold": 7}; empty: the same for all.')
    )
    is_qualifying = models.BooleanField(
        _("qualifying points"), default=False, help_text=_("They only count for the tier and cannot be spent; in place of points that can.")
    )
    qualifying_points = models.PositiveIntegerField(
        _("and qualifying points"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_POINTS)],
        help_text=_("Beside the points: they only count for the tier."),
    )
    badge = models.ForeignKey(
        Badge,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("and a badge"),
        help_text=_("Given with the points."),
    )
    voucher_of = models.ForeignKey(
        Reward,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("and a voucher of"),
        help_text=_("A reward that gives a code; where none is left, the member waits for the next."),
    )
    lifts_to = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("and lifts to the tier"))
    lift_days = models.PositiveSmallIntegerField(
        _("for so many days"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)]
    )
    per_field = models.CharField(
        _("for each"), max_length=40, blank=True, help_text=_("The points are for each unit of this number; empty: once for each activity.")
    )
    per_size = models.PositiveIntegerField(_("units of"), default=1, validators=[MinValueValidator(1)])
    rounding = models.CharField(_("parts of a unit are rounded"), max_length=8, choices=Rounding, default=Rounding.DOWN)
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
    cap_points_per_day = models.PositiveIntegerField(
        _("points a day at most"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("The last award is cut to fit.")
    )
    cap_per_week = models.PositiveSmallIntegerField(
        _("at most a week"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("From Monday to Sunday.")
    )
    cap_per_month = models.PositiveSmallIntegerField(_("at most a month"), null=True, blank=True, validators=[MinValueValidator(1)])
    cap_points_per_week = models.PositiveIntegerField(_("points a week at most"), null=True, blank=True, validators=[MinValueValidator(1)])
    cap_points_per_month = models.PositiveIntegerField(
        _("points a month at most"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    cap_points_in_all = models.PositiveIntegerField(
        _("points in all at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("For one member, as long as the rule runs."),
    )
    caps = models.JSONField(_("further limits"), default=dict, blank=True)
    hold_days = models.PositiveSmallIntegerField(
        _("held for so many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOLD_DAYS)],
        help_text=_("From the deed on. What the rule gives comes after them; a deed that is undone before brings nothing."),
    )
    hold_until = models.DateField(_("or held until a day"), null=True, blank=True, help_text=_("It comes as this day begins."))
    hold_event = models.CharField(
        _("once this follows"),
        max_length=40,
        blank=True,
        choices=[("", NOTHING), *(choice for choice in Activity.Kind.choices if choice[0] != Activity.Kind.UNDONE)],
        help_text=_("Done by the same member, within the days or before the day above; else nothing is given."),
    )
    hold_same = models.BooleanField(
        _("about the same thing"), default=False, help_text=_("The same event, referral or contract as the deed.")
    )
    notice = models.CharField(
        _("and tells them"),
        max_length=NOTICE_LETTERS,
        blank=True,
        help_text=_("In the club, and by e-mail to those who want that; each member once. At most 200 letters."),
    )
    notice_zh = models.CharField(_("and tells them, in Chinese"), max_length=NOTICE_LETTERS, blank=True)
    budget_points = models.PositiveBigIntegerField(
        _("budget in points"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Once so many points are given, the rule gives no more."),
    )
    control_percent = models.PositiveSmallIntegerField(
        _("control group, in percent"),
        default=0,
        blank=True,
        validators=[MaxValueValidator(trials.MOST_PERCENT)],
        help_text=_("So many percent of the companies get no points; what they would have got is counted beside. 0: everybody gets them."),
    )
    best_of = models.SlugField(
        _("only the best of"),
        max_length=40,
        blank=True,
        help_text=_("Of rules with one word here, only the one that gives most pays."),
    )
    segment = models.ForeignKey(
        Segment, models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("segment"), help_text=_("Empty: everybody.")
    )
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)
    is_promotion = models.BooleanField(
        _("promotion"), default=False, help_text=_("Members are shown it on their points page, while it runs.")
    )
    needs_enrolment = models.BooleanField(_("members have to join"), default=False)
    description = models.TextField(_("what members read"), max_length=500, blank=True)
    description_zh = models.TextField(_("what members read, in Chinese"), max_length=500, blank=True)

    class Meta:
        ordering = ["activity_kind", "id"]
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.CheckConstraint(condition=Q(amount_points__gte=0, amount_points__lte=MOST_POINTS), name="points_rule_amount_in_bounds"),
            models.CheckConstraint(
                condition=Q(amount_points__gt=0)
                | Q(effect="award", group="", is_total=False, is_qualifying=False, per_field="", budget_points=None)
                & (
                    Q(qualifying_points__isnull=False)
                    | Q(badge__isnull=False)
                    | Q(voucher_of__isnull=False)
                    | Q(lifts_to__isnull=False)
                    | ~Q(notice="")
                ),
                name="points_rule_gives_something",
            ),
            models.CheckConstraint(
                condition=Q(
                    effect="multiply",
                    factor_percent__isnull=False,
                    factor_percent__gt=100,
                    factor_percent__lte=MOST_FACTOR,
                    group="",
                    is_total=False,
                )
                | Q(effect="award", factor_percent__isnull=True) & ~Q(activity_kind=""),
                name="points_rule_multiplies_or_awards",
            ),
            models.CheckConstraint(condition=Q(control_percent__lte=trials.MOST_PERCENT), name="points_rule_control_in_bounds"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="points_rule_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(hold_days=None, hold_until=None, hold_event="", hold_same=False)
                | Q(hold_days__isnull=False, hold_until=None) & (Q(hold_same=False) | ~Q(hold_event=""))
                | Q(hold_days=None, hold_until__isnull=False) & (Q(hold_same=False) | ~Q(hold_event="")),
                name="points_rule_holds_until_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["activity_kind", "live", "is_active"])]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_zh if self.name_zh and get_language() == "zh-hans" else self.name

    @property
    def multiplies(self) -> bool:
        return self.effect == self.Effect.MULTIPLY

    @property
    def factor(self) -> str:
        """What it multiplies by, as one writes it: 2, or 1.5."""
        return f"{(self.factor_percent or 100) / 100:g}"

    # What the back office writes over the column.
    label.fget.short_description = _("name")  # type: ignore[attr-defined]

    @property
    def about(self) -> str:
        return self.description_zh if self.description_zh and get_language() == "zh-hans" else self.description

    def publish(self, revision: "Revision", *args: Any, **kwargs: Any) -> Any:
        """Put a version in force, now or when it is due. Raises NotApproved where nobody but its author agreed to it.

        One that is due by now and is no longer what was approved goes back to its author instead: others are due after it.
        """
        from points import agreeing, approving

        problem: Any = ""
        if not approving.is_approved(revision):
            problem = _("A second person has to approve this version first.")
        elif revision.as_object().would_move_its_trial():
            problem = _("The groups stay as they are once the rule was in force. Copy the rule to draw them anew.")
        if problem and revision.approved_go_live_at and revision.approved_go_live_at <= timezone.now():
            approving.turn_back(revision)
            return None
        if problem:
            raise NotApproved(problem)
        due = revision.as_object().go_live_at
        if self.live and due and due > timezone.now():
            # Wagtail would take a row that is live without a revision, as a new club's are, out of force until then.
            self.revisions.exclude(pk=revision.pk).update(approved_go_live_at=None)
            self.revisions.filter(pk=revision.pk).update(approved_go_live_at=due)
            return None
        published = super().publish(revision, *args, **kwargs)
        agreeing.ask_anew(self)
        return published

    @classmethod
    def drafts_naming(cls, segment: Segment) -> bool:
        """Whether a version that waits for approval, or for its day, is for this segment."""
        from wagtail.models import Revision

        from points.models.approval import Approval

        waiting = Approval.objects.filter(verdict=Approval.Verdict.WAITING).values("revision_id")
        rows = Revision.objects.filter(base_content_type=ContentType.objects.get_for_model(cls), content__segment=segment.pk)
        return rows.filter(Q(approved_go_live_at__isnull=False) | Q(pk__in=waiting)).exists()

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        self.control_percent = self.control_percent or 0
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            errors["ends_on"] = _("This is before the first day.")
        if self.is_total and not self.group:
            errors["group"] = _("A rule that tops up needs a group to top up.")
        if self.is_total and (self.budget_points or self.caps_points or self.per_field):
            errors["is_total"] = _("A rule that tops up has neither a budget, nor a limit in points, nor units.")
        if problem := caps.problem_of(self.caps):
            errors["caps"] = problem
        elif self.caps and self.is_total:
            errors["caps"] = _("A rule that tops up has limits for one member only.")
        if self.needs_enrolment and not self.is_promotion:
            errors["needs_enrolment"] = _("Only a promotion can be joined.")
        if self.control_percent and self.needs_enrolment:
            errors["control_percent"] = _("Nobody joins in a control group, so there would be nothing to compare with.")
        if self.would_move_its_trial():
            errors["control_percent"] = _("The groups stay as they are once the rule was in force. Copy the rule to draw them anew.")
        errors |= problems.of(self)
        tiers = [(tier.slug, tier.label) for tier in self.programme.tiers.all()] if self.programme_id else None
        catalogue = facts.catalogue(self.activity_kind, lambda: tiers) if tiers is not None else facts.catalogue(self.activity_kind)
        if problem := conditions.problem_of(self.condition, catalogue):
            errors["condition"] = problem
        if self.per_field and (self.per_field not in catalogue or catalogue[self.per_field].kind != "number"):
            errors["per_field"] = _("“%(kind)s” has no such number.") % {"kind": self.get_activity_kind_display()}
        if problem := amounts.problem_of(self.tier_amounts, most=MOST_POINTS, tiers=None if tiers is None else dict(tiers).keys()):
            errors["tier_amounts"] = problem
        if errors:
            raise ValidationError(errors)

    @property
    def keeps_a_promise(self) -> bool:
        """Whether it pays what a person was told before: for answers, for a group, for bringing somebody."""
        return self.amount_up_to is not None or self.origin in (Transfer.Origin.INTERNAL_REFERRAL, Transfer.Origin.EXTERNAL_REFERRAL)

    @property
    def gives_points(self) -> bool:
        """Whether it gives points, and not only what stands beside them."""
        return bool(self.amount_points)

    @property
    def brings_more(self) -> bool:
        """Whether it brings something beside points."""
        return bool(self.qualifying_points or self.badge_id or self.voucher_of_id or self.lifts_to_id)

    @property
    def holds(self) -> bool:
        """Whether what it gives waits for a moment, or for another deed."""
        return self.hold_days is not None or self.hold_until is not None

    @property
    def told(self) -> str:
        """What it tells the members it gives something, in the reader's language."""
        return self.notice_zh if self.notice_zh and get_language() == "zh-hans" else self.notice

    @property
    def is_capped_beyond_the_day(self) -> bool:
        """Whether a limit of a week, a month or of all points binds it."""
        return any((self.cap_per_week, self.cap_per_month, self.cap_points_per_week, self.cap_points_per_month, self.cap_points_in_all))

    @property
    def caps_points(self) -> bool:
        """Whether it cuts what a member gets to so many points."""
        return any((self.cap_points_per_day, self.cap_points_per_week, self.cap_points_per_month, self.cap_points_in_all))

    def would_move_its_trial(self) -> bool:
        """Whether companies would change their group in a trial that began."""
        rows = Rule.objects.filter(Q(live=True) | Q(first_published_at__isnull=False) | Q(accruals__isnull=False), pk=self.pk)
        return self.pk is not None and rows.exclude(control_percent=self.control_percent).exists()
