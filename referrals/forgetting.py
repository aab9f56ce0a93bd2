"""People who were named and never came: their address is not kept for ever."""

import datetime

from django.utils import timezone

from referrals.models import Referral
from referrals.models.link import LIFE


def forget_strangers(now: datetime.datetime | None = None) -> int:
    """Close referrals that led nowhere within the life of a link, and drop how to reach the person. Returns how many."""
    now = now or timezone.now()
    waiting = Referral.objects.filter(invitee=None, stage=Referral.Stage.NAMED, created_at__lt=now - LIFE).exclude(
        contact_email="", contact_phone=""
    )
    waiting.filter(outcome=Referral.Outcome.OPEN).update(outcome=Referral.Outcome.LOST, closed_at=now)
    return waiting.update(contact_email="", contact_phone="")
