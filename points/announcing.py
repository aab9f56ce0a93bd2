"""Telling members of what rules brought them beside points, as it comes and as it is taken back. In the transaction of the grant."""

from collections.abc import Iterable

from django.utils import translation

from notifications.models import Notification
from notifications.telling import tell
from points.models import Accrual, Grant

Kind, Status = Grant.Kind, Grant.Status
STEPS = {Status.STANDING: "given", Status.TAKEN_BACK: "taken_back"}
WHERE = {Kind.BADGE: "/points/promotions/", Kind.VOUCHER: "/points/rewards/", Kind.TIER: "/points/"}


def tell_of(grants: Iterable[Grant], row: Accrual) -> None:
    """Once for each time that an award brought it. Nothing is said of a voucher that waits for a code, nor of qualifying points.

    row   the award that brought them
    """
    for grant in grants:
        step = STEPS.get(Status(grant.status))
        if step is None or grant.kind == Kind.POINTS or _was_never_said(grant, step):
            continue
        with translation.override(grant.member.locale):
            title = str(grant.badge or grant.reward or grant.tier)
        details = {"grant": grant.kind, "step": step} | ({"until": grant.until.isoformat()} if grant.until else {})
        cause = f"grant:{grant.pk}:{row.times_awarded}:{step}"
        tell(grant.member, Notification.Kind.GRANT, cause=cause, title=title, url=WHERE[Kind(grant.kind)], details=details)


def _was_never_said(grant: Grant, step: str) -> bool:
    """Whether a voucher goes that waited for a code: none became void with it."""
    return step == "taken_back" and grant.kind == Kind.VOUCHER and not grant.codes.filter(voided_at=grant.ended_at).exists()
