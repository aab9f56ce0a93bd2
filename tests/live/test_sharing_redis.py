"""Two clubs in one Redis: each hears and remembers its own only, though their members and groups bear the same numbers."""

import asyncio
import os
import sys

import pytest

from community.settings import redis_name
from live import hints
from tests.browser.conftest import ROOT

# A process of a club: remembers something under a name that every club uses, and rings the bell of its first room.
PROCESS = """
import os, time
from django.core.cache import cache
from live import hints
cache.set("whose", os.environ["WHOSE"])
hints.publish("group:1:all:bell", 0, {"type": "presence", "whose": os.environ["WHOSE"]})
time.sleep(0.5)
print("KEPT", cache.get("whose"), hints.CHANNEL, cache.make_key("whose"))
"""
PLACE = {"ENGINE": "postgresql", "HOST": "db", "PORT": 5432, "NAME": "club"}


async def process_of(whose: str, **environment: str) -> list[str]:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "community.settings", "DEBUG": "true", "WHOSE": whose} | environment
    made = await asyncio.create_subprocess_exec(sys.executable, "-c", PROCESS, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE)
    said, _errors = await made.communicate()
    return next(line for line in said.decode().splitlines() if line.startswith("KEPT")).split()[1:]


async def test_two_clubs_in_one_redis_hear_and_remember_nothing_of_each_other(redis, tmp_path, settings, monkeypatch):
    places = {whose: f"sqlite:///{tmp_path}/{whose}.sqlite3" for whose in ("ours", "theirs")}
    settings.REDIS_URL = redis.url
    database = {"ENGINE": "community.sqlite3", "HOST": "", "PORT": "", "NAME": f"{tmp_path}/ours.sqlite3"}
    secret = os.environ.get("SECRET_KEY") or "only-for-development-never-for-a-club-with-members"
    monkeypatch.setattr(hints, "CHANNEL", f"{redis_name(database, secret)}:live")
    heard, is_listening = [], asyncio.Event()
    ear = asyncio.create_task(hints.listen(lambda stream, seq, frame: heard.append(frame["whose"]), is_listening.set))
    await asyncio.wait_for(is_listening.wait(), 10)
    named = process_of("named", DATABASE_URL=places["ours"], REDIS_URL=redis.url, REDIS_PREFIX="club-of-jars")
    theirs = (process_of(whose, DATABASE_URL=url, REDIS_URL=redis.url) for whose, url in places.items())
    ours, theirs, named = await asyncio.gather(*theirs, named)
    ear.cancel()
    await asyncio.gather(ear, return_exceptions=True)
    assert heard == ["ours"]
    assert (ours[0], theirs[0]) == ("ours", "theirs")
    assert ours[1] == hints.CHANNEL
    assert ours[2] != theirs[2]
    assert named[1] == "club-of-jars:live", "whoever names the club is obeyed"
    assert named[2].startswith("club-of-jars:")


@pytest.mark.parametrize("other", [{"HOST": "copy"}, {"PORT": 5433}, {"NAME": "copy"}])
def test_a_copy_of_a_club_has_another_name_in_redis_and_a_new_password_changes_nothing(other):
    ours = redis_name({**PLACE, "PASSWORD": "old"}, "key")
    assert redis_name({**PLACE, "PASSWORD": "new"}, "key") == ours
    assert redis_name(PLACE | other, "key") != ours
    assert redis_name(PLACE, "another key") != ours
    assert "key" not in ours
