from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class LiveConfig(AppConfig):
    name = "live"
    verbose_name = pgettext_lazy("app", "Live")

    def ready(self) -> None:
        from live import hub, streams, visitors

        streams.appended.connect(hub.on_appended, dispatch_uid="live.hub")
        visitors.listen()
