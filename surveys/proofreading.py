"""Reading a definition before it may be published: everything wrong with it, each thing at its place."""

import json
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from surveys import findings, json_limits
from surveys.engine.pool import pool
from surveys.judging import Problem

LIMITS = {"elements": 1000, "milliseconds": 1500}
PATTERN_SECONDS = 1.0
MOST_PATTERNS = 50
# Told, not refused: what the engine ignores in the browser as here, and what may be meant as it stands.
HARMLESS = {"unknown_property", "never_true", "unlisted_compared", "loose_ring", "piped_name", "left_out"}
# What makes a definition no definition at all, as against one with mistakes.
FATAL = {"unknown_type", "dangerous_name", "too_many_elements"}


def proofread(definition: Any) -> tuple[list[Problem], list[Problem]]:
    """Errors that forbid publication, and warnings. Raises EngineDown.

    A problem's `question` is the path or name of the element: `pages[0].elements[2]`, `nps.visibleIf`.
    """
    if not isinstance(definition, dict):
        return [Problem("", _("A definition is a JSON object."))], []
    try:
        text = json.dumps(definition)
        json_limits.read(text, most_bytes=json_limits.DEFINITION_BYTES, most_levels=json_limits.DEFINITION_DEPTH)
    except (json_limits.BadJson, ValueError, RecursionError) as problem:
        return [Problem("", str(problem))], []
    answer, _engine = pool().ask("proofread", [text, LIMITS], settings.SURVEY_ENGINE_SECONDS)
    if answer.get("error") == "broken":
        return [Problem("", _("The engine cannot load this: %(problem)s") % {"problem": answer["message"]})], []
    if "error" in answer:
        if (slow := _slow_pattern(text)) is not None:
            return [slow], []
        return [Problem("", _("Reading this takes more time or memory than a survey may use; look for a slow regular expression."))], []
    found = answer["result"]["problems"]
    errors = [_problem(entry) for entry in found if entry["code"] not in HARMLESS]
    return errors, [_problem(entry) for entry in found if entry["code"] in HARMLESS]


def _slow_pattern(text: str) -> Problem | None:
    """The first regular expression that takes longer than a second to try by itself, or is seen to be slow; raises EngineDown."""
    asked, _engine = pool().ask("patterns", [text], PATTERN_SECONDS)
    for path, pattern, flags in asked.get("result", [])[:MOST_PATTERNS]:
        answer, _engine = pool().ask("isSlow", [pattern, flags], PATTERN_SECONDS)
        if answer.get("error") in ("timeout", "memory") or answer.get("result") is True:
            return _problem({"path": path, "code": "slow_pattern"})
    return None


def _problem(entry: dict[str, Any]) -> Problem:
    return Problem(entry["path"], findings.sentence(findings.DEFINITIONS, entry))


def unloadable(definition: Any) -> str:
    """Why a definition cannot be used at all, in one line; "" where it can, whatever else is wrong with it. Raises EngineDown."""
    if not isinstance(definition, dict):
        return _("A definition is a JSON object.")
    try:
        json_limits.read(json.dumps(definition), most_bytes=json_limits.DEFINITION_BYTES, most_levels=json_limits.DEFINITION_DEPTH)
    except json_limits.BadJson as problem:
        return str(problem)
    answer, _engine = pool().ask("proofread", [json.dumps(definition), LIMITS], settings.SURVEY_ENGINE_SECONDS)
    if "error" in answer:
        return "" if answer["error"] in ("timeout", "memory") else str(answer["message"])
    fatal = [entry for entry in answer["result"]["problems"] if entry["code"] in FATAL]
    return f"{fatal[0]['path']}: {_problem(fatal[0]).message}" if fatal else ""
