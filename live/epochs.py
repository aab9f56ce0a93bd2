"""The age of the record: it changes when the database was set back to an earlier copy.

Numbers that were given out before are then given out again, for other events. A page that was open across it compares the epoch it was
greeted with, and loads itself anew; where numbers alone are compared, it would miss what stands under those that it has seen.
"""

import uuid

from django.db import transaction
from django.utils import timezone

from live.models import Epoch

ONLY = 1


def new() -> str:
    return uuid.uuid4().hex[:12]


def current() -> str:
    """The club's epoch; empty where its database was never set back."""
    return Epoch.objects.filter(pk=ONLY).values_list("value", flat=True).first() or ""


@transaction.atomic
def renew() -> str:
    """Begin another epoch. Returns it."""
    value = new()
    Epoch.objects.update_or_create(pk=ONLY, defaults={"value": value, "since": timezone.now()})
    return value
