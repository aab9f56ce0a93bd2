import re
import uuid
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from codebooks.models import Code, Codebook
from members.models import Activity, Member

CONSENT = _(
    "I take part of my own free will and may leave at any time. What is written in the room is kept as a transcript, under the name "
    "the room gives me. The research team and its observers read along. Reports never say who I am."
)


def new_epoch() -> str:
    return uuid.uuid4().hex[:12]


def next_version(version: str) -> str:
    """2 after 1, 2026-02 after 2026-01, draft-2 after draft; 20 characters at most."""
    prefix, number = re.fullmatch(r"(.*?)(\d*)", version, re.DOTALL).groups()  # type: ignore[union-attr]
    raised = f"{int(number) + 1:0{len(number)}}" if number else "-2"
    return f"{prefix[: 20 - len(raised)]}{raised}"


def deeds() -> list[tuple[str, Any]]:
    """What members do, as the log of activities names it; asked each time, so that a new kind of deed changes nothing here."""
    return Activity.Kind.choices


def usual_consent() -> str:
    return str(CONSENT)


class StudyQuerySet(models.QuerySet["Study"]):
    def analysed_by(self, member: Member | AnonymousUser) -> "StudyQuerySet":
        """Studies whose talks a member may work with: the club's researchers all, moderators those of their groups."""
        if not isinstance(member, Member):
            return self.none()
        if member.has_perm("focusgroups.change_group"):
            return self
        return self.filter(
            pk__in=Group.objects.filter(seats__member=member, seats__role="moderator", seats__removed_at=None).values("study_id")
        )


class Study(models.Model):  # type: ignore[django-manager-missing]
    """A question the club wants answered, and the groups that talk about it."""

    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("what we want to learn"), max_length=4000, blank=True)
    keep_days = models.PositiveIntegerField(
        _("days to keep what was said"),
        null=True,
        blank=True,
        help_text=_(
            "So many days after a group ends its talk, answers, pictures and seats are deleted. The report stays: its numbers, and quotes "
            "without what gives somebody away. Empty: kept."
        ),
    )
    codebook = models.ForeignKey(
        Codebook,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="studies",
        verbose_name=_("codebook"),
        help_text=_("Empty: one of its own, made with the first code."),
    )
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("study")
        verbose_name_plural = _("studies")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("groups:study", args=[self.pk])

    @property
    def codes(self) -> "models.QuerySet[Code]":
        """The words of its codebook; none where it has no book yet."""
        return Code.objects.filter(codebook=self.codebook_id) if self.codebook_id else Code.objects.none()


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, member: Member | AnonymousUser) -> "GroupQuerySet":
        """Groups that a member has a seat in or may take one in; all of them for who runs the club's research."""
        if not isinstance(member, Member):
            return self.none()
        if member.has_perm("focusgroups.view_group"):
            return self
        mine = Group.objects.filter(seats__member=member, seats__removed_at=None).values("pk")
        lost = Group.objects.filter(seats__member=member, seats__removed_at__isnull=False).values("pk")
        return self.filter(Q(pk__in=mine) | (Q(open_seats__gt=0) & ~Q(status=Group.Status.CLOSED) & ~Q(pk__in=lost)))


