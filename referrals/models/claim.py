from django.db import models
from django.utils import timezone

from members.models import Member
from referrals.models.link import ReferralLink


class Claim(models.Model):
    """A newcomer signed up by way of a link. It counts once their address is confirmed, when the company can be told."""

    newcomer = models.OneToOneField(Member, models.CASCADE, related_name="referral_claim")
    link = models.ForeignKey(ReferralLink, models.CASCADE, related_name="claims")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "claim"
        verbose_name_plural = "claims"

    def __str__(self) -> str:
        return f"{self.newcomer_id} by {self.link_id}"
