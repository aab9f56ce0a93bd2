from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from focusgroups.models.seat import Seat
from focusgroups.models.study import Group


class Item(models.Model):
    """A line of the discussion guide, in its order: a section's heading, or something to put before the room."""

    class Kind(models.TextChoices):
        SECTION = "section", _("Section")
        QUESTION = "question", _("Question")
        PROBE = "probe", _("Follow-up in reserve")
        STIMULUS = "stimulus", _("Stimulus")
        POLL = "poll", _("Poll")

    sort_order_field = "sort_order"

    group = ParentalKey(Group, on_delete=models.CASCADE, related_name="items")
    sort_order = models.IntegerField(default=0, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.QUESTION)
    text = models.TextField(_("text"), max_length=2000)
    note = models.TextField(_("note for moderators"), max_length=2000, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    options = models.TextField(_("choices"), max_length=2000, blank=True, help_text=_("Of a poll: one on each line."))
    max_choices = models.PositiveSmallIntegerField(_("choices allowed"), default=1)
    is_masked = models.BooleanField(
        _("masked"), default=False, help_text=_("Nobody sees the others' answers before giving one, until the moderator reveals them.")
    )
    image = models.ForeignKey("wagtailimages.Image", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("picture"))
    image_alt = models.CharField(_("what the picture shows"), max_length=300, blank=True)
    posed_at = models.DateTimeField(null=True, blank=True, editable=False)
    revealed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["sort_order", "id"]
        verbose_name = _("guide item")
        verbose_name_plural = _("guide items")
        constraints = [
            models.CheckConstraint(condition=~Q(kind="poll") | ~Q(options=""), name="focusgroups_poll_has_choices"),
            models.CheckConstraint(condition=Q(max_choices__gte=1), name="focusgroups_a_choice_at_least"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def clean(self) -> None:
        if self.kind == self.Kind.POLL and len(self.choices) < 2:
            raise ValidationError({"options": _("A poll needs two choices at least, each on its line.")})
        if self.image_id and not self.image_alt:
            raise ValidationError({"image_alt": _("Say what the picture shows, for those who cannot see it.")})

    @property
    def choices(self) -> list[str]:
        return [line.strip() for line in self.options.splitlines() if line.strip()]

    @property
    def hides_answers(self) -> bool:
        return self.is_masked and self.revealed_at is None


class Answer(models.Model):
    """What one seat answered to one item: words, or the choices of a poll by their place. The newest counts."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="answers")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="answers")
    body = models.TextField(max_length=4000, blank=True)
    choices = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["item", "seat"], name="focusgroups_one_answer_each")]

    def __str__(self) -> str:
        return f"{self.seat_id} → {self.item_id}"
