from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from surveys.models.questionnaire import Questionnaire


class SchemaVersion(models.Model):
    """A definition as it was published: never edited, so that an answer always knows what was asked."""

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the definition with sorted keys.")
    engine = models.CharField(max_length=40)
    outline = models.JSONField(default=dict, help_text="What it asks, by language: pages, questions, choices; read from the engine once.")
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        verbose_name = _("survey version")
        verbose_name_plural = _("survey versions")
        constraints = [models.UniqueConstraint(fields=["questionnaire", "number"], name="surveys_version_number")]

    def __str__(self) -> str:
        return f"{self.questionnaire} v{self.number}"


class QuestionLink(models.Model):
    """Where a question of a version is kept in django-survey's tables."""

    version = models.ForeignKey(SchemaVersion, models.CASCADE, related_name="links")
    question = models.ForeignKey("survey.Question", models.PROTECT, related_name="links")
    path = models.CharField(max_length=400)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        verbose_name = _("question link")
        verbose_name_plural = _("question links")
        constraints = [models.UniqueConstraint(fields=["version", "path"], name="surveys_link_path")]

    def __str__(self) -> str:
        return self.path


class EarlierDraft(models.Model):
    """A draft that was not published when another was put in its place by somebody who had not seen it; to be read, and brought back."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="earlier_drafts")
    definition = models.JSONField()
    replaced_at = models.DateTimeField(default=timezone.now)
    replaced_through = models.CharField(max_length=120, help_text="The door by which the other came: a key of the API, a command.")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("earlier draft")
        verbose_name_plural = _("earlier drafts")

    def __str__(self) -> str:
        return f"earlier draft of {self.questionnaire_id}"
