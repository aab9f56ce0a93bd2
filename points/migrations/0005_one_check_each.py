from django.db import migrations

# What a guard or a composite key holds already is not looked up a second time for every award (PostgreSQL; SQLite keeps its keys):
# source and target with their asset are composite keys, the last transfer and the statement lines follow from the guards
# "explained" and "true", a lot's account and transfer from "arrived".
TWICE = {
    "points_transfer": ["asset_id", "source_id", "target_id"],
    "points_account": ["last_transfer_id"],
    "points_entry": ["account_id", "transfer_id"],
    "points_lot": ["account_id", "transfer_id"],
}
FIND = """SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND cardinality(c.conkey) = 1 AND a.attname = %s"""


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        for table, columns in TWICE.items():
            for column in columns:
                cursor.execute(FIND, [table, column])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


class Migration(migrations.Migration):
    dependencies = [("points", "0004_members_half")]
    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]
