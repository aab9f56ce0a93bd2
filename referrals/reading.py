"""What pages read of referrals."""

from typing import Any

from django.db.models import QuerySet

from members.models import Member
from referrals.models import Referral, ReferralLink, SoughtCustomer
from referrals.paths import path

A_PAGE = 20


def page_of(member: Member, *, before: str = "") -> dict[str, Any]:
    """A member's own referrals, newest first, each with its path; `older` is the cursor of the next page or None."""
    rows = Referral.objects.filter(referrer=member).select_related("invitee").prefetch_related("stations")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: A_PAGE + 1])
    shown = found[:A_PAGE]
    referrals = [
        {"referral": each, "path": path(each.kind, each.stations.all(), is_over=each.is_closed), "is_lost": each.outcome == "lost"}
        for each in shown
    ]
    return {"referrals": referrals, "older": shown[-1].pk if len(found) > A_PAGE else None}


def sought(locale: str) -> QuerySet[SoughtCustomer]:
    """Whom the club looks for, as told in this language."""
    return SoughtCustomer.objects.filter(is_current=True, locale=locale)[:5]


def shared_links(member: Member) -> dict[str, ReferralLink]:
    """The member's open links to share, by door; a door may have none."""
    links = ReferralLink.objects.open().filter(member=member, is_personal=False).order_by("-id")
    return {link.door: link for link in links[:10]}
