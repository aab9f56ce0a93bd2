import uuid

import django.core.validators
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
        ("surveys", "0002_results_and_samples"),
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
                    name="Questionnaire",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "slug",
                            models.SlugField(
                                help_text="The survey's address: /surveys/ADDRESS/", max_length=60, unique=True, verbose_name="address"
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "summary",
                            models.CharField(
                                blank=True,
                                help_text="What it is about and what happens with the answers.",
                                max_length=500,
                                verbose_name="summary",
                            ),
                        ),
                        (
                            "titles",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                editable=False,
                                help_text="Title and summary by language, read from the definition.",
                            ),
                        ),
                        ("draft_definition", models.JSONField(default=dict, help_text="SurveyJS JSON.", verbose_name="definition")),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("open", "Open"), ("closed", "Closed")],
                                default="draft",
                                editable=False,
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "audience",
                            models.CharField(
                                choices=[("everyone", "Every member"), ("invited", "Invited members only")],
                                default="everyone",
                                max_length=10,
                                verbose_name="for whom",
                            ),
                        ),
                        (
                            "results",
                            models.CharField(
                                choices=[("club", "The club's researchers only"), ("answered", "Members who answered")],
                                default="club",
                                max_length=10,
                                verbose_name="who sees the results",
                            ),
                        ),
                        (
                            "is_anonymous",
                            models.BooleanField(
                                default=False, help_text="No way leads back from an answer to a member.", verbose_name="anonymous"
                            ),
                        ),
                        (
                            "points",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="Empty: what the programme's rule gives.",
                                null=True,
                                validators=[django.core.validators.MaxValueValidator(10000)],
                                verbose_name="points",
                            ),
                        ),
                        (
                            "minutes",
                            models.PositiveSmallIntegerField(
                                default=3, validators=[django.core.validators.MaxValueValidator(240)], verbose_name="minutes"
                            ),
                        ),
                        ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens")),
                        ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="closes")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("published_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="questionnaires",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "survey",
                            models.OneToOneField(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="questionnaire",
                                to="survey.survey",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="surveys.schemaversion",
                            ),
                        ),
                        (
                            "contradictions",
                            models.JSONField(
                                blank=True,
                                default=list,
                                editable=False,
                                help_text="Expressions that are true only of answers that contradict each other.",
                            ),
                        ),
                        (
                            "equivalents",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                editable=False,
                                help_text="Names of questions in earlier versions → the name their answers count under now.",
                            ),
                        ),
                        (
                            "is_editable",
                            models.BooleanField(
                                default=False,
                                help_text="Until the survey closes; not where answers are anonymous.",
                                verbose_name="answers may be changed",
                            ),
                        ),
                        (
                            "kiosk_token",
                            models.CharField(
                                editable=False,
                                help_text="The kiosk's secret address, where it is on.",
                                max_length=43,
                                null=True,
                                unique=True,
                            ),
                        ),
                        (
                            "margins",
                            models.JSONField(
                                blank=True, default=dict, editable=False, help_text="Population shares: question → choice → share of 1."
                            ),
                        ),
                        (
                            "previous_wave",
                            models.ForeignKey(
                                blank=True,
                                help_text="The survey that this one repeats; their shared questions are shown as a trend.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="next_waves",
                                to="surveys.questionnaire",
                                verbose_name="earlier wave",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "survey",
                        "verbose_name_plural": "surveys",
                        "ordering": ["-id"],
                        "permissions": [
                            ("publish_questionnaire", "Can publish and close surveys"),
                            ("export_questionnaire", "Can export answers"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("opens_at", None), ("closes_at", None), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                                ),
                                name="surveys_questionnaire_closes_after_it_opens",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state", "draft"), ("version__isnull", False), _connector="OR"),
                                name="surveys_questionnaire_published_has_version",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SchemaVersion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveIntegerField()),
                        ("definition", models.JSONField()),
                        ("digest", models.CharField(help_text="SHA-256 of the definition with sorted keys.", max_length=64)),
                        ("engine", models.CharField(max_length=40)),
                        (
                            "outline",
                            models.JSONField(
                                default=dict, help_text="What it asks, by language: pages, questions, choices; read from the engine once."
                            ),
                        ),
                        ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="surveys.questionnaire"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "survey version",
                        "verbose_name_plural": "survey versions",
                        "ordering": ["-number"],
                        "constraints": [models.UniqueConstraint(fields=("questionnaire", "number"), name="surveys_version_number")],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionLink",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("path", models.CharField(max_length=400)),
                        ("position", models.PositiveIntegerField()),
                        (
                            "question",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="links", to="survey.question"),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="links", to="surveys.schemaversion"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "question link",
                        "verbose_name_plural": "question links",
                        "ordering": ["position"],
                        "constraints": [models.UniqueConstraint(fields=("version", "path"), name="surveys_link_path")],
                    },
                ),
                migrations.CreateModel(
                    name="Loss",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("path", models.CharField(max_length=400)),
                        ("feature", models.CharField(max_length=60)),
                        ("reason", models.CharField(max_length=200)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="losses", to="surveys.schemaversion"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "loss in the mirror",
                        "verbose_name_plural": "losses in the mirror",
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Draft",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("data", models.JSONField(default=dict)),
                        ("page", models.PositiveSmallIntegerField(default=0)),
                        ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="survey_drafts", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="surveys.questionnaire"
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                help_text="What was begun on is finished on.",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="drafts",
                                to="surveys.schemaversion",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "draft of answers",
                        "verbose_name_plural": "drafts of answers",
                        "constraints": [models.UniqueConstraint(fields=("questionnaire", "member"), name="surveys_draft_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Submission",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("data", models.JSONField()),
                        ("verdict", models.JSONField(help_text="Engine, definition's digest, and what was left out and why.")),
                        ("locale", models.CharField(blank=True, max_length=10)),
                        ("seconds_spent", models.PositiveIntegerField(null=True)),
                        ("completed_at", models.DateTimeField(help_text="Empty for anonymous answers.", null=True)),
                        ("quality_flags", models.JSONField(default=list)),
                        ("rejected_at", models.DateTimeField(null=True)),
                        ("rejected_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="submissions",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="surveys.questionnaire"
                            ),
                        ),
                        (
                            "rejected_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "response",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="submission", to="survey.response"
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="surveys.schemaversion"
                            ),
                        ),
                        ("edited_at", models.DateTimeField(help_text="When the member last changed them.", null=True)),
                        (
                            "fingerprint",
                            models.CharField(blank=True, help_text="SHA-256 of the answers, by which equal ones are found.", max_length=64),
                        ),
                        ("is_counted", models.BooleanField(default=False, help_text="Whether the running counts hold these answers.")),
                    ],
                    options={
                        "verbose_name": "submission",
                        "verbose_name_plural": "submissions",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["questionnaire", "rejected_at"], name="surveys_sub_questio_2cc985_idx"),
                            models.Index(
                                condition=models.Q(("is_counted", False)), fields=["questionnaire"], name="surveys_submission_uncounted"
                            ),
                            models.Index(fields=["questionnaire", "fingerprint"], name="surveys_sub_questio_70fcf2_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("member__isnull", False)),
                                fields=("questionnaire", "member"),
                                name="surveys_submission_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("member__isnull", False), models.Q(("completed_at", None), ("seconds_spent", None)), _connector="OR"
                                ),
                                name="surveys_submission_anonymous_is_timeless",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyInvitation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "points",
                            models.PositiveIntegerField(
                                blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10000)], verbose_name="points"
                            ),
                        ),
                        ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "invited_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="invited by",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="survey_invitations",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="member",
                            ),
                        ),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="surveys.questionnaire",
                                verbose_name="survey",
                            ),
                        ),
                        ("reminded_at", models.DateTimeField(editable=False, null=True)),
                        ("reminders", models.PositiveSmallIntegerField(default=0, editable=False)),
                        (
                            "token",
                            models.CharField(
                                editable=False,
                                help_text="The personal link's secret, where one was made.",
                                max_length=43,
                                null=True,
                                unique=True,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "invitation to a survey",
                        "verbose_name_plural": "invitations to surveys",
                        "ordering": ["-id"],
                        "constraints": [models.UniqueConstraint(fields=("questionnaire", "member"), name="surveys_invitation_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Participation",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "points",
                            models.PositiveIntegerField(help_text="What was promised, where it is not the rule's amount.", null=True),
                        ),
                        (
                            "is_recorded",
                            models.BooleanField(
                                default=False, help_text="Whether the activity was recorded; later, together, for anonymous answers."
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="participations", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="participations", to="surveys.questionnaire"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "participation",
                        "verbose_name_plural": "participations",
                        "constraints": [models.UniqueConstraint(fields=("questionnaire", "member"), name="surveys_participation_once")],
                    },
                ),
                migrations.CreateModel(
                    name="BankQuestion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        ("element", models.JSONField(help_text="SurveyJS JSON of one element.", verbose_name="question")),
                        ("kept_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "kept_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "question of the bank",
                        "verbose_name_plural": "question bank",
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Code",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=80, verbose_name="code")),
                        ("description", models.CharField(blank=True, max_length=300, verbose_name="when it applies")),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="surveys.questionnaire"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "code",
                        "verbose_name_plural": "codes",
                        "ordering": ["name"],
                        "constraints": [models.UniqueConstraint(fields=("questionnaire", "name"), name="surveys_code_name")],
                    },
                ),
                migrations.CreateModel(
                    name="Coding",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("question", models.CharField(max_length=200)),
                        ("coded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("code", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="codings", to="surveys.code")),
                        (
                            "coded_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "submission",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="codings", to="surveys.submission"),
                        ),
                    ],
                    options={
                        "verbose_name": "coding",
                        "verbose_name_plural": "codings",
                        "indexes": [models.Index(fields=["submission", "question"], name="surveys_cod_submiss_f77230_idx")],
                        "constraints": [models.UniqueConstraint(fields=("code", "submission", "question"), name="surveys_coding_once")],
                    },
                ),
                migrations.CreateModel(
                    name="EarlierAnswers",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("data", models.JSONField()),
                        ("verdict", models.JSONField()),
                        ("replaced_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "submission",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="earlier", to="surveys.submission"),
                        ),
                        (
                            "version",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="surveys.schemaversion"),
                        ),
                    ],
                    options={
                        "verbose_name": "earlier answers",
                        "verbose_name_plural": "earlier answers",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Export",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("csv", "CSV"),
                                    ("xlsx", "XLSX"),
                                    ("sav", "SPSS (.sav)"),
                                    ("json", "JSON"),
                                    ("docx", "Report (.docx)"),
                                ],
                                max_length=5,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "Waiting"), ("running", "Being made"), ("done", "Ready"), ("failed", "Failed")],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("rows_done", models.PositiveIntegerField(default=0)),
                        ("rows_total", models.PositiveIntegerField(default=0)),
                        ("file", models.CharField(blank=True, help_text="Its name in the private store.", max_length=200)),
                        ("problem", models.CharField(blank=True, max_length=300)),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("began_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="exports", to="surveys.questionnaire"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "export of answers",
                        "verbose_name_plural": "exports of answers",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Quota",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        (
                            "wants",
                            models.JSONField(
                                help_text="Facts of the member (`member.locale`) or answers, each with the value that the cell asks for."
                            ),
                        ),
                        ("most", models.PositiveIntegerField(verbose_name="at most")),
                        ("count", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="quotas", to="surveys.questionnaire"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "quota",
                        "verbose_name_plural": "quotas",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("questionnaire", "name"), name="surveys_quota_name"),
                            models.CheckConstraint(condition=models.Q(("count__lte", models.F("most"))), name="surveys_quota_not_over"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tally",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "digest",
                            models.CharField(
                                blank=True, help_text="What the counts were made by; another definition starts them anew.", max_length=64
                            ),
                        ),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        (
                            "questionnaire",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="tally", to="surveys.questionnaire"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "running counts",
                        "verbose_name_plural": "running counts",
                    },
                ),
            ],
        ),
    ]
