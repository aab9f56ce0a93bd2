"""A plain text mail as a page of the same words: paragraphs, a code set large, addresses as links."""

import re
from collections.abc import Iterator

import css_inline
from django.conf import settings
from django.template.loader import render_to_string

CODE = re.compile(r"[A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*")
LINK = re.compile(r"https?://\S+")
SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)


def paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of a kind, `text`, `code` or `link`, and its words; the signature is left to the page's own foot."""
    for paragraph in re.split(r"\n\s*\n", SIGNATURE.split(text)[0]):
        words = paragraph.strip()
        if CODE.fullmatch(words):
            yield "code", words
        elif LINK.fullmatch(words):
            yield "link", words
        elif words:
            yield "text", words


def as_page(text: str, *, subject: str) -> str:
    """The mail's HTML in the language that is active, its styles on the elements, for mail programs that drop style sheets."""
    context = {"subject": subject, "paragraphs": list(paragraphs(text)), "CLUB_NAME": settings.CLUB_NAME, "SITE_URL": settings.SITE_URL}
    page = render_to_string("email/letter.html", context)
    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(page)
