from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community import erasing
from members.models import Member


class Command(BaseCommand):
    help = "Forget a person for good: their name, address and ways in go; the books and others' discussions stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        member = Member.objects.filter(email__iexact=options["email"]).first()
        if member is None:
            raise CommandError(f"there is no member {options['email']}")
        erasing.erase(member)
        self.stdout.write(f"erased: {member.public_id}")
