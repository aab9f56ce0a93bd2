from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Member


class Digest(models.Model):
    """How often a member wants a letter about what they missed, and when they got the last. No row: weekly, after a week away."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        NEVER = "never", _("Never")

    member = models.OneToOneField(Member, models.CASCADE, related_name="digest")
    rhythm = models.CharField(_("What you missed, by e-mail"), max_length=10, choices=Rhythm, default=Rhythm.WEEKLY)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")

    def __str__(self) -> str:
        return f"{self.member_id} {self.rhythm}"
