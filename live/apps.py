from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "live"
    verbose_name = _("Live")

    def ready(self) -> None:
        from live import hub, streams, visitors

        streams.appended.connect(hub.on_appended, dispatch_uid="live.hub")
        visitors.listen()
