"""What does not go together in a rule, by the field at which it is said."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from points.models.rule import Rule

GRANTS = ("qualifying_points", "badge", "voucher_of", "lifts_to", "lift_days")
HOLDS = ("hold_days", "hold_until", "hold_event", "hold_same")


def of(rule: "Rule") -> dict[str, Any]:
    return _of_effect(rule) | _of_grants(rule) | _of_hold(rule) | _of_notice(rule) | _without_points(rule)


def _of_effect(rule: "Rule") -> dict[str, Any]:
    if not rule.multiplies:
        problems = (
            {} if rule.activity_kind else {"activity_kind": _("Say what has to happen: only a rule that multiplies is for anything.")}
        )
        if rule.amount_points is None:
            problems["amount_points"] = _("Say how many points.")
        if rule.factor_percent:
            problems["factor_percent"] = _("Only a rule that multiplies has this.")
        return problems
    # Asked of nobody; what it gives follows from the factor.
    rule.amount_points = 1
    problems = {} if rule.factor_percent else {"factor_percent": _("Say by how much: 200 doubles.")}
    for name in ("tier_amounts", "per_field", "amount_up_to", "is_total", "group"):
        if getattr(rule, name):
            problems[name] = _("A rule that multiplies does not have this.")
    return problems


def _of_grants(rule: "Rule") -> dict[str, Any]:
    problems: dict[str, Any] = {}
    if rule.is_qualifying and rule.is_total:
        problems["is_qualifying"] = _("A rule that tops up gives points that can be spent.")
    if rule.is_qualifying and rule.qualifying_points:
        problems["qualifying_points"] = _("Its points are qualifying points already.")
    if rule.voucher_of and not rule.voucher_of.gives_code:
        problems["voucher_of"] = _("This reward gives no code.")
    if rule.voucher_of and rule.voucher_of.programme_id != rule.programme_id:
        problems["voucher_of"] = _("This is of another programme.")
    if rule.lifts_to and rule.lifts_to.programme_id != rule.programme_id:
        problems["lifts_to"] = _("This is of another programme.")
    if rule.lifts_to and not rule.lift_days:
        problems["lift_days"] = _("Say for how many days.")
    if rule.lift_days and not rule.lifts_to:
        problems["lifts_to"] = _("Say to which tier.")
    if rule.multiplies:
        problems |= {name: _("A rule that multiplies does not have this.") for name in GRANTS if getattr(rule, name)}
    return problems


def _of_hold(rule: "Rule") -> dict[str, Any]:
    if rule.multiplies:
        # What it adds waits as long as what it multiplies.
        return {name: _("A rule that multiplies does not have this.") for name in HOLDS if getattr(rule, name)}
    problems: dict[str, Any] = {}
    if rule.hold_days and rule.hold_until:
        problems["hold_until"] = _("Say either how many days or until which day.")
    if rule.hold_until and rule.starts_on and rule.hold_until <= rule.starts_on:
        problems["hold_until"] = _("This is not after the first day of the rule: it would hold nothing.")
    if rule.hold_event and not (rule.hold_days or rule.hold_until):
        problems["hold_days"] = _("Say for how long it may follow.")
    if rule.hold_same and not rule.hold_event:
        problems["hold_event"] = _("Say what has to follow about the same thing.")
    return problems


def _of_notice(rule: "Rule") -> dict[str, Any]:
    problems: dict[str, Any] = {}
    for name, other in (("notice", "notice_zh"), ("notice_zh", "notice")):
        said = getattr(rule, name)
        if any(letter in said for letter in "\r\n"):
            problems[name] = _("Say it in one line.")
        elif getattr(rule, other) and not said:
            problems[name] = _("Members read it in their own language: say it in both.")
    return problems


def _without_points(rule: "Rule") -> dict[str, Any]:
    """Of a rule that gives none: what only points have."""
    if rule.amount_points != 0:
        return {}
    names = ["tier_amounts", "per_field", "amount_up_to", "is_qualifying", "is_total", "group", "best_of", "budget_points"]
    names += ["cap_points_per_day", "cap_points_per_week", "cap_points_per_month", "cap_points_in_all"]
    problems: dict[str, Any] = {name: _("A rule that gives no points does not have this.") for name in names if getattr(rule, name)}
    if isinstance(rule.caps, dict) and any(":points:" in name for name in rule.caps):
        problems["caps"] = _("A rule that gives no points limits how often it gives, not how many points.")
    if not (rule.brings_more or rule.notice):
        problems["amount_points"] = _("Say how many points, or what is given in their place.")
    return problems
