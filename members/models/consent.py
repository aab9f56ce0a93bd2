from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.member import Member


class Consent(models.Model):
    """One decision of a member about one purpose, with the wording that was shown. Append-only: the newest row counts."""

    class Purpose(models.TextChoices):
        TERMS = "terms", _("Terms of the club")
        RESEARCH = "research", _("Invitations to surveys and focus groups")
        MARKETING = "marketing", _("News and offers")
        RECORDING = "recording", _("Recording of a focus group")

    member = models.ForeignKey(Member, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    is_given = models.BooleanField()
    wording = models.TextField()
    wording_version = models.CharField(max_length=100)
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-decided_at", "-id"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return f"{self.member_id} {self.purpose} {self.is_given}"


class ContactPreference(models.Model):
    """Whether a member wants to hear of something by a channel; no row means the channel's default."""

    class Channel(models.TextChoices):
        SITE = "site", _("On the site")
        EMAIL = "email", _("By e-mail")

    member = models.ForeignKey(Member, models.CASCADE, related_name="contact_preferences")
    channel = models.CharField(max_length=10, choices=Channel)
    purpose = models.CharField(max_length=40, help_text="A kind of notification.")
    is_wanted = models.BooleanField()

    class Meta:
        verbose_name = _("contact preference")
        verbose_name_plural = _("contact preferences")
        constraints = [models.UniqueConstraint(fields=["member", "channel", "purpose"], name="members_preference_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.channel} {self.purpose} {self.is_wanted}"
