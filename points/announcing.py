"""Telling members of what rules brought them, points and other things, as it comes and as it is taken back. In the transaction of that."""

from collections.abc import Iterable

from django.utils import translation

from notifications.models import Notification
from notifications.subjects import named_by
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


def tell_of_award(row: Accrual) -> None:
    """Tell a member of an award of points, and what its rule has to say; of points that only count for the tier their page tells."""
    _say_notice(row)
    if row.rule.is_qualifying or row.is_without_points:
        return
    details = {"points": row.amount_points, "activity_kind": row.activity.kind}
    where, subject = row.activity.url or "/points/", named_by(row.activity.cause)
    kind, cause = Notification.Kind.POINTS_EARNED, f"accrual:{row.pk}:{row.times_awarded}"
    tell(row.member, kind, cause=cause, subject=subject, title="" if subject else row.activity.title, url=where, details=details)


def _say_notice(row: Accrual) -> None:
    """Each member once, however often the rule gives: in both languages, so that it is read in the one they have then."""
    rule = row.rule
    if not rule.notice:
        return
    where = "/points/promotions/" if rule.is_promotion else row.activity.url or "/points/"
    words = {"en": rule.notice, "zh-hans": rule.notice_zh or rule.notice}
    tell(row.member, Notification.Kind.NOTICE, cause=f"rule:{rule.pk}", title=rule.notice, url=where, details={"words": words})


def _was_never_said(grant: Grant, step: str) -> bool:
    """Whether a voucher goes that waited for a code: none became void with it."""
    return step == "taken_back" and grant.kind == Kind.VOUCHER and not grant.codes.filter(voided_at=grant.ended_at).exists()
