from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from surveys.models.questionnaire import Questionnaire


class SurveyInvitation(models.Model):
    """A member asked by name to answer, perhaps for more points than the rule gives."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="invitations", verbose_name=_("survey"))
    member = models.ForeignKey(Member, models.CASCADE, related_name="survey_invitations", verbose_name=_("member"))
    points = models.PositiveIntegerField(_("points"), null=True, blank=True, validators=[MaxValueValidator(10_000)])
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    invited_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    token = models.CharField(  # noqa: DJ001 (empty ones would clash)
        max_length=43, unique=True, null=True, editable=False, help_text="The personal link's secret, where one was made."
    )
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("invitation to a survey")
        verbose_name_plural = _("invitations to surveys")
        constraints = [models.UniqueConstraint(fields=["questionnaire", "member"], name="surveys_invitation_once")]

    def __str__(self) -> str:
        return f"{self.member_id} to {self.questionnaire_id}"

    @property
    def is_open(self) -> bool:
        return self.expires_at is None or self.expires_at > timezone.now()


class Quota(models.Model):
    """How many answers a cell of the sample takes; a full one closes by itself."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="quotas")
    name = models.CharField(_("name"), max_length=100)
    wants = models.JSONField(help_text="Facts of the member (`member.locale`) or answers, each with the value that the cell asks for.")
    most = models.PositiveIntegerField(_("at most"))
    count = models.PositiveIntegerField(default=0, editable=False)
    before = models.PositiveIntegerField(default=0, editable=False, help_text="How many answers of its kind were there when it was added.")

    class Meta:
        ordering = ["id"]
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "name"], name="surveys_quota_name"),
            # Over it stands only what was there before anybody counted.
            models.CheckConstraint(
                condition=models.Q(count__lte=models.F("most")) | models.Q(count__lte=models.F("before")), name="surveys_quota_not_over"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_full(self) -> bool:
        return self.count >= self.most

    @property
    def may_be_told(self) -> bool:
        """Not where it counts members of an anonymous survey, as those of before could: it went up with the answer of one of them."""
        return not (self.questionnaire.is_anonymous and any(name.startswith("member.") for name in self.wants))
