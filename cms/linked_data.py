"""What an article says of itself to search engines, as schema.org words."""

import json
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cms.models import ArticlePage


def article_data(article: ArticlePage, picture_url: str = "") -> dict[str, Any]:
    """JSON-LD of an article; empty values are left out."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "description": article.standfirst,
        "inLanguage": article.locale.language_code,
        "url": f"{settings.SITE_URL}{article.url or ''}",
        "image": picture_url,
        "datePublished": article.first_published_at.isoformat() if article.first_published_at else "",
        "dateModified": article.last_published_at.isoformat() if article.last_published_at else "",
        "author": {"@type": "Person", "name": article.signed_by} if article.signed_by else "",
        "publisher": {"@type": "Organization", "name": settings.CLUB_NAME},
    }
    return {key: value for key, value in data.items() if value}


def as_script(data: dict[str, Any]) -> SafeString:
    """The data as an element for a page's head; nothing in it can close the element."""
    text = json.dumps(data, ensure_ascii=False).translate({ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"})
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))
