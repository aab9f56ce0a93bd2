"""The ordinary transfer as one call of one SQL function: on PostgreSQL the way there and back costs more than the writing.

`points_move` does what `points.ledger` does in Python for a transfer or a reservation: reference, locks, floor, lots, statement
lines (by the guards), outbox. An award alone, the commonest of all, has a shorter function of its own (`points_award_alone`). What is
rare (points that lapse first, reservations that timed out, a debt to be set against, a refusal) they leave alone: they say so before
anything is written, or take a whole batch back, and the Python path does it.
Laid after every migration. Without sequential scans: a plan made while a table was empty would be kept while it grows.
"""

import datetime
import json
import uuid
from collections.abc import Sequence
from typing import Any, cast

from django.db import DatabaseError, connection, transaction

from members.ready import maker
from points import in_sets
from points.models import Account, Transfer, TransferNote
from points.orders import Order
from points.refusals import ReferenceReused

# Turned off by tests, which hold the Python path against the same expectations.
is_on = True
# What `points_move` raises to take a batch back.
REST = "CR001"

FUNCTION = """
CREATE OR REPLACE FUNCTION points_move(orders jsonb, moment timestamptz) RETURNS TABLE (outcome text, transfer_id bigint)
LANGUAGE plpgsql SET enable_seqscan = off SET jit = off AS $move$
DECLARE
    o record; side record; piece record; left_over bigint; held_now bigint; is_alone boolean := jsonb_array_length(orders) = 1;
    may_move boolean; hooks boolean := EXISTS (SELECT FROM points_webhook WHERE is_active); message bigint;
BEGIN
    IF NOT is_alone THEN
        PERFORM 1 FROM points_account a WHERE a.floor IS NOT NULL AND a.id IN (
            SELECT (each->>'source')::bigint FROM jsonb_array_elements(orders) each
            UNION SELECT (each->>'target')::bigint FROM jsonb_array_elements(orders) each)
            ORDER BY a.id FOR NO KEY UPDATE;
    END IF;
    FOR o IN SELECT * FROM jsonb_to_recordset(orders) AS x(
        public_id uuid, asset bigint, source bigint, target bigint, amount_points bigint, kind text, reason text, origin text,
        object_type text,
        object_id bigint, rule_version bigint, arm text, client text, reference text, digest text, "group" uuid, effective_at timestamptz,
        lapses_at timestamptz, times_out_at timestamptz, note text, metadata jsonb,
        source_floored boolean, source_lots boolean, target_floored boolean, target_lots boolean, debt text)
    LOOP
        -- Whoever asks with the same reference waits here for the account, or at the INSERT for the reference.
        may_move := true;
        FOR side IN SELECT a.id, a.posted - a.held - a.floor AS room, a.closed_at FROM points_account a
            WHERE a.id IN (o.source, o.target) AND a.floor IS NOT NULL ORDER BY a.id FOR NO KEY UPDATE
        LOOP
            may_move := may_move AND side.closed_at IS NULL AND (side.id <> o.source OR side.room >= o.amount_points);
        END LOOP;
        IF NOT may_move OR (o.source_lots AND EXISTS (
                SELECT FROM points_lot l WHERE l.account_id = o.source AND l.remaining > 0 AND l.lapses_at <= moment))
            OR (o.debt IS NOT NULL AND EXISTS (SELECT FROM points_account a WHERE a.asset_id = o.asset AND a.code = o.debt))
        THEN
            IF is_alone THEN
                RETURN QUERY VALUES ('rest', NULL::bigint);
                RETURN;
            END IF;
            RAISE EXCEPTION 'left to the other path' USING ERRCODE = 'CR001';
        END IF;
        INSERT INTO points_transfer (public_id, asset_id, source_id, target_id, amount_points, kind, reason, origin, object_type, object_id,
            rule_version, arm, client, reference, digest, part, "group", effective_at, recorded_at, lapses_at, times_out_at)
        VALUES (o.public_id, o.asset, o.source, o.target, o.amount_points, o.kind, o.reason, o.origin, o.object_type, o.object_id,
            o.rule_version, o.arm, o.client, o.reference, o.digest, '', o."group", o.effective_at, moment, o.lapses_at, o.times_out_at)
        ON CONFLICT (client, reference) DO NOTHING RETURNING id INTO transfer_id;
        IF transfer_id IS NULL THEN
            outcome := 'replay';
            RETURN NEXT;
            CONTINUE;
        END IF;
        IF o.note IS NOT NULL THEN
            INSERT INTO points_transfernote (transfer_id, text, metadata) VALUES (points_move.transfer_id, o.note, o.metadata);
        END IF;
        held_now := CASE WHEN o.kind = 'pending' THEN o.amount_points ELSE 0 END;
        IF o.source_floored THEN
            UPDATE points_account a SET posted = a.posted - o.amount_points + held_now, held = a.held + held_now, seq = a.seq + 1,
                last_transfer_id = points_move.transfer_id, moved_at = GREATEST(a.moved_at, moment) WHERE a.id = o.source;
        END IF;
        IF o.target_floored AND o.kind <> 'pending' THEN
            UPDATE points_account a SET posted = a.posted + o.amount_points, seq = a.seq + 1,
                last_transfer_id = points_move.transfer_id, moved_at = GREATEST(a.moved_at, moment) WHERE a.id = o.target;
        END IF;
        IF o.source_lots THEN
            left_over := o.amount_points;
            FOR piece IN SELECT l.id, LEAST(l.remaining, left_over) AS part, l.remaining, l.lapses_at FROM points_lot l
                WHERE l.account_id = o.source AND l.remaining > 0 ORDER BY l.lapses_at, l.id
            LOOP
                piece.part := LEAST(piece.remaining, left_over);
                INSERT INTO points_lotuse (lot_id, transfer_id, amount) VALUES (piece.id, points_move.transfer_id, piece.part);
                IF o.target_lots AND o.kind <> 'pending' THEN
                    INSERT INTO points_lot (transfer_id, account_id, lapses_at, original, remaining)
                    VALUES (points_move.transfer_id, o.target, COALESCE(o.lapses_at, piece.lapses_at), piece.part, piece.part);
                END IF;
                left_over := left_over - piece.part;
                EXIT WHEN left_over = 0;
            END LOOP;
            IF left_over > 0 THEN
                RAISE EXCEPTION 'lots of account % hold % points less than its balance', o.source, left_over;
            END IF;
        ELSIF o.target_lots AND o.kind <> 'pending' THEN
            INSERT INTO points_lot (transfer_id, account_id, lapses_at, original, remaining)
            VALUES (points_move.transfer_id, o.target, o.lapses_at, o.amount_points, o.amount_points);
        END IF;
        IF hooks THEN
            PERFORM points_tell(points_move.transfer_id);
        END IF;
        outcome := 'new';
        RETURN NEXT;
    END LOOP;
END $move$
"""

