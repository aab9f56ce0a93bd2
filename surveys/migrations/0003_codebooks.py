import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def copy_codes(apps, schema_editor):
    """Each survey's codes into a book of its own, and its marks to their new ids."""
    Questionnaire, Old, Coding = (apps.get_model("surveys", name) for name in ("Questionnaire", "Code", "Coding"))
    Codebook, Code = apps.get_model("codebooks", "Codebook"), apps.get_model("codebooks", "Code")
    marks = {}
    for pk, code in Coding.objects.values_list("pk", "code_id"):
        marks.setdefault(code, []).append(pk)
    for survey in Questionnaire.objects.filter(pk__in=Old.objects.values("questionnaire")):
        survey.codebook = Codebook.objects.create(title=survey.title)
        survey.save(update_fields=["codebook"])
        for old in Old.objects.filter(questionnaire=survey):
            new = Code.objects.create(codebook=survey.codebook, name=old.name, memo=old.description)
            held = marks.get(old.pk, [])
            for start in range(0, len(held), 500):
                Coding.objects.filter(pk__in=held[start : start + 500]).update(code_id=new.pk)
    if schema_editor.connection.vendor == "postgresql":
        # A table is not altered while its constraints still wait to be checked.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("codebooks", "0001_initial"),
        ("surveys", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="questionnaire",
            name="codebook",
            field=models.ForeignKey(
                editable=False,
                help_text="By which open answers are sorted.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="questionnaires",
                to="codebooks.codebook",
            ),
        ),
        migrations.RemoveConstraint(model_name="coding", name="surveys_coding_once"),
        # For a moment the marks name codes that the old table does not hold.
        migrations.AlterField(
            model_name="coding",
            name="code",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="surveys.code",
            ),
        ),
        migrations.RunPython(copy_codes, elidable=True),
        migrations.AlterField(
            model_name="coding",
            name="code",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="codebooks.code"),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=models.UniqueConstraint(
                fields=["code", "submission", "question", "coded_by"], name="surveys_coded_once_a_coder"
            ),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=models.UniqueConstraint(
                condition=models.Q(code=None), fields=["submission", "question", "coded_by"], name="surveys_none_fits_once_a_coder"
            ),
        ),
        migrations.DeleteModel(name="Code"),
    ]
