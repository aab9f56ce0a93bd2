from typing import Any

from django.core.management.base import BaseCommand, CommandError

from points.auditing import audit


class Command(BaseCommand):
    help = "Recompute every balance from the transfers and compare. Prints each difference and exits 1 if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit()
        for difference in found.differences:
            self.stdout.write(difference)
        if found.differences:
            raise CommandError(f"{len(found.differences)} differences")
        self.stdout.write(f"ledger balanced: {found.accounts} accounts, {found.transfers} transfers, total {found.total_points} points")
