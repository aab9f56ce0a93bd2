from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum import archives, importing
from forum.models import Board


class Command(BaseCommand):
    help = "Bring in threads and posts from Discourse (JSON of rake export:categories), WordPress (WXR) or a CSV table; may be repeated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("origin", choices=["discourse", "wordpress", "csv"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--board", required=True, metavar="SLUG", help="where threads go whose category has no board of its name here")
        parser.add_argument("--strict", action="store_true", help="bring in nothing if a single thread or row is bad")

    def handle(self, *args: Any, **options: Any) -> None:
        board = Board.objects.boards().filter(slug=options["board"]).first()
        if board is None:
            raise CommandError(f"there is no board {options['board']}")
        try:
            pieces = archives.read(options["origin"], options["file"])
            result = importing.bring_in(pieces, origin=options["origin"], board=board, strict=options["strict"])
        except importing.NothingGoesIn as refused:
            for problem in refused.result.problems:
                self.stderr.write(problem)
            raise CommandError(str(refused)) from refused
        except (archives.BadArchive, OSError) as error:
            raise CommandError(str(error)) from error
        for problem in result.problems:
            self.stderr.write(problem)
        counts = f"{result.threads} new threads, {result.posts} new posts, {result.known} known, {result.people} new names"
        self.stdout.write(f"{options['file'].name}: {counts}, {len(result.problems)} bad")
