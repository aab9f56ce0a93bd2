import gc

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = "Clubroom"

    def ready(self) -> None:
        # With DEBUG on, Django would keep the last 9,000 statements, and SQLite would be asked again to quote each one's values.
        # Whoever counts statements (assertNumQueries, CaptureQueriesContext) asks for it by this same attribute.
        BaseDatabaseWrapper.queries_logged = property(lambda self: self.force_debug_cursor)  # type: ignore[method-assign,assignment]
        # What every process has loaded by now it keeps: no collection need ever look through it again.
        gc.freeze()
        gc.enable()
