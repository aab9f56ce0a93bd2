from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from points import accruing


class Command(BaseCommand):
    help = "Weigh the activities that were missed, and award their points. May be run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="tell nobody of what they earned")
        parser.add_argument("--at-their-time", action="store_true", help="record each when the deed happened: for loading history")

    def handle(self, *args: Any, **options: Any) -> None:
        done = failed = 0
        for done, failed in accruing.weigh_missed(at_their_time=options["at_their_time"], quiet=options["quiet"]):
            self.stderr.write(f"{done} weighed, {failed} failed …")
        self.stdout.write(f"{done} activities weighed")
        if failed:
            raise CommandError(f"{failed} activities could not be weighed; see the log")
