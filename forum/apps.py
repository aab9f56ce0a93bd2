from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "forum"
    verbose_name = _("Forum")

    def ready(self) -> None:
        from forum import appealing
        from members import signing_in

        signing_in.suspension_tellers.append(appealing.why_suspended)
