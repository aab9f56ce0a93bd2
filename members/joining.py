"""Joining the club: what happens when an address is confirmed, and how a newcomer finds their company."""

from typing import Any

from allauth.account.signals import email_confirmed
from django.db import transaction
from django.dispatch import Signal

from members import activity, profiles
from members.models import Activity, Company, Invitation, Member

# Rung within the transaction of a confirmation, with `member`, before it is logged: who brought them may still give them a company.
confirming = Signal()


def listen() -> None:
    email_confirmed.connect(_confirmed, dispatch_uid="members.joining")


def _confirmed(email_address: Any, **_ignored: Any) -> None:
    confirm(email_address.user)


@transaction.atomic
def confirm(member: Member) -> None:
    """A member's address is confirmed: find the company by its domain, and log the registration. Harmless when repeated."""
    if member.company_id is None:
        domain = member.email.rsplit("@", 1)[-1].lower()
        member.company = Company.objects.filter(email_domain__iexact=domain).exclude(email_domain="").first()
        if member.company:
            member.save(update_fields=["company"])
    if not Activity.objects.filter(kind=Activity.Kind.REGISTERED, cause=f"member:{member.pk}").exists():
        confirming.send_robust(sender=Member, member=member)
    activity.record(member, Activity.Kind.REGISTERED, cause=f"member:{member.pk}", url=member.get_absolute_url())
    profiles.record_completeness(member)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, member: Member) -> None:
    """Tie a new member to the invitation they followed, and to its company. An expired or used one changes nothing."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        return
    invitation.accepted_by = member
    invitation.save(update_fields=["accepted_by"])
    if invitation.company_id:
        member.company_id = invitation.company_id
        member.save(update_fields=["company"])
