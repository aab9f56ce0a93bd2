"""Every index is paid for by every award: those that say what another says go, and those of what is mostly empty cover only what is there."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Django's own names for the indexes of foreign keys and of `group`.
TWICE = [
    "points_transfer_asset_id_2f4f6e38",
    "points_transfer_source_id_b1e237cc",
    "points_transfer_target_id_37148f40",
    "points_transfer_settles_id_a960ea62",
    "points_transfer_reverses_id_d24944e3",
    "points_transfer_group_40ade1ce",
    "points_account_asset_id_67e687f5",
    "points_account_last_transfer_id_3bf0cd03",
    "points_entry_account_id_a1b6e3ff",
    "points_entry_transfer_id_3c7a542f",
    "points_lot_account_id_3c365f2c",
    "points_lotuse_lot_id_1f5c3b28",
]
# Held by the guard "whole" already, for rows that never go.
HELD_BY_A_GUARD = [
    "points_transfer_settles_id_a960ea62_fk_points_transfer_id",
    "points_transfer_reverses_id_d24944e3_fk_points_transfer_id",
]


def drop(apps, schema_editor):
    for name in TWICE:
        schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')
    if schema_editor.connection.vendor == "postgresql":
        for name in HELD_BY_A_GUARD:
            schema_editor.execute(f'ALTER TABLE points_transfer DROP CONSTRAINT IF EXISTS "{name}"')
        # Room in each page for the rewritten row of an account.
        schema_editor.execute("ALTER TABLE points_account SET (fillfactor = 70)")


def unindexed(to, name, null=False):
    return models.ForeignKey(db_index=False, null=null, on_delete=django.db.models.deletion.PROTECT, related_name=name, to=to)


class Migration(migrations.Migration):
    dependencies = [("points", "0005_one_check_each")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, migrations.RunPython.noop)],
            # No column changes: to remake SQLite's tables for it would cost them their guards.
            state_operations=[
                migrations.AlterField("account", "asset", unindexed("points.asset", "accounts")),
                migrations.AlterField("account", "last_transfer", unindexed("points.transfer", "+", null=True)),
                migrations.AlterField("entry", "account", unindexed("points.account", "entries")),
                migrations.AlterField("entry", "transfer", unindexed("points.transfer", "entries")),
                migrations.AlterField("lot", "account", unindexed("points.account", "lots")),
                migrations.AlterField("lotuse", "lot", unindexed("points.lot", "uses")),
                migrations.AlterField("transfer", "asset", unindexed("points.asset", "transfers")),
                migrations.AlterField("transfer", "group", models.UUIDField(null=True)),
                migrations.AlterField("transfer", "reverses", unindexed("points.transfer", "reversed_by", null=True)),
                migrations.AlterField("transfer", "settles", unindexed("points.transfer", "settled_by", null=True)),
                migrations.AlterField("transfer", "source", unindexed("points.account", "transfers_out")),
                migrations.AlterField("transfer", "target", unindexed("points.account", "transfers_in")),
            ],
        ),
        migrations.RemoveIndex("account", "points_acco_asset_i_4c9b90_idx"),
        migrations.RemoveIndex("transfer", "points_transfer_object"),
        migrations.AddIndex("account", models.Index(fields=["asset", "kind"], name="points_account_of_kind")),
        migrations.AddIndex(
            "transfer",
            models.Index(fields=["object_type", "object_id"], condition=Q(object_id__isnull=False), name="points_transfer_about"),
        ),
        migrations.AddIndex(
            "transfer", models.Index(fields=["group"], condition=Q(group__isnull=False), name="points_transfer_together")
        ),
    ]
