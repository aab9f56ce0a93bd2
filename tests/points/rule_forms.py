"""The form of a rule as a browser sends it."""

from points.models import Rule

ADDRESS = "/admin/snippets/points/rule/"
NAMES = ("programme_id", "name", "name_zh", "activity_kind", "origin", "pays", "amount_points", "group", "per_size", "rounding", "effect")


def rule_form(rule: Rule, **changes):
    """Every field of the form with the rule's value; changes replace some of them, None leaves one out."""
    data = {name.removesuffix("_id"): getattr(rule, name) for name in NAMES}
    data |= {"condition-mode": "all", "cap_per_day": "10", "is_active": "on"} | changes
    return {name: value for name, value in data.items() if value is not None}


def edit(client, rule, who, **changes):
    client.force_login(who)
    return client.post(f"{ADDRESS}edit/{rule.pk}/", rule_form(rule, **changes))


def submit(client, rule, who, **changes):
    return edit(client, rule, who, **{"action-ask": "yes"}, **changes)
