"""Who is calling the API: keys, what they may do, and how often.

A router guards a call with `auth=needs("ledger:read")`; `request.auth` is then the key.
"""

import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from members.models import ApiKey
from members.problems import Problem


class Key(HttpBearer):
    """`Authorization: Bearer KEY` with one scope. Refuses with 401, 403 or 429."""

    openapi_name = "Key"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        key = ApiKey.objects.filter(digest=ApiKey.digest_of(token), revoked_at=None).first()
        if key is None:
            return None
        _slow_down(key)
        if self.scope not in key.scopes:
            raise Problem(403, "scope-missing", f"This key lacks the scope {self.scope}.")
        _note_use(key)
        return key


_needed: dict[str, Key] = {}


def needs(scope: str) -> Key:
    """The guard of a call that wants this scope. Raises ValueError for one that does not exist."""
    if scope not in ApiKey.SCOPES:
        raise ValueError(scope)
    return _needed.setdefault(scope, Key(scope))


def _slow_down(key: ApiKey) -> None:
    """At most API_REQUESTS_PER_MINUTE for each key, counted in the shared cache by the minute."""
    minute = int(timezone.now().timestamp() // 60)
    name = f"api:{key.pk}:{minute}"
    cache.add(name, 0, timeout=120)
    try:
        count = cache.incr(name)
    except ValueError:
        return
    if count > settings.API_REQUESTS_PER_MINUTE:
        wait = 60 - int(timezone.now().timestamp()) % 60
        raise Problem(429, "too-many-requests", f"Try again in {wait} seconds.", retry_after=wait)


def _note_use(key: ApiKey) -> None:
    """Remember the day's last use, to the minute: a write for every call would be one hot row."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > datetime.timedelta(minutes=1):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
