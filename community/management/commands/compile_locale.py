from typing import Any

from django.core.management.base import BaseCommand

from community import translations


class Command(BaseCommand):
    help = "Join the parts' .po files under locale/ into the catalogue that Django reads. Does nothing where it is up to date."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        count = translations.compile_catalogue()
        if count:
            self.stdout.write(f"{count} messages compiled")
