import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import members.models.invitation
import members.models.member
from members.migrations._at_once import AtOnce


class Migration(migrations.Migration):
    initial = True

    # Clubs that ran these have all that is below.
    replaces = [
        ("members", "0002_segment"),
        ("members", "0003_suspended"),
    ]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        AtOnce(
            operations=[
                migrations.CreateModel(
                    name="ApiKey",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        (
                            "prefix",
                            models.CharField(editable=False, help_text="The key's first characters, to tell keys apart.", max_length=12),
                        ),
                        ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                        ("scopes", models.JSONField(default=list, verbose_name="scopes")),
                        ("programme_slug", models.CharField(blank=True, max_length=50, verbose_name="bound to programme")),
                        ("partner_slug", models.CharField(blank=True, max_length=50, verbose_name="bound to partner")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("last_used_at", models.DateTimeField(editable=False, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                    ],
                    options={
                        "verbose_name": "API key",
                        "verbose_name_plural": "API keys",
                        "ordering": ["name", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Company",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                        (
                            "customer_class",
                            models.CharField(
                                choices=[("key_account", "Key account"), ("small_business", "Small business"), ("consumer", "Consumer")],
                                default="small_business",
                                max_length=20,
                                verbose_name="customer class",
                            ),
                        ),
                        ("industry", models.CharField(blank=True, max_length=100, verbose_name="industry")),
                        ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                        (
                            "size",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("1-9", "1–9 people"),
                                    ("10-49", "10–49 people"),
                                    ("50-249", "50–249 people"),
                                    ("250+", "250 people and more"),
                                ],
                                max_length=10,
                                verbose_name="size",
                            ),
                        ),
                        (
                            "email_domain",
                            models.CharField(
                                blank=True,
                                db_index=True,
                                help_text="Who signs up with an address of this domain is a colleague.",
                                max_length=200,
                                verbose_name="e-mail domain",
                            ),
                        ),
                        ("purchased_on", models.DateField(blank=True, null=True, verbose_name="first purchase on")),
                        ("contract_ends_on", models.DateField(blank=True, null=True, verbose_name="contract ends on")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ],
                    options={
                        "verbose_name": "company",
                        "verbose_name_plural": "companies",
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Member",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                        (
                            "handle",
                            models.CharField(
                                help_text="Your address in the club: /members/HANDLE/",
                                max_length=40,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", "Use small letters, digits and hyphens."
                                    )
                                ],
                                verbose_name="handle",
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                        ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                        (
                            "company_role",
                            models.CharField(
                                choices=[("member", "Member"), ("admin", "Company administrator")],
                                default="member",
                                max_length=10,
                                verbose_name="role in the company",
                            ),
                        ),
                        ("job_title", models.CharField(blank=True, max_length=100, verbose_name="job title")),
                        ("about", models.CharField(blank=True, max_length=500, verbose_name="about me")),
                        (
                            "locale",
                            models.CharField(
                                choices=[("en", "English"), ("zh-hans", "简体中文")], default="en", max_length=10, verbose_name="language"
                            ),
                        ),
                        ("is_staff", models.BooleanField(default=False, verbose_name="may enter the back office")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        ("joined_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="joined")),
                        ("erased_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="members.company",
                                verbose_name="company",
                            ),
                        ),
                        ("suspended_until", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="suspended until")),
                    ],
                    options={
                        "verbose_name": "member",
                        "verbose_name_plural": "members",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="members_member_email_any_case")
                        ],
                    },
                    managers=[
                        ("objects", members.models.member.MemberManager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("terms", "Terms of the club"),
                                    ("research", "Invitations to surveys and focus groups"),
                                    ("marketing", "News and offers"),
                                    ("recording", "Recording of a focus group"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("is_given", models.BooleanField()),
                        ("wording", models.CharField(max_length=500)),
                        ("wording_version", models.CharField(max_length=20)),
                        ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="consents", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "consent",
                        "verbose_name_plural": "consents",
                        "ordering": ["-decided_at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="ContactPreference",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("channel", models.CharField(choices=[("site", "On the site"), ("email", "By e-mail")], max_length=10)),
                        ("purpose", models.CharField(help_text="A kind of notification.", max_length=40)),
                        ("is_wanted", models.BooleanField()),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="contact_preferences", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "contact preference",
                        "verbose_name_plural": "contact preferences",
                        "constraints": [models.UniqueConstraint(fields=("member", "channel", "purpose"), name="members_preference_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "token",
                            models.CharField(default=members.models.invitation.new_token, editable=False, max_length=64, unique=True),
                        ),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("expires_at", models.DateTimeField(default=members.models.invitation.in_thirty_days, verbose_name="expires")),
                        (
                            "accepted_by",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="invitation",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="members.company",
                                verbose_name="company",
                            ),
                        ),
                        (
                            "invited_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations_sent",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="invited by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "invitation",
                        "verbose_name_plural": "invitations",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Purchase",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("order_id", models.CharField(max_length=100, unique=True, verbose_name="order")),
                        ("product", models.CharField(max_length=100, verbose_name="product line")),
                        ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount in fen")),
                        ("ordered_on", models.DateField(verbose_name="ordered on")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="purchases",
                                to="members.company",
                                verbose_name="company",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "purchase",
                        "verbose_name_plural": "purchases",
                        "ordering": ["-ordered_on", "-id"],
                        "indexes": [models.Index(fields=["company", "ordered_on"], name="members_pur_company_127eef_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Activity",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
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
                                    ("undone", "Taken back"),
                                ],
                                max_length=40,
                            ),
                        ),
                        ("cause", models.CharField(help_text="What caused it, as model:id; unique for each kind.", max_length=150)),
                        (
                            "title",
                            models.CharField(blank=True, help_text="What a person would call the object, for statements.", max_length=200),
                        ),
                        ("url", models.CharField(blank=True, max_length=300)),
                        ("details", models.JSONField(blank=True, default=dict)),
                        ("happened_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "counterpart",
                            models.ForeignKey(
                                help_text="The other party: the invitee of a referral.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="activities_with",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="activities", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "restores",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="restored_by", to="members.activity"
                            ),
                        ),
                        (
                            "undoes",
                            models.OneToOneField(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="undone_by", to="members.activity"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                help_text="The member's company at the time.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="activities",
                                to="members.company",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "activity",
                        "verbose_name_plural": "activities",
                        "indexes": [
                            models.Index(fields=["member", "kind", "happened_at"], name="members_act_member__74880c_idx"),
                            models.Index(fields=["company", "happened_at"], name="members_act_company_d01cb7_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "cause"), name="members_activity_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "undone"), ("undoes__isnull", False)),
                                    models.Q(models.Q(("kind", "undone"), _negated=True), ("undoes__isnull", True)),
                                    _connector="OR",
                                ),
                                name="members_activity_undone_names_what",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Segment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(unique=True, verbose_name="slug")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("name_zh", models.CharField(blank=True, max_length=100, verbose_name="name in Chinese")),
                        ("description", models.CharField(blank=True, max_length=300, verbose_name="description")),
                        ("condition", models.JSONField(blank=True, default=dict, verbose_name="condition")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ],
                    options={
                        "verbose_name": "segment",
                        "verbose_name_plural": "segments",
                        "ordering": ["name", "id"],
                    },
                ),
            ],
        ),
    ]
