from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        from members import joining, roles

        joining.listen()
        # Every app's permissions exist only after its own migrations, so each app rings once.
        post_migrate.connect(roles.grant_permissions, dispatch_uid="members.roles")
