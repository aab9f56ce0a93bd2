"""Surveys inside other parts' pages: `{% survey_card "slug" %}` and `{% waiting_surveys member %}`."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.safestring import SafeString, mark_safe

from members.models import Member
from surveys import charts, quality, reading
from surveys.crosstabs import Crosstab
from surveys.drawings import as_svg
from surveys.summaries import Bar
from surveys.trends import Trend

register = template.Library()


@register.inclusion_tag("surveys/_embedded.html", takes_context=True)
def survey_card(context: template.Context, slug: str) -> dict[str, Any]:
    """One survey for whoever reads the page, to be answered there; a card in a preview, nothing where it is not theirs to answer."""
    request = context.get("request")
    member = getattr(request, "user", None) or AnonymousUser()
    return {"card": reading.card_of(slug, member), "opens_here": not getattr(request, "is_preview", False)}


@register.inclusion_tag("surveys/_waiting.html")
def waiting_surveys(member: "Member | AnonymousUser", limit: int = 3) -> dict[str, Any]:
    """The surveys that wait for a member, as cards; nothing where none does."""
    return {"cards": reading.waiting_for(member, limit)}


@register.filter
def signs(flags: list[str]) -> str:
    """The signs of poor quality in words."""
    return ", ".join(str(quality.NAMES.get(flag, flag)) for flag in flags)


@register.simple_tag
def survey_chart(title: str, bars: list[Bar]) -> SafeString:
    """Bars as SVG; what is written in it is escaped there."""
    return mark_safe(charts.bars_svg(title, bars))


@register.simple_tag
def crosstab_chart(title: str, table: Crosstab, least: int) -> SafeString:
    """A cross-tab as SVG; nothing where it has too many bars to be read."""
    drawing = charts.groups(title, table, least=least)
    return mark_safe(as_svg(drawing)) if drawing else SafeString()


@register.simple_tag
def trend_chart(trend: Trend) -> SafeString:
    """A rating from wave to wave as SVG."""
    return mark_safe(as_svg(charts.trend(trend.title, trend.points, least=trend.least, most=trend.most)))
