"""A rule in plain words, in the reader's language, for whoever approves it."""

from functools import partial
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from members import conditions
from points import caps, facts
from points.models import Rule
from points.models.rule import ANYTHING


def of_rule(rule: Rule, *, is_for_members: bool = False) -> str:
    """Such as "Reply posted: 1 point to the member who did it, at most 10 a day".

    Members read nothing of a control group.
    """
    said = _("%(what)s: %(amount)s to %(whom)s") % {
        "what": rule.get_activity_kind_display() or ANYTHING,
        "amount": _amount(rule),
        "whom": _whom(rule),
    }
    beside = beside_points(rule) if rule.gives_points else []
    bounds = [*_limits(rule), *_bounds(rule), *held(rule)]
    return _(", ").join([said, *beside, *bounds, *([] if is_for_members else [*_told(rule), *_trial(rule)])])


def in_both_languages(rule: Rule) -> list[tuple[str, str, str]]:
    """(language code, name, sentence) in each of the club's languages."""
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append((language, rule.label, of_rule(rule)))
    return found


def of_field(rule: Rule, field: Any) -> str:
    """One field's value as a person reads it."""
    value = getattr(rule, field.attname)
    if value is None or value in ("", {}):
        return "–"
    if field.name == "condition":
        return conditions.in_words(value, facts.catalogue(rule.activity_kind, partial(_tiers, rule)))
    if field.name == "caps":
        return _(", ").join(caps.in_words(value))
    if field.name == "tier_amounts":
        labels = dict(_tiers(rule))
        return _(", ").join(f"{labels.get(tier, tier)} {points}" for tier, points in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(getattr(rule, f"get_{field.name}_display")())
    if field.is_relation:
        return str(getattr(rule, field.name))
    return date_format(value) if hasattr(value, "isoformat") else str(value)


def _tiers(rule: Rule) -> list[tuple[str, str]]:
    return [(tier.slug, tier.label) for tier in rule.programme.tiers.all()]


def _amount(rule: Rule) -> str:
    if rule.multiplies:
        return _("%(factor)s times what other rules give,") % {"factor": rule.factor}
    if not rule.gives_points:
        return _(", ").join(in_place_of_points(rule)) or _("a notice")
    said = {"points": rule.amount_points}
    if rule.is_qualifying:
        amount = ngettext("%(points)s qualifying point", "%(points)s qualifying points", rule.amount_points) % said
    else:
        amount = ngettext("%(points)s point", "%(points)s points", rule.amount_points) % said
    if rule.tier_amounts:
        labels = dict(_tiers(rule))
        by_tier = _(", ").join(f"{labels.get(tier, tier)} {points}" for tier, points in rule.tier_amounts.items())
        amount = _("%(amount)s (by tier: %(tiers)s)") % {"amount": amount, "tiers": by_tier}
    if not rule.per_field:
        return amount
    field = facts.catalogue(rule.activity_kind, partial(_tiers, rule)).get(rule.per_field)
    each = {"amount": amount, "size": rule.per_size, "field": field.label if field else rule.per_field}
    each["rounding"] = rule.get_rounding_display()
    return _("%(amount)s for each %(size)s of “%(field)s”, rounded %(rounding)s,") % each


def _whom(rule: Rule) -> str:
    whom = str(rule.get_pays_display())
    if rule.segment:
        whom = _("%(whom)s, in the segment “%(segment)s”") % {"whom": whom, "segment": rule.segment.label}
    if rule.needs_enrolment:
        whom = _("%(whom)s, who joined the promotion") % {"whom": whom}
    return whom


def beside_points(rule: Rule) -> list[str]:
    """What a rule gives with its points, such as "with the badge “Founder”"."""
    found = []
    if more := rule.qualifying_points:
        found.append(ngettext("and %(points)s qualifying point", "and %(points)s qualifying points", more) % {"points": more})
    if rule.badge:
        found.append(_("with the badge “%(badge)s”") % {"badge": rule.badge.label})
    if rule.voucher_of:
        found.append(_("with a voucher of “%(reward)s”") % {"reward": rule.voucher_of.label})
    if rule.lifts_to and rule.lift_days:
        said = ngettext("lifted to %(tier)s for %(days)s day", "lifted to %(tier)s for %(days)s days", rule.lift_days)
        found.append(said % {"tier": rule.lifts_to.label, "days": rule.lift_days})
    return found


def in_place_of_points(rule: Rule) -> list[str]:
    """What a rule gives that gives no points, such as "the badge “Founder”"."""
    found = []
    if more := rule.qualifying_points:
        found.append(ngettext("%(points)s qualifying point", "%(points)s qualifying points", more) % {"points": more})
    if rule.badge:
        found.append(_("the badge “%(badge)s”") % {"badge": rule.badge.label})
    if rule.voucher_of:
        found.append(_("a voucher of “%(reward)s”") % {"reward": rule.voucher_of.label})
    if rule.lifts_to and rule.lift_days:
        said = ngettext("the tier %(tier)s for %(days)s day", "the tier %(tier)s for %(days)s days", rule.lift_days)
        found.append(said % {"tier": rule.lifts_to.label, "days": rule.lift_days})
    return found


def _limits(rule: Rule) -> list[str]:
    found = []
    if rule.is_total:
        found.append(_("topped up to this total"))
    if rule.cap_per_day:
        found.append(_("at most %(count)s a day") % {"count": rule.cap_per_day})
    if rule.cap_per_week:
        found.append(_("at most %(count)s a week") % {"count": rule.cap_per_week})
    if rule.cap_per_month:
        found.append(_("at most %(count)s a month") % {"count": rule.cap_per_month})
    if rule.cap_per_object:
        found.append(_("at most %(count)s for one object") % {"count": rule.cap_per_object})
    if rule.cap_in_all:
        found.append(_("at most %(count)s in all") % {"count": rule.cap_in_all})
    if rule.group and found and not rule.is_total:
        found[-1] += " " + _("together with the group %(group)s") % {"group": rule.group}
    if rule.cap_points_per_day:
        found.append(_("at most %(points)s points a day") % {"points": rule.cap_points_per_day})
    if rule.cap_points_per_week:
        found.append(_("at most %(points)s points a week") % {"points": rule.cap_points_per_week})
    if rule.cap_points_per_month:
        found.append(_("at most %(points)s points a month") % {"points": rule.cap_points_per_month})
    if rule.cap_points_in_all:
        found.append(_("at most %(points)s points in all") % {"points": rule.cap_points_in_all})
    found += caps.in_words(rule.caps)
    if rule.budget_points:
        found.append(_("until a budget of %(points)s points is given") % {"points": rule.budget_points})
    if rule.best_of:
        found.append(_("only if it gives the most among “%(word)s”") % {"word": rule.best_of})
    return found


def _bounds(rule: Rule) -> list[str]:
    found = []
    if rule.amount_up_to:
        found.append(_("or as an invitation says, up to %(points)s") % {"points": rule.amount_up_to})
    found += asked(rule)
    if rule.starts_on:
        found.append(_("from %(day)s") % {"day": date_format(rule.starts_on, "DATE_FORMAT")})
    if rule.ends_on:
        found.append(_("until %(day)s") % {"day": date_format(rule.ends_on, "DATE_FORMAT")})
    return found


def asked(rule: Rule) -> list[str]:
    """The rule's condition, such as "where Region is Guangdong"; nothing where it has none."""
    if not rule.condition:
        return []
    words = conditions.in_words(rule.condition, facts.catalogue(rule.activity_kind, partial(_tiers, rule)))
    return [_("where %(condition)s") % {"condition": words}]


def for_each(rule: Rule) -> list[str]:
    """What each time its points are for, such as "for each 100 of “Amount”"; nothing where they are for the deed as a whole."""
    if not rule.per_field:
        return []
    field = facts.catalogue(rule.activity_kind, partial(_tiers, rule)).get(rule.per_field)
    return [_("for each %(size)s of “%(field)s”") % {"size": rule.per_size, "field": field.label if field else rule.per_field}]


def held(rule: Rule) -> list[str]:
    """Until when what a rule gives is held, such as "held for 14 days"; nothing where it is not."""
    if not rule.holds:
        return []
    day = date_format(rule.hold_until, "DATE_FORMAT") if rule.hold_until else ""
    if not rule.hold_event:
        days = rule.hold_days or 0
        said = ngettext("held for %(days)s day", "held for %(days)s days", days) % {"days": days}
        return [_("held until %(day)s") % {"day": day} if day else said]
    event = {"event": rule.get_hold_event_display(), "day": day, "days": rule.hold_days}
    if rule.hold_same:
        event["event"] = _("%(event)s (about the same thing)") % event
    if day:
        return [_("held until this follows before %(day)s: %(event)s") % event]
    said = ngettext(
        "held until this follows within %(days)s day: %(event)s",
        "held until this follows within %(days)s days: %(event)s",
        rule.hold_days or 0,
    )
    return [said % event]


def _told(rule: Rule) -> list[str]:
    return [_("telling each of them once: “%(words)s”") % {"words": rule.told}] if rule.notice else []


def _trial(rule: Rule) -> list[str]:
    if not rule.control_percent:
        return []
    return [_("but %(percent)s in 100 companies are the control group and get none") % {"percent": rule.control_percent}]
