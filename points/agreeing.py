"""What a partner agrees to: one version of a rule, in its own words. Another version is another promotion, and waits for another yes."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from members.models import Member
from notifications.models import Notification
from notifications.telling import tell
from points.models import JointPromotion, Rule

Status = JointPromotion.Status
VERSIONS_KEPT, REFUSED = 20, "no:"
# What a rule pays, to whom, when and how often; how its own row is kept says nothing of that.
TERMS = (
    *("activity_kind", "origin", "pays", "amount_points", "tier_amounts", "per_field", "per_size", "rounding", "amount_up_to", "is_total"),
    *("group", "cap_per_day", "cap_per_object", "cap_in_all", "cap_points_per_day", "budget_points", "control_percent", "best_of"),
    *("segment_id", "condition", "starts_on", "ends_on", "is_promotion", "needs_enrolment", "programme_id"),
)
# Said only where they say something, so that what was agreed to before there were such terms stays agreed.
LATER_TERMS = (
    *("factor_percent", "cap_per_week", "cap_per_month", "cap_points_per_week", "cap_points_per_month", "cap_points_in_all"),
    *("caps", "badge_id", "voucher_of_id", "lifts_to_id", "lift_days", "is_qualifying", "qualifying_points"),
    *("hold_days", "hold_until", "hold_event", "hold_same"),
)


class ChangedMeanwhile(Exception):  # noqa: N818
    """The version that was agreed to is no longer the one that is proposed."""


@dataclass(frozen=True)
class Proposal:
    """A joint promotion as its partner reads it: the version that is to be decided, or the one that was."""

    promotion: JointPromotion
    version: Rule
    digest: str
    is_waiting: bool


def digest_of(rule: Rule) -> str:
    """SHA-256 of what a version pays and to whom, with the condition of its segment."""
    terms: list[Any] = [getattr(rule, name) for name in TERMS]
    segment = rule.segment.condition if rule.segment else None
    terms += [[name, value] for name in LATER_TERMS if (value := getattr(rule, name))]
    return hashlib.sha256(json.dumps([terms, segment], sort_keys=True, default=str).encode()).hexdigest()


def proposals(partner: Any, *, most: int = 50) -> list[Proposal]:
    """A partner's promotions, the newest first."""
    rows = JointPromotion.objects.filter(partner=partner).select_related("rule__segment", "rule__programme", "rule__latest_revision")
    return [proposal(row) for row in rows.prefetch_related("rule__programme__tiers")[:most]]


def proposal(row: JointPromotion) -> Proposal:
    """What is in force while the partner has not agreed to it; else the draft that comes after it, if there is one."""
    version = row.rule
    digest = digest_of(version)
    is_settled = digest in row.agreed or row.status == Status.DECLINED
    if version.latest_revision and (not version.live or (is_settled and version.has_unpublished_changes)):
        version = version.latest_revision.as_object()
        digest = digest_of(version)
    is_next = row.status == Status.APPROVED and bool(row.agreed) and not {digest, REFUSED + digest} & set(row.agreed)
    return Proposal(row, version, digest, row.status == Status.PROPOSED or is_next)


@transaction.atomic
def decide(row: JointPromotion, *, by: Member, is_approved: bool, digest: str, note: str = "") -> None:
    """The partner's yes or no to the version that was shown. Raises ChangedMeanwhile."""
    row = (
        JointPromotion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("rule__segment", "rule__latest_revision")
        .get(pk=row.pk)
    )
    shown = proposal(row)
    if not shown.is_waiting:
        return
    if shown.digest != digest:
        raise ChangedMeanwhile
    row.agreed = [*row.agreed, digest if is_approved else REFUSED + digest][-VERSIONS_KEPT:]
    if row.status == Status.PROPOSED:
        row.status = Status.APPROVED if is_approved else Status.DECLINED
    row.decided_at, row.decided_by, row.note = timezone.now(), by, note.strip()[:500]
    row.save(update_fields=["status", "decided_at", "decided_by", "note", "agreed"])


def propose(row: JointPromotion) -> None:
    """Tell the partner's people that a version waits for them."""
    version = proposal(row)
    for member in Member.objects.filter(partner_user__partner=row.partner_id, is_active=True)[:50]:
        cause = f"joint:{row.pk}:{version.digest[:40]}"
        with override(member.locale):
            tell(member, Notification.Kind.PARTNER, cause=cause, title=version.version.label, url="/points/partner/")


@transaction.atomic
def ask_anew(rule: Rule) -> None:
    """Another version is in force: without the partner's yes to it, it pays nothing."""
    row = JointPromotion.objects.select_for_update(no_key=True, of=("self",)).filter(rule=rule).select_related("rule__segment").first()
    if row is None or row.status == Status.PROPOSED:
        return
    is_agreed = digest_of(row.rule) in row.agreed
    status = Status.APPROVED if is_agreed else Status.PROPOSED
    if status != row.status:
        JointPromotion.objects.filter(pk=row.pk).update(status=status)
        row.status = status
        if not is_agreed:
            propose(row)
