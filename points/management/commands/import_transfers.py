from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from points import files, filing


class Command(BaseCommand):
    help = (
        "Do the transfers of a CSV or NDJSON file, each line for itself by its idempotency_key; a file may be repeated."
        " Columns: idempotency_key, source, target, amount_points, reason; "
        " as needed occurred_at, pending, expires_in_seconds, lapses_on, metadata."
        " Members may be named member:E-MAIL or member:@HANDLE."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=files.FORMATS, help="by default what the file's name ends in, else csv")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument(
            "--client", default="file", help="whose idempotency keys these are: another client's same key is another transfer"
        )
        parser.add_argument("--results", type=Path, help="write the result of each line to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        form = options["format"] or ("ndjson" if options["file"].suffix in (".ndjson", ".jsonl") else "csv")
        try:
            lines = files.read(options["file"].read_text("utf-8-sig"), form, most=1_000_000)
        except (files.BadFile, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        report = filing.take(lines, client=options["client"][:60], dry_run=options["dry_run"])
        if options["results"]:
            options["results"].write_text(files.results(report, form), "utf-8")
        for result in report.results:
            if result.outcome in ("refused", "invalid"):
                self.stderr.write(f"line {result.number}: {result.said}")
        counts = ", ".join(f"{count} {outcome}" for outcome, count in report.counts.items())
        self.stdout.write(f"{options['file'].name}: {counts}{' (dry run)' if options['dry_run'] else ''}")
        if report.counts["refused"] or report.counts["invalid"]:
            raise CommandError("some lines were refused")
