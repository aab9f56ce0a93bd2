"""Looking for the club's pages by their words, Chinese or not."""

import html
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import get_language
from wagtail.models import Locale, Page

from cms.bigrams import query_terms
from cms.gates import visible_to
from forum import excerpts
from forum.tokens import phrases

FOUND_MOST = 30


def find_pages(query: str, *, member: Any) -> list[Page]:
    """Up to FOUND_MOST pages in the active language that hold every word of the query, best first.

    Each has a `passage`: the place in its text where a word was found, in pieces, each with whether it is one of them.
    """
    terms = query_terms(query)
    if not terms:
        return []
    locale = Locale.objects.get_for_language(get_language())
    pages = visible_to(Page.objects.filter(locale=locale), member)
    hits = pages.search(terms, operator="and")[:FOUND_MOST]
    kept: dict[int, Any] = {page.pk: page for page in Page.objects.filter(pk__in=[hit.pk for hit in hits]).specific()}
    asked = phrases(query)
    for page in kept.values():
        page.passage = passage_of(page, asked)
    return [kept[hit.pk] for hit in hits]


def passage_of(page: Any, asked: list[list[str]]) -> excerpts.Pieces:
    """What a page says around the first of the phrases; where they stand in its title alone, how it begins."""
    standfirst = str(getattr(page, "standfirst", ""))
    text = page.searchable_text().removeprefix(page.title) if hasattr(page, "searchable_text") else page.search_description
    text = " ".join(html.unescape(strip_tags(text)).split())
    for words in (standfirst, text):
        pieces = excerpts.excerpt(words, asked)
        if any(is_found for _words, is_found in pieces):
            return pieces
    return excerpts.excerpt(standfirst or text, [])
