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
