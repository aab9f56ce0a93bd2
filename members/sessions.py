"""Django's sessions in the database; the one question that every page of a member begins with is put together once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from members.ready import Ready

_ALIVE = Ready(lambda key, now: db.SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now))


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = _ALIVE.first(key=self.session_key, now=timezone.now()) if self.session_key else None
        if found is None:
            # As Django does: the key of a session that is over is not taken up again.
            self._session_key = None
        return found
