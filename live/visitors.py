"""Who is behind a socket. Channels asks once, when it opens; we ask again while it lives, for sessions end and members leave."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user

from members.models import Member


def session_key(scope: dict[str, Any]) -> str | None:
    """The session cookie that the socket came with."""
    return scope.get("cookies", {}).get(settings.SESSION_COOKIE_NAME)


def signed_in(key: str | None) -> Member | None:
    """The active member whose session this is, as of now."""
    if not key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    asker: Any = SimpleNamespace(session=store)
    user = get_user(asker)
    return user if isinstance(user, Member) and user.is_active else None
