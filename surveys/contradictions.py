"""Rules that consistent answers never meet: expressions of the engine, which have to be readable by it."""

from typing import Any

from django.utils.translation import gettext as _

from surveys.judging import Problem
from surveys.proofreading import proofread


def proofread_rules(definition: dict[str, Any], rules: list[str]) -> tuple[list[Problem], list[Problem]]:
    """What forbids using rules beside a definition, and warnings: a question was renamed or taken out, a choice is called otherwise.

    A problem's `question` is the rule's place among them, from 0: `contradictions[2]`. Raises EngineDown.
    """
    if not rules:
        return [], []
    probes = [{"type": "html", "name": _name(place), "visibleIf": rule} for place, rule in enumerate(rules)]
    pages = definition.get("pages") or [definition]
    beside = {name: value for name, value in definition.items() if name not in ("pages", "elements", "questions")}
    errors, warnings = proofread({**beside, "pages": [*pages, {"name": "contradictions", "elements": probes}]})
    places = {_name(place): place for place in range(len(rules))}

    def of_rules(problems: list[Problem]) -> list[Problem]:
        found = []
        for problem in problems:
            place = places.get(problem.question.partition(".")[0])
            if place is not None:
                # The engine tells of an element that is never shown.
                why = _("no answers make it true.") if _name(place) in problem.message else problem.message
                told = _("Contradiction “%(rule)s”: %(problem)s") % {"rule": rules[place], "problem": why}
                found.append(Problem(f"contradictions[{place}]", told))
        return found

    return of_rules(errors), of_rules(warnings)


def _name(place: int) -> str:
    return f"contradiction-probe-{place}"
