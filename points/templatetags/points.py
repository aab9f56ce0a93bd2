from collections.abc import Iterable
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone

from members.models import Member
from points import badges, reading, rulebook, showing, trials, wording
from points.models import Rule

register = template.Library()


@register.filter
def minus(number: int) -> str:
    """A whole number as a table prints it: 1,234 or −1,234, with a minus as wide as a plus."""
    return intcomma(number).replace("-", "−")


@register.filter
def brings(rule: Rule) -> list[str]:
    """What a rule gives beside its points, or in their place, and until when it holds that."""
    return [*(wording.beside_points(rule) if rule.gives_points else wording.in_place_of_points(rule)), *wording.held(rule)]


@register.filter
def asks(rule: Rule) -> list[str]:
    """What a rule asks for beside the deed, and what each of its points is for."""
    return [*wording.for_each(rule), *wording.asked(rule)]


@register.filter
def gives_beside(rule: Rule) -> list[str]:
    """The same without until when."""
    return wording.beside_points(rule) if rule.gives_points else wording.in_place_of_points(rule)


@register.inclusion_tag("points/_badge.html")
def points_badge(member: Member) -> dict[str, Any]:
    """A member's balance and tier for the frame. One query."""
    if not getattr(member, "is_authenticated", False):
        return {"shown": False}
    balance, tier = _in_frame(member)
    return {"shown": True, "balance": balance, "tier": tier}


@register.inclusion_tag("points/_partner_door.html")
def partner_door(member: Member) -> dict[str, Any]:
    """The way to the partner's portal, for who acts for one. No query beside the badge's."""
    _balance, tier = _in_frame(member)
    return {"acts": getattr(tier, "acts_for_partner", False)}


def _in_frame(member: Any) -> tuple[int, Any]:
    # Asked once for a page: the member is the request's own.
    if not hasattr(member, "points_in_frame"):
        member.points_in_frame = reading.balance_and_tier(member)
    return member.points_in_frame


@register.inclusion_tag("points/_reach.html")
def points_reach(member: Member, most: int = 3) -> dict[str, Any]:
    """What a member's points buy, and what is near."""
    if not getattr(member, "is_authenticated", False):
        return {"reaches": []}
    return {"reaches": reading.within_reach(member, most=most)}


@register.inclusion_tag("points/_honours.html", takes_context=True)
def honours_of(context: dict[str, Any], member: Member) -> dict[str, Any]:
    """A member's tier, if they let others see it or look themselves, and the badges they have earned or were given. Two queries."""
    own = getattr(context.get("user"), "pk", None) == member.pk
    earned, given = badges.honours_of(member)
    tier = reading.tier_of(member) if own else showing.tier_shown(member)
    return {"tier": tier, "badges": earned, "given": given, "is_own": own}


@register.inclusion_tag("points/_earned_note.html", takes_context=True)
def earned_note(context: dict[str, Any], activity_kind: str) -> dict[str, Any]:
    """What a deed earns, whispered: nothing where no rule is in force. One query."""
    return {"rule": next(reversed(_for_whoever_reads(context, [activity_kind])), None)}


@register.simple_tag(takes_context=True)
def earnings_of(context: dict[str, Any], *activity_kinds: str) -> dict[str, int]:
    """What each of these deeds earns whoever does it, without those that earn nothing today. One query."""
    # The most generous comes last and stays.
    return {rule.activity_kind: rule.amount_points for rule in _for_whoever_reads(context, activity_kinds)}


def _for_whoever_reads(context: dict[str, Any], activity_kinds: Iterable[str]) -> list[Rule]:
    """The rules in force for some deeds, the most generous last, and nothing of a rule that leaves somebody out: who reads may be left out.

    While a programme leaves a part of the companies out, its rules are named only to whom it does not: to no visitor.
    """
    everybody: dict[str, Any] = {"control_percent": 0, "segment": None, "needs_enrolment": False, "condition": {}}
    rows = rulebook.open_today().filter(activity_kind__in=activity_kinds, effect="award", amount_points__gt=0, **everybody)
    reader, today = context.get("user"), timezone.localdate()
    unit = trials.unit_of(reader.pk, reader.company_id) if isinstance(reader, Member) else None
    return [
        rule
        for rule in rows.order_by("amount_points", "-pk")
        if rule.keeps_a_promise or not (trials.is_held_out(rule.programme, unit, today) if unit else rule.programme.has_control_on(today))
    ]
