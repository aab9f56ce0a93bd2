from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member


class EmailOut(models.Model):
    """A mail to be sent: written in the transaction of the deed it tells of, rendered and sent after commit.

    A row is claimed by a conditional update of `due_at`, so that two processes never send it at once; a process that
    dies while sending lets the row fall due again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")
        DROPPED = "dropped", _("No longer wanted")

    to = models.EmailField()
    member = models.ForeignKey(Member, models.CASCADE, null=True, related_name="+", help_text="Nobody for an address outside the club.")
    template = models.CharField(max_length=50)
    context = models.JSONField(default=dict, blank=True)
    locale = models.CharField(max_length=10, default="en")
    reference = models.CharField(max_length=200, unique=True, help_text="What it tells of; the same again writes nothing.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="notifications_mail_due")]

    def __str__(self) -> str:
        return self.reference


class MutedAddress(models.Model):
    """An address outside the club that asked not to be written to again."""

    email = models.EmailField(unique=True)
    muted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("muted address")
        verbose_name_plural = _("muted addresses")

    def __str__(self) -> str:
        return self.email
