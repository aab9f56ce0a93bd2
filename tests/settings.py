"""The club's settings as tests want them: what is set here is the environment, the settings stay the one file."""

import os

os.environ.setdefault("DEBUG", "true")  # no redirect to https, no collected static files
os.environ.setdefault("SQLITE_SYNCHRONOUS", "OFF")
os.environ.setdefault("DATABASE_POOL_SIZE", "0")
os.environ.setdefault("RATE_LIMITS_OFF", "true")
os.environ["EMAIL_URL"] = "memorymail://"

from community.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
