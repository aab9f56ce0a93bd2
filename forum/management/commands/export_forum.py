from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from forum import exporting


class Command(BaseCommand):
    help = "Everything the forum holds, private messages too, as NDJSON: to FILE, or to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] is None:
            for line in exporting.lines():
                self.stdout.write(line)
            return
        with options["file"].open("x", encoding="utf-8") as file:
            n = sum(file.write(f"{line}\n") > 0 for line in exporting.lines())
        self.stdout.write(f"{options['file'].name}: {n} lines")
