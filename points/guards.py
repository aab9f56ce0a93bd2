"""The triggers by which the database itself keeps the books, the same rules on SQLite and PostgreSQL.

Laid by a migration and laid again after every migration: SQLite loses a table's triggers when it remakes the table.
  - transfers, entries, lot uses and seal blocks are never changed or removed
  - an account changes only with a transfer that explains the exact difference, and its statement line is written with it
  - what remains of a lot is what came in less what was used
"""

import hashlib
from typing import Any

APPEND_ONLY = ("points_transfer", "points_entry", "points_lotuse", "points_sealblock")
NEVER_REMOVED = ("points_account", "points_lot")

# How much of `posted` and `held` a transfer t (settling p) moves at the account n.
_POSTED = """CASE WHEN t.kind IN ('pending', 'void') OR (t.kind = 'lapse' AND t.settles_id IS NOT NULL) THEN 0
    WHEN t.source_id = NEW.id THEN -t.amount_points ELSE t.amount_points END"""
_HELD = """CASE WHEN t.target_id = NEW.id THEN 0 WHEN t.kind = 'pending' THEN t.amount_points
    WHEN t.settles_id IS NOT NULL THEN -p.amount_points ELSE 0 END"""
_EXPLAINED = f"""NEW.seq = OLD.seq + 1 AND NEW.moved_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM points_transfer t LEFT JOIN points_transfer p ON p.id = t.settles_id
        WHERE t.id = NEW.last_transfer_id AND t.asset_id = NEW.asset_id AND NEW.id IN (t.source_id, t.target_id)
        AND NEW.posted - OLD.posted = ({_POSTED}) AND NEW.held - OLD.held = ({_HELD})
        AND (NEW.posted <> OLD.posted OR NEW.held <> OLD.held))"""  # noqa: S608
# That a transfer explains one change only is the entries' unique (transfer, account): the line written next would be its second.
_ENTRY = """INSERT INTO points_entry (account_id, seq, transfer_id, delta, balance_after, held_after, at) \
VALUES (NEW.id, NEW.seq, NEW.last_transfer_id, NEW.posted - OLD.posted, NEW.posted, NEW.held, NEW.moved_at)"""
_ENTRY_IS_TRUE = """EXISTS (SELECT 1 FROM points_account a WHERE a.id = NEW.account_id AND a.seq = NEW.seq
    AND a.posted = NEW.balance_after AND a.held = NEW.held_after AND a.last_transfer_id = NEW.transfer_id)"""
_TRANSFER_IS_WHOLE = """(SELECT COUNT(*) FROM points_account a WHERE a.id IN (NEW.source_id, NEW.target_id)
        AND a.asset_id = NEW.asset_id AND a.closed_at IS NULL) = 2
    AND (NEW.settles_id IS NULL OR EXISTS (SELECT 1 FROM points_transfer p WHERE p.id = NEW.settles_id AND p.kind = 'pending'
        AND p.source_id = NEW.source_id AND p.target_id = NEW.target_id AND NEW.amount_points <= p.amount_points))
    AND (NEW.reverses_id IS NULL OR EXISTS (SELECT 1 FROM points_transfer r WHERE r.id = NEW.reverses_id
        AND r.asset_id = NEW.asset_id AND NEW.amount_points <= r.amount_points))"""
# What is only counted, for the control group or for a tier, goes out only when it is taken back, or with the member.
_SPENDABLE = "EXISTS (SELECT 1 FROM points_asset q WHERE q.id = NEW.asset_id AND q.kind = 'redeemable')"
_ONLY_COUNTED = """NEW.held = 0 AND EXISTS (SELECT 1 FROM points_transfer t JOIN points_account a ON a.id = t.target_id
    WHERE t.id = NEW.last_transfer_id AND t.source_id = NEW.id AND ((t.kind = 'reversal' AND a.kind = 'issued') OR a.kind = 'lapsed'))"""
_LOT_ADDS_UP = "NEW.remaining = NEW.original - COALESCE((SELECT SUM(u.amount) FROM points_lotuse u WHERE u.lot_id = NEW.id), 0)"
_SAME_LOT = """NEW.id = OLD.id AND NEW.transfer_id = OLD.transfer_id AND NEW.account_id = OLD.account_id AND NEW.original = OLD.original
    AND COALESCE(NEW.lapses_at = OLD.lapses_at, NEW.lapses_at IS NULL AND OLD.lapses_at IS NULL)"""

