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
        ("notifications", "0002_emailout_notification_notificatio_member__18476c_idx_and_more"),
        ("notifications", "0003_shown_and_muted"),
        ("notifications", "0004_digest"),
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
                    name="Notification",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("reply", "Replies to you"),
                                    ("mention", "Mentions of you"),
                                    ("reaction", "Reactions to your posts"),
                                    ("solution", "Your reply accepted as solution"),
                                    ("points_earned", "Points you earned"),
                                    ("points_lapsing", "Points about to lapse"),
                                    ("survey_invitation", "Invitations to surveys"),
                                    ("group_invitation", "Invitations to focus groups"),
                                    ("referral_progress", "Progress of your referrals"),
                                    ("event", "Club events"),
                                    ("moderation", "Decisions of moderators"),
                                    ("message", "Private messages"),
                                    ("reminder", "Reminders you set yourself"),
                                    ("feature", "Your blog in the magazine"),
                                    ("welcome", "From the club"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("cause", models.CharField(max_length=150)),
                        ("title", models.CharField(blank=True, max_length=200)),
                        ("url", models.CharField(blank=True, max_length=300)),
                        ("details", models.JSONField(blank=True, default=dict)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("read_at", models.DateTimeField(null=True)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="notifications", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        ("is_shown", models.BooleanField(default=True, help_text="Off where the member wants this kind by e-mail only.")),
                    ],
                    options={
                        "verbose_name": "notification",
                        "verbose_name_plural": "notifications",
                        "ordering": ["-id"],
                        "constraints": [models.UniqueConstraint(fields=("member", "kind", "cause"), name="notifications_told_once")],
                        "indexes": [
                            models.Index(fields=["member", "-id"], name="notificatio_member__18476c_idx"),
                            models.Index(
                                condition=models.Q(("is_shown", True), ("read_at", None)), fields=["member"], name="notifications_unread"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EmailOut",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("to", models.EmailField(max_length=254)),
                        ("template", models.CharField(max_length=50)),
                        ("context", models.JSONField(blank=True, default=dict)),
                        ("locale", models.CharField(default="en", max_length=10)),
                        (
                            "reference",
                            models.CharField(help_text="What it tells of; the same again writes nothing.", max_length=200, unique=True),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "Waiting"), ("sent", "Sent"), ("dead", "Given up"), ("dropped", "No longer wanted")],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("last_error", models.CharField(blank=True, max_length=300)),
                        (
                            "member",
                            models.ForeignKey(
                                help_text="Nobody for an address outside the club.",
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "mail",
                        "verbose_name_plural": "mails",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(condition=models.Q(("state", "waiting")), fields=["due_at"], name="notifications_mail_due")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MutedAddress",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("muted_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "verbose_name": "muted address",
                        "verbose_name_plural": "muted addresses",
                    },
                ),
                migrations.CreateModel(
                    name="Digest",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "rhythm",
                            models.CharField(
                                choices=[("daily", "Every day"), ("weekly", "Every week"), ("never", "Never")],
                                default="weekly",
                                max_length=10,
                                verbose_name="What you missed, by e-mail",
                            ),
                        ),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "member",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="digest", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "digest",
                        "verbose_name_plural": "digests",
                    },
                ),
            ],
        ),
    ]