# An award alone: from an account that caches no balance to one that does, without a note. Its arguments come one by one, which costs a
# quarter less than unpacking JSON. Answers the transfer, 0 for a reference that is known, NULL with nothing written for the other path.
ALONE = """
CREATE OR REPLACE FUNCTION points_award_alone(public_id uuid, asset bigint, source bigint, target bigint, amount_points bigint, reason text,
    origin text, object_type text, object_id bigint, rule_version bigint, arm text, client text, reference text, digest text, in_group uuid,
    effective_at timestamptz, moment timestamptz, lapses_at timestamptz, keeps_lots boolean, debt text) RETURNS bigint
LANGUAGE plpgsql SET enable_seqscan = off SET jit = off AS $award$
#variable_conflict use_variable
DECLARE
    made bigint;
BEGIN
    PERFORM FROM points_account a WHERE a.id = target AND a.floor IS NOT NULL AND a.closed_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM points_account a WHERE a.asset_id = asset AND a.code = debt) THEN
        RETURN NULL;
    END IF;
    INSERT INTO points_transfer (public_id, asset_id, source_id, target_id, amount_points, kind, reason, origin, object_type, object_id,
        rule_version, arm, client, reference, digest, part, "group", effective_at, recorded_at, lapses_at)
    VALUES (public_id, asset, source, target, amount_points, 'single', reason, origin, object_type, object_id,
        rule_version, arm, client, reference, digest, '', in_group, effective_at, moment, lapses_at)
    ON CONFLICT ON CONSTRAINT points_transfer_reference_once DO NOTHING RETURNING id INTO made;
    IF made IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE points_account a SET posted = a.posted + amount_points, seq = a.seq + 1, last_transfer_id = made,
        moved_at = GREATEST(a.moved_at, moment) WHERE a.id = target;
    IF keeps_lots THEN
        INSERT INTO points_lot (transfer_id, account_id, lapses_at, original, remaining)
        VALUES (made, target, lapses_at, amount_points, amount_points);
    END IF;
    IF EXISTS (SELECT FROM points_webhook WHERE is_active) THEN
        PERFORM points_tell(made);
    END IF;
    RETURN made;
END $award$
"""
# What is said of any order, and then what this function asks for beside it.
CALL_ALONE = """SELECT points_award_alone(%s::uuid, %s::bigint, %s::bigint, %s::bigint, %s::bigint, %s, %s, %s, %s::bigint, %s::bigint,
    %s, %s, %s, %s, %s::uuid, %s::timestamptz, lapses_at => %s::timestamptz, moment => %s::timestamptz, keeps_lots => %s, debt => %s)"""

