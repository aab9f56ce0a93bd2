import sys
from collections.abc import Set
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from forum import markup, mentions


class Command(BaseCommand):
    help = "Markdown on standard input, the exact safe HTML that a post would show on standard output."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
        try:
            html = markup.render(text, handles=_handles(text))
        except markup.TooLong as error:
            raise CommandError(f"the text has more than {markup.MAX_CHARACTERS} characters") from error
        self.stdout.write(html, ending="")


def _handles(text: str) -> Set[str]:
    """The members named in the text; nobody where there is no database yet."""
    try:
        return mentions.existing(text)
    except DatabaseError:
        return frozenset()
