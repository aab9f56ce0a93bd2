"""Points by tier, as a rule keeps them: `{slug: points}`."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _


def problem_of(given: Any, *, most: int, tiers: Collection[str] | None) -> str:
    """What is wrong with it, in words; empty where nothing is. most: points; tiers: those of the rule's programme, where it is known."""
    if not isinstance(given, dict) or not all(type(points) is int and 0 < points <= most for points in given.values()):
        return _('Give each tier a whole number of points, such as {"gold": 7}.')
    unknown = sorted(given.keys() - set(tiers)) if tiers is not None else []
    return _("There is no tier “%(tier)s” in this programme.") % {"tier": unknown[0]} if unknown else ""
