from django.db import migrations

from points import guards

COMPOSITE = [
    ("points_transfer_source_in_asset", "source_id"),
    ("points_transfer_target_in_asset", "target_id"),
]


def lay(apps, schema_editor):
    guards.lay(schema_editor.connection)
    if schema_editor.connection.vendor == "postgresql":
        for name, column in COMPOSITE:
            schema_editor.execute(
                f"ALTER TABLE points_transfer ADD CONSTRAINT {name} FOREIGN KEY ({column}, asset_id) REFERENCES points_account (id, asset_id)"
            )


def lift(apps, schema_editor):
    guards.lift(schema_editor.connection)
    if schema_editor.connection.vendor == "postgresql":
        for name, _column in COMPOSITE:
            schema_editor.execute(f"ALTER TABLE points_transfer DROP CONSTRAINT IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("points", "0001_initial")]
    operations = [migrations.RunPython(lay, lift)]
