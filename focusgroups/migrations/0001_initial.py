import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelcluster.fields
from django.conf import settings
from django.db import migrations, models

import focusgroups.models.seat
import focusgroups.models.study
from members.migrations._at_once import AtOnce
from members.migrations._libraries import LIBRARIES


class Migration(migrations.Migration):
    initial = True

    # Clubs that ran these have all that is below.
    replaces = [
        ("focusgroups", "0002_afterwards"),
        ("focusgroups", "0003_guides_and_deeds"),
    ]
    dependencies = [
        *LIBRARIES,
        ("live", "0001_initial"),
        ("members", "0001_initial"),
        ("surveys", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            operations=[
                migrations.CreateModel(
                    name="Group",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "description",
                            models.TextField(
                                blank=True,
                                help_text="What those invited read before they come in.",
                                max_length=4000,
                                verbose_name="invitation",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("zh-hans", "简体中文")], default="en", max_length=10, verbose_name="language"
                            ),
                        ),
                        ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts")),
                        ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                        (
                            "status",
                            models.CharField(
                                choices=[("planned", "Planned"), ("open", "Open"), ("paused", "Paused"), ("closed", "Closed")],
                                default="planned",
                                max_length=10,
                                verbose_name="status",
                            ),
                        ),
                        ("incentive_points", models.PositiveIntegerField(default=30, verbose_name="points for taking part")),
                        (
                            "open_seats",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="So many seats any member may take; 0 for invited members only.",
                                verbose_name="open seats",
                            ),
                        ),
                        (
                            "consent_text",
                            models.TextField(default=focusgroups.models.study.usual_consent, max_length=4000, verbose_name="consent"),
                        ),
                        ("consent_version", models.CharField(default="1", max_length=20, verbose_name="version of the consent")),
                        ("spotlight_seq", models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                        ("epoch", models.CharField(default=focusgroups.models.study.new_epoch, editable=False, max_length=12)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("opened_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "current_item",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="focusgroups.item",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="groups",
                                to="focusgroups.study",
                                verbose_name="study",
                            ),
                        ),
                        ("emptied_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("is_locked", models.BooleanField(default=False, editable=False)),
                        ("is_rehearsal", models.BooleanField(default=False, editable=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("live", "Live talk"), ("board", "Board over several days")],
                                default="live",
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "over_percent",
                            models.PositiveSmallIntegerField(
                                default=25,
                                help_text="For those who will not come.",
                                validators=[django.core.validators.MaxValueValidator(300)],
                                verbose_name="invite more than wanted (%)",
                            ),
                        ),
                        (
                            "rest_days",
                            models.PositiveSmallIntegerField(
                                default=90,
                                help_text="Whoever took part in another group since is not drawn.",
                                verbose_name="days of rest between groups",
                            ),
                        ),
                        (
                            "screener",
                            models.ForeignKey(
                                blank=True,
                                help_text="A survey whose respondents are drawn from.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="surveys.questionnaire",
                                verbose_name="screener",
                            ),
                        ),
                        (
                            "screener_question",
                            models.CharField(
                                blank=True,
                                help_text="Its name in the screener. Empty: the company’s stage.",
                                max_length=100,
                                verbose_name="question that makes segments",
                            ),
                        ),
                        (
                            "seats_wanted",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Once so many have agreed to come, the door closes. Empty: no limit.",
                                null=True,
                                verbose_name="participants wanted",
                            ),
                        ),
                        ("takes_pictures", models.BooleanField(default=False, verbose_name="participants may send pictures")),
                        (
                            "deed",
                            models.CharField(
                                blank=True,
                                choices=focusgroups.models.study.deeds,
                                help_text="What a member must have done lately to be drawn.",
                                max_length=40,
                                verbose_name="only who has done this",
                            ),
                        ),
                        ("deed_days", models.PositiveSmallIntegerField(default=90, verbose_name="within the last days")),
                        (
                            "guide",
                            models.ForeignKey(
                                blank=True,
                                help_text="Its lines are copied into this group when it is saved without lines of its own.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="focusgroups.guide",
                                verbose_name="guide to start from",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "focus group",
                        "verbose_name_plural": "focus groups",
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at", None), ("starts_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                                ),
                                name="focusgroups_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "closed"), _negated=True), ("closed_at__isnull", False), _connector="OR"
                                ),
                                name="focusgroups_closed_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Item",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("sort_order", models.IntegerField(default=0, editable=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("section", "Section"),
                                    ("question", "Question"),
                                    ("probe", "Follow-up in reserve"),
                                    ("stimulus", "Stimulus"),
                                    ("poll", "Poll"),
                                    ("ranking", "Ranking"),
                                    ("rating", "Rating scale"),
                                    ("sort", "Card sort"),
                                    ("completion", "Sentence completion"),
                                    ("pins", "Pins on a picture"),
                                    ("notes", "Brainstorm board"),
                                ],
                                default="question",
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("text", models.TextField(max_length=2000, verbose_name="text")),
                        ("note", models.TextField(blank=True, max_length=2000, verbose_name="note for moderators")),
                        ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes")),
                        (
                            "options",
                            models.TextField(
                                blank=True,
                                help_text="One on each line: a poll’s choices, what is ranked, the cards, the two ends of a scale.",
                                max_length=2000,
                                verbose_name="choices",
                            ),
                        ),
                        ("max_choices", models.PositiveSmallIntegerField(default=1, verbose_name="choices allowed")),
                        (
                            "is_masked",
                            models.BooleanField(
                                default=False,
                                help_text="Nobody sees the others' answers before giving one, until the moderator reveals them.",
                                verbose_name="masked",
                            ),
                        ),
                        ("image_alt", models.CharField(blank=True, max_length=300, verbose_name="what the picture shows")),
                        ("posed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("revealed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "group",
                            modelcluster.fields.ParentalKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="focusgroups.group"
                            ),
                        ),
                        (
                            "image",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wagtailimages.image",
                                verbose_name="picture",
                            ),
                        ),
                        (
                            "categories",
                            models.TextField(
                                blank=True, help_text="Of a card sort: one on each line.", max_length=1000, verbose_name="piles"
                            ),
                        ),
                        (
                            "due_at",
                            models.DateTimeField(
                                blank=True, help_text="On a board: when answers are wanted by.", null=True, verbose_name="due"
                            ),
                        ),
                        ("extra_minutes", models.PositiveSmallIntegerField(default=0, editable=False)),
                        ("link", models.URLField(blank=True, max_length=500, verbose_name="video or article")),
                        ("nudged_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "opens_at",
                            models.DateTimeField(
                                blank=True, help_text="On a board: when this task appears.", null=True, verbose_name="opens"
                            ),
                        ),
                        (
                            "scale_max",
                            models.PositiveSmallIntegerField(
                                default=5,
                                validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(11)],
                                verbose_name="scale from 1 to",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "guide item",
                        "verbose_name_plural": "guide items",
                        "ordering": ["sort_order", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "poll"), _negated=True), models.Q(("options", ""), _negated=True), _connector="OR"
                                ),
                                name="focusgroups_poll_has_choices",
                            ),
                            models.CheckConstraint(condition=models.Q(("max_choices__gte", 1)), name="focusgroups_a_choice_at_least"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Seat",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "role",
                            models.CharField(
                                choices=[("participant", "Participant"), ("moderator", "Moderator"), ("observer", "Observer")],
                                default="participant",
                                max_length=12,
                                verbose_name="role",
                            ),
                        ),
                        ("pseudonym", models.CharField(max_length=40, verbose_name="name in the room")),
                        ("hue", models.PositiveSmallIntegerField(default=0)),
                        ("invited_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("consented_at", models.DateTimeField(blank=True, null=True)),
                        ("consent_version", models.CharField(blank=True, max_length=20)),
                        ("is_muted", models.BooleanField(default=False)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                        ("first_here_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "here_until",
                            models.DateTimeField(
                                blank=True, help_text="A lease: whoever's process dies is gone when it runs out.", null=True
                            ),
                        ),
                        ("attended_confirmed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "group",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="focusgroups.group"),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="member",
                            ),
                        ),
                        (
                            "checked_at",
                            models.DateTimeField(blank=True, help_text="When the technical check of the waiting room passed.", null=True),
                        ),
                        ("reminded", models.CharField(blank=True, help_text="The last reminder sent: day or hour.", max_length=10)),
                        ("segment", models.CharField(blank=True, max_length=100, verbose_name="segment")),
                    ],
                    options={
                        "verbose_name": "seat",
                        "verbose_name_plural": "seats",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("group", "member"), name="focusgroups_one_seat_each"),
                            models.UniqueConstraint(fields=("group", "pseudonym"), name="focusgroups_name_once_a_room"),
                            models.CheckConstraint(
                                condition=models.Q(("attended_confirmed_at", None), ("role", "participant"), _connector="OR"),
                                name="focusgroups_participants_attend",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("body", models.TextField(blank=True, max_length=4000)),
                        ("choices", models.JSONField(default=list)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "item",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="focusgroups.item"),
                        ),
                        (
                            "seat",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="focusgroups.seat"),
                        ),
                        ("given", models.JSONField(default=dict, help_text="Of an exercise: order, rating, piles, pins or notes.")),
                    ],
                    options={
                        "verbose_name": "answer",
                        "verbose_name_plural": "answers",
                        "constraints": [models.UniqueConstraint(fields=("item", "seat"), name="focusgroups_one_answer_each")],
                    },
                ),
                migrations.CreateModel(
                    name="Study",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("purpose", models.TextField(blank=True, max_length=4000, verbose_name="what we want to learn")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "keep_days",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="So many days after a group ends its talk, answers and pictures are deleted; the report’s quotes stay. Empty: kept.",
                                null=True,
                                verbose_name="days to keep what was said",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "study",
                        "verbose_name_plural": "studies",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Code",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("hue", models.PositiveSmallIntegerField(default=0, verbose_name="colour")),
                        ("memo", models.TextField(blank=True, max_length=2000, verbose_name="memo")),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="children",
                                to="focusgroups.code",
                                verbose_name="under",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="focusgroups.study"),
                        ),
                    ],
                    options={
                        "verbose_name": "code",
                        "verbose_name_plural": "codes",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("study", "name"), name="focusgroups_code_once_a_study"),
                            models.CheckConstraint(condition=models.Q(("hue__lt", 12)), name="focusgroups_code_has_a_colour"),
                            models.CheckConstraint(
                                condition=models.Q(("parent", None), models.Q(("parent", models.F("id")), _negated=True), _connector="OR"),
                                name="focusgroups_code_not_its_own_parent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Coding",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("start", models.PositiveIntegerField()),
                        ("end", models.PositiveIntegerField()),
                        ("quoted", models.TextField()),
                        ("memo", models.TextField(blank=True, max_length=1000)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "code",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="codings", to="focusgroups.code"),
                        ),
                        (
                            "coder",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("event", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="live.event")),
                        (
                            "group",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="codings", to="focusgroups.group"),
                        ),
                    ],
                    options={
                        "verbose_name": "coding",
                        "verbose_name_plural": "codings",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "event", "coder", "start", "end"), name="focusgroups_coded_once"),
                            models.CheckConstraint(
                                condition=models.Q(("end__gt", models.F("start"))), name="focusgroups_coding_has_length"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Lease",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("socket", models.UUIDField(unique=True)),
                        ("until", models.DateTimeField()),
                        (
                            "seat",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="leases", to="focusgroups.seat"),
                        ),
                    ],
                    options={
                        "verbose_name": "lease",
                        "verbose_name_plural": "leases",
                    },
                ),
                migrations.CreateModel(
                    name="Picture",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "file",
                            models.ImageField(height_field="height", upload_to=focusgroups.models.seat.picture_path, width_field="width"),
                        ),
                        ("width", models.PositiveIntegerField(default=0)),
                        ("height", models.PositiveIntegerField(default=0)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "group",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pictures", to="focusgroups.group"),
                        ),
                        (
                            "seat",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pictures", to="focusgroups.seat"),
                        ),
                    ],
                    options={
                        "verbose_name": "picture",
                        "verbose_name_plural": "pictures",
                    },
                ),
                migrations.CreateModel(
                    name="Quota",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "segment",
                            models.CharField(
                                help_text="An answer of the screener’s question, or a stage: deploy.",
                                max_length=100,
                                verbose_name="segment",
                            ),
                        ),
                        ("wanted", models.PositiveSmallIntegerField(default=2, verbose_name="participants wanted")),
                        (
                            "group",
                            modelcluster.fields.ParentalKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="quotas", to="focusgroups.group"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "quota",
                        "verbose_name_plural": "quotas",
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("group", "segment"), name="focusgroups_one_quota_a_segment")],
                    },
                ),
                migrations.CreateModel(
                    name="Quote",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("text", models.TextField(max_length=4000)),
                        ("name", models.CharField(max_length=40)),
                        ("segment", models.CharField(blank=True, max_length=100)),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "code",
                            models.ForeignKey(
                                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="focusgroups.code"
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="focusgroups.group"
                            ),
                        ),
                        (
                            "picked_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="quotes", to="focusgroups.study"),
                        ),
                    ],
                    options={
                        "verbose_name": "quote",
                        "verbose_name_plural": "quotes",
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Redaction",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("name", "Name"), ("number", "Number"), ("other", "Other")], max_length=10, verbose_name="kind"
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        ("places", models.PositiveIntegerField(default=0)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="redactions", to="focusgroups.group"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "redaction",
                        "verbose_name_plural": "redactions",
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Guide",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("purpose", models.TextField(blank=True, max_length=1000, verbose_name="when to use it")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ],
                    options={
                        "verbose_name": "discussion guide",
                        "verbose_name_plural": "discussion guides",
                        "ordering": ["title"],
                    },
                ),
                migrations.CreateModel(
                    name="TemplateLine",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("sort_order", models.IntegerField(default=0, editable=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("section", "Section"),
                                    ("question", "Question"),
                                    ("probe", "Follow-up in reserve"),
                                    ("stimulus", "Stimulus"),
                                    ("poll", "Poll"),
                                    ("ranking", "Ranking"),
                                    ("rating", "Rating scale"),
                                    ("sort", "Card sort"),
                                    ("completion", "Sentence completion"),
                                    ("pins", "Pins on a picture"),
                                    ("notes", "Brainstorm board"),
                                ],
                                default="question",
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("text", models.TextField(max_length=2000, verbose_name="text")),
                        ("note", models.TextField(blank=True, max_length=2000, verbose_name="note for moderators")),
                        ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes")),
                        (
                            "options",
                            models.TextField(
                                blank=True,
                                help_text="One on each line: a poll’s choices, what is ranked, the cards, the two ends of a scale.",
                                max_length=2000,
                                verbose_name="choices",
                            ),
                        ),
                        (
                            "categories",
                            models.TextField(
                                blank=True, help_text="Of a card sort: one on each line.", max_length=1000, verbose_name="piles"
                            ),
                        ),
                        (
                            "scale_max",
                            models.PositiveSmallIntegerField(
                                default=5,
                                validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(11)],
                                verbose_name="scale from 1 to",
                            ),
                        ),
                        ("link", models.URLField(blank=True, max_length=500, verbose_name="video or article")),
                        ("max_choices", models.PositiveSmallIntegerField(default=1, verbose_name="choices allowed")),
                        (
                            "is_masked",
                            models.BooleanField(
                                default=False,
                                help_text="Nobody sees the others' answers before giving one, until the moderator reveals them.",
                                verbose_name="masked",
                            ),
                        ),
                        ("image_alt", models.CharField(blank=True, max_length=300, verbose_name="what the picture shows")),
                        (
                            "day",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="On a board: the day on which this task appears.",
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)],
                                verbose_name="day",
                            ),
                        ),
                        (
                            "guide",
                            modelcluster.fields.ParentalKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="focusgroups.guide"
                            ),
                        ),
                        (
                            "image",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wagtailimages.image",
                                verbose_name="picture",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "line of the guide",
                        "verbose_name_plural": "lines of the guide",
                        "ordering": ["sort_order", "id"],
                        "abstract": False,
                    },
                ),
            ],
        ),
    ]