class Group(ClusterableModel):
    """One conversation of a study: its room, its times, its guide, its seats."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", pgettext_lazy("focus group", "Open")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", pgettext_lazy("focus group", "Closed")

    class Kind(models.TextChoices):
        LIVE = "live", _("Live talk")
        BOARD = "board", _("Board over several days")

    study = models.ForeignKey(Study, models.PROTECT, related_name="groups", verbose_name=_("study"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(
        _("invitation"), max_length=4000, blank=True, help_text=_("What those invited read before they come in.")
    )
    language = models.CharField(_("language"), max_length=10, default="en", choices=[("en", "English"), ("zh-hans", "简体中文")])
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.LIVE)
    incentive_points = models.PositiveIntegerField(_("points for taking part"), default=30)
    open_seats = models.PositiveSmallIntegerField(
        _("open seats"), default=0, help_text=_("So many seats any member may take; 0 for invited members only.")
    )
    seats_wanted = models.PositiveSmallIntegerField(
        _("participants wanted"),
        null=True,
        blank=True,
        help_text=_("Once so many have agreed, the door closes. Empty: as many as the quotas want together; without quotas, no limit."),
    )
    over_percent = models.PositiveSmallIntegerField(
        _("invite more than wanted (%)"), default=25, validators=[MaxValueValidator(300)], help_text=_("For those who will not come.")
    )
    rest_days = models.PositiveSmallIntegerField(
        _("days of rest between groups"), default=90, help_text=_("Whoever took part in another group since is not drawn.")
    )
    screener = models.ForeignKey(
        "surveys.Questionnaire",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("screener"),
        help_text=_("A survey whose respondents are drawn from."),
    )
    screener_question = models.CharField(
        _("question that makes segments"), max_length=100, blank=True, help_text=_("Its name in the screener. Empty: the company’s stage.")
    )
    deed = models.CharField(
        _("only who has done this"),
        max_length=40,
        blank=True,
        choices=deeds,
        help_text=_("What a member must have done lately to be drawn."),
    )
    deed_days = models.PositiveSmallIntegerField(_("within the last days"), default=90)
    guide = models.ForeignKey(
        "Guide",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("guide to start from"),
        help_text=_("Its lines are copied into this group when it is saved without lines of its own."),
    )
    takes_pictures = models.BooleanField(_("participants may send pictures"), default=False)
    edit_minutes = models.PositiveSmallIntegerField(
        _("minutes to edit a message"),
        default=5,
        blank=True,
        validators=[MaxValueValidator(1440)],
        help_text=_("For so long may whoever said something put it right. 0: what is said stands."),
    )
    edits_max = models.PositiveSmallIntegerField(_("edits of a message"), default=3, blank=True, validators=[MaxValueValidator(20)])
    is_rehearsal = models.BooleanField(default=False, editable=False)
    is_locked = models.BooleanField(default=False, editable=False)
    consent_text = models.TextField(_("consent"), max_length=4000, default=usual_consent)
    consent_version = models.CharField(_("version of the consent"), max_length=20, default="1")
    current_item = models.ForeignKey("Item", models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    spotlight_seq = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    epoch = models.CharField(max_length=12, default=new_epoch, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    emptied_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("focus group")
        verbose_name_plural = _("focus groups")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=models.F("starts_at")), name="focusgroups_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(status="closed") | Q(closed_at__isnull=False), name="focusgroups_closed_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("groups:room", args=[self.pk])

    def save(self, **kwargs: Any) -> None:
        """The consent's version follows its wording: words that changed since they were stored make the next version."""
        fields = kwargs.get("update_fields")
        if not self._state.adding and (fields is None or "consent_text" in fields):
            stored = Group.objects.filter(pk=self.pk).values_list("consent_text", "consent_version").first()
            if stored:
                is_same = stored[0].split() == self.consent_text.split()
                self.consent_version = stored[1] if is_same else next_version(stored[1])
            if fields is not None:
                kwargs["update_fields"] = {*fields, "consent_version"}
        super().save(**kwargs)

    def clean(self) -> None:
        for name in ("edit_minutes", "edits_max"):
            if getattr(self, name) is None:
                setattr(self, name, Group._meta.get_field(name).get_default())
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end comes after the start.")})

    @property
    def is_board(self) -> bool:
        return self.kind == self.Kind.BOARD

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED


class Quota(models.Model):
    """How many participants of one segment a group wants."""

    group = ParentalKey(Group, on_delete=models.CASCADE, related_name="quotas")
    segment = models.CharField(_("segment"), max_length=100, help_text=_("An answer of the screener’s question, or a stage: deploy."))
    wanted = models.PositiveSmallIntegerField(_("participants wanted"), default=2)

    class Meta:
        ordering = ["id"]
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [models.UniqueConstraint(fields=["group", "segment"], name="focusgroups_one_quota_a_segment")]

    def __str__(self) -> str:
        return f"{self.segment}: {self.wanted}"
