"""Looking for the club's pages by their words, Chinese or not."""

from typing import Any

from django.utils.translation import get_language
from wagtail.models import Locale, Page

from cms.bigrams import query_terms
from cms.gates import visible_to

FOUND_MOST = 30


def find_pages(query: str, *, member: Any) -> list[Page]:
    """Up to FOUND_MOST pages in the active language that hold every word of the query, best first."""
    terms = query_terms(query)
    if not terms:
        return []
    locale = Locale.objects.get_for_language(get_language())
    pages = visible_to(Page.objects.filter(locale=locale), member)
    hits = pages.search(terms, operator="and")[:FOUND_MOST]
    kept = {page.pk: page for page in Page.objects.filter(pk__in=[hit.pk for hit in hits]).specific()}
    return [kept[hit.pk] for hit in hits]
