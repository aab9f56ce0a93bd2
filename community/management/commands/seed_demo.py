from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.demo import accounts, bulk, seeding
from members.models import Member


class Command(BaseCommand):
    help = "Build the demo club, the same every time; does nothing where it is there already. The options add bulk for measuring."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="leave a club that has members as it is, without a complaint")
        for what in ("threads", "posts", "members"):
            parser.add_argument(f"--{what}", type=int, default=0, metavar="N", help=f"add N {what} of bulk besides")

    def handle(self, *args: Any, **options: Any) -> None:
        if accounts.is_there():
            self.stdout.write("the demo club is there already")
        elif options["if_empty"] and Member.objects.exists():
            self.stdout.write("there are members already; no demo is added")
        else:
            self._seed()
        sizes = {what: options[what] for what in ("members", "threads", "posts")}
        if any(sizes.values()):
            bulk.pour(**sizes, say=self.stdout.write)

    def _seed(self) -> None:
        try:
            seeding.seed(self.stdout.write)
        except seeding.NotEmpty:
            raise CommandError("there are members here, but no complete demo: seed_demo wants an empty database") from None
