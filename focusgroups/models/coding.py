from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from codebooks.models import Code
from focusgroups.models.study import Group, Study
from live.models import Event
from members.models import Member


class Coding(models.Model):
    """A coder's mark: this code for this stretch of what was said (characters from `start` to before `end`)."""

    code = models.ForeignKey(Code, models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, models.CASCADE, related_name="codings")
    coder = models.ForeignKey(Member, models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quoted = models.TextField()
    memo = models.TextField(max_length=1000, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("coding")
        verbose_name_plural = _("codings")
        constraints = [
            models.UniqueConstraint(fields=["code", "event", "coder", "start", "end"], name="focusgroups_coded_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="focusgroups_coding_has_length"),
        ]

    def __str__(self) -> str:
        return self.quoted[:60]


class Quote(models.Model):
    """A sentence for the report, under a name of the room; it stays when what was said is deleted."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="quotes")
    group = models.ForeignKey(Group, models.SET_NULL, null=True, related_name="+")
    code = models.ForeignKey(Code, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField(max_length=4000)
    name = models.CharField(max_length=40)
    segment = models.CharField(max_length=100, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    picked_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")

    def __str__(self) -> str:
        return self.text[:60]


class Redaction(models.Model):
    """The trace of a redaction: who took what kind of thing out of how many places, and why. What it was is not kept."""

    class Kind(models.TextChoices):
        NAME = "name", _("Name")
        NUMBER = "number", pgettext_lazy("coding", "Number")
        OTHER = "other", _("Other")

    group = models.ForeignKey(Group, models.CASCADE, related_name="redactions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    places = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")

    def __str__(self) -> str:
        return f"{self.kind} × {self.places}"


class HiddenMessage(models.Model):
    """What a moderator took out of a room, a message or words of an answer: where it stood, who did it, what it said for researchers alone.

    Redaction takes words out of it as out of the record, and it is deleted with the recording.
    """

    group = models.ForeignKey(Group, models.CASCADE, related_name="hidden")
    event = models.ForeignKey("live.Event", models.CASCADE, related_name="+")
    seat = models.ForeignKey("focusgroups.Seat", models.CASCADE, related_name="+")
    wordings = models.JSONField(default=list, help_text="As it was said first, and each other wording of it.")
    picture = models.ForeignKey("focusgroups.Picture", models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("hidden message")
        verbose_name_plural = _("hidden messages")

    def __str__(self) -> str:
        return f"{self.event_id}"
