"""All that the club holds of one person, as a ZIP of JSON files.

A row is a person's where one of its fields that say so (`OWNED_BY`) names them: what they wrote, did, were told, earned.
Who else a row names is left out; so is what only keeps a door shut (passwords, digests, secrets).
An app that holds more, or otherwise, adds files by a function `held(member)` in `APP/holding.py`.
"""

import importlib
import io
import json
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.models import Member
from points.models import AccountOwner, Transfer

OURS = ("members", "live", "notifications", "referrals", "points", "forum", "surveys", "focusgroups", "cms")
PACKAGES = ("account", "usersessions")
OWNED_BY = {"member", "author", "user", "owner", "reporter", "referrer", "invitee", "newcomer", "invited_by"}
KEPT_SHUT = {"password", "digest", "token", "session_key", "search_tokens"}
# A package's field of this name is a session's inside; ours hold answers.
KEPT_SHUT_OF_PACKAGES = KEPT_SHUT | {"data"}

Rows = list[dict[str, Any]]


def held(member: Member) -> Iterator[tuple[str, Rows]]:
    """(file name, rows) for everything there is."""
    yield "members/profile.json", [_row(member, member)]
    for app in (*OURS, *PACKAGES):
        for model in apps.get_app_config(app).get_models():
            if rows := _rows(model, member):
                yield f"{app}/{model._meta.model_name}.json", rows
        if app in OURS and find_spec(f"{app}.holding"):
            yield from importlib.import_module(f"{app}.holding").held(member).items()
    yield "points/transfers.json", _transfers(member)


def as_zip(member: Member) -> bytes:
    """The files of `held`, and one that says whose they are and of when."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        about = {"member": str(member.public_id), "made_at": timezone.now(), "club": "Clubroom"}
        archive.writestr("about.json", _json(about))
        for name, rows in held(member):
            archive.writestr(name, _json(rows))
    return packed.getvalue()


def _json(what: Any) -> str:
    return json.dumps(what, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _rows(model: type[models.Model], member: Member) -> Rows:
    names = [field.name for field in model._meta.concrete_fields if field.name in OWNED_BY and field.related_model is Member]
    if not names:
        return []
    mine = Q()
    for name in names:
        mine |= Q(**{name: member})
    return [_row(row, member) for row in model._default_manager.filter(mine).order_by("pk").iterator(chunk_size=500)]


def _row(row: models.Model, member: Member) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        kept_shut = KEPT_SHUT_OF_PACKAGES if row._meta.app_label in PACKAGES else KEPT_SHUT
        if field.name in kept_shut or (field.related_model is Member and value != member.pk):
            continue
        said[field.name] = value if isinstance(value, str | int | float | bool | dict | list | None) else str(value)
    return said


def _transfers(member: Member) -> Rows:
    own = set(AccountOwner.objects.filter(member=member).values_list("account_id", flat=True))
    rows = Transfer.objects.filter(Q(source__in=own) | Q(target__in=own)).select_related("asset").order_by("pk")
    return [_row(row, member) | {"is_income": row.target_id in own, "point_type": row.asset.kind} for row in rows.iterator(chunk_size=500)]
