"""What the import commands have in common: a file, --strict, problems with their lines, and a summary."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.importing import Result
from members.tables import BadRow


class TableCommand(BaseCommand):
    bring_in: ClassVar[Callable[..., Result]]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("csv", type=Path, metavar="CSV", help="the table, with a line of column names first")
        parser.add_argument("--strict", action="store_true", help="bring in nothing if a single row is bad")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = type(self).bring_in(options["csv"], strict=options["strict"])
        except (BadRow, OSError) as error:
            raise CommandError(str(error)) from error
        for line, problem in result.problems:
            self.stderr.write(f"line {line}: {problem}")
        if result.is_undone:
            raise CommandError(f"{len(result.problems)} bad rows; nothing was brought in")
        counts = f"{result.new} new, {result.changed} changed, {result.unchanged} unchanged, {len(result.problems)} bad"
        self.stdout.write(f"{options['csv'].name}: {counts}")
