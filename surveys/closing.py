"""The words with which a survey closes: chosen for these very answers and filled in by the engine, cleaned of what could run."""

import json
from typing import Any

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from surveys.engine.pool import pool
from surveys.engine.process import EngineDown
from surveys.judging import engine_locale
from surveys.models import SchemaVersion
from surveys.versions_known import known

TAGS = {
    *("a", "b", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "s", "small"),
    *("span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"),
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"}}
SCHEMES = {"http", "https", "mailto", "tel"}


def words(version: SchemaVersion, data: dict[str, Any], language: str) -> SafeString:
    """Safe HTML in the reader's language; "" where the survey has no words of its own or no engine answers: nobody waits for thanks."""
    return words_in(known(version).text, data, language)


def words_in(text: str, data: dict[str, Any], language: str) -> SafeString:
    """The same of a definition's text."""
    if "completedHtml" not in text:
        return SafeString("")
    try:
        answer, _engine = pool().ask("closing", [text, json.dumps(data), engine_locale(language)], settings.SURVEY_ENGINE_SECONDS)
    except EngineDown:
        return SafeString("")
    cleaned = nh3.clean(answer.get("result") or "", tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow")
    return mark_safe(cleaned)  # cleaned a line above
