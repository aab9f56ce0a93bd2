from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community import holding
from members.models import Member


class Command(BaseCommand):
    help = "Write all that the club holds of a person as a ZIP of JSON files. Example: export_member ann@firm.example --output ann.zip"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--output", type=Path, help="the file to write; by default HANDLE.zip in this folder")

    def handle(self, *args: Any, **options: Any) -> None:
        member = Member.objects.filter(email__iexact=options["email"]).first()
        if member is None:
            raise CommandError(f"there is no member {options['email']}")
        path: Path = options["output"] or Path(f"{member.handle}.zip")
        try:
            path.write_bytes(holding.as_zip(member))
        except OSError as error:
            raise CommandError(str(error)) from error
        path.chmod(0o600)
        self.stdout.write(str(path))
