"""What a page needs from the frame: icons, its address in the other language, sections of the club."""

from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from community.addresses import in_language
from community.browsers import browser_name

register = template.Library()
register.filter(browser_name)


@register.simple_tag
def icon(name: str, css_class: str = "icon") -> SafeString:
    """An icon of our sprite, invisible to screen readers: the words beside it say what it is."""
    return _drawn(name, css_class)


@cache
def _drawn(name: str, css_class: str) -> SafeString:
    """A page has dozens of icons, and only a few of each."""
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css_class, static("community/icons.svg"), name)


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> list[dict[str, str]]:
    """The page's address in every language of the club, as `{"language", "url"}`; empty where nothing answers at this address."""
    request: HttpRequest | None = context.get("request")
    if request is None or request.resolver_match is None:
        return []
    here = f"{settings.SITE_URL}{request.path}"
    return [{"language": html_language(code), "url": in_language(here, code)} for code, _name in settings.LANGUAGES]


@register.simple_tag
def home_address() -> str:
    """The home page in the language of this page: `/` or `/zh-hans/`."""
    return in_language("/", get_language() or settings.LANGUAGE_CODE)


@register.simple_block_tag
def page_title(content: str) -> SafeString:
    """The page's title for the tab, with the club's name behind it, and for whoever shares the page, without. Expects escaped words."""
    words = " ".join(content.split()).removesuffix(f"· {settings.CLUB_NAME}").strip()
    behind = "" if words == settings.CLUB_NAME else f" · {settings.CLUB_NAME}"
    shared = words.replace('"', "&quot;")
    return mark_safe(f'<title>{words}{behind}</title>\n  <meta property="og:title" content="{shared}">')


@register.simple_block_tag
def page_description(content: str) -> SafeString:
    """What the page is about, for search engines and whoever shares it. Expects escaped words."""
    words = " ".join(content.split()).replace('"', "&quot;")
    return mark_safe(f'<meta name="description" content="{words}">\n  <meta property="og:description" content="{words}">')


@register.filter
def html_language(code: str) -> str:
    """Django's language code as HTML writes it: zh-hans becomes zh-Hans."""
    return "zh-Hans" if code == "zh-hans" else code
