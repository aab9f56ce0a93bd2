from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from codebooks.models import Code
from members.models import Member
from surveys.models.answer import Submission
from surveys.models.questionnaire import Questionnaire


class Tally(models.Model):
    """The running counts of one survey: what the results page is made of, however many answered."""

    questionnaire = models.OneToOneField(Questionnaire, models.CASCADE, related_name="tally")
    digest = models.CharField(max_length=64, blank=True, help_text="What the counts were made by; another definition starts them anew.")
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("running counts")
        verbose_name_plural = _("running counts")

    def __str__(self) -> str:
        return f"counts of {self.questionnaire_id}"


class Coding(models.Model):
    """A coder's mark: that one open answer speaks of what a code names or, without a code, that it was read and none fits."""

    code = models.ForeignKey(Code, models.PROTECT, null=True, related_name="+")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="codings")
    question = models.CharField(max_length=200)
    coded_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    coded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("coding")
        verbose_name_plural = _("codings")
        constraints = [
            models.UniqueConstraint(fields=["code", "submission", "question", "coded_by"], name="surveys_coded_once_a_coder"),
            models.UniqueConstraint(
                fields=["submission", "question", "coded_by"], condition=models.Q(code=None), name="surveys_none_fits_once_a_coder"
            ),
        ]
        indexes = [models.Index(fields=["submission", "question"])]

    def __str__(self) -> str:
        return f"{self.code_id} in {self.submission_id}"


class Export(models.Model):
    """A file of answers that is being made, or was; made by the rounds, so that no request waits for it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        SAV = "sav", "SPSS (.sav)"
        JSON = "json", "JSON"
        DOCX = "docx", _("Report (.docx)")
        PDF = "pdf", _("Report (PDF)")

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="exports")
    format = models.CharField(max_length=5, choices=Format)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=200, blank=True, help_text="Its name in the private store.")
    problem = models.CharField(max_length=300, blank=True)
    wanted = models.JSONField(default=dict, help_text="Of a report: which answers it is of, and which two questions it crosses.")
    asked_by = models.ForeignKey(Member, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    began_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("export of answers")
        verbose_name_plural = _("exports of answers")

    def __str__(self) -> str:
        return f"{self.questionnaire_id}.{self.format}"


class BankQuestion(models.Model):
    """A question kept to be asked again, word for word."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    element = models.JSONField(_("question"), help_text="SurveyJS JSON of one element.")
    kept_by = models.ForeignKey(Member, models.SET_NULL, null=True, editable=False, related_name="+")
    kept_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("question of the bank")
        verbose_name_plural = _("question bank")

    def __str__(self) -> str:
        return self.name
