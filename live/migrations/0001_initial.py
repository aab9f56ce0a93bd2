import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from members.migrations._at_once import AtOnce
from members.migrations._libraries import LIBRARIES


class Migration(migrations.Migration):
    initial = True

    # Clubs that ran these have all that is below.
    replaces = [
        ("live", "0002_chain"),
    ]
    dependencies = [
        *LIBRARIES,
        ("members", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            operations=[
                migrations.CreateModel(
                    name="Stream",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(help_text="Such as thread:17, member:5, group:3:all.", max_length=80, unique=True)),
                        ("last_seq", models.PositiveBigIntegerField(default=0)),
                        (
                            "digest",
                            models.CharField(blank=True, default="", help_text="The last event's link of the chain.", max_length=64),
                        ),
                    ],
                    options={
                        "verbose_name": "stream",
                        "verbose_name_plural": "streams",
                    },
                ),
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("seq", models.PositiveBigIntegerField()),
                        ("kind", models.CharField(max_length=30)),
                        ("body", models.JSONField(default=dict)),
                        ("client_id", models.UUIDField(null=True)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        ("stream", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="events", to="live.stream")),
                        ("digest", models.CharField(blank=True, default="", max_length=64)),
                        ("fingerprint", models.CharField(blank=True, default="", max_length=64)),
                        ("rewritten_at", models.DateTimeField(null=True)),
                        ("salt", models.CharField(blank=True, default="", max_length=32)),
                    ],
                    options={
                        "verbose_name": "event",
                        "verbose_name_plural": "events",
                        "constraints": [
                            models.UniqueConstraint(fields=("stream", "seq"), name="live_event_number"),
                            models.UniqueConstraint(
                                condition=models.Q(("client_id__isnull", False)),
                                fields=("stream", "author", "client_id"),
                                name="live_event_once",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
