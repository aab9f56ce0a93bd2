"""The club's settings for this benchmark: with the peer's addresses, and without a manifest of static files that nobody asks for."""

from community.settings import *  # noqa: F403
from community.settings import STORAGES as CLUBS

ROOT_URLCONF = "bench.surveys_urls"
STORAGES = CLUBS | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LOGGING = {"version": 1, "disable_existing_loggers": True}
