from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PointsConfig(AppConfig):
    name = "points"
    verbose_name = _("Points")

    def ready(self) -> None:
        pre_migrate.connect(lift_guards, sender=self)
        post_migrate.connect(after_migrating, sender=self)
        from members import belonging
        from members.activity import recorded
        from points import accruing, reading

        recorded.connect(accruing.hear, dispatch_uid="points.accruing")
        belonging.tellers.append(reading.tags_of)
        belonging.findable["tier"] = belonging.Findable(reading.tier_choices, reading.members_in_tier)


def lift_guards(sender: Any, using: str = "default", plan: Any = (), **_more: Any) -> None:
    """SQLite remakes a table to alter it and stumbles over triggers that name it: they are laid again afterwards."""
    from points import guards

    connection = connections[using]
    if connection.vendor == "sqlite" and any(migration.app_label == "points" for migration, _backwards in plan or ()):
        guards.lift(connection)


def after_migrating(sender: Any, using: str = "default", **_more: Any) -> None:
    """The guards stand, and a new club has its programme, accounts, rules and tiers."""
    from points import guards, in_postgres, starting
    from points.models import SealBlock

    connection = connections[using]
    if SealBlock._meta.db_table in connection.introspection.table_names():
        if not guards.stand(connection):
            guards.lay(connection)
        in_postgres.lay(connection)
        starting.lay_defaults()
