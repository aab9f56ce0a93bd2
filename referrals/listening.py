"""What the referrals hear from elsewhere: a sign-up that came by a link, an address confirmed, a colleague's first contribution."""

import logging
from typing import Any

from allauth.account.signals import user_signed_up

from members import activity, joining, purchasing
from members.models import Member, Purchase
from referrals import linking, noticing, welcoming

log = logging.getLogger(__name__)

CODE_KEY = "referral_code"


def listen() -> None:
    user_signed_up.connect(_signed_up, dispatch_uid="referrals.signed_up")
    joining.confirming.connect(_confirming, dispatch_uid="referrals.confirming")
    purchasing.purchased.connect(_purchased, dispatch_uid="referrals.purchased")
    activity.recorded.connect(_recorded, dispatch_uid="referrals.recorded")


def _signed_up(request: Any, user: Member, **_ignored: Any) -> None:
    code = request.session.pop(CODE_KEY, "")
    if not code:
        return
    try:
        welcoming.claim(user, code=code)
    except Exception:  # A referral that breaks must not break the sign-up.
        log.exception("referral not kept for member %s", user.pk)


def _confirming(member: Member, **_ignored: Any) -> None:
    welcoming.settle(member)
    linking.shared_links(member)


def _recorded(activity_id: int, kind: str, **_ignored: Any) -> None:
    if kind in noticing.CONTRIBUTIONS:
        noticing.notice_contribution(activity_id)


def _purchased(purchase_id: int, **_ignored: Any) -> None:
    noticing.notice_purchase(Purchase.objects.select_related("company").get(pk=purchase_id))
