import uuid
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from surveys import blind_receipts
from surveys.models.questionnaire import Questionnaire
from surveys.models.version import SchemaVersion


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def of(self, member_id: Any, token: Any, questionnaire: Any) -> "ParticipationQuerySet":
        """A member's receipts in a survey (or the outer query's), by name or blind. The values may be places in a statement made once."""
        return self.filter(questionnaire=questionnaire).filter(
            Q(member=member_id) | Q(blind=blind_receipts.blind_in_sql(token, questionnaire))
        )

    def held_by(self, member: Member, questionnaire: Questionnaire) -> "ParticipationQuerySet":
        mark = blind_receipts.blind(blind_receipts.token_of(member.pk), questionnaire.pk)
        return self.filter(Q(member=member) | Q(blind=mark), questionnaire=questionnaire)


class Participation(models.Model):
    """That a member finished a survey: the receipt that makes "once" true, and all that is known of them where answers are anonymous.

    It carries no time and no running number, so that it cannot be laid beside the answers and counted off. Where answers are anonymous it
    names nobody (`blind_receipts`) until it is replaced, together with others, by one that does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="participations")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="participations")
    blind = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 (empty ones would clash)
    points = models.PositiveIntegerField(
        null=True, help_text="What was promised, where it is not the rule's amount; a blind one is silent: it could tell whose it is."
    )
    is_recorded = models.BooleanField(default=False, help_text="Whether the activity was recorded; later, together, for anonymous answers.")

    words = ""  # the survey's own at the end, said once to whoever finished an anonymous one; never kept

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "member"], name="surveys_participation_once"),
            models.UniqueConstraint(
                fields=["questionnaire", "blind"], condition=Q(blind__isnull=False), name="surveys_participation_once_blind"
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False, blind=None) | Q(member=None, blind__isnull=False, is_recorded=False, points=None),
                name="surveys_participation_named_or_blind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.questionnaire_id}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, member: "Member | AnonymousUser") -> "SubmissionQuerySet":
        """Researchers see all answers, members their own."""
        if not member.is_authenticated:
            return self.none()
        if member.has_perm("surveys.view_submission"):
            return self
        return self.filter(member=member.pk)

    def counted(self) -> "SubmissionQuerySet":
        """Those that results are made of: judged, and not rejected for quality."""
        return self.filter(rejected_at=None)


class Submission(models.Model):
    """One finished set of answers, with what the judge said of it; the raw truth of which django-survey's rows are the mirror."""

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="submissions")
    version = models.ForeignKey(SchemaVersion, models.PROTECT, related_name="submissions")
    response = models.OneToOneField("survey.Response", models.PROTECT, related_name="submission")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="submissions")
    data = models.JSONField()
    verdict = models.JSONField(help_text="Engine, definition's digest, and what was left out and why.")
    locale = models.CharField(max_length=10, blank=True)
    seconds_spent = models.PositiveIntegerField(null=True)
    completed_at = models.DateTimeField(null=True, help_text="Empty for anonymous answers.")
    quality_flags = models.JSONField(default=list)
    facts = models.JSONField(
        default=dict, help_text="What quotas ask of the member, by name: as it was when they answered, or when a quota first asked it."
    )
    is_mixed = models.BooleanField(default=True, help_text="No: anonymous, and still lying where it was written.")
    is_counted = models.BooleanField(default=False, help_text="Whether the running counts hold these answers.")
    edited_at = models.DateTimeField(null=True, help_text="When the member last changed them.")
    fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the answers, by which equal ones are found.")
    rejected_at = models.DateTimeField(null=True)
    rejected_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    rejected_reason = models.CharField(max_length=300, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "member"], condition=Q(member__isnull=False), name="surveys_submission_once"),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(completed_at=None, seconds_spent=None),
                name="surveys_submission_anonymous_is_timeless",
            ),
        ]
        indexes = [
            models.Index(fields=["questionnaire", "rejected_at"]),
            models.Index(fields=["questionnaire", "-id"], name="surveys_submission_newest"),
            models.Index(fields=["questionnaire"], condition=Q(is_counted=False), name="surveys_submission_uncounted"),
            models.Index(fields=["questionnaire"], condition=Q(is_mixed=False), name="surveys_submission_unmixed"),
            models.Index(fields=["questionnaire", "fingerprint"]),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id}#{self.pk}"


class EarlierAnswers(models.Model):
    """What a submission held before its member changed it, or a researcher put it right; written with the change, never edited."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="earlier")
    version = models.ForeignKey(SchemaVersion, models.PROTECT, related_name="+")
    data = models.JSONField()
    verdict = models.JSONField()
    replaced_at = models.DateTimeField(default=timezone.now)
    replaced_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+", help_text="The researcher who put them right.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why a researcher did; empty where the member changed them.")
    codes = models.JSONField(
        default=dict, help_text='Of each open answer that was changed, the names of the codes that its words had; "" where none fitted.'
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("earlier answers")
        verbose_name_plural = _("earlier answers")

    def __str__(self) -> str:
        return f"earlier answers of {self.submission_id}"


class Draft(models.Model):
    """Answers begun and kept, to go on with later or on another device; gone when the survey is finished."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="drafts")
    version = models.ForeignKey(SchemaVersion, models.PROTECT, related_name="drafts", help_text="What was begun on is finished on.")
    member = models.ForeignKey(Member, models.CASCADE, related_name="survey_drafts")
    data = models.JSONField(default=dict)
    page = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("draft of answers")
        verbose_name_plural = _("drafts of answers")
        constraints = [models.UniqueConstraint(fields=["questionnaire", "member"], name="surveys_draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.member_id} for {self.questionnaire_id}"
