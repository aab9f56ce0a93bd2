from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from focusgroups import proofs
from focusgroups.models import Group


class Command(BaseCommand):
    help = (
        "Prove that a focus group's record is whole: numbers 1..N without a hole, every link of the chain as it was forged. "
        "Of a record that was deleted when its time was over it says so, with the head that it had."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("group", type=int, help="the group's number")

    def handle(self, *args: Any, **options: Any) -> None:
        if not Group.objects.filter(pk=options["group"]).exists():
            raise CommandError("There is no such group.")
        found: list[proofs.Proof | proofs.Attendance] = [*proofs.of(options["group"])]
        if (attendance := proofs.attendance(options["group"])) is not None:
            found.append(attendance)
        for proof in found:
            self.stdout.write(str(proof))
        if not all(proof.is_whole for proof in found):
            raise CommandError("The record is not whole.")
