import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Serve the whole club from one process: pages, sockets and recurring work. Ctrl-C stops all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", 8000)), help="port to listen on ($PORT, else 8000)")
        parser.add_argument("--without-work", action="store_true", help="leave recurring work to `manage.py work`")

    def handle(self, *args: Any, **options: Any) -> None:
        # Imported late: Daphne puts Twisted's reactor in place when it is loaded.
        from community import serving
        from community.asgi import application

        address = f"http://{options['host']}:{options['port']}/"
        failure = serving.serve(
            application,
            host=options["host"],
            port=options["port"],
            with_work=not options["without_work"],
            on_answer=lambda: print(f"{settings.CLUB_NAME} is open at {address}", flush=True),  # noqa: T201
        )
        if failure:
            raise CommandError(f"cannot open {address}: {failure}")
