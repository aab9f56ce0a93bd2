import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.demo import accounts


class Command(BaseCommand):
    help = "Name the accounts of the demo club, with their password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as a JSON list of role, email, password, name, company")

    def handle(self, *args: Any, **options: Any) -> None:
        found = accounts.listed()
        if not found:
            raise CommandError("there is no demo club here; manage.py seed_demo builds it")
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        for line in found:
            self.stdout.write(f"{line['role']:<14} {line['email']:<40} {line['password']}  {line['name']}, {line['company']}")
