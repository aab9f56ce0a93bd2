"""A member names somebody: a colleague, or a person of another company."""

import datetime

from django.db import transaction
from django.utils import timezone

from members.models import Company, Member
from notifications import mailing
from referrals import linking
from referrals.addresses import is_same_person
from referrals.models import Door, Referral, ReferralLink, Station
from referrals.refusals import NamedBefore, NamedOneself, TooManyToday

NAMED_A_DAY = 20
INVITATION = "referral_invitation"


@transaction.atomic
def name_somebody(
    referrer: Member, door: Door, *, name: str = "", company: str = "", email: str = "", phone: str = "", need: str = "", locale: str = "en"
) -> Referral:
    """Keep the name, and send an invitation where there is an address.

    Whether the address belongs to a member already is nobody's business but the club's: such a referral looks the
    same to the referrer, but no mail is sent and it leads nowhere.
    Raises NamedOneself, NamedBefore, TooManyToday.
    """
    email = email.strip().lower()
    _refuse(referrer, email)
    kind = Referral.Kind.INTERNAL if door == Door.COLLEAGUE else Referral.Kind.EXTERNAL
    is_known = bool(email) and Member.objects.filter(email__iexact=email).exists()
    referral = Referral.objects.create(
        referrer=referrer,
        kind=kind,
        link=linking.personal_link(referrer, door) if email and not is_known else None,
        company=_company_named(company, referrer) if kind == Referral.Kind.EXTERNAL else None,
        contact_name=name,
        contact_company=company,
        contact_email=email,
        contact_phone=phone,
        need=need,
        outcome=Referral.Outcome.KNOWN if is_known else Referral.Outcome.OPEN,
    )
    Station.objects.create(referral=referral, step=Station.Step.NAMED)
    if referral.link:
        _invite(referral, referral.link, locale)
    return referral


def _refuse(referrer: Member, email: str) -> None:
    # The lock makes two forms sent at once wait for each other, so that the day's limit holds.
    Member.objects.select_for_update().get(pk=referrer.pk)
    if email and is_same_person(email, referrer.email):
        raise NamedOneself
    mine = Referral.objects.filter(referrer=referrer)
    if email and mine.filter(contact_email=email, outcome__in=[Referral.Outcome.OPEN, Referral.Outcome.KNOWN]).exists():
        raise NamedBefore
    if mine.filter(created_at__gt=timezone.now() - datetime.timedelta(days=1)).count() >= NAMED_A_DAY:
        raise TooManyToday


def _company_named(name: str, referrer: Member) -> Company | None:
    if not name.strip():
        return None
    found = Company.objects.filter(name__iexact=name.strip()).first()
    return None if found and found.pk == referrer.company_id else found


def _invite(referral: Referral, link: ReferralLink, locale: str) -> None:
    mailing.write(
        referral.contact_email,
        INVITATION,
        reference=f"referral:{referral.pk}",
        locale=locale,
        context={"name": referral.contact_name, "referrer": referral.referrer.display_name, "path": f"/r/{link.code}"},
    )
