import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from points import rights


class Command(BaseCommand):
    help = "PostgreSQL: make the role that the club's processes run with, which adds to the ledger's journal and can change no line of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--password-file", type=Path, help="a file that holds the role's password; without it, what it had (or none)")
        parser.add_argument("--print", action="store_true", help="print the SQL and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles; on SQLite whoever can read the file can write it.")
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
            raise CommandError("A role's name is small letters, digits and underscores.")
        if options["print"]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_schema(), current_database()")
                found = rights.statements(name, *cursor.fetchone(), quote=connection.ops.quote_name)
            self.stdout.write("\n".join(f"{statement};" for statement in found))
            return
        try:
            password = options["password_file"].read_text().strip() if options["password_file"] else ""
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The password cannot be read: {error}") from None
        try:
            with transaction.atomic():
                is_new = rights.give(connection, name, password=password)
        except rights.RoleRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{name}: {'made' if is_new else 'known already'}, its rights are as they should be")
