import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community import recurring


class Command(BaseCommand):
    help = "Do the recurring work of a club whose web processes run elsewhere. Any number may run. --once does each round once and leaves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="each round once, then leave; exit 1 if one failed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            failed = [each.name for each in recurring.ROUNDS if not recurring.run_once(each)]
            if failed:
                raise CommandError(f"failed: {', '.join(failed)}")
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write(f"working: {', '.join(each.name for each in recurring.ROUNDS)}")
        recurring.run(stop)
