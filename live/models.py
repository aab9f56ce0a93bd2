from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member


class Stream(models.Model):
    """One audience's list of events, numbered 1, 2, 3 … without a gap."""

    name = models.CharField(max_length=80, unique=True, help_text="Such as thread:17, member:5, group:3:all.")
    last_seq = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="", help_text="The last event's link of the chain.")

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Something an open page may want to hear of, under its stream's next number; never edited but to take words out of it.

    Each event's `digest` binds the one before, its number, kind and moment, and the fingerprint of its body. Words can be taken out
    later (`rewritten_at`) without breaking the chain; with the body its salt goes too, so that the fingerprint tells nothing.
    """

    # What is written most often has no index more than it needs: each is a page more to write with every event, and those of the two
    # constraints begin with these.
    stream = models.ForeignKey(Stream, models.CASCADE, related_name="events", db_index=False)
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=30)
    body = models.JSONField(default=dict)
    author = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+", db_index=False)
    client_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)
    salt = models.CharField(max_length=32, blank=True, default="")
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    rewritten_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="live_event_number"),
            models.UniqueConstraint(fields=["author", "client_id", "stream"], name="live_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.stream_id}#{self.seq} {self.kind}"


class Epoch(models.Model):
    """One row: which life of the database this is, since it was last set back to a copy."""

    value = models.CharField(max_length=12)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("epoch")
        verbose_name_plural = _("epochs")

    def __str__(self) -> str:
        return self.value
