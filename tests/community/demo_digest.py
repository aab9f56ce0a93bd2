"""One number for all that is read in the demo club; `python -m tests.community.demo_digest` prints that of DATABASE_URL."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from tests import demo_template
from tests.database_template import ROOT, server_of


def digest() -> str:
    """Of all that is read in the club, without times, ids and links drawn by lot."""
    from cms.models import ArticlePage, EventPage, Seat
    from forum.models import Post
    from live.models import Event
    from members.models import Member
    from points.models import Transfer
    from referrals.models import Referral
    from surveys.models import Submission

    pages = [*ArticlePage.objects.all(), *EventPage.objects.all()]
    said_in_rooms = Event.objects.filter(stream__name__contains=":all", kind="message").order_by("at", "id")
    # Engines sort, and keep the keys of a document, each in their own way.
    kinds = [
        Member.objects.values_list("handle", "name", "email", "public_id", "about", "job_title", "locale", "company__name"),
        Post.objects.values_list("thread__title", "thread__lang", "no", "author__handle", "body", "reaction_count", "thread__is_locked"),
        [(page.slug, page.locale.language_code, page.title, page.standfirst, _blocks(page)) for page in pages],
        [(each.member.handle, json.dumps(each.data, sort_keys=True)) for each in Submission.objects.select_related("member")],
        Seat.objects.values_list("event__slug", "member__handle", "state"),
        Referral.objects.values_list("contact_name", "kind", "stage", "outcome", "referrer__handle"),
        Transfer.objects.values_list("source__code", "target__code", "reason", "amount_points", "origin"),
    ]
    rows = [row for kind in kinds for row in sorted(map(str, kind))]
    rows += [str((event.body["name"], event.body["body"])) for event in said_in_rooms]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _blocks(page: Any) -> list[tuple[str, str]]:
    return [(block.block_type, str(block.value)[:40]) for block in page.body if block.block_type not in ("thread", "picture")]


def on_postgres(url: str, media: Path) -> str:
    """The digest of the demo that was seeded on the server of `url`."""
    name = f"clubroom_digest_{os.getpid()}"
    demo_template.lay_postgres(server_of(url), name, media)
    try:
        environment = os.environ | {"DATABASE_URL": f"{server_of(url)}/{name}", "DEBUG": "true"}
        command = [sys.executable, "-m", "tests.community.demo_digest"]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=300)
    finally:
        with psycopg.connect(f"{server_of(url)}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    return done.stdout.strip()


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
    django.setup()
    print(digest())
