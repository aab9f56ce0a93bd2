"""Forgetting a person: who they were goes, what they did stays without a name, and the books are untouched."""

import importlib
import logging
from importlib.util import find_spec

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from community.holding import OURS
from members import asking
from members.models import ContactPreference, Invitation, Member

log = logging.getLogger(__name__)
# Points first, for whoever weighs a deed locks accounts before anything else of a member; last what they are told, as everybody tells last.
LAST = ("notifications", "live")
ORDER = ("points", *(app for app in OURS if app not in ("points", *LAST)), *(app for app in OURS if app in LAST))


@transaction.atomic
def erase(member: Member) -> None:
    """Anonymise a member for good. Each app forgets what it keeps of them by `erase(member)` in `APP/erasing.py`.

    Activities, transfers and posts stay: they belong to the books and to others' discussions, now under no name.
    """
    # Not against those who only name the member in a row of theirs: on PostgreSQL they ask for that at their commit, with accounts of
    # the member in their hands, for which this waits.
    member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    address = member.email
    for app in ORDER:
        if find_spec(f"{app}.erasing"):
            importlib.import_module(f"{app}.erasing").erase(member)
    _close_the_doors(member)
    _forget_the_name(member)
    Invitation.objects.filter(email__iexact=address).update(email=member.email)
    log.info("member %s erased", member.public_id)


def _close_the_doors(member: Member) -> None:
    for session in UserSession.objects.filter(user=member):
        session.end()
    EmailAddress.objects.filter(user=member).delete()
    Authenticator.objects.filter(user=member).delete()
    ContactPreference.objects.filter(member=member).delete()
    asking.wish(member, None)
    member.groups.clear()
    member.user_permissions.clear()


def _forget_the_name(member: Member) -> None:
    member.email = f"{member.public_id}@erased.invalid"
    member.handle = f"former-{member.public_id.hex[:12]}"
    member.name = member.phone = member.job_title = member.about = ""
    member.is_active = member.is_staff = member.is_superuser = False
    member.company_role = Member.CompanyRole.MEMBER
    member.last_login, member.erased_at = None, timezone.now()
    member.set_unusable_password()
    member.save()
