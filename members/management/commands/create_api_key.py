from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.models import ApiKey


class Command(BaseCommand):
    help = "Make an API key and print it once; only its hash is kept. Example: create_api_key crm --scope ledger:read --scope ledger:write"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--scope", action="extend", nargs="+", required=True, metavar="SCOPE", help=", ".join(ApiKey.SCOPES))
        parser.add_argument("--programme", default="", help="slug of the only programme the key may see")
        parser.add_argument("--partner", default="", help="slug of the only partner the key may act for")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _row, key = ApiKey.issue(
                options["name"], options["scope"], programme_slug=options["programme"], partner_slug=options["partner"]
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(key)
