from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "forum"
    verbose_name = _("Forum")

    def ready(self) -> None:
        pre_migrate.connect(_lift, sender=self)
        post_migrate.connect(_lay, sender=self)
        from forum import appealing
        from members import signing_in

        signing_in.suspension_tellers.append(appealing.why_suspended)


def _lift(sender: Any, using: str = "default", plan: Any = (), **_more: Any) -> None:
    from forum import taggings

    connection = connections[using]
    tables = connection.introspection.table_names()
    if "forum_thread_tags" in tables and any(migration.app_label == "forum" for migration, _backwards in plan or ()):
        taggings.lift(connection)


def _lay(sender: Any, using: str = "default", **_more: Any) -> None:
    from forum import taggings

    connection = connections[using]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if "forum_thread_tags" not in tables:
            return
        columns = {column.name for column in connection.introspection.get_table_description(cursor, "forum_thread_tags")}
    if columns >= taggings.KEPT:
        taggings.lay(connection)