# The same message as points.outbox writes.
TELL = """
CREATE OR REPLACE FUNCTION points_tell(told bigint) RETURNS void LANGUAGE plpgsql AS $tell$
DECLARE
    t record; message bigint;
BEGIN
    SELECT r.*, s.code AS source, g.code AS target, p.slug, e.public_id AS settled, b.public_id AS reversed INTO t FROM points_transfer r
        LEFT JOIN points_transfer e ON e.id = r.settles_id LEFT JOIN points_transfer b ON b.id = r.reverses_id
        JOIN points_account s ON s.id = r.source_id JOIN points_account g ON g.id = r.target_id
        JOIN points_asset x ON x.id = r.asset_id JOIN points_programme p ON p.id = x.programme_id WHERE r.id = told;
    IF NOT EXISTS (SELECT FROM points_webhook w WHERE w.is_active AND w.programme_slug IN ('', t.slug)) THEN
        RETURN;
    END IF;
    INSERT INTO points_outbox (message_id, kind, payload, created_at) VALUES (gen_random_uuid(), 'transfer.' || t.kind, jsonb_build_object(
        'type', 'transfer.' || t.kind,
        'timestamp', to_char(t.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
        'data', jsonb_build_object('id', t.public_id, 'programme', t.slug, 'source', t.source, 'target', t.target,
            'amount_points', t.amount_points, 'reason', t.reason, 'settles', t.settled, 'reverses', t.reversed,
            'occurred_at', to_char(t.effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))), t.recorded_at)
        RETURNING id INTO message;
    INSERT INTO points_delivery (webhook_id, message_id, attempts, next_at, last_answer)
        SELECT w.id, message, 0, t.recorded_at, '' FROM points_webhook w WHERE w.is_active AND w.programme_slug IN ('', t.slug);
END $tell$
"""


def lay(connection: Any) -> None:
    """Put the functions in place, as they are written here now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in (TELL, FUNCTION, ALONE, in_sets.FUNCTION):
                cursor.execute(statement)


def knows(order: Order) -> bool:
    """Whether the function does this kind of order at all."""
    return (
        is_on
        and connection.vendor == "postgresql"
        and order.kind in (Transfer.Kind.SINGLE, Transfer.Kind.PENDING)
        and order.settles is None
        and order.reverses is None
        and not order.part
        and order.target.kind != Account.Kind.SHADOW
        and not (order.source.closed_at or order.target.closed_at)
    )


def move(order: Order, now: datetime.datetime) -> Transfer | None:
    """Do one order; None, with nothing written, where it is for the Python path. Raises ReferenceReused."""
    said = _said(order, now)
    outcome, transfer_id = _award_alone(order, said, now) if _is_award(order) else _call([order], [said], now)[0]
    if outcome == "rest":
        return None
    return _row(order, said, transfer_id, now) if outcome == "new" else stored(order, said["digest"])


def move_all(orders: Sequence[Order], now: datetime.datetime) -> list[Transfer] | None:
    """Do all of the orders or, where the Python path must look, none (None). Raises ReferenceReused with its `position`."""
    said = [_said(order, now) for order in orders]
    try:
        with transaction.atomic():
            results = (in_sets.award(orders, said, now) if in_sets.fits(orders) else None) or _call(orders, said, now)
            return [
                _row(order, each, transfer_id, now) if outcome == "new" else _stored_at(position, order, each["digest"])
                for position, (order, each, (outcome, transfer_id)) in enumerate(zip(orders, said, results, strict=True))
            ]
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) != REST:
            raise
        return None


def _call(orders: Sequence[Order], said: list[dict[str, Any]], now: datetime.datetime) -> list[tuple[str, int]]:
    whole = [each | _more(order, now) for order, each in zip(orders, said, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, transfer_id FROM points_move(%s::jsonb, %s)", [json.dumps(whole, ensure_ascii=False), now])
        return cursor.fetchall()  # type: ignore[no-any-return]


def _is_award(order: Order) -> bool:
    return order.kind == Transfer.Kind.SINGLE and order.source.floor is None and order.target.floor is not None and not order.is_noted


def _award_alone(order: Order, said: dict[str, Any], now: datetime.datetime) -> tuple[str, int]:
    """By the driver's own cursor, which lets PostgreSQL keep the statement prepared; Django's writes the values into the text, which costs
    both sides a third more. So it is in no log of Django's queries.
    """
    values = [*said.values(), now, order.target.keeps_lots, order.debt]
    connection.ensure_connection()
    with connection.wrap_database_errors:
        transfer_id = _cursor_of(connection.connection).execute(CALL_ALONE, values).fetchone()[0]
    return ("rest", 0) if transfer_id is None else ("new", transfer_id) if transfer_id else ("replay", 0)


def _cursor_of(driver: Any) -> Any:
    """One for all awards of a connection: making one takes as long as binding its values."""
    if "awards" not in driver.__dict__:
        from psycopg import Cursor

        driver.awards = Cursor(driver)
    return driver.awards


def stored(order: Order, digest: str) -> Transfer:
    """The transfer that this reference stands for. Raises ReferenceReused where it was another request's."""
    row = Transfer.objects.select_related("note").get(client=order.client, reference=order.reference)
    if row.digest != digest:
        raise ReferenceReused
    row.is_replay = True
    return row


