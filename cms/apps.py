from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Club site")

    def ready(self) -> None:
        from cms import founding, site_lookup, waiting_list

        post_migrate.connect(founding.found_after_migrations, dispatch_uid="cms.founding")
        site_lookup.listen()
        waiting_list.listen()
