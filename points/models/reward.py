import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, RevisionMixin

from members.models import Company, Member
from points.models.programme import Programme
from points.models.tier import Tier
from points.models.transfer import Transfer


class RewardQuerySet(models.QuerySet["Reward"]):
    def visible_to(self, asker: Member) -> "RewardQuerySet":
        """Members see what is published; marketers the drafts too."""
        if not asker.is_authenticated:
            return self.none()
        return self if asker.has_perm("points.change_reward") else self.filter(live=True)


class Reward(DraftStateMixin, RevisionMixin, models.Model):
    """Something that points buy."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="rewards", verbose_name=_("programme"))
    slug = models.SlugField(_("slug"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    description_zh = models.TextField(_("description in Chinese"), max_length=1000, blank=True)
    price_points = models.PositiveIntegerField(_("price in points"))
    stock = models.PositiveIntegerField(_("in stock"), null=True, blank=True, help_text=_("Empty: as many as are asked for."))
    limit_per_member = models.PositiveSmallIntegerField(_("at most for each member"), null=True, blank=True)
    least_tier = models.ForeignKey(Tier, models.SET_NULL, null=True, blank=True, related_name="rewards", verbose_name=_("from tier"))
    gives_code = models.BooleanField(_("gives a voucher code"), default=False, help_text=_("Taken from the codes loaded for it."))

    objects = RewardQuerySet.as_manager()

    class Meta:
        ordering = ["price_points", "id"]
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints = [
            models.CheckConstraint(condition=Q(price_points__gt=0), name="points_reward_has_a_price"),
            models.CheckConstraint(condition=Q(stock__isnull=True) | Q(stock__gte=0), name="points_reward_never_oversold"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_zh if self.name_zh and get_language() == "zh-hans" else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A piece may be asked for while somebody edits: what is in stock is written only by who says so, and never over what is there."""
        if not self._state.adding and kwargs.get("update_fields") is None and not args:
            kwargs["update_fields"] = [
                field.name for field in self._meta.concrete_fields if not field.primary_key and field.name != "stock"
            ]
        super().save(*args, **kwargs)

    def with_content_json(self, content: dict[str, Any]) -> "Reward":
        """An earlier version has everything of its day but the stock."""
        version: Reward = super().with_content_json(content)
        version.stock = self.stock
        return version

    # What the back office writes over the column.
    label.fget.short_description = _("name")  # type: ignore[attr-defined]

    @property
    def about(self) -> str:
        return self.description_zh if self.description_zh and get_language() == "zh-hans" else self.description


class RedemptionQuerySet(models.QuerySet["Redemption"]):
    def kept(self) -> "RedemptionQuerySet":
        """What somebody has or waits for: neither cancelled nor given back."""
        return self.exclude(status__in=[Redemption.Status.CANCELLED, Redemption.Status.RETURNED])

    def visible_to(self, asker: Member) -> "RedemptionQuerySet":
        if not asker.is_authenticated:
            return self.none()
        return self if asker.has_perm("points.change_redemption") else self.filter(member=asker)


class Redemption(models.Model):
    """A member's wish for a reward: its points are reserved until it is fulfilled or cancelled."""

    class Status(models.TextChoices):
        RESERVED = "reserved", _("Reserved")
        FULFILLED = "fulfilled", _("Fulfilled")
        CANCELLED = "cancelled", _("Cancelled")
        RETURNED = "returned", _("Returned")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="redemptions")
    member = models.ForeignKey(Member, models.PROTECT, related_name="redemptions")
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="redemption")
    price_points = models.PositiveIntegerField()
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RESERVED)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, related_name="redemptions", help_text="Whose pool pays; none: the member's wallet."
    )
    note = models.CharField(_("note"), max_length=200, blank=True, help_text="Why it came back.")

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        indexes = [models.Index(fields=["member", "-id"]), models.Index(fields=["status", "id"])]

    def __str__(self) -> str:
        return f"{self.reward} {self.status}"


class SetAside(models.Model):
    """A piece kept off the shelf for a member who gathers the points for it: a benefit of the higher tiers."""

    reward = models.ForeignKey(Reward, models.CASCADE, related_name="set_aside")
    member = models.ForeignKey(Member, models.CASCADE, related_name="set_aside")
    until = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reward set aside")
        verbose_name_plural = _("rewards set aside")
        constraints = [models.UniqueConstraint(fields=["reward", "member"], name="points_setaside_once")]
        indexes = [models.Index(fields=["until"])]

    def __str__(self) -> str:
        return f"{self.reward_id} {self.member_id}"


class VoucherCodeQuerySet(models.QuerySet["VoucherCode"]):
    def free(self, reward: int | None) -> "VoucherCodeQuerySet":
        """Codes of a reward that nobody has."""
        return self.filter(reward=reward, redemption=None, grant=None, voided_at=None).order_by("pk")


class VoucherCode(models.Model):
    """One code of a reward, given to one redemption or by one rule's award."""

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="codes")
    code = models.CharField(_("code"), max_length=100)
    redemption = models.OneToOneField(Redemption, models.PROTECT, null=True, related_name="voucher")
    grant = models.ForeignKey("points.Grant", models.SET_NULL, null=True, related_name="codes")
    voided_at = models.DateTimeField(null=True, help_text="It was given back and is good for nothing any more.")
    used_at = models.DateTimeField(null=True, help_text="Of a grant: it can no longer be taken back.")

    objects = VoucherCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher code")
        verbose_name_plural = _("voucher codes")
        constraints = [
            models.UniqueConstraint(fields=["reward", "code"], name="points_voucher_once"),
            models.UniqueConstraint(fields=["grant"], condition=Q(voided_at=None), name="points_voucher_one_for_a_grant"),
            models.CheckConstraint(condition=Q(grant=None) | Q(redemption=None), name="points_voucher_for_one_of_both"),
        ]

    def __str__(self) -> str:
        return self.code
