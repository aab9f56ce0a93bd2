import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Q

from points import files
from points.lapsing import end_of
from points.models import Transfer


class Command(BaseCommand):
    help = "Write transfers to standard output as CSV or NDJSON, oldest first, with the columns that import_transfers reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=files.FORMATS, default="csv")
        parser.add_argument("--account", help="only those of this account, as member:PUBLIC_ID")
        parser.add_argument("--since", type=datetime.date.fromisoformat, help="recorded on this day or later")
        parser.add_argument("--until", type=datetime.date.fromisoformat, help="recorded on this day or earlier")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Transfer.objects.redeemable()
        if options["account"]:
            rows = rows.filter(Q(source__code=options["account"]) | Q(target__code=options["account"]))
        if options["since"]:
            rows = rows.filter(recorded_at__gte=end_of(options["since"] - datetime.timedelta(days=1)))
        if options["until"]:
            rows = rows.filter(recorded_at__lt=end_of(options["until"]))
        for text in files.export(rows, options["format"]):
            self.stdout.write(text, ending="")
