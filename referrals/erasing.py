from django.db.models import Q
from django.utils import timezone

from members.models import Member
from notifications.models import EmailOut, Notification
from referrals.models import Claim, Referral, ReferralLink

NOBODY = {"contact_name": "", "contact_email": "", "contact_phone": "", "need": "", "further_names": "", "reason": ""}


def erase(member: Member) -> None:
    """Referrals stay for the books, without the person: neither the one who is forgotten, nor those whom they named."""
    mine = Referral.objects.filter(Q(invitee=member) | Q(referrer=member) | Q(contact_email__iexact=member.email))
    for referral in mine:
        Notification.objects.filter(cause__startswith=f"referral:{referral.pk}:").update(title="")
        EmailOut.objects.filter(reference=f"referral:{referral.pk}").delete()
    mine.filter(referrer=member, outcome=Referral.Outcome.OPEN).update(outcome=Referral.Outcome.LOST, closed_at=timezone.now())
    mine.update(**NOBODY)
    Claim.objects.filter(newcomer=member).delete()
    ReferralLink.objects.filter(member=member).delete()
