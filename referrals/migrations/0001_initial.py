import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import referrals.models.link
from members.migrations._at_once import AtOnce
from members.migrations._libraries import LIBRARIES


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        *LIBRARIES,
        ("members", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            operations=[
                migrations.CreateModel(
                    name="SoughtCustomer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "locale",
                            models.CharField(choices=[("en", "English"), ("zh-hans", "简体中文")], max_length=10, verbose_name="language"),
                        ),
                        ("industry", models.CharField(max_length=100, verbose_name="industry")),
                        ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                        ("size", models.CharField(blank=True, max_length=100, verbose_name="size")),
                        ("role", models.CharField(blank=True, max_length=100, verbose_name="role of the person")),
                        ("need", models.CharField(max_length=300, verbose_name="need")),
                        ("is_current", models.BooleanField(default=True, verbose_name="shown to members")),
                    ],
                    options={
                        "verbose_name": "sought customer",
                        "verbose_name_plural": "sought customers",
                        "ordering": ["locale", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="ReferralLink",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(default=referrals.models.link.new_code, editable=False, max_length=16, unique=True)),
                        (
                            "door",
                            models.CharField(
                                choices=[("colleague", "A colleague"), ("company", "Another company")], max_length=10, verbose_name="door"
                            ),
                        ),
                        ("is_personal", models.BooleanField(default=False, editable=False, help_text="Made for one person who was named.")),
                        ("uses", models.PositiveIntegerField(default=0, editable=False, verbose_name="uses")),
                        ("max_uses", models.PositiveIntegerField(default=100, verbose_name="uses at most")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("expires_at", models.DateTimeField(default=referrals.models.link.life_from_now, verbose_name="expires")),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="referral_links",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="member",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "referral link",
                        "verbose_name_plural": "referral links",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("uses__lte", models.F("max_uses"))), name="referrals_link_not_overused"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Referral",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("internal", "Colleague"), ("external", "Another company")], max_length=10, verbose_name="kind"
                            ),
                        ),
                        ("contact_name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                        ("contact_company", models.CharField(blank=True, max_length=200, verbose_name="company")),
                        ("contact_email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                        ("contact_phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                        ("need", models.TextField(blank=True, max_length=1000, verbose_name="what they need")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("named", "Named"),
                                    ("registered", "Registered"),
                                    ("took_part", "Took part"),
                                    ("qualified", "Qualified"),
                                    ("met", "Met"),
                                    ("bought", "Bought"),
                                ],
                                default="named",
                                max_length=12,
                                verbose_name="stage",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("won", "Won"),
                                    ("lost", "Did not come about"),
                                    ("known", "Already known to the club"),
                                ],
                                default="open",
                                max_length=10,
                                verbose_name="outcome",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                        (
                            "further_names",
                            models.TextField(
                                blank=True,
                                help_text="Who does not buy is asked for one or two people who might.",
                                max_length=1000,
                                verbose_name="further names",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="named")),
                        ("closed_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "company",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals",
                                to="members.company",
                                verbose_name="referred company",
                            ),
                        ),
                        (
                            "invitee",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referral",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="invitee",
                            ),
                        ),
                        (
                            "referrer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals_made",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="referrer",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="referrals",
                                to="referrals.referrallink",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "referral",
                        "verbose_name_plural": "referrals",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["referrer", "-id"], name="referrals_r_referre_eb8689_idx"),
                            models.Index(fields=["company", "kind"], name="referrals_r_company_705f7b_idx"),
                            models.Index(fields=["contact_email"], name="referrals_r_contact_082c7c_idx"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("referrer", models.F("invitee")), _negated=True), name="referrals_not_oneself"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("outcome__in", ["open", "known"]), ("closed_at__isnull", False), _connector="OR"),
                                name="referrals_closed_when",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(models.Q(("contact_email", ""), _negated=True), ("outcome__in", ["open", "known"])),
                                fields=("referrer", "contact_email"),
                                name="referrals_named_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Claim",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "newcomer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="referral_claim", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="claims", to="referrals.referrallink"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "claim",
                        "verbose_name_plural": "claims",
                    },
                ),
                migrations.CreateModel(
                    name="Station",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "step",
                            models.CharField(
                                choices=[
                                    ("told", "Told"),
                                    ("reminded", "Reminded"),
                                    ("targeted", "Targeted"),
                                    ("contacted", "Contacted"),
                                    ("engaged", "Engaged"),
                                    ("named", "Named"),
                                    ("registered", "Registered"),
                                    ("took_part", "Took part"),
                                    ("qualified", "Qualified"),
                                    ("met", "Met"),
                                    ("bought", "Bought"),
                                    ("closed", "Closed"),
                                ],
                                max_length=12,
                                verbose_name="step",
                            ),
                        ),
                        ("reached_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="reached")),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                        (
                            "marked_by",
                            models.ForeignKey(
                                help_text="Who said so; nobody where the club noticed itself.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "referral",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="stations", to="referrals.referral"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "station",
                        "verbose_name_plural": "stations",
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("referral", "step"), name="referrals_station_once")],
                    },
                ),
            ],
        ),
    ]
