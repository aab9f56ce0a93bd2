import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from points import lapsing


class Command(BaseCommand):
    help = "Lapse the points whose day has come, and let go of reservations whose time is over. May be run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="as it will be at the end of this day (YYYY-MM-DD); by default now")

    def handle(self, *args: Any, **options: Any) -> None:
        now = None
        if options["on"]:
            try:
                now = lapsing.end_of(datetime.date.fromisoformat(options["on"]))
            except (ValueError, OverflowError) as error:
                raise CommandError(f"--on wants a date such as 2026-11-30, not {options['on']!r}") from error
        wallets = points = 0
        for wallets, points in lapsing.expire(now=now):
            self.stderr.write(f"{points} points of {wallets} wallets …")
        self.stdout.write(f"{points} points lapsed in {wallets} wallets")
