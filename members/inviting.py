"""Personal invitations into the club: a company's administrator invites colleagues, the club's own people invite anybody."""

import datetime

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Company, Invitation, Member

INVITED_A_DAY = 50
# Rung within the transaction with `invitation` and `locale`, so that the mail is written with it.
invited = Signal()


class Refused(Exception):  # noqa: N818
    message: str | Promise = _("This cannot be done now.")

    def __str__(self) -> str:
        return str(self.message)


class NotTheirs(Refused):
    message = _("You may not invite people here.")


class InvitedBefore(Refused):
    message = _("This address has an open invitation already.")


class ForeignDomain(Refused):
    message = _("This address belongs to another company.")


class TooManyToday(Refused):
    message = _("That is enough for one day. Please come back tomorrow.")


def may_invite(member: Member, company: Company | None) -> bool:
    if member.has_perm("members.add_invitation"):
        return True
    return company is not None and member.company_id == company.pk and member.company_role == Member.CompanyRole.ADMIN


@transaction.atomic
def invite(email: str, *, invited_by: Member, company: Company | None, locale: str = "en") -> Invitation | None:
    """Invite an address, by mail. Returns None, and sends nothing, where it is a member's already: nobody is told which.

    Raises a Refused with the sentence to show.
    """
    email = email.strip().lower()
    Member.objects.select_for_update().get(pk=invited_by.pk)
    if not may_invite(invited_by, company):
        raise NotTheirs
    _refuse(email, invited_by, company)
    if Member.objects.filter(email__iexact=email).exists():
        return None
    invitation = Invitation.objects.create(email=email, invited_by=invited_by, company=company)
    invited.send(sender=Invitation, invitation=invitation, locale=locale)
    return invitation


def _refuse(email: str, invited_by: Member, company: Company | None) -> None:
    now = timezone.now()
    if Invitation.objects.filter(email=email, company=company, accepted_by=None, expires_at__gt=now).exists():
        raise InvitedBefore
    domain = email.rsplit("@", 1)[-1]
    owner = Company.objects.filter(email_domain__iexact=domain).exclude(email_domain="").first()
    if owner and company and owner != company:
        raise ForeignDomain
    recent = Invitation.objects.filter(invited_by=invited_by, created_at__gt=now - datetime.timedelta(days=1))
    if recent.count() >= INVITED_A_DAY:
        raise TooManyToday


@transaction.atomic
def withdraw(invitation: Invitation) -> bool:
    """Take an open invitation back. Returns False if it was over already."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_by=None, expires_at__gt=timezone.now())
    return bool(open_ones.update(expires_at=timezone.now()))
