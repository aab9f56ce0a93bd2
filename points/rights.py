"""Whom the database lets do what (PostgreSQL): a role for the club's processes that may add to the journal and never change it.

The guards refuse the same to everybody, but whoever owns the tables could lift them. This role owns nothing.
"""

from typing import Any

from points.guards import APPEND_ONLY

# Of rows that change with the journal: only what the ledger changes.
CHANGES = {
    "points_account": ("posted", "held", "seq", "last_transfer_id", "moved_at", "floor", "closed_at"),
    "points_lot": ("remaining",),
}
OTHERS = ("django_migrations",)


class RoleRefused(Exception):  # noqa: N818
    """Why a role is not fit to be restricted, in words."""


def statements(role: str, schema: str, database: str, *, quote: Any) -> list[str]:
    """What gives a role exactly its rights, and takes any other; repeating it changes nothing."""
    name, schema, database = quote(role), quote(schema), quote(database)
    everything = f"ALL TABLES IN SCHEMA {schema}"
    found = [
        f"GRANT CONNECT ON DATABASE {database} TO {name}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"REVOKE ALL ON {everything} FROM {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {everything} TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
        f"REVOKE UPDATE, DELETE ON {', '.join(quote(table) for table in (*APPEND_ONLY, *CHANGES))} FROM {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(quote(table) for table in OTHERS)} FROM {name}",
    ]
    found += [
        f"GRANT UPDATE ({', '.join(quote(each) for each in columns)}) ON {quote(table)} TO {name}" for table, columns in CHANGES.items()
    ]
    # What a later migration adds is open to it too.
    later = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT"
    return [*found, f"{later} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name}", f"{later} USAGE, SELECT ON SEQUENCES TO {name}"]


def give(connection: Any, role: str, *, password: str = "") -> bool:
    """Make the role if there is none, and give it its rights. Returns whether it is new. In the caller's transaction.

    Raises RoleRefused where the role could lift the guards all the same: a superuser, or an owner of tables.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = %s", [role])
        known = cursor.fetchone()
        if known and known[0]:
            raise RoleRefused(f"{role} may do everything; name a role of its own for the club's processes")
        if not known:
            cursor.execute(f"CREATE ROLE {quote(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
        cursor.execute(OWNS, [role])
        if cursor.fetchone()[0]:
            raise RoleRefused(f"{role} owns the club's tables, or belongs to who does; name another")
        if password:
            # Its hash: what is sent may be logged.
            hashed = connection.connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
            cursor.execute(f"ALTER ROLE {quote(role)} PASSWORD '{hashed}'")
        cursor.execute("SELECT current_schema(), current_database()")
        for statement in statements(role, *cursor.fetchone(), quote=quote):
            cursor.execute(statement)
    return not known


OWNS = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND pg_has_role(%s, tableowner, 'MEMBER'))"
