"""The club's settings as tests want them: what is set here is the environment, the settings stay the one file."""

import os

os.environ.setdefault("DEBUG", "true")  # no redirect to https, no collected static files
os.environ.setdefault("SQLITE_SYNCHRONOUS", "OFF")
os.environ.setdefault("DATABASE_POOL_SIZE", "0")
os.environ.setdefault("RATE_LIMITS_OFF", "true")
os.environ["EMAIL_URL"] = "memorymail://"
if os.environ.get("REDIS_URL") and (worker := os.environ.get("PYTEST_XDIST_WORKER", "")):
    # Tests empty the cache; each process has a database of its own, so that none empties another's in the middle of a test.
    server, _slash, number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{(int(number) + 1 + int(worker.removeprefix('gw'))) % 16}"

from community.settings import *  # noqa: F403

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",  # quick
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # the demo's, which is seeded by the club's own settings
]
