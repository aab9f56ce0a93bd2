from django.db import migrations

from points import guards

COMPOSITE = [
    ("points_transfer_source_in_asset", "source_id"),
    ("points_transfer_target_in_asset", "target_id"),
]
# What a guard or a composite key holds already is not looked up a second time for every award (PostgreSQL; SQLite keeps its keys):
# source and target with their asset are composite keys, the last transfer and the statement lines follow from the guards
# "explained" and "true", a lot's account and transfer from "arrived", what is settled and reversed from "whole".
TWICE = {
    "points_transfer": ["asset_id", "source_id", "target_id", "settles_id", "reverses_id"],
    "points_account": ["last_transfer_id"],
    "points_entry": ["account_id", "transfer_id"],
    "points_lot": ["account_id", "transfer_id"],
}
FIND = """SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND cardinality(c.conkey) = 1 AND a.attname = %s"""


def lay(apps, schema_editor):
    guards.lay(schema_editor.connection)
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, column in COMPOSITE:
        schema_editor.execute(
            f"ALTER TABLE points_transfer ADD CONSTRAINT {name} FOREIGN KEY ({column}, asset_id) REFERENCES points_account (id, asset_id)"
        )
    with schema_editor.connection.cursor() as cursor:
        for table, columns in TWICE.items():
            for column in columns:
                cursor.execute(FIND, [table, column])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    # Room in each page for the rewritten row of an account.
    schema_editor.execute("ALTER TABLE points_account SET (fillfactor = 70)")


def lift(apps, schema_editor):
    guards.lift(schema_editor.connection)
    if schema_editor.connection.vendor == "postgresql":
        for name, _column in COMPOSITE:
            schema_editor.execute(f"ALTER TABLE points_transfer DROP CONSTRAINT IF EXISTS {name}")


class Migration(migrations.Migration):
    # Apart from the tables, whose keys PostgreSQL lays only when their migration ends.
    dependencies = [("points", "0001_initial")]
    operations = [migrations.RunPython(lay, lift)]
