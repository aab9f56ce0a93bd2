import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import forum.models.picture
from members.migrations._at_once import AtOnce
from members.migrations._libraries import LIBRARIES

SQLITE = [
    "CREATE VIRTUAL TABLE forum_search USING fts5(words, tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co Cn'\")",
    "CREATE TRIGGER forum_moderation_only_added BEFORE UPDATE ON forum_moderationaction "
    "BEGIN SELECT RAISE(ABORT, 'a moderation action is never changed'); END",
]
POSTGRESQL = [
    "CREATE TABLE forum_search (post_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX forum_search_words ON forum_search USING gin (words)",
    "CREATE FUNCTION forum_moderation_only_added() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'a moderation action is never changed'; END $$",
    "CREATE TRIGGER forum_moderation_only_added BEFORE UPDATE ON forum_moderationaction "
    "FOR EACH ROW EXECUTE FUNCTION forum_moderation_only_added()",
]
UNDO_SQLITE = ["DROP TRIGGER forum_moderation_only_added", "DROP TABLE forum_search"]
UNDO_POSTGRESQL = [
    "DROP TRIGGER forum_moderation_only_added ON forum_moderationaction",
    "DROP FUNCTION forum_moderation_only_added",
    "DROP TABLE forum_search",
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in UNDO_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else UNDO_SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    initial = True

    # Clubs that ran these have all that is below.
    replaces = [
        ("forum", "0002_search_and_log"),
        ("forum", "0003_review_status"),
        ("forum", "0004_together"),
        ("forum", "0005_moderation"),
        ("forum", "0006_pins_first"),
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
                    name="Tag",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(allow_unicode=True, max_length=40, unique=True)),
                        ("name", models.CharField(max_length=40, verbose_name="name")),
                    ],
                    options={
                        "verbose_name": "tag",
                        "verbose_name_plural": "tags",
                        "ordering": ["slug"],
                    },
                ),
                migrations.CreateModel(
                    name="Board",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("board", "Board"), ("blog", "Blog")], default="board", max_length=10, verbose_name="kind"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True, verbose_name="address")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("name_zh", models.CharField(blank=True, max_length=100, verbose_name="name in Chinese")),
                        ("description", models.CharField(blank=True, max_length=300, verbose_name="description")),
                        ("description_zh", models.CharField(blank=True, max_length=300, verbose_name="description in Chinese")),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("public", "Everybody, visitors too"),
                                    ("members", "All members"),
                                    ("company", "One company"),
                                    ("staff", "The club's own people"),
                                ],
                                default="members",
                                max_length=10,
                                verbose_name="who may read",
                            ),
                        ),
                        (
                            "min_tier",
                            models.PositiveSmallIntegerField(
                                blank=True, help_text="Rank of the tier; empty for everybody.", null=True, verbose_name="from tier"
                            ),
                        ),
                        ("only_staff_start", models.BooleanField(default=False, verbose_name="only the club's own people start threads")),
                        (
                            "is_archived",
                            models.BooleanField(
                                default=False, help_text="Everything can be read, nothing written.", verbose_name="archived"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "company",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="boards",
                                to="members.company",
                                verbose_name="company",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="blogs",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="forum.board",
                                verbose_name="part of",
                            ),
                        ),
                        (
                            "approval",
                            models.CharField(
                                choices=[("nobody", "Nobody’s"), ("new", "First posts of the new"), ("all", "Everybody’s but staff’s")],
                                default="nobody",
                                help_text="Whose posts wait until a moderator has read them.",
                                max_length=10,
                                verbose_name="held for a moderator",
                            ),
                        ),
                        (
                            "is_exclusive",
                            models.BooleanField(
                                default=False, editable=False, help_text="Has admissions: only those whom they name may read."
                            ),
                        ),
                        (
                            "slow_seconds",
                            models.PositiveIntegerField(
                                default=0,
                                help_text="Seconds between two posts of a member in one thread; 0 for none.",
                                verbose_name="slow mode",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "board",
                        "verbose_name_plural": "boards",
                        "ordering": ["position", "id"],
                        "permissions": [("moderate_forum", "Can moderate the forum")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "blog"), ("owner__isnull", False)),
                                    models.Q(("kind", "board"), ("owner__isnull", True)),
                                    _connector="OR",
                                ),
                                name="forum_board_blog_has_owner",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("audience", "company"), ("company__isnull", False)),
                                    models.Q(models.Q(("audience", "company"), _negated=True), ("company__isnull", True)),
                                    _connector="OR",
                                ),
                                name="forum_board_company_named",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "blog")), fields=("owner",), name="forum_board_one_blog_a_member"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BoardMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "level",
                            models.CharField(
                                choices=[("watch", "Watching"), ("track", "Tracking"), ("normal", "Normal"), ("mute", "Muted")],
                                default="normal",
                                max_length=10,
                            ),
                        ),
                        ("read_up_to_post_id", models.PositiveBigIntegerField(default=0)),
                        (
                            "board",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="member_rows", to="forum.board"),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="board_rows", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "followed board",
                        "verbose_name_plural": "followed boards",
                        "indexes": [models.Index(fields=["board", "level"], name="forum_board_followers")],
                        "constraints": [models.UniqueConstraint(fields=("member", "board"), name="forum_board_member_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Draft",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("key", models.CharField(max_length=40)),
                        (
                            "seq",
                            models.PositiveIntegerField(
                                default=1, help_text="Counts the saves: an older device cannot overwrite a newer save unseen."
                            ),
                        ),
                        ("title", models.CharField(blank=True, max_length=200)),
                        ("body", models.TextField(blank=True)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "draft",
                        "verbose_name_plural": "drafts",
                        "ordering": ["-updated_at"],
                        "constraints": [models.UniqueConstraint(fields=("member", "key"), name="forum_draft_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Pace",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("verb", models.CharField(max_length=20)),
                        ("turns", models.FloatField()),
                        ("filled_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "verbose_name": "pace",
                        "verbose_name_plural": "paces",
                        "constraints": [models.UniqueConstraint(fields=("member", "verb"), name="forum_pace_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Post",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("no", models.PositiveIntegerField()),
                        ("body", models.TextField(verbose_name="text")),
                        ("html", models.TextField(editable=False)),
                        ("html_version", models.PositiveSmallIntegerField(default=1, editable=False)),
                        ("excerpt", models.CharField(blank=True, editable=False, max_length=200)),
                        ("lang", models.CharField(blank=True, max_length=10)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("visible", "Visible"),
                                    ("pending", "Waiting for a moderator"),
                                    ("hidden", "Hidden by a moderator"),
                                    ("withdrawn", "Withdrawn by the author"),
                                ],
                                default="visible",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("reaction_count", models.PositiveIntegerField(default=0)),
                        ("edit_count", models.PositiveIntegerField(default=0)),
                        ("edited_at", models.DateTimeField(null=True)),
                        ("client_key", models.UUIDField(editable=False, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="posts",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="author",
                            ),
                        ),
                        (
                            "reply_to",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="forum.post",
                                verbose_name="in reply to",
                            ),
                        ),
                        (
                            "thread",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="forum.thread", verbose_name="thread"
                            ),
                        ),
                        (
                            "owner_no",
                            models.PositiveSmallIntegerField(
                                default=0, editable=False, help_text="How often a moderator gave it another author."
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "post",
                        "verbose_name_plural": "posts",
                        "ordering": ["thread", "no"],
                        "indexes": [models.Index(fields=["author", "-id"], name="forum_post_by_author")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("client_key__isnull", False)), fields=("author", "client_key"), name="forum_post_once"
                            ),
                            models.CheckConstraint(condition=models.Q(("no__gte", 1)), name="forum_post_numbers_from_one"),
                            models.UniqueConstraint(fields=("thread", "no"), name="forum_post_number"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mention",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        ("post", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="forum.post")),
                    ],
                    options={
                        "verbose_name": "mention",
                        "verbose_name_plural": "mentions",
                        "constraints": [models.UniqueConstraint(fields=("post", "member"), name="forum_mention_once")],
                    },
                ),
                migrations.CreateModel(
                    name="PostRevision",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("n", models.PositiveIntegerField()),
                        ("title", models.CharField(blank=True, help_text="The thread's title, for its first post.", max_length=200)),
                        ("body", models.TextField()),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("written_at", models.DateTimeField(help_text="When these words were written.")),
                        ("replaced_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "editor",
                            models.ForeignKey(
                                help_text="Who replaced these words.",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("post", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="forum.post")),
                    ],
                    options={
                        "verbose_name": "revision",
                        "verbose_name_plural": "revisions",
                        "ordering": ["post", "n"],
                        "constraints": [models.UniqueConstraint(fields=("post", "n"), name="forum_revision_number")],
                    },
                ),
                migrations.CreateModel(
                    name="Reaction",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("like", "Like"), ("thanks", "Thanks"), ("insight", "Insightful"), ("cheers", "Cheers")],
                                default="like",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="reactions", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        ("post", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reactions", to="forum.post")),
                    ],
                    options={
                        "verbose_name": "reaction",
                        "verbose_name_plural": "reactions",
                        "constraints": [models.UniqueConstraint(fields=("post", "member", "kind"), name="forum_reaction_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Restriction",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("until", models.DateTimeField(verbose_name="until")),
                        ("reason", models.CharField(max_length=500, verbose_name="reason")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("lifted_at", models.DateTimeField(null=True)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="restrictions", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "set_by",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("silence", "Reads, does not write"), ("suspension", "Does not come in")],
                                default="silence",
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "restriction",
                        "verbose_name_plural": "restrictions",
                        "indexes": [models.Index(fields=["member", "until"], name="forum_restriction_in_force")],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="forum_restriction_has_reason")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Review",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "Waiting"), ("upheld", "Upheld"), ("dismissed", "Dismissed")],
                                default="open",
                                max_length=10,
                                verbose_name="status",
                            ),
                        ),
                        ("report_count", models.PositiveIntegerField(default=0, verbose_name="reports")),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="opened")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="decided by",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="forum.post", verbose_name="post"
                            ),
                        ),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("reports", "Reported"),
                                    ("approval", "First posts are read before they are shown"),
                                    ("words", "Contains a watched word"),
                                    ("duplicate", "Says what was said elsewhere"),
                                    ("burst", "Many posts in a short time"),
                                    ("links", "Many links by somebody new"),
                                ],
                                default="reports",
                                max_length=10,
                                verbose_name="why",
                            ),
                        ),
                        (
                            "remark",
                            models.CharField(blank=True, help_text="Which word, which other post.", max_length=200, verbose_name="remark"),
                        ),
                    ],
                    options={
                        "verbose_name": "review",
                        "verbose_name_plural": "reviews",
                        "ordering": ["-report_count", "id"],
                        "constraints": [
                            models.UniqueConstraint(condition=models.Q(("status", "open")), fields=("post",), name="forum_review_one_open"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at__isnull", True), ("status", "open")),
                                    models.Q(models.Q(("status", "open"), _negated=True), ("decided_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="forum_review_decided_when_closed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Report",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("spam", "Advertising or spam"),
                                    ("rude", "Rude or hurtful"),
                                    ("private", "Shows private data"),
                                    ("off_topic", "In the wrong place"),
                                    ("other", "Something else"),
                                ],
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="what is wrong")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "reporter",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports_made",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="reported by",
                            ),
                        ),
                        (
                            "review",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="forum.review"),
                        ),
                    ],
                    options={
                        "verbose_name": "report",
                        "verbose_name_plural": "reports",
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("review", "reporter"), name="forum_report_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Thread",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("lang", models.CharField(blank=True, max_length=10)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("visible", "Visible"),
                                    ("pending", "Waiting for a moderator"),
                                    ("hidden", "Hidden by a moderator"),
                                    ("withdrawn", "Withdrawn by the author"),
                                ],
                                default="visible",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("is_locked", models.BooleanField(default=False, verbose_name="locked")),
                        ("is_pinned", models.BooleanField(default=False, verbose_name="pinned")),
                        ("highest_no", models.PositiveIntegerField(default=0)),
                        ("reply_count", models.PositiveIntegerField(default=0, verbose_name="replies")),
                        ("reaction_count", models.PositiveIntegerField(default=0, verbose_name="reactions")),
                        ("last_post_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="threads",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="author",
                            ),
                        ),
                        (
                            "board",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="threads", to="forum.board", verbose_name="board"
                            ),
                        ),
                        (
                            "last_post",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.post"),
                        ),
                        (
                            "solution",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.post"),
                        ),
                        ("tags", models.ManyToManyField(blank=True, related_name="threads", to="forum.tag", verbose_name="tags")),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged",
                                to="forum.thread",
                                verbose_name="merged into",
                            ),
                        ),
                        (
                            "slow_seconds",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="Seconds between two posts of a member; null as the board says.",
                                null=True,
                                verbose_name="slow mode",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "thread",
                        "verbose_name_plural": "threads",
                        "indexes": [
                            models.Index(condition=models.Q(("state", "visible")), fields=["-last_post"], name="forum_thread_latest"),
                            models.Index(fields=["author", "-id"], name="forum_thread_by_author"),
                            models.Index(
                                condition=models.Q(("state", "visible")),
                                fields=["board", "-is_pinned", "-last_post"],
                                name="forum_thread_pins_first",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ModerationAction",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "verb",
                            models.CharField(
                                choices=[
                                    ("lock", "Locked"),
                                    ("unlock", "Unlocked"),
                                    ("pin", "Pinned"),
                                    ("unpin", "Unpinned"),
                                    ("move", "Moved"),
                                    ("hide_thread", "Thread hidden"),
                                    ("unhide_thread", "Thread shown again"),
                                    ("hide_post", "Post hidden"),
                                    ("unhide_post", "Post shown again"),
                                    ("edit_post", "Post edited"),
                                    ("dismiss", "Report dismissed"),
                                    ("silence", "Silenced"),
                                    ("lift", "Silence lifted"),
                                    ("merge", "Merged into another thread"),
                                    ("split", "Posts split off"),
                                    ("change_author", "Author changed"),
                                    ("approve", "Post approved"),
                                    ("reject", "Post not approved"),
                                    ("slow", "Slow mode set"),
                                    ("suspend", "Suspended"),
                                    ("lift_suspension", "Suspension lifted"),
                                    ("set_trust", "Trust level set"),
                                    ("grant_appeal", "Appeal granted"),
                                    ("refuse_appeal", "Appeal refused"),
                                    ("hold", "Held for a moderator"),
                                ],
                                max_length=20,
                                verbose_name="action",
                            ),
                        ),
                        ("reason", models.CharField(max_length=500, verbose_name="reason")),
                        ("before", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moderation_actions",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="moderator",
                            ),
                        ),
                        (
                            "board",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="forum.board",
                                verbose_name="board",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moderated_by",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="member concerned",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moderation_actions",
                                to="forum.post",
                                verbose_name="post",
                            ),
                        ),
                        (
                            "thread",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moderation_actions",
                                to="forum.thread",
                                verbose_name="thread",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "moderation action",
                        "verbose_name_plural": "moderation log",
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="forum_moderation_has_reason")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ThreadMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("last_read_no", models.PositiveIntegerField(default=0)),
                        (
                            "level",
                            models.CharField(
                                choices=[("watch", "Watching"), ("track", "Tracking"), ("normal", "Normal"), ("mute", "Muted")],
                                default="normal",
                                max_length=10,
                            ),
                        ),
                        (
                            "is_chosen",
                            models.BooleanField(default=False, help_text="The member chose the level; nothing changes it by itself."),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="thread_rows", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "thread",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="member_rows", to="forum.thread"),
                        ),
                    ],
                    options={
                        "verbose_name": "followed thread",
                        "verbose_name_plural": "followed threads",
                        "indexes": [models.Index(fields=["thread", "level"], name="forum_thread_followers")],
                        "constraints": [models.UniqueConstraint(fields=("member", "thread"), name="forum_thread_member_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Conversation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("highest_no", models.PositiveIntegerField(default=0)),
                        ("last_message_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "started_by",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "verbose_name": "conversation",
                        "verbose_name_plural": "conversations",
                        "indexes": [models.Index(fields=["-last_message_at"], name="forum_conversation_latest")],
                    },
                ),
                migrations.CreateModel(
                    name="Feature",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="a word to the author")),
                        (
                            "answer",
                            models.CharField(
                                choices=[
                                    ("waiting", "Asked"),
                                    ("agreed", "Agreed"),
                                    ("declined", "Declined"),
                                    ("ended", "No longer shown"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        (
                            "thread",
                            models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="feature", to="forum.thread"),
                        ),
                    ],
                    options={
                        "verbose_name": "featured entry",
                        "verbose_name_plural": "featured entries",
                        "ordering": ["-answered_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("answer", "waiting"), ("answered_at__isnull", False), _connector="OR"),
                                name="forum_feature_answered",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("no", models.PositiveIntegerField()),
                        ("body", models.TextField()),
                        ("html", models.TextField(editable=False)),
                        ("excerpt", models.CharField(blank=True, editable=False, max_length=200)),
                        ("lang", models.CharField(blank=True, max_length=10)),
                        ("is_hidden", models.BooleanField(default=False, help_text="By a moderator, to whom it was reported.")),
                        ("client_key", models.UUIDField(editable=False, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="messages", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="forum.conversation"
                            ),
                        ),
                        ("pictures", models.ManyToManyField(related_name="messages", to="forum.picture")),
                    ],
                    options={
                        "verbose_name": "message",
                        "verbose_name_plural": "messages",
                        "ordering": ["conversation", "no"],
                        "constraints": [
                            models.UniqueConstraint(fields=("conversation", "no"), name="forum_message_number"),
                            models.UniqueConstraint(
                                condition=models.Q(("client_key__isnull", False)),
                                fields=("author", "client_key"),
                                name="forum_message_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MessageReport",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("spam", "Advertising or spam"),
                                    ("rude", "Rude or hurtful"),
                                    ("private", "Shows private data"),
                                    ("off_topic", "In the wrong place"),
                                    ("other", "Something else"),
                                ],
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="what is wrong")),
                        (
                            "decision",
                            models.CharField(
                                choices=[("open", "Waiting"), ("hidden", "Hidden by a moderator"), ("dismissed", "Dismissed")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="forum.message"),
                        ),
                        (
                            "reporter",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "verbose_name": "report of a message",
                        "verbose_name_plural": "reports of messages",
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("message", "reporter"), name="forum_message_report_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Participant",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("from_no", models.PositiveIntegerField(default=1)),
                        ("last_read_no", models.PositiveIntegerField(default=0)),
                        ("is_muted", models.BooleanField(default=False)),
                        ("left_at", models.DateTimeField(null=True)),
                        (
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="participants", to="forum.conversation"
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "verbose_name": "participant",
                        "verbose_name_plural": "participants",
                        "indexes": [models.Index(fields=["member", "left_at"], name="forum_participant_member")],
                        "constraints": [models.UniqueConstraint(fields=("conversation", "member"), name="forum_participant_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Picture",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("file", models.FileField(upload_to=forum.models.picture._place)),
                        ("width", models.PositiveIntegerField()),
                        ("height", models.PositiveIntegerField()),
                        ("size_bytes", models.PositiveIntegerField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="pictures", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        ("posts", models.ManyToManyField(related_name="pictures", to="forum.post")),
                    ],
                    options={
                        "verbose_name": "picture",
                        "verbose_name_plural": "pictures",
                        "indexes": [models.Index(fields=["owner", "-id"], name="forum_picture_by_owner")],
                    },
                ),
                migrations.CreateModel(
                    name="Poll",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("question", models.CharField(max_length=200, verbose_name="question")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("single", "One answer"), ("several", "Several answers"), ("ranked", "Ranked by preference")],
                                default="single",
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "results",
                            models.CharField(
                                choices=[
                                    ("always", "At any time"),
                                    ("voted", "After one's own vote"),
                                    ("closed", "Once the poll is closed"),
                                ],
                                default="always",
                                max_length=10,
                                verbose_name="who sees the result",
                            ),
                        ),
                        (
                            "is_secret",
                            models.BooleanField(
                                default=True,
                                help_text="A secret vote is kept without its voter, so nobody can look it up, or change it.",
                                verbose_name="secret vote",
                            ),
                        ),
                        ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="closes")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("post", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="poll", to="forum.post")),
                    ],
                    options={
                        "verbose_name": "poll",
                        "verbose_name_plural": "polls",
                    },
                ),
                migrations.CreateModel(
                    name="Ballot",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "member",
                            models.ForeignKey(
                                help_text="Nobody in a secret poll.",
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("poll", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="ballots", to="forum.poll")),
                    ],
                    options={
                        "verbose_name": "ballot",
                        "verbose_name_plural": "ballots",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("member__isnull", False)), fields=("poll", "member"), name="forum_ballot_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PollOption",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("place", models.PositiveSmallIntegerField()),
                        ("text", models.CharField(max_length=120)),
                        ("poll", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="options", to="forum.poll")),
                    ],
                    options={
                        "verbose_name": "poll option",
                        "verbose_name_plural": "poll options",
                        "ordering": ["poll", "place"],
                        "constraints": [models.UniqueConstraint(fields=("poll", "place"), name="forum_option_place")],
                    },
                ),
                migrations.CreateModel(
                    name="Choice",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("rank", models.PositiveSmallIntegerField(default=1)),
                        (
                            "ballot",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="forum.ballot"),
                        ),
                        (
                            "option",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="forum.polloption"),
                        ),
                    ],
                    options={
                        "verbose_name": "choice",
                        "verbose_name_plural": "choices",
                        "constraints": [models.UniqueConstraint(fields=("ballot", "option"), name="forum_choice_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Presence",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("is_hidden", models.BooleanField(default=False)),
                        ("seen_at", models.DateTimeField(null=True)),
                        (
                            "member",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="presence", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "presence",
                        "verbose_name_plural": "presences",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("is_hidden", False), ("seen_at", None), _connector="OR"),
                                name="forum_presence_hidden_unseen",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Regard",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "level",
                            models.CharField(
                                choices=[("watch", "Watching"), ("track", "Tracking"), ("normal", "Normal"), ("mute", "Muted")],
                                default="normal",
                                max_length=10,
                            ),
                        ),
                        ("is_ignored", models.BooleanField(default=False)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="regards", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "verbose_name": "regard",
                        "verbose_name_plural": "regards",
                        "indexes": [models.Index(fields=["other", "level"], name="forum_regard_followers")],
                        "constraints": [
                            models.UniqueConstraint(fields=("member", "other"), name="forum_regard_once"),
                            models.CheckConstraint(
                                condition=models.Q(("member", models.F("other")), _negated=True), name="forum_regard_for_another"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Series",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=100, verbose_name="title")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("blog", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="series", to="forum.board")),
                    ],
                    options={
                        "verbose_name": "series",
                        "verbose_name_plural": "series",
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("blog", "title"), name="forum_series_title")],
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "thread",
                            models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="entry", to="forum.thread"),
                        ),
                        (
                            "cover",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="covers",
                                to="forum.picture",
                            ),
                        ),
                        (
                            "series",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="entries",
                                to="forum.series",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "blog entry",
                        "verbose_name_plural": "blog entries",
                    },
                ),
                migrations.CreateModel(
                    name="TagMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "level",
                            models.CharField(
                                choices=[("watch", "Watching"), ("track", "Tracking"), ("normal", "Normal"), ("mute", "Muted")],
                                default="normal",
                                max_length=10,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="tag_rows", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        ("tag", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="member_rows", to="forum.tag")),
                    ],
                    options={
                        "verbose_name": "followed tag",
                        "verbose_name_plural": "followed tags",
                        "indexes": [models.Index(fields=["tag", "level"], name="forum_tag_followers")],
                        "constraints": [models.UniqueConstraint(fields=("member", "tag"), name="forum_tag_member_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Voter",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "member",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("poll", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="voters", to="forum.poll")),
                    ],
                    options={
                        "verbose_name": "voter",
                        "verbose_name_plural": "voters",
                        "constraints": [models.UniqueConstraint(fields=("poll", "member"), name="forum_voter_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Bookmark",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        ("remind_on", models.DateField(blank=True, null=True, verbose_name="remind me on")),
                        ("reminded_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="bookmarks", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        ("post", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="bookmarks", to="forum.post")),
                    ],
                    options={
                        "verbose_name": "bookmark",
                        "verbose_name_plural": "bookmarks",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(condition=models.Q(("reminded_at", None)), fields=["remind_on"], name="forum_bookmark_due")
                        ],
                        "constraints": [models.UniqueConstraint(fields=("member", "post"), name="forum_bookmark_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Imported",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "source",
                            models.CharField(help_text="As origin:kind:id, such as discourse:post:17.", max_length=150, unique=True),
                        ),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.post"),
                        ),
                        (
                            "thread",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.thread"),
                        ),
                    ],
                    options={
                        "verbose_name": "imported row",
                        "verbose_name_plural": "imported rows",
                    },
                ),
                migrations.CreateModel(
                    name="WatchedWord",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("word", models.CharField(max_length=100, unique=True, verbose_name="word")),
                        (
                            "action",
                            models.CharField(
                                choices=[
                                    ("refuse", "Refuse the post"),
                                    ("hold", "Hold it for a moderator"),
                                    ("flag", "Show it, and tell the moderators"),
                                    ("replace", "Replace the word"),
                                ],
                                default="hold",
                                max_length=10,
                                verbose_name="what happens",
                            ),
                        ),
                        ("replacement", models.CharField(blank=True, max_length=100, verbose_name="replacement")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ],
                    options={
                        "verbose_name": "watched word",
                        "verbose_name_plural": "watched words",
                        "ordering": ["word"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("word", ""), _negated=True), name="forum_watched_word_says_something"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Admission",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "need",
                            models.CharField(
                                choices=[("read", "Read"), ("start", "Start threads"), ("reply", "Reply")],
                                default="read",
                                max_length=10,
                                verbose_name="may",
                            ),
                        ),
                        ("tag", models.CharField(max_length=80, verbose_name="whoever is")),
                        (
                            "board",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="admissions",
                                to="forum.board",
                                verbose_name="board",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "admission",
                        "verbose_name_plural": "admissions",
                        "constraints": [
                            models.UniqueConstraint(fields=("board", "need", "tag"), name="forum_admission_once"),
                            models.CheckConstraint(condition=models.Q(("tag__contains", ":")), name="forum_admission_tag_has_kind"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Appeal",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("words", models.CharField(max_length=1000, verbose_name="why it should be looked at again")),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "Waiting"), ("granted", "Granted"), ("refused", "Refused")],
                                default="open",
                                max_length=10,
                                verbose_name="status",
                            ),
                        ),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="opened")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                        (
                            "action",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appeal",
                                to="forum.moderationaction",
                                verbose_name="decision",
                            ),
                        ),
                        (
                            "against",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="decided by",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="looked at by",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appeals",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "appeal",
                        "verbose_name_plural": "appeals",
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("decided_by", models.F("against")), _negated=True), name="forum_appeal_another_decides"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at__isnull", True), ("status", "open")),
                                    models.Q(models.Q(("status", "open"), _negated=True), ("decided_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="forum_appeal_decided_when_closed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Moved",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("no", models.PositiveIntegerField()),
                        (
                            "post",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="moved_from", to="forum.post"),
                        ),
                        ("thread", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="moved", to="forum.thread")),
                    ],
                    options={
                        "verbose_name": "moved post",
                        "verbose_name_plural": "moved posts",
                        "constraints": [models.UniqueConstraint(fields=("thread", "no"), name="forum_moved_number")],
                    },
                ),
                migrations.CreateModel(
                    name="Trust",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                choices=[(0, "New here"), (1, "Known"), (2, "At home"), (3, "Regular")], default=0, verbose_name="level"
                            ),
                        ),
                        (
                            "deeds",
                            models.JSONField(
                                default=dict, help_text="What was counted: posts, threads_read, days_read, reactions, upheld."
                            ),
                        ),
                        ("is_fixed", models.BooleanField(default=False, verbose_name="set by a moderator")),
                        ("computed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="trust", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "trust level",
                        "verbose_name_plural": "trust levels",
                        "constraints": [models.CheckConstraint(condition=models.Q(("level__lte", 3)), name="forum_trust_level")],
                    },
                ),
            ],
        ),
        migrations.RunPython(forwards, backwards),
    ]
