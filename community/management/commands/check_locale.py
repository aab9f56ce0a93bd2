from typing import Any

from django.core.management.base import BaseCommand, CommandError

from community import translations


class Command(BaseCommand):
    help = "Name every string without Chinese, and every string that two parts translate differently. Exit 1 if there is one."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        lines = translations.missing() + [line for domain in translations.DOMAINS for line in translations.joined(domain)[1]]
        for line in lines:
            self.stderr.write(line)
        if lines:
            raise CommandError(f"{len(lines)} strings want a translator")
        self.stdout.write("every string is translated")
