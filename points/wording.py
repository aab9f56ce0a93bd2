"""A rule in plain words, in the reader's language, for whoever approves it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from points import conditions
from points.models import Rule


def of_rule(rule: Rule) -> str:
    """Such as "Reply posted: 1 point to the member who did it, at most 10 a day"."""
    amount = ngettext("%(points)s point", "%(points)s points", rule.amount_points) % {"points": rule.amount_points}
    said = _("%(what)s: %(amount)s to %(whom)s") % {
        "what": rule.get_activity_kind_display(),
        "amount": amount,
        "whom": rule.get_pays_display(),
    }
    return _(", ").join([said, *_limits(rule), *_bounds(rule)])


def _limits(rule: Rule) -> list[str]:
    found = []
    if rule.is_total:
        found.append(_("topped up to this total"))
    if rule.cap_per_day:
        found.append(_("at most %(count)s a day") % {"count": rule.cap_per_day})
    if rule.cap_per_object:
        found.append(_("at most %(count)s for one object") % {"count": rule.cap_per_object})
    if rule.cap_in_all:
        found.append(_("at most %(count)s in all") % {"count": rule.cap_in_all})
    if rule.group and found and not rule.is_total:
        found[-1] += " " + _("together with the group %(group)s") % {"group": rule.group}
    return found


def _bounds(rule: Rule) -> list[str]:
    found = []
    if rule.tier_amounts:
        by_tier = _(", ").join(f"{tier} {points}" for tier, points in rule.tier_amounts.items())
        found.append(_("by tier: %(amounts)s") % {"amounts": by_tier})
    if rule.amount_up_to:
        found.append(_("or as an invitation says, up to %(points)s") % {"points": rule.amount_up_to})
    if rule.condition:
        found.append(_("where %(condition)s") % {"condition": conditions.in_words(rule.condition)})
    if rule.starts_on:
        found.append(_("from %(day)s") % {"day": rule.starts_on})
    if rule.ends_on:
        found.append(_("until %(day)s") % {"day": rule.ends_on})
    return found
