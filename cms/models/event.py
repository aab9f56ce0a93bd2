import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from cms.blocks import StoryBlocks
from cms.models.club import ClubPage, PicturedPage, words_of

MOST_SEATS = 500


class FactPanel(FieldPanel):
    """A fact of the event, edited on the page in the club's first language; the translations follow it."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return super().is_shown() and (self.instance.pk is None or self.instance.is_original)


class EventIndexPage(ClubPage):
    """What is coming up, and what was."""

    template = "cms/events.html"
    standfirst = models.TextField(_("standfirst"), max_length=400, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("standfirst")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.EventPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("events")
        verbose_name_plural = _("events")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.calendar import index_page

        return super().get_context(request, *args, **kwargs) | index_page(self, request)


class EventPage(PicturedPage):
    """A club event that members sign up for.

    The page in the first language is the original: it holds the facts and the seats.
    Its translations carry copies of the facts, so that lists need no second look.
    """

    FACTS = ("starts_at", "ends_at", "capacity", "sign_up_until", "online_link")

    template = "cms/event.html"
    standfirst = models.TextField(_("standfirst"), max_length=400, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    online_link = models.URLField(_("online link"), blank=True, help_text=_("Shown only to those who have a seat."))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    capacity = models.PositiveSmallIntegerField(
        _("seats"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)],
        help_text=_("Beyond 30 guests nobody can be looked after."),
    )
    sign_up_until = models.DateTimeField(_("sign up until"), null=True, blank=True, help_text=_("Without one: until it starts."))
    body = StreamField(StoryBlocks(), blank=True, verbose_name=_("body"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        FieldRowPanel([FactPanel("starts_at"), FactPanel("ends_at")]),
        FieldRowPanel([FactPanel("capacity"), FactPanel("sign_up_until")]),
        FieldPanel("place"),
        FactPanel("online_link"),
        MultiFieldPanel([FieldPanel("cover"), FieldPanel("cover_alt")], _("Cover")),
        InlinePanel("agenda", heading=_("Agenda"), label=_("item")),
        FieldPanel("body"),
    ]
    search_fields = [
        *ClubPage.search_fields,
        index.SearchField("standfirst"),
        index.SearchField("place"),
        index.SearchField("body"),
        index.FilterField("starts_at"),
    ]
    parent_page_types = ["cms.EventIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cms_event_ends_after_start"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=MOST_SEATS), name="cms_event_capacity_in_bounds"),
        ]
        indexes = [models.Index(fields=["starts_at"])]

    def clean(self) -> None:
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("An event ends after it starts.")})
        if self.starts_at and self.sign_up_until and self.sign_up_until > self.starts_at:
            raise ValidationError({"sign_up_until": _("Signing up ends before the event starts.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.is_original:
            for fact in self.FACTS:
                setattr(self, fact, getattr(self.original, fact))
        super().save(*args, **kwargs)
        if self.is_original:
            self.get_translations().update(**{fact: getattr(self, fact) for fact in self.FACTS})

    @cached_property
    def original(self) -> "EventPage":
        """The page that holds the facts and the seats: the first of its translations."""
        return EventPage.objects.filter(translation_key=self.translation_key).order_by("id").first() or self

    @property
    def is_original(self) -> bool:
        return self.original.pk == self.pk

    @property
    def last_call_at(self) -> datetime.datetime:
        return self.sign_up_until or self.starts_at

    @property
    def takes_sign_ups(self) -> bool:
        return self.live and timezone.now() < self.last_call_at

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    def searchable_text(self) -> str:
        return f"{super().searchable_text()} {self.standfirst} {self.place} {words_of(self.body)}"

    @property
    def door(self) -> str:
        """The address that leads to this event in whatever language the visitor reads."""
        with translation.override(settings.LANGUAGE_CODE):
            return reverse("events:event", args=[self.translation_key])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.calendar import event_page

        return super().get_context(request, *args, **kwargs) | event_page(self, request)


class AgendaItem(Orderable):
    page = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="agenda")
    starts_at_time = models.TimeField(_("time"))
    title = models.CharField(_("title"), max_length=150)
    speaker = models.CharField(_("speaker"), max_length=150, blank=True)

    panels = [FieldRowPanel([FieldPanel("starts_at_time"), FieldPanel("speaker")]), FieldPanel("title")]

    class Meta(Orderable.Meta):
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")

    def __str__(self) -> str:
        return f"{self.starts_at_time:%H:%M} {self.title}"


class SeatQuerySet(models.QuerySet["Seat"]):
    def visible_to(self, member: Any) -> "SeatQuerySet":
        """A member's own seats; the event's hosts see all."""
        if not member.is_authenticated:
            return self.none()
        return self if member.has_perm("cms.change_seat") else self.filter(member=member)

    def taken(self) -> "SeatQuerySet":
        return self.filter(state=Seat.State.TAKEN)

    def waiting(self) -> "SeatQuerySet":
        return self.filter(state=Seat.State.WAITING).order_by("asked_at", "id")


class Seat(models.Model):
    """A member's place at an event: taken, waited for, or given up.

    The number is unique within the event, so that the database itself knows no seat with two guests.
    """

    class State(models.TextChoices):
        TAKEN = "taken", _("has a seat")
        WAITING = "waiting", _("on the waiting list")
        GIVEN_UP = "given_up", _("given up")

    event = models.ForeignKey(EventPage, models.PROTECT, related_name="seats")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="event_seats")
    state = models.CharField(_("state"), max_length=10, choices=State)
    number = models.PositiveSmallIntegerField(_("seat"), null=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    attended_at = models.DateTimeField(_("checked in"), null=True)
    checked_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(fields=["event", "member"], name="cms_seat_once_a_member"),
            models.UniqueConstraint(fields=["event", "number"], name="cms_seat_number_once"),
            models.CheckConstraint(
                condition=Q(state="taken", number__gte=1, number__lte=MOST_SEATS) | (~Q(state="taken") & Q(number__isnull=True)),
                name="cms_seat_taken_has_a_number",
            ),
            models.CheckConstraint(condition=Q(attended_at__isnull=True) | Q(state="taken"), name="cms_seat_attended_was_taken"),
        ]
        indexes = [models.Index(fields=["event", "state", "asked_at"]), models.Index(fields=["member", "state"])]

    def __str__(self) -> str:
        return f"{self.event_id} {self.member_id} {self.state}"
