"""Django's SQLite, where transactions of one process take turns.

SQLite keeps no queue: who finds the file locked sleeps and asks again, ever later, and is overtaken by whoever asks in between. So threads
take turns here before they ask. Other processes ask as before, and so does a statement that is a transaction by itself, which is too short
to be worth a turn; it is still SQLite's lock that keeps writers apart.
"""

import time

from django.db.backends.sqlite3 import base

from community import turns

UNNOTICED = 0.5  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    transaction_mode: str | None  # set by Django as it connects
    _turn: turns.Turn | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode not in ("IMMEDIATE", "EXCLUSIVE"):
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        self._end_turn()
        waited = self._take_turn()
        if waited >= UNNOTICED:
            # SQLite waits for what is left of the time only, so that both take no longer than it alone would.
            self._be_busy_for(max(self._patience - waited, 0))
        try:
            self._begin()
        except BaseException:
            self._end_turn()
            raise
        finally:
            if waited >= UNNOTICED:
                self._be_busy_for(self._patience)

    def _begin(self) -> None:
        if self.execute_wrappers or self.queries_logged:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        # Nobody listens to the statements, so Django's cursor, which takes longer than this one does, need not be asked for.
        with self.wrap_database_errors:
            self.connection.execute(f"BEGIN {self.transaction_mode}")

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._turn is not None:
            turn, self._turn = self._turn, None
            turn.end()

    @property
    def _patience(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", 5))

    def _take_turn(self) -> float:
        """Wait for a turn. Returns how many seconds that took."""
        began = time.monotonic()
        self._turn = turns.of(str(self.settings_dict["NAME"])).take(self._patience)
        return time.monotonic() - began

    def _be_busy_for(self, seconds: float) -> None:
        if self.connection is not None:
            self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1_000)}")
