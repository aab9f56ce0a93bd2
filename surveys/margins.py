"""Shares of the population that answers are weighted to: which questions can have them, and which fit a new definition no more."""

import json
from typing import Any

from django.utils.translation import gettext as _

from surveys import analysing
from surveys.judging import Problem
from surveys.mirror import key_of


def weighable(outline: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The questions that answers can be weighted by, by the name of their value: those of one choice."""
    closed = analysing.closed_questions(outline)
    return {question["value_name"]: question for question in closed if len(question["path"]) == 1 and not question["several"]}


def unmet(margins: dict[str, dict[str, float]], outline: dict[str, Any]) -> list[Problem]:
    """What stands in the way of weighting by these shares: a question was renamed or taken out, a choice is new or called otherwise."""
    known, found = weighable(outline), []
    for name, shares in margins.items():
        if name not in known:
            message = _("These population shares are of “%(name)s”, which the survey does not ask: nothing can be weighted. Take them out.")
            found.append(Problem(f"weights.{name}", message % {"name": name}))
            continue
        keys = {key_of(choice["value"]) for choice in known[name]["choices"]}
        gone = [key for key, share in shares.items() if share > 0 and key not in keys]
        fresh = sorted(keys - set(shares))
        for said, listed in (
            (_("The population shares of “%(name)s” wait for “%(value)s”, which can never be the answer. Give them anew."), gone),
            (_("The population shares of “%(name)s” leave out “%(value)s”: once it is answered, nothing can be weighted."), fresh),
        ):
            found += [Problem(f"weights.{name}", said % {"name": name, "value": json.loads(key)}) for key in listed]
    return found