_LOT_ARRIVED = """EXISTS (SELECT 1 FROM points_transfer t
    WHERE t.id = NEW.transfer_id AND t.target_id = NEW.account_id AND NEW.remaining = NEW.original)"""
NEVER = "1 = 0"
# Not for the line that another guard writes: PostgreSQL then needs not even call the function; SQLite's guards are cheap anyway.
BY_HAND = "by hand"

# name, table, moment, when it is looked at at all, what must hold, what is said if it does not, what is then done
RULES: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    ("whole", "points_transfer", "BEFORE INSERT", "", _TRANSFER_IS_WHOLE, "a transfer needs two open accounts of its asset", ""),
    (
        "empty",
        "points_account",
        "BEFORE INSERT",
        "NEW.posted <> 0 OR NEW.held <> 0 OR NEW.seq <> 0 OR NEW.last_transfer_id IS NOT NULL",
        NEVER,
        "an account is opened empty",
        "",
    ),
    (
        "explained",
        "points_account",
        "AFTER UPDATE",
        (
            "NEW.posted <> OLD.posted OR NEW.held <> OLD.held OR NEW.seq <> OLD.seq"
            " OR COALESCE(NEW.last_transfer_id, 0) <> COALESCE(OLD.last_transfer_id, 0)"
        ),
        _EXPLAINED,
        "an account changes only with a transfer that explains it",
        _ENTRY,
    ),
    (
        "same",
        "points_account",
        "BEFORE UPDATE OF id, asset_id, kind, code, floor",
        (
            "NEW.id <> OLD.id OR NEW.asset_id <> OLD.asset_id OR NEW.kind <> OLD.kind OR NEW.code <> OLD.code"
            " OR (NEW.floor IS NULL) <> (OLD.floor IS NULL)"
        ),
        NEVER,
        "an account keeps its asset, kind and code",
        "",
    ),
    (
        "shadow",
        "points_account",
        "BEFORE UPDATE",
        "NEW.held > OLD.held OR NEW.posted < OLD.posted",
        f"NEW.kind <> 'shadow' AND {_SPENDABLE} OR {_ONLY_COUNTED}",
        "shadow points and qualifying points are never spent",
        "",
    ),
    ("true", "points_entry", "BEFORE INSERT", BY_HAND, _ENTRY_IS_TRUE, "an entry says what its account says", ""),
    ("arrived", "points_lot", "BEFORE INSERT", "", _LOT_ARRIVED, "a lot lies full where its transfer arrived", ""),
    ("adds_up", "points_lot", "AFTER UPDATE", "", f"{_LOT_ADDS_UP} AND {_SAME_LOT}", "a lot holds what came in less what was used", ""),
    (
        "taken",
        "points_lotuse",
        "AFTER INSERT",
        "",
        "",
        "",
        "UPDATE points_lot SET remaining = remaining - NEW.amount WHERE id = NEW.lot_id",
    ),
)

# Guards that were, and are part of others now.
FORMER = {"points_account": ("counting",), "points_lot": ("full",)}

# PostgreSQL asks these once a statement: a batch is then looked at in one go.
# What it asks of each row (WHEN) it reads anew in every statement, which costs as much as a look-up: so there is little of it, and what an
# award leaves alone is asked only where those columns are set.
SET_WISE = {("points_transfer", "whole"), ("points_account", "explained"), ("points_lot", "arrived")}


