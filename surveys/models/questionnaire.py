import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from codebooks.models import Codebook
from members.models import Member
from surveys.blind_receipts import token_of


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def visible_to(self, member: "Member | AnonymousUser") -> "QuestionnaireQuerySet":
        """Researchers see all; a member sees what was published for everyone, what they are invited to, and what they answered."""
        if not member.is_authenticated:
            return self.none()
        return self if member.has_perm("surveys.view_questionnaire") else self.seen_by_member(member.pk, token_of(member.pk))

    def seen_by_member(self, member_id: Any, token: Any) -> "QuestionnaireQuerySet":
        """What a member sees who is nobody's researcher. The id and the token of blind receipts may be places in a statement made once."""
        from surveys.models.answer import Participation
        from surveys.models.invitation import SurveyInvitation

        mine = {"questionnaire": OuterRef("pk"), "member": member_id}
        invited = Exists(SurveyInvitation.objects.filter(**mine))
        answered = Exists(Participation.objects.of(member_id, token, OuterRef("pk")))
        return self.filter(~Q(state=Questionnaire.State.DRAFT), Q(audience=Questionnaire.Audience.EVERYONE) | invited | answered)

    def with_terms_for(self, member_id: Any, token: Any, now: Any) -> "QuestionnaireQuerySet":
        """Each with what decides about a member's answers: `has_answered`, `is_invited`, `offer` of points, `draft_of`."""
        from surveys.models.answer import Draft, Participation
        from surveys.models.invitation import SurveyInvitation

        mine = {"questionnaire": OuterRef("pk"), "member": member_id}
        invitation = SurveyInvitation.objects.filter(**mine)
        return self.annotate(
            has_answered=Exists(Participation.objects.of(member_id, token, OuterRef("pk"))),
            is_invited=Exists(invitation.filter(Q(expires_at=None) | Q(expires_at__gt=now))),
            offer=Subquery(invitation.values("points")[:1]),
            draft_of=Subquery(Draft.objects.filter(**mine).values("pk")[:1]),
        )

    def asking_now(self, now: Any = None) -> "QuestionnaireQuerySet":
        """Open, and inside their opening and closing times."""
        now = timezone.now() if now is None else now
        began = Q(opens_at=None) | Q(opens_at__lte=now)
        lasts = Q(closes_at=None) | Q(closes_at__gt=now)
        return self.filter(began, lasts, state=Questionnaire.State.OPEN, version__isnull=False)

    def waiting_for(self, member: "Member | AnonymousUser") -> "QuestionnaireQuerySet":
        """What a member may answer now and has not; a researcher waits for none but what everyone or an invitation asks of them."""
        from surveys.models.answer import Participation
        from surveys.models.invitation import SurveyInvitation

        if not member.is_authenticated:
            return self.none()
        mine = {"questionnaire": OuterRef("pk"), "member": member.pk}
        invited = Exists(SurveyInvitation.objects.filter(**mine).filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now())))
        answered = Exists(Participation.objects.of(member.pk, token_of(member.pk), OuterRef("pk")))
        return self.asking_now().filter(Q(audience=Questionnaire.Audience.EVERYONE) | invited, ~answered)


class Questionnaire(models.Model):
    """A survey of ours. Its definition lives in versions; django-survey's Survey row beside it is the mirror that its reports read."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("Every member")
        INVITED = "invited", _("Invited members only")

    class Results(models.TextChoices):
        CLUB = "club", _("The club's researchers only")
        ANSWERED = "answered", _("Members who answered")

    survey = models.OneToOneField("survey.Survey", models.PROTECT, related_name="questionnaire", editable=False)
    slug = models.SlugField(_("address"), max_length=60, unique=True, help_text=_("The survey's address: /surveys/ADDRESS/"))
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=500, blank=True, help_text=_("What it is about and what happens with the answers."))
    titles = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Title and summary by language, read from the definition."
    )
    draft_definition = models.JSONField(_("definition"), default=dict, help_text=_("SurveyJS JSON."))
    version = models.ForeignKey("surveys.SchemaVersion", models.PROTECT, null=True, editable=False, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    audience = models.CharField(_("for whom"), max_length=10, choices=Audience, default=Audience.EVERYONE)
    results = models.CharField(_("who sees the results"), max_length=10, choices=Results, default=Results.CLUB)
    is_anonymous = models.BooleanField(_("anonymous"), default=False, help_text=_("No way leads back from an answer to a member."))
    points = models.PositiveIntegerField(
        _("points"), null=True, blank=True, validators=[MaxValueValidator(10_000)], help_text=_("Empty: what the programme's rule gives.")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=3, validators=[MaxValueValidator(240)])
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    is_editable = models.BooleanField(
        _("answers may be changed"), default=False, help_text=_("Until the survey closes; not where answers are anonymous.")
    )
    kiosk_token = models.CharField(  # noqa: DJ001 (empty ones would clash)
        max_length=43, unique=True, null=True, editable=False, help_text="The kiosk's secret address, where it is on."
    )
    previous_wave = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="next_waves",
        verbose_name=_("earlier wave"),
        help_text=_("The survey that this one repeats; their shared questions are shown as a trend."),
    )
    margins = models.JSONField(default=dict, blank=True, editable=False, help_text="Population shares: question → choice → share of 1.")
    equivalents = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="Names of questions in earlier versions → the name their answers count under now.",
    )
    codebook = models.ForeignKey(
        Codebook, models.PROTECT, null=True, editable=False, related_name="questionnaires", help_text="By which open answers are sorted."
    )
    contradictions = models.JSONField(
        default=list, blank=True, editable=False, help_text="Expressions that are true only of answers that contradict each other."
    )
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, editable=False, related_name="questionnaires")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        permissions = [
            ("publish_questionnaire", "Can publish and close surveys"),
            ("export_questionnaire", "Can export answers"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(version__isnull=False), name="surveys_questionnaire_published_has_version"
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=models.F("opens_at")),
                name="surveys_questionnaire_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("surveys:survey", args=[self.slug])

    @property
    def is_asking(self) -> bool:
        """Whether an answer given now would be taken."""
        now = timezone.now()
        inside = (self.opens_at is None or self.opens_at <= now) and (self.closes_at is None or self.closes_at > now)
        return self.state == self.State.OPEN and self.version_id is not None and inside

    @property
    def asks_whom_it_was_read_for(self) -> bool:
        """Whether the member it was read for (`with_terms_for`) belongs to those it asks."""
        return self.audience == self.Audience.EVERYONE or bool(self.__dict__.get("is_invited", False))

    def title_in(self, language: str) -> str:
        return self._worded(language, "title") or self.title

    def summary_in(self, language: str) -> str:
        return self._worded(language, "summary") or self.summary

    def _worded(self, language: str, what: str) -> str:
        words: dict[str, Any] = self.titles.get(language) or {}
        return str(words.get(what) or "")

    def ends_within(self, days: int) -> bool:
        return self.closes_at is not None and self.closes_at - timezone.now() < datetime.timedelta(days=days)
