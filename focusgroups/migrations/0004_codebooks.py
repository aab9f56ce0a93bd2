import django.db.models.deletion
from django.core.management.color import no_style
from django.db import migrations, models


def copy_codes(apps, schema_editor):
    """Each study's codes into a book of its own, under the ids that its marks know them by."""
    Study, Old = apps.get_model("focusgroups", "Study"), apps.get_model("focusgroups", "Code")
    Codebook, Code = apps.get_model("codebooks", "Codebook"), apps.get_model("codebooks", "Code")
    for study in Study.objects.filter(pk__in=Old.objects.values("study")):
        study.codebook = Codebook.objects.create(title=study.title)
        study.save(update_fields=["codebook"])
        old = list(Old.objects.filter(study=study))
        Code.objects.bulk_create(
            Code(pk=each.pk, codebook=study.codebook, parent_id=each.parent_id, name=each.name, hue=each.hue, memo=each.memo) for each in old
        )
    for statement in schema_editor.connection.ops.sequence_reset_sql(no_style(), [Code]):
        schema_editor.execute(statement)
    if schema_editor.connection.vendor == "postgresql":
        # A table is not altered while its constraints still wait to be checked.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("codebooks", "0001_initial"), ("focusgroups", "0001_initial")]
    # Here codes keep their ids; those of surveys take new ones.
    run_before = [("surveys", "0003_codebooks")]

    operations = [
        migrations.AddField(
            model_name="study",
            name="codebook",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: one of its own, made with the first code.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="studies",
                to="codebooks.codebook",
                verbose_name="codebook",
            ),
        ),
        migrations.RunPython(copy_codes, elidable=True),
        migrations.AlterField(
            model_name="quote",
            name="code",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="codebooks.code"
            ),
        ),
        migrations.AlterField(
            model_name="coding",
            name="code",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="codebooks.code"),
        ),
        migrations.DeleteModel(name="Code"),
    ]