def stand(connection: Any) -> bool:
    """Whether every guard is in place, as it is written here."""
    statements = _for_postgres() if connection.vendor == "postgresql" else _for_sqlite()
    wanted = {statement.split()[2] for statement in statements if statement.startswith("CREATE TRIGGER")}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
            return set(statements) <= {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT obj_description(to_regproc('points_refuse'), 'pg_proc')")
        if cursor.fetchone()[0] != _digest(statements):
            return False
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        return wanted <= {row[0] for row in cursor.fetchall()}


def _digest(statements: list[str]) -> str:
    return hashlib.sha256("".join(statements).encode()).hexdigest()


def lay(connection: Any) -> None:
    """Put every guard in place; repeating it changes nothing."""
    lift(connection)
    statements = _for_postgres() if connection.vendor == "postgresql" else _for_sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute(f"COMMENT ON FUNCTION points_refuse() IS '{_digest(statements)}'")


def lift(connection: Any) -> None:
    """Take every guard away: for a migration that remakes the tables, for emptying a test database, for the audit's own tests."""
    tables = sorted({rule[1] for rule in RULES} | set(APPEND_ONLY) | set(NEVER_REMOVED))
    names_of = {table: [*(rule[0] for rule in RULES if rule[1] == table), *FORMER.get(table, ())] for table in tables}
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql" and table in present:
                for name in (*names_of[table], "kept", "not_emptied", "same_asset"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")
            elif connection.vendor == "sqlite":
                for name in (*names_of[table], "unchanged", "not_removed"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")


def _for_sqlite() -> list[str]:
    found = []
    for name, table, moment, when, must, says, then in RULES:
        body = f"SELECT RAISE(ABORT, '{table}: {says}') WHERE NOT ({must});" if must else ""
        body += f" {then};" if then else ""
        when = "" if when == BY_HAND else when
        found.append(f"CREATE TRIGGER {table}_{name} {moment} ON {table} {f'WHEN {when}' if when else ''} BEGIN {body} END")
    for table in APPEND_ONLY:
        found.append(f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
    for table in APPEND_ONLY + NEVER_REMOVED:
        found.append(f"CREATE TRIGGER {table}_not_removed BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is kept'); END")
    return found


def _for_postgres() -> list[str]:
    found = [_function("points_refuse", "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23000'; RETURN NULL;")]
    for name, table, moment, when, must, says, then in RULES:
        refuse = f"RAISE EXCEPTION '{table}: {says}' USING ERRCODE = '23000';"
        if (table, name) in SET_WISE:
            found += _set_wise(name, table, moment, when, must, refuse, then)
            continue
        body = f"IF NOT ({must}) THEN {refuse} END IF; " if must else ""
        body += f"{then}; " if then else ""
        found.append(_function(f"{table}_{name}", f"{body}RETURN NEW;"))
        condition = f"WHEN ({'pg_trigger_depth() = 0' if when == BY_HAND else when})" if when else ""
        found.append(f"CREATE TRIGGER {table}_{name} {moment} ON {table} FOR EACH ROW {condition} EXECUTE FUNCTION {table}_{name}()")
    for table in APPEND_ONLY + NEVER_REMOVED:
        events = "UPDATE OR DELETE" if table in APPEND_ONLY else "DELETE"
        found.append(f"CREATE TRIGGER {table}_kept BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION points_refuse()")
        found.append(f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION points_refuse()")
    return found


def _set_wise(name: str, table: str, moment: str, when: str, must: str, refuse: str, then: str) -> list[str]:
    """The rule asked once a statement, of all its rows together."""
    is_update = moment.endswith("UPDATE")
    rows = "fresh n JOIN was o ON o.id = n.id" if is_update else "fresh n"
    broken = f"({when}) AND NOT ({must})" if when else f"NOT ({must})"
    body = f"IF EXISTS (SELECT 1 FROM {rows} WHERE {broken}) THEN {refuse} END IF; "  # noqa: S608
    if then:
        into, _values, values = then.partition(" VALUES ")
        body += f"{into} SELECT {values.strip()[1:-1]} FROM {rows} WHERE ({when or '1 = 1'}) ORDER BY n.id; "  # noqa: S608
    body = body.replace("NEW.", "n.").replace("OLD.", "o.")
    event = f"AFTER {moment.split()[1]} ON {table} REFERENCING {'OLD TABLE AS was ' if is_update else ''}NEW TABLE AS fresh"
    trigger = f"CREATE TRIGGER {table}_{name} {event} FOR EACH STATEMENT EXECUTE FUNCTION {table}_{name}()"
    return [_function(f"{table}_{name}", f"{body}RETURN NULL;"), trigger]


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {body} END $guard$"
