from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.board import Board
from forum.models.picture import Picture
from forum.models.thread import Thread
from members.models import Member


class Series(models.Model):
    """Entries of one blog that belong together, in the order in which they were written."""

    blog = models.ForeignKey(Board, models.CASCADE, related_name="series")
    title = models.CharField(_("title"), max_length=100)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [models.UniqueConstraint(fields=["blog", "title"], name="forum_series_title")]

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """What a blog's entry has beyond a thread: a cover, and a place in a series."""

    thread = models.OneToOneField(Thread, models.CASCADE, related_name="entry")
    series = models.ForeignKey(Series, models.SET_NULL, null=True, blank=True, related_name="entries")
    cover = models.ForeignKey(Picture, models.SET_NULL, null=True, blank=True, related_name="covers")

    class Meta:
        verbose_name = _("blog entry")
        verbose_name_plural = _("blog entries")

    def __str__(self) -> str:
        return f"{self.thread_id}"


class Feature(models.Model):
    """The magazine wishes to show an entry: a marketer asks, its author answers. Only an agreed one is shown."""

    class Answer(models.TextChoices):
        WAITING = "waiting", _("Asked")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        ENDED = "ended", _("No longer shown")

    thread = models.OneToOneField(Thread, models.CASCADE, related_name="feature")
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    note = models.CharField(_("a word to the author"), max_length=300, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-answered_at", "-id"]
        verbose_name = _("featured entry")
        verbose_name_plural = _("featured entries")
        constraints = [
            models.CheckConstraint(condition=Q(answer="waiting") | Q(answered_at__isnull=False), name="forum_feature_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.answer}"
