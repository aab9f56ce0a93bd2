"""Promotions that members see and join."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from members import facts, segments
from members.models import Member
from points import choices, trials
from points.models import Enrolment, JointPromotion, Rule
from points.models.programme import DEFAULT_PROGRAMME

AHEAD_DAYS, MOST = 30, 60


class NotOffered(Exception):  # noqa: N818
    """The promotion is over, withdrawn, or not for this member."""


@dataclass(frozen=True)
class Offer:
    """A promotion of any programme as one member sees it. is_coming: it begins later, and can be joined already."""

    rule: Rule
    joined_at: datetime.datetime | None
    is_coming: bool

    @property
    def programme(self) -> str:
        """The programme whose points it gives; nothing for the club's own."""
        programme = self.rule.programme
        return "" if programme.slug == DEFAULT_PROGRAMME else choices.name_of(programme)


def offers(member: Member, *, today: datetime.date | None = None) -> list[Offer]:
    """Promotions that run or begin within 30 days and that this member belongs to, those that end first on top. Four queries.

    Whom a promotion holds in its control group never hears of it.
    """
    today = today or timezone.localdate()
    rows = Rule.objects.filter(is_promotion=True, live=True, is_active=True)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    # A joint promotion is shown to nobody before the partner agreed.
    rows = rows.filter(Q(joint=None) | Q(joint__status=JointPromotion.Status.APPROVED))
    rows = rows.filter(Q(starts_on=None) | Q(starts_on__lte=today + datetime.timedelta(days=AHEAD_DAYS)))
    found = list(
        rows.select_related("segment", "programme", "badge", "voucher_of", "lifts_to")
        .prefetch_related("programme__tiers")
        .order_by("ends_on", "pk")[:MOST]
    )
    joined = dict(Enrolment.objects.filter(member=member, rule__in=found).values_list("rule", "enrolled_at"))
    who = facts.who(member) if any(rule.segment for rule in found) else None
    unit = trials.unit_of(member.pk, member.company_id)
    return [
        Offer(rule, joined.get(rule.pk), bool(rule.starts_on and rule.starts_on > today))
        for rule in found
        if not trials.leaves_out(rule, unit, today) and (rule.segment is None or (who and segments.belongs(rule.segment)(who, today)))
    ]


@transaction.atomic
def join(rule: Rule, *, member: Member) -> Enrolment:
    """Join a promotion; what the member does from now on counts for it. Again: the first joining stands. Raises NotOffered."""
    if earlier := Enrolment.objects.filter(rule=rule, member=member).first():
        return earlier
    if not any(offer.rule.pk == rule.pk and rule.needs_enrolment for offer in offers(member)):
        raise NotOffered
    return Enrolment.objects.get_or_create(rule=rule, member=member)[0]
