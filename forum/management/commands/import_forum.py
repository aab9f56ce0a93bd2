from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum import archives, importing
from forum.models import Board

EVERY = 200


class Command(BaseCommand):
    help = (
        "Bring in threads from Discourse (a backup, or JSON of rake export:categories), WordPress (WXR) or a CSV table; may be repeated."
        " Nobody is told and nothing earns points."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("origin", choices=["discourse", "wordpress", "csv"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--board", required=True, metavar="SLUG", help="where threads go whose category has no board of its name here")
        parser.add_argument(
            "--uploads", type=Path, metavar="PLACE", help="folder, ZIP or tar of the site's pictures, where they are not in the file"
        )
        parser.add_argument("--strict", action="store_true", help="bring in nothing if a single thread or row is bad")
        parser.add_argument("--dry-run", action="store_true", help="say of each thread what would come in, and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        board = Board.objects.boards().filter(slug=options["board"]).first()
        if board is None:
            raise CommandError(f"there is no board {options['board']}")
        self.n, self.is_dry = 0, options["dry_run"]
        try:
            with archives.opened(options["origin"], options["file"], uploads=options["uploads"]) as archive:
                result = importing.bring_in(
                    archive, origin=options["origin"], board=board, strict=options["strict"], is_rehearsal=self.is_dry, tell=self._tell
                )
        except importing.NothingGoesIn as refused:
            self._name(refused.result.problems)
            raise CommandError(str(refused)) from refused
        except (archives.BadArchive, OSError) as error:
            raise CommandError(str(error)) from error
        self._name([*result.problems, *result.missing])
        self.stdout.write(f"{options['file'].name}: {_counts(result)}{'; nothing was kept' if self.is_dry else ''}")

    def _tell(self, line: str) -> None:
        self.n += 1
        if self.is_dry:
            self.stdout.write(line)
        elif self.n % EVERY == 0:
            self.stderr.write(f"{self.n} threads …")

    def _name(self, problems: list[str]) -> None:
        for problem in problems:
            self.stderr.write(problem)


def _counts(result: importing.Result) -> str:
    counts = f"{result.threads} new threads, {result.posts} new posts, {result.known} known, {len(result.people)} new names"
    others = f"{result.reactions} reactions, {result.solutions} solutions, {result.polls} polls, {result.pictures} pictures"
    return f"{counts}, {others}, {len(result.problems)} bad, {len(result.missing)} pictures missing"
