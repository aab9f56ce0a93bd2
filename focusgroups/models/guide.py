from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from focusgroups.models.seat import Seat
from focusgroups.models.study import Group


class GuideLine(models.Model):
    """A line of a discussion guide, in its order: a section's heading, or something to put before a room."""

    class Kind(models.TextChoices):
        SECTION = "section", pgettext_lazy("guide", "Section")
        QUESTION = "question", _("Question")
        PROBE = "probe", _("Follow-up in reserve")
        STIMULUS = "stimulus", _("Stimulus")
        POLL = "poll", _("Poll")
        RANKING = "ranking", _("Ranking")
        RATING = "rating", _("Rating scale")
        SORT = "sort", _("Card sort")
        COMPLETION = "completion", _("Sentence completion")
        PINS = "pins", _("Pins on a picture")
        NOTES = "notes", _("Brainstorm board")

    sort_order_field = "sort_order"

    sort_order = models.IntegerField(default=0, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.QUESTION)
    text = models.TextField(_("text"), max_length=2000)
    note = models.TextField(_("note for moderators"), max_length=2000, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    options = models.TextField(
        _("choices"),
        max_length=2000,
        blank=True,
        help_text=_("One on each line: a poll’s choices, what is ranked, the cards, the two ends of a scale."),
    )
    categories = models.TextField(
        _("piles"),
        max_length=1000,
        blank=True,
        help_text=_("Of a card sort, or the columns that a brainstorm board begins with: one on each line."),
    )
    scale_max = models.PositiveSmallIntegerField(_("scale from 1 to"), default=5, validators=[MinValueValidator(2), MaxValueValidator(11)])
    link = models.URLField(_("video or article"), max_length=500, blank=True)
    max_choices = models.PositiveSmallIntegerField(_("choices allowed"), default=1)
    is_masked = models.BooleanField(
        _("masked"), default=False, help_text=_("Nobody sees the others' answers before giving one, until the moderator reveals them.")
    )
    image = models.ForeignKey("wagtailimages.Image", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("picture"))
    image_alt = models.CharField(_("what the picture shows"), max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ["sort_order", "id"]

    def __str__(self) -> str:
        return self.text[:60]

    def clean(self) -> None:
        if self.kind == self.Kind.POLL and len(self.choices) < 2:
            raise ValidationError({"options": _("A poll needs two choices at least, each on its line.")})
        if self.kind in (self.Kind.RANKING, self.Kind.SORT) and len(self.choices) < 2:
            raise ValidationError({"options": _("Name two at least, each on its line.")})
        if self.kind == self.Kind.SORT and len(self.piles) < 2:
            raise ValidationError({"categories": _("Name two at least, each on its line.")})
        if self.kind == self.Kind.PINS and not self.image_id:
            raise ValidationError({"image": _("Pins need a picture to be put on.")})
        if self.image_id and not self.image_alt:
            raise ValidationError({"image_alt": _("Say what the picture shows, for those who cannot see it.")})

    @property
    def choices(self) -> list[str]:
        return [line.strip() for line in self.options.splitlines() if line.strip()]

    @property
    def piles(self) -> list[str]:
        return [line.strip() for line in self.categories.splitlines() if line.strip()]

    @property
    def is_exercise(self) -> bool:
        """Answered with more than words."""
        kinds = self.Kind
        return self.kind in (kinds.POLL, kinds.RANKING, kinds.RATING, kinds.SORT, kinds.PINS, kinds.NOTES)


class Item(GuideLine):
    """A line of a group's own guide, and what became of it there."""

    group = ParentalKey(Group, on_delete=models.CASCADE, related_name="items")
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True, help_text=_("On a board: when this task appears."))
    due_at = models.DateTimeField(_("due"), null=True, blank=True, help_text=_("On a board: when answers are wanted by."))
    nudged_at = models.DateTimeField(null=True, blank=True, editable=False)
    board = models.JSONField(default=dict, editable=False, help_text="Of a brainstorm board: its columns, once a moderator changed one.")
    extra_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    posed_at = models.DateTimeField(null=True, blank=True, editable=False)
    revealed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(GuideLine.Meta):
        verbose_name = _("guide item")
        verbose_name_plural = _("guide items")
        constraints = [
            models.CheckConstraint(condition=~Q(kind="poll") | ~Q(options=""), name="focusgroups_poll_has_choices"),
            models.CheckConstraint(condition=Q(max_choices__gte=1), name="focusgroups_a_choice_at_least"),
        ]

    def clean(self) -> None:
        super().clean()
        if self.opens_at and self.due_at and self.due_at <= self.opens_at:
            raise ValidationError({"due_at": _("The end comes after the start.")})

    @property
    def hides_answers(self) -> bool:
        return self.is_masked and self.revealed_at is None


class Guide(ClusterableModel):
    """A discussion guide to start from: groups take a copy of its lines."""

    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("when to use it"), max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["title"]
        verbose_name = _("discussion guide")
        verbose_name_plural = _("discussion guides")

    def __str__(self) -> str:
        return self.title


class TemplateLine(GuideLine):
    """A line of a guide to start from. `day` is for boards: the first day is 1, and the task is due a day later."""

    guide = ParentalKey(Guide, on_delete=models.CASCADE, related_name="lines")
    day = models.PositiveSmallIntegerField(
        _("day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("On a board: the day on which this task appears."),
    )

    class Meta(GuideLine.Meta):
        verbose_name = _("line of the guide")
        verbose_name_plural = _("lines of the guide")


class Answer(models.Model):
    """What one seat answered to one item: words, or the choices of a poll by their place. The newest counts; `at` is of the first."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="answers")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="answers")
    body = models.TextField(max_length=4000, blank=True)
    choices = models.JSONField(default=list)
    given = models.JSONField(default=dict, help_text="Of an exercise: order, rating, piles, pins or notes.")
    mark = models.JSONField(default=dict, help_text="Of what a moderator took out of it: by whom, when, which notes or comments.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["item", "seat"], name="focusgroups_one_answer_each")]

    def __str__(self) -> str:
        return f"{self.seat_id} → {self.item_id}"
