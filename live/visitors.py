"""Who is behind a socket. Channels asks once, when it opens; we ask again while it lives, for sessions end and members leave."""

from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.http import parse_cookie
from django.utils import timezone

from live import hub
from members.models import Member


def session_key(scope: dict[str, Any]) -> str | None:
    """The session cookie that the socket came with."""
    told = next((value for name, value in scope.get("headers", ()) if name.lower() == b"cookie"), b"")
    return parse_cookie(told.decode("latin1")).get(settings.SESSION_COOKIE_NAME)


def signed_in(key: str | None) -> Member | None:
    """The active member whose session this is, as of now."""
    if not key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    asker: Any = SimpleNamespace(session=store)
    user = get_user(asker)
    return user if isinstance(user, Member) and user.is_active else None


def listen() -> None:
    """Hear of it when a session ends or a member may no longer be here: their sockets are asked then, however that came about."""
    post_delete.connect(_session_ended, sender=Session, dispatch_uid="live.visitors.session")
    post_save.connect(_member_kept, sender=Member, dispatch_uid="live.visitors.member")


def _session_ended(instance: Session, **_ignored: Any) -> None:
    # One that ran out has been noticed by its sockets long before it is swept away.
    if instance.expire_date < timezone.now():
        return
    if member_id := instance.get_decoded().get(SESSION_KEY):
        transaction.on_commit(partial(hub.ask_again, int(member_id)))


def _member_kept(instance: Member, created: bool, **_ignored: Any) -> None:
    if not created and not instance.is_active:
        transaction.on_commit(partial(hub.ask_again, instance.pk))
