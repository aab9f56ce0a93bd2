import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import points.models.outbox
from members.migrations._at_once import AtOnce
from members.migrations._libraries import LIBRARIES


class Migration(migrations.Migration):
    initial = True

    # Clubs that ran these have all that is below.
    replaces = [
        ("points", "0003_rules"),
        ("points", "0004_members_half"),
        ("points", "0005_one_check_each"),
        ("points", "0006_fewer_indexes"),
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
                    name="Asset",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("redeemable", "Redeemable points"),
                                    ("qualifying", "Qualifying points"),
                                    ("shadow", "Shadow points of the control group"),
                                ],
                                default="redeemable",
                                max_length=20,
                            ),
                        ),
                        (
                            "programme",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="assets", to="points.programme"),
                        ),
                    ],
                    options={
                        "verbose_name": "asset",
                        "verbose_name_plural": "assets",
                        "constraints": [models.UniqueConstraint(fields=("programme", "kind"), name="points_asset_once")],
                    },
                ),
                migrations.CreateModel(
                    name="BoardChoice",
                    fields=[
                        (
                            "member",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="leaderboard_choice",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("is_shown", models.BooleanField(default=False, verbose_name="show me on the leaderboard")),
                        ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "verbose_name": "leaderboard choice",
                        "verbose_name_plural": "leaderboard choices",
                    },
                ),
                migrations.CreateModel(
                    name="Outbox",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("message_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("kind", models.CharField(max_length=40)),
                        ("payload", models.JSONField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "verbose_name": "outbox message",
                        "verbose_name_plural": "outbox messages",
                    },
                ),
                migrations.CreateModel(
                    name="Programme",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(unique=True, verbose_name="slug")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        (
                            "lapse_months",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                default=24,
                                help_text="Points lapse at the end of the month that many months after they were earned; empty: never.",
                                null=True,
                                verbose_name="months until points lapse",
                            ),
                        ),
                        (
                            "point_cost_fen",
                            models.PositiveIntegerField(
                                default=10,
                                help_text="For estimates: reports and back-tests reckon with it.",
                                verbose_name="what a redeemed point costs, in fen",
                            ),
                        ),
                        ("gift_points_per_day", models.PositiveIntegerField(default=50, verbose_name="points a member gives a day")),
                        ("gifts_per_day", models.PositiveSmallIntegerField(default=3, verbose_name="gifts a member gives a day")),
                        (
                            "partner_points_each",
                            models.PositiveIntegerField(default=1000, verbose_name="points of one transaction with a partner, at most"),
                        ),
                    ],
                    options={
                        "verbose_name": "programme",
                        "verbose_name_plural": "programmes",
                    },
                ),
                migrations.CreateModel(
                    name="SealBlock",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("first_id", models.BigIntegerField(unique=True)),
                        ("last_id", models.BigIntegerField(unique=True)),
                        ("previous_hash", models.CharField(max_length=64, unique=True)),
                        ("hash", models.CharField(max_length=64)),
                        ("sealed_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "verbose_name": "seal block",
                        "verbose_name_plural": "seal blocks",
                    },
                ),
                migrations.CreateModel(
                    name="Transfer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("amount_points", models.BigIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("single", "Transfer"),
                                    ("pending", "Reserved"),
                                    ("post", "Posted"),
                                    ("void", "Voided"),
                                    ("lapse", "Lapsed"),
                                    ("reversal", "Reversed"),
                                ],
                                default="single",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("engagement", "Engagement"),
                                    ("internal_referral", "Colleagues you brought"),
                                    ("external_referral", "Companies you recommended"),
                                    ("purchase", "Purchases"),
                                    ("adjustment", "Adjustments"),
                                ],
                                default="adjustment",
                                max_length=20,
                            ),
                        ),
                        (
                            "object_type",
                            models.CharField(
                                blank=True, help_text="What it is about, as ids only: activity, redemption, lot …", max_length=30
                            ),
                        ),
                        ("object_id", models.BigIntegerField(null=True)),
                        ("rule_version", models.BigIntegerField(null=True)),
                        ("arm", models.CharField(blank=True, max_length=10)),
                        ("client", models.CharField(default="club", max_length=60)),
                        ("reference", models.CharField(max_length=100)),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "part",
                            models.CharField(
                                blank=True, help_text="Of a reversal: taken from what is left, lapsed or spent.", max_length=10
                            ),
                        ),
                        ("group", models.UUIDField(null=True)),
                        ("effective_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("lapses_at", models.DateTimeField(null=True)),
                        ("times_out_at", models.DateTimeField(null=True)),
                        (
                            "asset",
                            models.ForeignKey(
                                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="points.asset"
                            ),
                        ),
                        (
                            "reverses",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="points.transfer",
                            ),
                        ),
                        (
                            "settles",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="settled_by",
                                to="points.transfer",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transfers_out",
                                to="points.account",
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transfers_in",
                                to="points.account",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "transfer",
                        "verbose_name_plural": "transfers",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("kind", "pending"), ("times_out_at__isnull", False)),
                                fields=["times_out_at"],
                                name="points_transfer_times_out",
                            ),
                            models.Index(fields=["source", "id"], name="points_transfer_out"),
                            models.Index(fields=["target", "id"], name="points_transfer_in"),
                            models.Index(
                                condition=models.Q(("object_id__isnull", False)),
                                fields=["object_type", "object_id"],
                                name="points_transfer_about",
                            ),
                            models.Index(condition=models.Q(("group__isnull", False)), fields=["group"], name="points_transfer_together"),
                        ],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("amount_points__gt", 0)), name="points_transfer_moves_something"),
                            models.UniqueConstraint(fields=("client", "reference"), name="points_transfer_reference_once"),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("target")), _negated=True), name="points_transfer_goes_elsewhere"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("settles__isnull", False)), fields=("settles",), name="points_transfer_settled_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("reverses__isnull", False)),
                                fields=("reverses", "part"),
                                name="points_transfer_reversed_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind__in", ["post", "void"]), ("settles__isnull", False)),
                                    models.Q(("kind__in", ["single", "pending", "reversal"]), ("settles__isnull", True)),
                                    ("kind", "lapse"),
                                    _connector="OR",
                                ),
                                name="points_transfer_settles_by_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                                    models.Q(models.Q(("kind", "reversal"), _negated=True), ("reverses__isnull", True)),
                                    _connector="OR",
                                ),
                                name="points_transfer_reverses_by_kind",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Webhook",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("url", models.URLField(verbose_name="address")),
                        ("secret", models.CharField(default=points.models.outbox.new_secret, max_length=64, verbose_name="secret")),
                        ("programme_slug", models.CharField(blank=True, max_length=50, verbose_name="only of programme")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ],
                    options={
                        "verbose_name": "webhook",
                        "verbose_name_plural": "webhooks",
                    },
                ),
                migrations.CreateModel(
                    name="Weighing",
                    fields=[
                        (
                            "activity",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="weighing",
                                serialize=False,
                                to="members.activity",
                            ),
                        ),
                        ("weighed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("tier_slug", models.CharField(blank=True, help_text="The tier of who did it, as it was then.", max_length=30)),
                    ],
                    options={
                        "verbose_name": "weighing",
                        "verbose_name_plural": "weighings",
                    },
                ),
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("wallet", "Member's wallet"),
                                    ("pool", "Company pool"),
                                    ("partner", "Partner's block"),
                                    ("issued", "Issued"),
                                    ("lapsed", "Lapsed"),
                                    ("redeemed", "Redeemed"),
                                    ("goodwill", "Goodwill"),
                                    ("debt", "Member's debt"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                help_text="member:PUBLIC_ID, company:PUBLIC_ID, partner:SLUG, programme:SLUG:issued …", max_length=100
                            ),
                        ),
                        (
                            "floor",
                            models.BigIntegerField(
                                help_text="The least that posted less held may be; none for the programme's own accounts.", null=True
                            ),
                        ),
                        ("posted", models.BigIntegerField(default=0)),
                        ("held", models.BigIntegerField(default=0)),
                        ("seq", models.BigIntegerField(default=0, help_text="How many entries the account has.")),
                        ("moved_at", models.DateTimeField(null=True)),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "asset",
                            models.ForeignKey(
                                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="points.asset"
                            ),
                        ),
                        (
                            "last_transfer",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="points.transfer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "account",
                        "verbose_name_plural": "accounts",
                        "indexes": [models.Index(fields=["asset", "kind"], name="points_account_of_kind")],
                        "constraints": [
                            models.UniqueConstraint(fields=("asset", "code"), name="points_account_code_once"),
                            models.UniqueConstraint(fields=("id", "asset"), name="points_account_in_asset"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("floor__isnull", True),
                                    (
                                        "posted__gte",
                                        django.db.models.expressions.CombinedExpression(models.F("floor"), "+", models.F("held")),
                                    ),
                                    _connector="OR",
                                ),
                                name="points_account_not_below_floor",
                            ),
                            models.CheckConstraint(condition=models.Q(("held__gte", 0)), name="points_account_held_not_negative"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("floor__isnull", False), models.Q(("held", 0), ("posted", 0), ("seq", 0)), _connector="OR"
                                ),
                                name="points_account_without_floor_caches_nothing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Lot",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("lapses_at", models.DateTimeField(null=True)),
                        ("original", models.BigIntegerField()),
                        ("remaining", models.BigIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="points.account"
                            ),
                        ),
                        (
                            "transfer",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="points.transfer"),
                        ),
                    ],
                    options={
                        "verbose_name": "lot",
                        "verbose_name_plural": "lots",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("remaining__gt", 0)),
                                fields=["account", "lapses_at", "id"],
                                name="points_lot_first_to_lapse",
                            ),
                            models.Index(condition=models.Q(("remaining__gt", 0)), fields=["lapses_at", "id"], name="points_lot_due"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("original__gt", 0), ("remaining__gte", 0), ("remaining__lte", models.F("original"))),
                                name="points_lot_remaining_in_bounds",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Partner",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(unique=True, verbose_name="slug")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("credit_limit_points", models.PositiveBigIntegerField(default=0, verbose_name="credit limit in points")),
                        (
                            "programme",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="partners", to="points.programme"),
                        ),
                    ],
                    options={
                        "verbose_name": "partner",
                        "verbose_name_plural": "partners",
                    },
                ),
                migrations.CreateModel(
                    name="Rule",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("live", models.BooleanField(default=True, editable=False, verbose_name="live")),
                        (
                            "has_unpublished_changes",
                            models.BooleanField(default=False, editable=False, verbose_name="has unpublished changes"),
                        ),
                        (
                            "first_published_at",
                            models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="first published at"),
                        ),
                        ("last_published_at", models.DateTimeField(editable=False, null=True, verbose_name="last published at")),
                        ("go_live_at", models.DateTimeField(blank=True, null=True, verbose_name="go live date/time")),
                        ("expire_at", models.DateTimeField(blank=True, null=True, verbose_name="expiry date/time")),
                        ("expired", models.BooleanField(default=False, editable=False, verbose_name="expired")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("name_zh", models.CharField(blank=True, max_length=100, verbose_name="name in Chinese")),
                        (
                            "activity_kind",
                            models.CharField(
                                choices=[
                                    ("registered", "Registration confirmed"),
                                    ("profile_partly_completed", "Profile partly completed"),
                                    ("profile_completed", "Profile completed"),
                                    ("article_read", "Article read to its end"),
                                    ("thread_started", "Thread started"),
                                    ("reply_posted", "Reply posted"),
                                    ("blog_entry_posted", "Blog entry posted"),
                                    ("blog_entry_featured", "Blog entry featured in the magazine"),
                                    ("reply_accepted", "Reply accepted as solution"),
                                    ("reaction_received", "Reaction received"),
                                    ("survey_completed", "Survey completed"),
                                    ("group_attended", "Focus group attended"),
                                    ("event_attended", "Club event attended"),
                                    ("colleague_registered", "Referred colleague registered"),
                                    ("colleague_took_part", "Referred colleague took part"),
                                    ("referral_qualified", "Referred contact qualified"),
                                    ("referral_met", "Referred contact met"),
                                    ("referral_bought", "Referred company bought"),
                                    ("revenue_target_met", "Revenue target met"),
                                    ("cross_purchase", "Second product bought"),
                                    ("renewed_on_time", "Contract renewed on time"),
                                    ("reported", "Reported by another system"),
                                ],
                                max_length=40,
                                verbose_name="what happened",
                            ),
                        ),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("engagement", "Engagement"),
                                    ("internal_referral", "Colleagues you brought"),
                                    ("external_referral", "Companies you recommended"),
                                    ("purchase", "Purchases"),
                                    ("adjustment", "Adjustments"),
                                ],
                                default="engagement",
                                max_length=20,
                                verbose_name="counts as",
                            ),
                        ),
                        (
                            "pays",
                            models.CharField(
                                choices=[("member", "the member who did it"), ("counterpart", "the other party"), ("both", "both parties")],
                                default="member",
                                max_length=12,
                                verbose_name="who is paid",
                            ),
                        ),
                        (
                            "amount_points",
                            models.PositiveIntegerField(
                                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10000)],
                                verbose_name="points",
                            ),
                        ),
                        (
                            "tier_amounts",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text='Other amounts for tiers, such as {"gold": 7}; empty: the same for all.',
                                verbose_name="points by tier",
                            ),
                        ),
                        (
                            "amount_up_to",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="The most points that an invitation or report may name instead; empty: it may not.",
                                null=True,
                                validators=[django.core.validators.MaxValueValidator(10000)],
                                verbose_name="an invitation may say up to",
                            ),
                        ),
                        (
                            "is_total",
                            models.BooleanField(
                                default=False,
                                help_text="The amount is a total together with the other rules of its group, which is topped up to it.",
                                verbose_name="tops up",
                            ),
                        ),
                        (
                            "group",
                            models.SlugField(
                                blank=True,
                                help_text="Rules of one group share their limits, such as posts and replies.",
                                max_length=40,
                                verbose_name="group",
                            ),
                        ),
                        (
                            "cap_per_day",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="at most a day",
                            ),
                        ),
                        (
                            "cap_per_object",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="An event, a survey, a contract.",
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="at most for one object",
                            ),
                        ),
                        (
                            "cap_in_all",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="at most in all",
                            ),
                        ),
                        ("condition", models.JSONField(blank=True, default=dict, verbose_name="condition")),
                        ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                        ("is_active", models.BooleanField(default=True, verbose_name="in force")),
                        (
                            "latest_revision",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="wagtailcore.revision",
                                verbose_name="latest revision",
                            ),
                        ),
                        (
                            "live_revision",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="wagtailcore.revision",
                                verbose_name="live revision",
                            ),
                        ),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rules",
                                to="points.programme",
                                verbose_name="programme",
                            ),
                        ),
                        (
                            "best_of",
                            models.SlugField(
                                blank=True,
                                help_text="Of rules with one word here, only the one that gives most pays.",
                                max_length=40,
                                verbose_name="only the best of",
                            ),
                        ),
                        (
                            "budget_points",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="Once so many points are given, the rule gives no more.",
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="budget in points",
                            ),
                        ),
                        (
                            "cap_points_per_day",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="The last award is cut to fit.",
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="points a day at most",
                            ),
                        ),
                        ("description", models.TextField(blank=True, max_length=500, verbose_name="what members read")),
                        ("description_zh", models.TextField(blank=True, max_length=500, verbose_name="what members read, in Chinese")),
                        (
                            "is_promotion",
                            models.BooleanField(
                                default=False,
                                help_text="Members are shown it on their points page, while it runs.",
                                verbose_name="promotion",
                            ),
                        ),
                        ("needs_enrolment", models.BooleanField(default=False, verbose_name="members have to join")),
                        (
                            "per_field",
                            models.CharField(
                                blank=True,
                                help_text="The points are for each unit of this number; empty: once for each activity.",
                                max_length=40,
                                verbose_name="for each",
                            ),
                        ),
                        (
                            "per_size",
                            models.PositiveIntegerField(
                                default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name="units of"
                            ),
                        ),
                        (
                            "rounding",
                            models.CharField(
                                choices=[("down", "down"), ("nearest", "to the nearest"), ("up", "up")],
                                default="down",
                                max_length=8,
                                verbose_name="parts of a unit are rounded",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                help_text="Empty: everybody.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rules",
                                to="members.segment",
                                verbose_name="segment",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "rule",
                        "verbose_name_plural": "rules",
                        "ordering": ["activity_kind", "id"],
                        "indexes": [models.Index(fields=["activity_kind", "live", "is_active"], name="points_rule_activit_1dc34e_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_points__gt", 0), ("amount_points__lte", 10000)),
                                name="points_rule_amount_in_bounds",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on__isnull", True),
                                    ("ends_on__isnull", True),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="points_rule_ends_after_it_starts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tier",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(max_length=30, verbose_name="slug")),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        ("name_zh", models.CharField(blank=True, max_length=60, verbose_name="name in Chinese")),
                        ("threshold_points", models.PositiveIntegerField(default=0, verbose_name="points to reach it")),
                        ("window_months", models.PositiveSmallIntegerField(default=12, verbose_name="earned within months")),
                        ("benefits", models.TextField(blank=True, help_text="One to a line.", max_length=1000, verbose_name="benefits")),
                        ("benefits_zh", models.TextField(blank=True, max_length=1000, verbose_name="benefits in Chinese")),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tiers",
                                to="points.programme",
                                verbose_name="programme",
                            ),
                        ),
                        (
                            "early_hours",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="Before everybody else reads those that are opened early.",
                                verbose_name="reads articles hours early",
                            ),
                        ),
                        (
                            "grace_days",
                            models.PositiveSmallIntegerField(
                                default=30,
                                help_text="The tier is held so long after its last day, for what is missing to be earned.",
                                verbose_name="days of grace",
                            ),
                        ),
                        (
                            "keep_points",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="Earned within the same months; empty: as many as to reach it.",
                                null=True,
                                verbose_name="points to keep it",
                            ),
                        ),
                        (
                            "lasts_months",
                            models.PositiveSmallIntegerField(
                                default=12,
                                help_text="Until the end of the month so many months after it was reached or kept.",
                                verbose_name="lasts months",
                            ),
                        ),
                        (
                            "set_aside_days",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="While the points for it are being gathered; 0: not at all.",
                                verbose_name="has a reward set aside for days",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "tier",
                        "verbose_name_plural": "tiers",
                        "ordering": ["threshold_points"],
                        "constraints": [
                            models.UniqueConstraint(fields=("programme", "slug"), name="points_tier_once"),
                            models.UniqueConstraint(fields=("programme", "threshold_points"), name="points_tier_threshold_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Standing",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("earned_points", models.BigIntegerField(default=0, help_text="Within the tier's window.")),
                        ("earned_ever_points", models.BigIntegerField(default=0)),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("computed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="standings", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "programme",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="standings", to="points.programme"),
                        ),
                        (
                            "tier",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="standings", to="points.tier"
                            ),
                        ),
                        ("is_in_grace", models.BooleanField(default=False)),
                        (
                            "lasts_until",
                            models.DateField(help_text="The tier's last day before it has to be kept; none for the lowest.", null=True),
                        ),
                        (
                            "rank",
                            models.PositiveSmallIntegerField(
                                default=1, help_text="Of the tier, from 1 for the lowest: what boards ask for."
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "standing",
                        "verbose_name_plural": "standings",
                        "indexes": [models.Index(fields=["programme", "-earned_points", "member"], name="points_standing_ranking")],
                        "constraints": [models.UniqueConstraint(fields=("programme", "member"), name="points_standing_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Reward",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("live", models.BooleanField(default=True, editable=False, verbose_name="live")),
                        (
                            "has_unpublished_changes",
                            models.BooleanField(default=False, editable=False, verbose_name="has unpublished changes"),
                        ),
                        (
                            "first_published_at",
                            models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="first published at"),
                        ),
                        ("last_published_at", models.DateTimeField(editable=False, null=True, verbose_name="last published at")),
                        ("go_live_at", models.DateTimeField(blank=True, null=True, verbose_name="go live date/time")),
                        ("expire_at", models.DateTimeField(blank=True, null=True, verbose_name="expiry date/time")),
                        ("expired", models.BooleanField(default=False, editable=False, verbose_name="expired")),
                        ("slug", models.SlugField(unique=True, verbose_name="slug")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("name_zh", models.CharField(blank=True, max_length=100, verbose_name="name in Chinese")),
                        ("description", models.TextField(blank=True, max_length=1000, verbose_name="description")),
                        ("description_zh", models.TextField(blank=True, max_length=1000, verbose_name="description in Chinese")),
                        ("price_points", models.PositiveIntegerField(verbose_name="price in points")),
                        (
                            "stock",
                            models.PositiveIntegerField(
                                blank=True, help_text="Empty: as many as are asked for.", null=True, verbose_name="in stock"
                            ),
                        ),
                        (
                            "limit_per_member",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="at most for each member"),
                        ),
                        (
                            "gives_code",
                            models.BooleanField(
                                default=False, help_text="Taken from the codes loaded for it.", verbose_name="gives a voucher code"
                            ),
                        ),
                        (
                            "latest_revision",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="wagtailcore.revision",
                                verbose_name="latest revision",
                            ),
                        ),
                        (
                            "live_revision",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="wagtailcore.revision",
                                verbose_name="live revision",
                            ),
                        ),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rewards",
                                to="points.programme",
                                verbose_name="programme",
                            ),
                        ),
                        (
                            "least_tier",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="rewards",
                                to="points.tier",
                                verbose_name="from tier",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "reward",
                        "verbose_name_plural": "rewards",
                        "ordering": ["price_points", "id"],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("price_points__gt", 0)), name="points_reward_has_a_price"),
                            models.CheckConstraint(
                                condition=models.Q(("stock__isnull", True), ("stock__gte", 0), _connector="OR"),
                                name="points_reward_never_oversold",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TransferNote",
                    fields=[
                        (
                            "transfer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="note",
                                serialize=False,
                                to="points.transfer",
                            ),
                        ),
                        ("text", models.CharField(blank=True, max_length=500)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "verbose_name": "transfer note",
                        "verbose_name_plural": "transfer notes",
                    },
                ),
                migrations.CreateModel(
                    name="Redemption",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("price_points", models.PositiveIntegerField()),
                        (
                            "status",
                            models.CharField(
                                choices=[("reserved", "Reserved"), ("fulfilled", "Fulfilled"), ("cancelled", "Cancelled")],
                                default="reserved",
                                max_length=10,
                                verbose_name="status",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked for")),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="redemptions", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "reward",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="redemptions", to="points.reward"),
                        ),
                        (
                            "transfer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="redemption", to="points.transfer"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                help_text="Whose pool pays; none: the member's wallet.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="members.company",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "redemption",
                        "verbose_name_plural": "redemptions",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["member", "-id"], name="points_rede_member__842ec1_idx"),
                            models.Index(fields=["status", "id"], name="points_rede_status_b8634e_idx"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LotUse",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("amount", models.BigIntegerField()),
                        (
                            "lot",
                            models.ForeignKey(
                                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="points.lot"
                            ),
                        ),
                        (
                            "transfer",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lot_uses", to="points.transfer"),
                        ),
                    ],
                    options={
                        "verbose_name": "lot use",
                        "verbose_name_plural": "lot uses",
                        "constraints": [
                            models.UniqueConstraint(fields=("lot", "transfer"), name="points_lotuse_once"),
                            models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="points_lotuse_moves_something"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey("account_id", "seq", blank=True, editable=False, primary_key=True, serialize=False),
                        ),
                        ("seq", models.BigIntegerField()),
                        ("delta", models.BigIntegerField()),
                        ("balance_after", models.BigIntegerField()),
                        ("held_after", models.BigIntegerField()),
                        ("at", models.DateTimeField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="points.account"
                            ),
                        ),
                        (
                            "transfer",
                            models.ForeignKey(
                                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="points.transfer"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "entry",
                        "verbose_name_plural": "entries",
                        "indexes": [models.Index(fields=["account", "at", "seq"], name="points_entry_as_of")],
                        "constraints": [models.UniqueConstraint(fields=("transfer", "account"), name="points_entry_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Accrual",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("amount_points", models.PositiveIntegerField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("awarded", "Awarded"),
                                    ("capped", "Beyond the limit"),
                                    ("taken_back", "Taken back"),
                                    ("held", "Under review"),
                                    ("refused", "Refused after review"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("times_awarded", models.PositiveSmallIntegerField(default=0)),
                        ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "activity",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="accruals", to="members.activity"),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="accruals", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        ("rule", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="accruals", to="points.rule")),
                        (
                            "transfer",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="accruals", to="points.transfer"
                            ),
                        ),
                        ("full_points", models.PositiveIntegerField(help_text="Before limits; none where it was never cut.", null=True)),
                    ],
                    options={
                        "verbose_name": "accrual",
                        "verbose_name_plural": "accruals",
                        "indexes": [models.Index(fields=["member", "rule", "outcome"], name="points_accr_member__91273b_idx")],
                        "constraints": [models.UniqueConstraint(fields=("activity", "rule", "member"), name="points_accrual_once")],
                    },
                ),
                migrations.CreateModel(
                    name="VoucherCode",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=100, verbose_name="code")),
                        (
                            "redemption",
                            models.OneToOneField(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="voucher", to="points.redemption"
                            ),
                        ),
                        (
                            "reward",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="points.reward"),
                        ),
                    ],
                    options={
                        "verbose_name": "voucher code",
                        "verbose_name_plural": "voucher codes",
                        "constraints": [models.UniqueConstraint(fields=("reward", "code"), name="points_voucher_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                        ("delivered_at", models.DateTimeField(null=True)),
                        ("given_up_at", models.DateTimeField(null=True)),
                        ("last_answer", models.CharField(blank=True, max_length=200)),
                        (
                            "message",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="points.outbox"),
                        ),
                        (
                            "webhook",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="points.webhook"),
                        ),
                    ],
                    options={
                        "verbose_name": "delivery",
                        "verbose_name_plural": "deliveries",
                        "constraints": [models.UniqueConstraint(fields=("webhook", "message"), name="points_delivery_once")],
                    },
                ),
                migrations.CreateModel(
                    name="AccountOwner",
                    fields=[
                        (
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="owner",
                                serialize=False,
                                to="points.account",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="points_accounts", to="members.company"
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="points_accounts",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="accounts", to="points.partner"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "account owner",
                        "verbose_name_plural": "account owners",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("company", None), ("member__isnull", False), ("partner", None)),
                                    models.Q(("company__isnull", False), ("member", None), ("partner", None)),
                                    models.Q(("company", None), ("member", None), ("partner__isnull", False)),
                                    _connector="OR",
                                ),
                                name="points_owner_is_one",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Budget",
                    fields=[
                        (
                            "rule",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="budget",
                                serialize=False,
                                to="points.rule",
                            ),
                        ),
                        ("given_points", models.PositiveBigIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name": "budget",
                        "verbose_name_plural": "budgets",
                    },
                ),
                migrations.CreateModel(
                    name="BackTest",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("revision_id", models.BigIntegerField(null=True)),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("since", models.DateField(null=True)),
                        ("until", models.DateField(null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[("waiting", "Waits"), ("running", "Runs"), ("done", "Done"), ("failed", "Failed")],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("total_count", models.PositiveBigIntegerField(default=0)),
                        ("done_count", models.PositiveBigIntegerField(default=0)),
                        ("beat_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("result", models.JSONField(default=dict)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                help_text="Its draft; none: the rules as they are.",
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="back_tests",
                                to="points.rule",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "back-test",
                        "verbose_name_plural": "back-tests",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Approval",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("revision_id", models.BigIntegerField()),
                        ("digest", models.CharField(max_length=64)),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits for approval"),
                                    ("approved", "Approved"),
                                    ("returned", "Sent back"),
                                    ("withdrawn", "Overtaken by another version"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("note", models.CharField(blank=True, max_length=500)),
                        (
                            "asked_by",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="approvals", to="points.rule"),
                        ),
                    ],
                    options={
                        "verbose_name": "approval",
                        "verbose_name_plural": "approvals",
                        "indexes": [models.Index(fields=["revision_id", "verdict"], name="points_appr_revisio_592053_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by__isnull", True),
                                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="points_approval_by_a_second_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verdict__in", ["waiting", "withdrawn"]), ("decided_by__isnull", False), _connector="OR"
                                ),
                                name="points_approval_names_who_decided",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("verdict", "waiting")), fields=("rule",), name="points_approval_waits_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Enrolment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("enrolled_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="enrolments", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="enrolments", to="points.rule"),
                        ),
                    ],
                    options={
                        "verbose_name": "enrolment",
                        "verbose_name_plural": "enrolments",
                        "constraints": [models.UniqueConstraint(fields=("rule", "member"), name="points_enrolment_once")],
                    },
                ),
                migrations.CreateModel(
                    name="JointPromotion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "status",
                            models.CharField(
                                choices=[("proposed", "Proposed"), ("approved", "Approved"), ("declined", "Declined")],
                                default="proposed",
                                editable=False,
                                max_length=10,
                                verbose_name="status",
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("decided_at", models.DateTimeField(editable=False, null=True)),
                        ("note", models.CharField(blank=True, editable=False, max_length=500, verbose_name="note")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="promotions",
                                to="points.partner",
                                verbose_name="partner",
                            ),
                        ),
                        (
                            "rule",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="joint", to="points.rule", verbose_name="rule"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "joint promotion",
                        "verbose_name_plural": "joint promotions",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="PartnerUser",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "member",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="partner_user",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="member",
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="users",
                                to="points.partner",
                                verbose_name="partner",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "partner's user",
                        "verbose_name_plural": "partners' users",
                    },
                ),
                migrations.CreateModel(
                    name="DeviceUse",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("device", models.CharField(max_length=64)),
                        ("first_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="device_uses", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "device use",
                        "verbose_name_plural": "device uses",
                        "constraints": [models.UniqueConstraint(fields=("device", "member"), name="points_device_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Gift",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("amount_points", models.PositiveIntegerField()),
                        ("message", models.CharField(blank=True, max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("offered", "Offered"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("withdrawn", "Withdrawn"),
                                    ("timed_out", "Not answered in time"),
                                ],
                                default="offered",
                                max_length=10,
                                verbose_name="status",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("times_out_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "company",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="gifts_received", to="members.company"
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="gifts_given", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "programme",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="gifts", to="points.programme"),
                        ),
                        (
                            "recipient",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gifts_received",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "transfer",
                            models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="gift", to="points.transfer"),
                        ),
                    ],
                    options={
                        "verbose_name": "gift",
                        "verbose_name_plural": "gifts",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["giver", "created_at"], name="points_gift_giver_i_b22a50_idx"),
                            models.Index(fields=["recipient", "status"], name="points_gift_recipie_dcb0d1_idx"),
                        ],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("amount_points__gt", 0)), name="points_gift_gives_something"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("company", None), ("recipient__isnull", False)),
                                    models.Q(("company__isnull", False), ("recipient", None)),
                                    _connector="OR",
                                ),
                                name="points_gift_goes_to_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("recipient", None), models.Q(("recipient", models.F("giver")), _negated=True), _connector="OR"
                                ),
                                name="points_gift_not_to_oneself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Review",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("self_referral", "Both sides of the referral look like one person"),
                                    ("ring", "The same few members reward one another"),
                                    ("burst", "Very many deeds within minutes"),
                                    ("device", "Many members use one device"),
                                ],
                                max_length=20,
                                verbose_name="reason",
                            ),
                        ),
                        ("evidence", models.JSONField(default=dict, help_text="Counts and ids that the reason rests on.")),
                        (
                            "status",
                            models.CharField(
                                choices=[("waiting", "Under review"), ("released", "Released"), ("refused", "Refused")],
                                default="waiting",
                                max_length=10,
                                verbose_name="status",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "accrual",
                            models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="review", to="points.accrual"),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "transfer",
                            models.OneToOneField(
                                help_text="The pending award.",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="review",
                                to="points.transfer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "review",
                        "verbose_name_plural": "reviews",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["status", "id"], name="points_revi_status_077ac6_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status", "waiting"), ("decided_at__isnull", False), _connector="OR"),
                                name="points_review_says_when",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SetAside",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("until", models.DateTimeField()),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="set_aside", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "reward",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="set_aside", to="points.reward"),
                        ),
                    ],
                    options={
                        "verbose_name": "reward set aside",
                        "verbose_name_plural": "rewards set aside",
                        "indexes": [models.Index(fields=["until"], name="points_seta_until_65cbc2_idx")],
                        "constraints": [models.UniqueConstraint(fields=("reward", "member"), name="points_setaside_once")],
                    },
                ),
                migrations.CreateModel(
                    name="SpendCode",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("most_points", models.PositiveIntegerField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("times_out_at", models.DateTimeField()),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="spend_codes", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "transfer",
                            models.OneToOneField(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="spend_code", to="points.transfer"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "spending code",
                        "verbose_name_plural": "spending codes",
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("most_points__gt", 0)), name="points_spendcode_is_for_something")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierChange",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("reached", "Reached"),
                                    ("kept", "Kept for longer"),
                                    ("grace", "In grace"),
                                    ("lost", "Not kept"),
                                    ("taken_back", "Points were taken back"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("points", models.BigIntegerField(help_text="Qualifying points at that moment.")),
                        ("lasts_until", models.DateField(null=True)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="tier_changes", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="tier_changes", to="points.programme"
                            ),
                        ),
                        (
                            "tier",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="changes", to="points.tier"
                            ),
                        ),
                        (
                            "was",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="points.tier"),
                        ),
                    ],
                    options={
                        "verbose_name": "tier change",
                        "verbose_name_plural": "tier changes",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["member", "-id"], name="points_tier_member__dd6d47_idx")],
                    },
                ),
            ],
        ),
    ]
