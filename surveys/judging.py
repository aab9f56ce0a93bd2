"""Asking the judge: whether these answers are a possible outcome of this definition, decided by the engine of the browser."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys import findings, json_limits
from surveys.engine.pool import pool
from surveys.engine.process import EngineDown

__all__ = ["BadDefinition", "EngineDown", "Problem", "Verdict", "digest_of", "judge", "outline"]

ENGINE_LOCALES = {"zh-hans": "zh-cn"}


class BadDefinition(ValueError):  # noqa: N818
    """The definition cannot be loaded; the text says why."""


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: a question's path such as `children[0].age`, or "" for the whole."""

    question: str
    message: str


@dataclass
class Verdict:
    """What the judge said. `data` is what may be stored: hidden and invented values gone, expressions computed anew."""

    valid: bool
    errors: list[Problem]
    data: dict[str, Any]
    dropped: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    engine: str = ""
    contradictions: list[str] = field(default_factory=list)


def digest_of(definition: dict[str, Any]) -> str:
    """SHA-256 of a definition, the same however its keys are ordered."""
    return hashlib.sha256(json.dumps(definition, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def engine_locale(language: str | None) -> str:
    """What survey-core calls one of our languages; "" is English."""
    return ENGINE_LOCALES.get((language or "").lower(), "")


def judge(definition: dict[str, Any] | str, data: Any, *, language: str | None = None, contradictions: Sequence[str] = ()) -> Verdict:
    """Judge one set of answers.

    definition   SurveyJS JSON, as published; or its text
    data         what was sent; anything but an object is refused
    contradictions   expressions of the engine that no consistent answers make true; those that are true are named
    Raises EngineDown when no engine answers, BadDefinition when the definition cannot be loaded.
    """
    refused = _refuse_early(data)
    if refused:
        return Verdict(valid=False, errors=[Problem("", refused)], data={})
    text = definition if isinstance(definition, str) else json.dumps(definition)
    arguments = [text, json.dumps(data), engine_locale(language or get_language()), list(contradictions)]
    answer, engine = pool().ask("judge", arguments, settings.SURVEY_ENGINE_SECONDS)
    if answer.get("error") in ("timeout", "memory"):
        reason = _("These answers could not be checked within the limits of time and memory.")
        return Verdict(valid=False, errors=[Problem("", reason)], data={}, engine=engine)
    if "error" in answer and _loads(text):
        return Verdict(
            valid=False, errors=[Problem("", _("These answers have a form that the survey cannot read."))], data={}, engine=engine
        )
    return _verdict(_result(answer), engine)


def _loads(text: str) -> bool:
    """Whether a definition is sound, so that it was the answers that broke the engine's reading of them."""
    answer, _engine = pool().ask("describe", [text, ""], settings.SURVEY_ENGINE_SECONDS)
    return "error" not in answer


def outline(definition: dict[str, Any], *, language: str) -> dict[str, Any]:
    """What a definition asks, in one language: {title, description, pages, questions, locales}; raises as judge() does."""
    answer, _engine = pool().ask("describe", [json.dumps(definition), engine_locale(language)], settings.SURVEY_ENGINE_SECONDS)
    if answer.get("error") in ("timeout", "memory"):
        raise BadDefinition(_("The definition could not be loaded within the limits of time and memory."))
    return _result(answer)


def _refuse_early(data: Any) -> str:
    if not isinstance(data, dict):
        return _("The answers must be an object of question names and values.")
    try:
        json_limits.check(data, most_levels=json_limits.ANSWERS_DEPTH)
    except json_limits.BadJson as problem:
        return str(problem)
    return ""


def _result(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise BadDefinition(str(answer["message"]))
    result: dict[str, Any] = answer["result"]
    return result


def _verdict(result: dict[str, Any], engine: str) -> Verdict:
    strict = [Problem(found["question"], findings.sentence(findings.ANSWERS, found)) for found in result["findings"]]
    engines = [Problem(found["question"], found["message"] or _("This answer is not of the form asked for.")) for found in result["errors"]]
    if not result["valid"] and not strict and not engines:
        engines = [Problem("", _("These answers do not complete the survey."))]
    return Verdict(
        result["valid"], [*strict, *engines], result["data"], result["dropped"], result["asked"], engine, result["contradictions"]
    )
