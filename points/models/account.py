from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import ApiKey, Company, Member
from points.models.programme import DEFAULT_PROGRAMME, Asset, Programme


class Partner(models.Model):
    """A firm that earns and burns points with us, up to its credit limit."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="partners")
    slug = models.SlugField(_("slug"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    credit_limit_points = models.PositiveBigIntegerField(_("credit limit in points"), default=0)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """The block of points follows the limit. Raises ValidationError where it is further below 0 already, even by a moment."""
        super().save(*args, **kwargs)
        floor = -self.credit_limit_points
        blocks = Account.objects.filter(owner__partner=self.pk, kind=Account.Kind.PARTNER).exclude(floor=floor)
        # Looked at once they are locked: what was read before may have moved meanwhile.
        keys = list(blocks.values_list("pk", flat=True))
        for block in Account.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True):
            if block.posted < block.held + floor:
                raise ValidationError({"credit_limit_points": _OWES_MORE})
            Account.objects.filter(pk=block.pk).update(floor=floor)

    def clean(self) -> None:
        below = Account.objects.filter(
            owner__partner=self.pk, kind=Account.Kind.PARTNER, posted__lt=F("held") - (self.credit_limit_points or 0)
        )
        errors: dict[str, Any] = {"credit_limit_points": _OWES_MORE} if self.pk and below.exists() else {}
        # Under another name or in another programme it would begin anew, with all of its limit and nothing of what it owes.
        if self.pk and (was := Partner.objects.filter(pk=self.pk, accounts__isnull=False).first()):
            if self.slug != was.slug:
                errors["slug"] = _BOOKS_KNOW_IT
            if self.programme_id != was.programme_id:
                errors["programme"] = _BOOKS_KNOW_IT
        if errors:
            raise ValidationError(errors)


_BOOKS_KNOW_IT = _("The partner's points are in the books under this: it stays.")
_OWES_MORE = _("The partner has given more than that already. Settle with them first.")


class AccountQuerySet(models.QuerySet["Account"]):
    def redeemable(self, programme: str = DEFAULT_PROGRAMME) -> "AccountQuerySet":
        """Accounts of a programme's spendable points."""
        return self.filter(asset__programme__slug=programme, asset__kind=Asset.Kind.REDEEMABLE)

    def visible_to(self, asker: Member) -> "AccountQuerySet":
        """Members see their own accounts; the club's marketers all."""
        if not asker.is_authenticated:
            return self.none()
        mine = self.filter(owner__member=asker).exclude(kind=Account.Kind.SHADOW)
        return self if asker.has_perm("points.view_account") else mine

    def visible_to_key(self, key: ApiKey) -> "AccountQuerySet":
        """A key bound to a programme sees that programme's accounts, one bound to a partner only the partner's own."""
        rows = self.filter(asset__programme__slug=key.programme_slug) if key.programme_slug else self
        return rows.filter(code=f"partner:{key.partner_slug}") if key.partner_slug else rows


class Account(models.Model):
    """Where points lie. Changed by `points.ledger` only, and then only together with a transfer that explains it.

    An account with a floor caches its balance under a row lock; one without (the programme's own, a member's debt)
    carries no balance of its own, or every award would wait for one hot row.
    """

    class Kind(models.TextChoices):
        WALLET = "wallet", _("Member's wallet")
        POOL = "pool", _("Company pool")
        PARTNER = "partner", _("Partner's block")
        ISSUED = "issued", _("Issued")
        LAPSED = "lapsed", _("Lapsed")
        REDEEMED = "redeemed", _("Redeemed")
        GOODWILL = "goodwill", _("Goodwill")
        DEBT = "debt", _("Member's debt")
        SHADOW = "shadow", _("Member’s shadow points")

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="accounts", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=100, help_text="member:PUBLIC_ID, company:PUBLIC_ID, partner:SLUG, programme:SLUG:issued …")
    floor = models.BigIntegerField(null=True, help_text="The least that posted less held may be; none for the programme's own accounts.")
    posted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0, help_text="How many entries the account has.")
    last_transfer = models.ForeignKey("points.Transfer", models.PROTECT, null=True, related_name="+", db_index=False)
    moved_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("ledger", "account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["asset", "code"], name="points_account_code_once"),
            models.UniqueConstraint(fields=["id", "asset"], name="points_account_in_asset"),
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(posted__gte=F("floor") + F("held")), name="points_account_not_below_floor"
            ),
            models.CheckConstraint(condition=Q(held__gte=0), name="points_account_held_not_negative"),
            models.CheckConstraint(
                condition=Q(floor__isnull=False) | Q(posted=0, held=0, seq=0), name="points_account_without_floor_caches_nothing"
            ),
        ]
        # None over what an award changes: the row is then rewritten in its own page, without a new entry in every index.
        indexes = [models.Index(fields=["asset", "kind"], name="points_account_of_kind")]

    def __str__(self) -> str:
        return self.code

    @property
    def available(self) -> int:
        return self.posted - self.held

    @property
    def keeps_lots(self) -> bool:
        """Whether the points in it are kept apart by when they lapse."""
        return self.kind in (self.Kind.WALLET, self.Kind.POOL)


class AccountOwner(models.Model):
    """Whose account it is, in a table of its own: erasing a person deletes this row and no sum changes. A company or partner stays."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="owner")
    member = models.ForeignKey(Member, models.CASCADE, null=True, related_name="points_accounts")
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="points_accounts")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="accounts")

    class Meta:
        verbose_name = _("account owner")
        verbose_name_plural = _("account owners")
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=False, company=None, partner=None)
                | Q(member=None, company__isnull=False, partner=None)
                | Q(member=None, company=None, partner__isnull=False),
                name="points_owner_is_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}"
