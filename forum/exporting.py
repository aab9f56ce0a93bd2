"""Everything that the forum holds, as lines of JSON that any system can read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from members.models import Member

FORMAT = 1
# Made from what is exported beside: the HTML of a text, and what only this forum's machinery needs.
DERIVED = {"html", "html_version", "excerpt", "client_key"}
LEFT_OUT = {"pace"}


def lines() -> Iterator[str]:
    """A line for the export itself, one for each member whom any row names, then every row of every table of the forum.

    Each is an object with `type` and the row's columns; a reference is the other row's `id`. A new table is exported without being named.
    """
    with _as_of_one_moment():
        yield from _lines()


@contextmanager
def _as_of_one_moment() -> Iterator[None]:
    """All tables as they stand now, while members go on writing: no row names another that came later. Nobody waits for it."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Not `atomic`, which takes the lock of whoever writes: this one only reads.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _lines() -> Iterator[str]:
    yield _line("export", {"format": FORMAT, "at": timezone.now()})
    tables = [
        model for model in apps.get_app_config("forum").get_models(include_auto_created=True) if model._meta.model_name not in LEFT_OUT
    ]
    wanted = models.Q(pk__in=[])
    for model in tables:
        for field in model._meta.concrete_fields:
            if field.related_model is Member:
                wanted |= models.Q(pk__in=model._default_manager.exclude(**{field.name: None}).order_by().values(field.attname))
    for row in Member.objects.filter(wanted).order_by("pk").values("id", "public_id", "handle", "name", "company_id").iterator(2_000):
        yield _line("member", row)
    for model in tables:
        columns = [field.attname for field in model._meta.concrete_fields if field.name not in DERIVED]
        for row in model._default_manager.order_by("pk").values(*columns).iterator(2_000):
            yield _line(str(model._meta.model_name), row)


def _line(kind: str, row: dict[str, Any]) -> str:
    return json.dumps({"type": kind, **row}, cls=DjangoJSONEncoder, ensure_ascii=False)
