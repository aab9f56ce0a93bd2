from typing import Any

from django.core.management.base import BaseCommand

from focusgroups import resyncing


class Command(BaseCommand):
    help = "After the database was restored from a backup: pages that were open before it load anew instead of going on where they were."

    def handle(self, *args: Any, **options: Any) -> None:
        rooms = resyncing.resync()
        self.stdout.write(f"A new epoch for what is followed live and for {rooms} rooms. Start the club's processes anew now.")