def _stored_at(position: int, order: Order, digest: str) -> Transfer:
    try:
        return stored(order, digest)
    except ReferenceReused as refusal:
        refusal.position = position  # type: ignore[attr-defined]
        raise


def _said(order: Order, now: datetime.datetime) -> dict[str, Any]:
    """What every function asks for, in the order in which `points_award_alone` takes it."""
    source = order.source
    return {
        "public_id": str(uuid.uuid4()),
        "asset": source.asset_id,
        "source": source.pk,
        "target": order.target.pk,
        "amount_points": order.amount_points,
        "reason": str(order.reason),
        "origin": str(order.origin),
        "object_type": order.object_type,
        "object_id": order.object_id,
        "rule_version": order.rule_version,
        "arm": order.arm,
        "client": order.client,
        "reference": order.reference,
        "digest": order.digest,
        "group": str(order.group) if order.group else None,
        "effective_at": (order.occurred_at or now).isoformat(),
        "lapses_at": order.lapses_at.isoformat() if order.lapses_at else None,
    }


def _more(order: Order, now: datetime.datetime) -> dict[str, Any]:
    """What only `points_move` asks for, which does any kind of order."""
    source, target = order.source, order.target
    return {
        "kind": str(order.kind),
        "times_out_at": (now + datetime.timedelta(seconds=order.seconds)).isoformat() if order.seconds else None,
        "note": order.text if order.is_noted else None,
        "metadata": order.metadata if order.is_noted else None,
        "source_floored": source.floor is not None,
        "source_lots": source.keeps_lots,
        "target_floored": target.floor is not None,
        "target_lots": target.keeps_lots,
        "debt": order.debt,
    }


def _row(order: Order, said: dict[str, Any], transfer_id: int, now: datetime.datetime) -> Transfer:
    """The transfer as the function wrote it, without reading it again."""
    times_out_at = now + datetime.timedelta(seconds=order.seconds) if order.seconds else None
    known = said | {
        "id": transfer_id,
        "public_id": uuid.UUID(said["public_id"]),
        "asset_id": said["asset"],
        "source_id": said["source"],
        "target_id": said["target"],
        "kind": str(order.kind),
        "part": "",
        "group": order.group,
        "settles_id": None,
        "reverses_id": None,
        "effective_at": (order.occurred_at or now).astimezone(datetime.UTC),
        "recorded_at": now.astimezone(datetime.UTC),
        "lapses_at": order.lapses_at and order.lapses_at.astimezone(datetime.UTC),
        "times_out_at": times_out_at and times_out_at.astimezone(datetime.UTC),
    }
    # As rows come from the database: a tenth of the price of naming every field.
    row = cast("Transfer", _made(connection.alias, _COLUMNS, [known[name] for name in _COLUMNS]))
    note = TransferNote(transfer=row, text=order.text, metadata=order.metadata) if order.is_noted else None
    row._state.fields_cache.update(source=order.source, target=order.target, note=note)
    return row


_COLUMNS = [field.attname for field in Transfer._meta.concrete_fields]
_made = maker(Transfer)
