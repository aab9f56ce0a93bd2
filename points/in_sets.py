"""A batch of awards to different accounts as four statements: on PostgreSQL a row among many costs a fraction of a row alone.

Awards only: from accounts that cache no balance (issued, goodwill) to accounts that do, each of them once. Anything else answers `rest`
before anything is written, and `points.in_postgres` does it order by order.
"""

import datetime
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from points.models import Transfer
from points.orders import Order

FUNCTION = """
CREATE OR REPLACE FUNCTION points_award(orders jsonb, moment timestamptz, sources bigint[], targets bigint[], debts text[], noted boolean)
RETURNS TABLE (outcome text, transfer_id bigint, client text, reference text)
LANGUAGE plpgsql SET enable_seqscan = off SET jit = off AS $award$
#variable_conflict use_column
DECLARE
    made bigint[]; changed bigint; is_for_others boolean;
BEGIN
    SELECT count(*) < cardinality(targets) OR bool_or(s.closed_at IS NOT NULL OR s.floor IS NULL) INTO is_for_others FROM (
        SELECT a.closed_at, a.floor FROM points_account a WHERE a.id = ANY (targets) ORDER BY a.id FOR NO KEY UPDATE) s;
    IF is_for_others
        OR EXISTS (SELECT FROM points_account a WHERE a.id = ANY (sources) AND (a.floor IS NOT NULL OR a.closed_at IS NOT NULL))
        OR EXISTS (SELECT FROM points_account a WHERE a.asset_id IN (SELECT x.id FROM points_asset x) AND a.code = ANY (debts))
    THEN
        RETURN QUERY VALUES ('rest', NULL::bigint, NULL::text, NULL::text);
        RETURN;
    END IF;
    WITH written AS (
        INSERT INTO points_transfer (public_id, asset_id, source_id, target_id, amount_points, kind, reason, origin, object_type, object_id,
            rule_version, arm, client, reference, digest, part, "group", effective_at, recorded_at, lapses_at)
        SELECT o.public_id, o.asset, o.source, o.target, o.amount_points, 'single', o.reason, o.origin, o.object_type, o.object_id,
            o.rule_version, o.arm, o.client, o.reference, o.digest, '', o."group", o.effective_at, moment, o.lapses_at
        FROM jsonb_to_recordset(orders) AS o(
            public_id uuid, asset bigint, source bigint, target bigint, amount_points bigint, reason text, origin text, object_type text,
            object_id bigint, rule_version bigint, arm text,
            client text, reference text, digest text, "group" uuid, effective_at timestamptz,
            lapses_at timestamptz)
        ON CONFLICT (client, reference) DO NOTHING RETURNING id)
    SELECT array_agg(id) INTO made FROM written;
    IF noted THEN
        INSERT INTO points_transfernote (transfer_id, text, metadata)
        SELECT t.id, o.note, o.metadata FROM jsonb_to_recordset(orders) AS o(public_id uuid, note text, metadata jsonb)
        JOIN points_transfer t ON t.public_id = o.public_id WHERE o.note IS NOT NULL;
    END IF;
    UPDATE points_account a SET posted = a.posted + t.amount_points, seq = a.seq + 1, last_transfer_id = t.id,
        moved_at = GREATEST(a.moved_at, moment) FROM points_transfer t WHERE t.id = ANY (made) AND a.id = t.target_id;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> COALESCE(cardinality(made), 0) THEN
        RAISE EXCEPTION 'one account twice in a set' USING ERRCODE = '23000';
    END IF;
    INSERT INTO points_lot (transfer_id, account_id, lapses_at, original, remaining)
    SELECT t.id, t.target_id, t.lapses_at, t.amount_points, t.amount_points
    FROM points_transfer t JOIN points_account a ON a.id = t.target_id
    WHERE t.id = ANY (made) AND a.kind IN ('wallet', 'pool') ORDER BY t.id;
    IF EXISTS (SELECT FROM points_webhook WHERE is_active) THEN
        PERFORM points_tell(id) FROM unnest(made) AS id;
    END IF;
    RETURN QUERY SELECT 'new', t.id, t.client::text, t.reference::text FROM points_transfer t WHERE t.id = ANY (made);
END $award$
"""


def fits(orders: Sequence[Order]) -> bool:
    """Whether these are awards to different accounts, each by a reference of its own."""
    return (
        all(order.kind == Transfer.Kind.SINGLE and order.source.floor is None and order.target.floor is not None for order in orders)
        and len({order.target.pk for order in orders}) == len(orders)
        and len({(order.client, order.reference) for order in orders}) == len(orders)
    )


def award(orders: Sequence[Order], said: list[dict[str, Any]], now: datetime.datetime) -> list[tuple[str, int]] | None:
    """Do them all: ('new' or 'replay', transfer) of each in order; None, with nothing written, where they are for the other path.

    said   each order as `points.in_postgres` says it
    """
    debts = [order.debt for order in orders if order.debt]
    sources, targets = list({each["source"] for each in said}), [each["target"] for each in said]
    noted = any(order.is_noted for order in orders)
    if noted:
        said = [
            each | {"note": order.text, "metadata": order.metadata} if order.is_noted else each
            for order, each in zip(orders, said, strict=True)
        ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, transfer_id, client, reference FROM points_award(%s::jsonb, %s, %s::bigint[], %s::bigint[], %s::text[], %s)",
            [json.dumps(said, ensure_ascii=False), now, sources, targets, debts, noted],
        )
        rows = cursor.fetchall()
    if rows and rows[0][0] == "rest":
        return None
    made = {(client, reference): pk for _outcome, pk, client, reference in rows}
    found = (made.get((each["client"], each["reference"])) for each in said)
    return [("new", pk) if pk else ("replay", 0) for pk in found]
