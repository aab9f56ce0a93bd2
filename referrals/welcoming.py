"""A newcomer came by somebody's link, or was named: who brought them, and whether as a colleague or from another company."""

from django.db import models, transaction
from django.db.models import F

from members.models import Member
from referrals import advancing
from referrals.addresses import is_same_person
from referrals.models import Claim, Door, Referral, ReferralLink, Station

Kind = Referral.Kind


@transaction.atomic
def claim(newcomer: Member, *, code: str) -> Claim | None:
    """Remember the link a newcomer signed up by. Returns None for a link that is over, or one's own."""
    link = ReferralLink.objects.open().select_related("member").filter(code=code).first()
    if link is None or is_same_person(link.member.email, newcomer.email):
        return None
    return Claim.objects.get_or_create(newcomer=newcomer, defaults={"link": link})[0]


@transaction.atomic
def settle(newcomer: Member) -> Referral | None:
    """The newcomer's address is confirmed: find who brought them and decide the kind by the company. Harmless when repeated.

    A newcomer of a company that is not the referrer's is external, whatever the door; one whose address belongs to no
    company joins the referrer's by the colleagues' door.
    """
    if Referral.objects.filter(invitee=newcomer).exists():
        return None
    referral = _claimed(newcomer) or _named(newcomer)
    if referral is None:
        return None
    referral.kind = _kind(newcomer, referral)
    referral.company = (newcomer.company or referral.company) if referral.kind == Kind.EXTERNAL else None
    referral.save(update_fields=["kind", "company"])
    advancing.reach(referral, Station.Step.REGISTERED)
    return referral


def _claimed(newcomer: Member) -> Referral | None:
    found = Claim.objects.select_related("link__member").filter(newcomer=newcomer).first()
    if found is None or found.link.member_id == newcomer.pk:
        return None
    link = ReferralLink.objects.select_for_update(of=("self",)).select_related("member").get(pk=found.link_id)
    # The conditional update decides between two newcomers on one personal link.
    if not ReferralLink.objects.filter(pk=link.pk, uses__lt=F("max_uses")).update(uses=F("uses") + 1):
        return None
    if link.is_personal:
        return _take(Referral.objects.filter(link=link), newcomer)
    kind = Kind.INTERNAL if link.door == Door.COLLEAGUE else Kind.EXTERNAL
    referral = Referral.objects.create(referrer=link.member, invitee=newcomer, link=link, kind=kind)
    Station.objects.create(referral=referral, step=Station.Step.NAMED)
    return referral


def _named(newcomer: Member) -> Referral | None:
    """The first who named this address has brought them, whether or not the mail's link was followed."""
    return _take(Referral.objects.filter(contact_email__iexact=newcomer.email).exclude(referrer=newcomer), newcomer)


def _take(referrals: models.QuerySet[Referral], newcomer: Member) -> Referral | None:
    first = referrals.filter(invitee=None, outcome=Referral.Outcome.OPEN, referrer__is_active=True).order_by("id").first()
    if first is None or not Referral.objects.filter(pk=first.pk, invitee=None).update(invitee=newcomer):
        return None
    first.refresh_from_db()
    return first


def _kind(newcomer: Member, referral: Referral) -> Referral.Kind:
    referrer = referral.referrer
    if newcomer.company_id is None and referral.kind == Kind.INTERNAL and referrer.company_id:
        newcomer.company_id = referrer.company_id
        newcomer.save(update_fields=["company"])
    return Kind.INTERNAL if newcomer.is_colleague_of(referrer) else Kind.EXTERNAL
