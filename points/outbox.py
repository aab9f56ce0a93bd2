"""What other systems are told of the ledger: written in the transaction of the transfer, sent afterwards."""

import datetime
from typing import Any

from points.models import Account, Delivery, Outbox, Transfer, Webhook


def put(row: Transfer) -> Outbox | None:
    """Note for every webhook that wants it that a transfer was made."""
    hooks = list(Webhook.objects.filter(is_active=True))
    if not hooks:
        return None
    if Account.Kind.SHADOW in (row.source.kind, row.target.kind):
        return None  # a measurement of ours, no points that anybody has
    slug = row.asset.programme.slug
    wanted = [hook for hook in hooks if hook.programme_slug in ("", slug)]
    if not wanted:
        return None
    message = Outbox.objects.create(kind=f"transfer.{row.kind}", payload=payload_of(row, slug))
    Delivery.objects.bulk_create([Delivery(webhook=hook, message=message) for hook in wanted])
    return message


def payload_of(row: Transfer, programme: str) -> dict[str, Any]:
    return {
        "type": f"transfer.{row.kind}",
        "timestamp": row.recorded_at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
        "data": {
            "id": str(row.public_id),
            "programme": programme,
            "source": row.source.code,
            "target": row.target.code,
            "amount_points": row.amount_points,
            "reason": row.reason,
            "occurred_at": row.effective_at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
            "settles": str(row.settles.public_id) if row.settles else None,
            "reverses": str(row.reverses.public_id) if row.reverses else None,
        },
    }
