import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from members.migrations._at_once import AtOnce
from members.migrations._libraries import LIBRARIES


class Migration(migrations.Migration):
    initial = True

    dependencies = [*LIBRARIES]

    operations = [
        AtOnce(
            operations=[
                migrations.CreateModel(
                    name="Codebook",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={"verbose_name": "codebook", "verbose_name_plural": "codebooks", "ordering": ["-id"]},
                ),
                migrations.CreateModel(
                    name="Code",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "codebook",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="codebooks.codebook"
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="children",
                                to="codebooks.code",
                                verbose_name="under",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("hue", models.PositiveSmallIntegerField(default=0, verbose_name="colour")),
                        ("memo", models.TextField(blank=True, max_length=2000, verbose_name="memo")),
                    ],
                    options={
                        "verbose_name": "code",
                        "verbose_name_plural": "codes",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=["codebook", "name"], name="codebooks_code_once_a_book"),
                            models.CheckConstraint(condition=models.Q(hue__lt=12), name="codebooks_code_has_a_colour"),
                            models.CheckConstraint(
                                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
                                name="codebooks_code_not_its_own_parent",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
