import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import ApiKey
from points.models.account import Account
from points.models.programme import Asset

# The reason of what a rule adds that multiplies; what it is for, the activity says.
BONUS = "bonus"


class TransferQuerySet(models.QuerySet["Transfer"]):
    def redeemable(self) -> "TransferQuerySet":
        """Of points that can be spent: those that other systems know."""
        return self.filter(asset__kind=Asset.Kind.REDEEMABLE)

    def visible_to_key(self, key: ApiKey) -> "TransferQuerySet":
        """As far as the key's programme or partner is a side of it; of spendable points."""
        rows = self.redeemable()
        rows = rows.filter(asset__programme__slug=key.programme_slug) if key.programme_slug else rows
        mine = f"partner:{key.partner_slug}"
        return rows.filter(Q(source__code=mine) | Q(target__code=mine)) if key.partner_slug else rows


class Transfer(models.Model):
    """Points moved once from one account to another; never edited, never deleted.

    One row carries both sides, so the books balance by construction. Settling, voiding, lapsing and
    reversing are further rows that name the first. Every index is paid for by every award: none says what another says.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("Transfer")
        PENDING = "pending", _("Reserved")
        POST = "post", _("Posted")
        VOID = "void", _("Voided")
        LAPSE = "lapse", _("Lapsed")
        REVERSAL = "reversal", _("Reversed")

    class Origin(models.TextChoices):
        ENGAGEMENT = "engagement", _("Engagement")
        INTERNAL_REFERRAL = "internal_referral", _("Colleagues you brought")
        EXTERNAL_REFERRAL = "external_referral", _("Companies you recommended")
        PURCHASE = "purchase", _("Purchases")
        ADJUSTMENT = "adjustment", _("Adjustments")

    class Status(models.TextChoices):
        POSTED = "posted", _("Posted")
        PENDING = "pending", _("Reserved")
        VOIDED = "voided", _("Voided")
        LAPSED = "lapsed", _("Lapsed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="transfers", db_index=False)
    source = models.ForeignKey(Account, models.PROTECT, related_name="transfers_out", db_index=False)
    target = models.ForeignKey(Account, models.PROTECT, related_name="transfers_in", db_index=False)
    amount_points = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SINGLE)
    reason = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=20, choices=Origin, default=Origin.ADJUSTMENT)
    object_type = models.CharField(max_length=30, blank=True, help_text="What it is about, as ids only: activity, redemption, lot …")
    object_id = models.BigIntegerField(null=True)
    rule_version = models.BigIntegerField(null=True)
    arm = models.CharField(max_length=10, blank=True)
    client = models.CharField(max_length=60, default="club")
    reference = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    settles = models.ForeignKey("self", models.PROTECT, null=True, related_name="settled_by", db_index=False)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversed_by", db_index=False)
    part = models.CharField(max_length=10, blank=True, help_text="Of a reversal: taken from what is left, lapsed or spent.")
    group = models.UUIDField(null=True)
    effective_at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(default=timezone.now)
    lapses_at = models.DateTimeField(null=True)
    times_out_at = models.DateTimeField(null=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(condition=Q(amount_points__gt=0), name="points_transfer_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="points_transfer_goes_elsewhere"),
            models.UniqueConstraint(fields=["client", "reference"], name="points_transfer_reference_once"),
            models.UniqueConstraint(fields=["settles"], condition=Q(settles__isnull=False), name="points_transfer_settled_once"),
            models.UniqueConstraint(fields=["reverses", "part"], condition=Q(reverses__isnull=False), name="points_transfer_reversed_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["post", "void"], settles__isnull=False)
                | Q(kind__in=["single", "pending", "reversal"], settles__isnull=True)
                | Q(kind="lapse"),
                name="points_transfer_settles_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False) | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="points_transfer_reverses_by_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "id"], name="points_transfer_out"),
            models.Index(fields=["target", "id"], name="points_transfer_in"),
            models.Index(fields=["object_type", "object_id"], condition=Q(object_id__isnull=False), name="points_transfer_about"),
            models.Index(fields=["group"], condition=Q(group__isnull=False), name="points_transfer_together"),
            models.Index(
                fields=["times_out_at"], condition=Q(kind="pending", times_out_at__isnull=False), name="points_transfer_times_out"
            ),
        ]

    # Whether the call that returned this row found it stored already; set by the ledger, not kept.
    is_replay = False

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_points} {self.source_id}>{self.target_id}"


class TransferNote(models.Model):
    """What may be personal about a transfer, erasable: a transfer's own row holds ids only."""

    transfer = models.OneToOneField(Transfer, models.PROTECT, primary_key=True, related_name="note")
    text = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("transfer note")
        verbose_name_plural = _("transfer notes")

    def __str__(self) -> str:
        return self.text


class Entry(models.Model):
    """A line of an account's statement, written by the database itself when the account changes.

    delta           change of the posted balance, in points; 0 for a reservation or its release
    balance_after, held_after   the account after this line: the balance as of a moment is one look-up
    """

    pk = models.CompositePrimaryKey("account_id", "seq")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", db_index=False)
    seq = models.BigIntegerField()
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="entries", db_index=False)
    delta = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    held_after = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [models.UniqueConstraint(fields=["transfer", "account"], name="points_entry_once")]
        indexes = [models.Index(fields=["account", "at", "seq"], name="points_entry_as_of")]

    def __str__(self) -> str:
        return f"{self.account_id}#{self.seq} {self.delta:+d}"
