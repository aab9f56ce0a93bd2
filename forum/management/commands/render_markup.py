import sys
from collections.abc import Set
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from forum import markup, mentions


class Command(BaseCommand):
    help = "Markdown on standard input, the exact safe HTML that a post would show on standard output."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--maths", action="store_true", help="with formulas between dollars, as on a board that has them")

    def handle(self, *args: Any, **options: Any) -> None:
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
        try:
            html = markup.render(text, handles=_handles(text), maths=options["maths"])
        except markup.TooLong as error:
            raise CommandError(f"the text has more than {markup.MAX_CHARACTERS} characters") from error
        self.stdout.write(html, ending="")


def _handles(text: str) -> Set[str]:
    """The members named in the text; nobody where there is no database yet."""
    try:
        return mentions.existing(text)
    except DatabaseError:
        return frozenset()
