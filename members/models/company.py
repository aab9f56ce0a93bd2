import datetime
import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Company(models.Model):
    """A customer firm. Its members belong to it; points, stages and measurement look at it as one."""

    class CustomerClass(models.TextChoices):
        KEY_ACCOUNT = "key_account", _("Key account")
        SMALL_BUSINESS = "small_business", _("Small business")
        CONSUMER = "consumer", _("Consumer")

    class Size(models.TextChoices):
        UP_TO_9 = "1-9", _("1–9 people")
        UP_TO_49 = "10-49", _("10–49 people")
        UP_TO_249 = "50-249", _("50–249 people")
        MORE = "250+", _("250 people and more")

    class Stage(models.TextChoices):
        PROSPECT = "prospect", _("Not yet a customer")
        WELCOME = "welcome", _("Welcome")
        DEPLOY = "deploy", _("Deploy")
        USE = "use", _("Use")
        RENEW = "renew", _("Renew")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    customer_class = models.CharField(_("customer class"), max_length=20, choices=CustomerClass, default=CustomerClass.SMALL_BUSINESS)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    size = models.CharField(_("size"), max_length=10, choices=Size, blank=True)
    email_domain = models.CharField(
        _("e-mail domain"),
        max_length=200,
        blank=True,
        db_index=True,
        help_text=_("Who signs up with an address of this domain is a colleague."),
    )
    purchased_on = models.DateField(_("first purchase on"), null=True, blank=True)
    contract_ends_on = models.DateField(_("contract ends on"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.name

    @property
    def stage(self) -> "Company.Stage":
        return self.stage_on(timezone.localdate())

    def stage_on(self, day: datetime.date) -> "Company.Stage":
        return stage_on(self.purchased_on, self.contract_ends_on, day)


def stage_on(purchased_on: datetime.date | None, contract_ends_on: datetime.date | None, day: datetime.date) -> Company.Stage:
    """The care stage on a day: welcome in month 1 after purchase, deploy in months 2-4, renew in the last six months, else use."""
    if not purchased_on or day < purchased_on:
        return Company.Stage.PROSPECT
    if contract_ends_on and (contract_ends_on - day).days <= 182:
        return Company.Stage.RENEW
    days = (day - purchased_on).days
    if days < 31:
        return Company.Stage.WELCOME
    if days < 122:
        return Company.Stage.DEPLOY
    return Company.Stage.USE


class Purchase(models.Model):
    """One order of a company as another system reported it; repeated reports of an order change nothing."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="purchases", verbose_name=_("company"))
    order_id = models.CharField(_("order"), max_length=100, unique=True)
    product = models.CharField(_("product line"), max_length=100)
    amount_fen = models.PositiveBigIntegerField(_("amount in fen"))
    ordered_on = models.DateField(_("ordered on"))
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-ordered_on", "-id"]
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        indexes = [models.Index(fields=["company", "ordered_on"])]

    def __str__(self) -> str:
        return self.order_id

    @property
    def cause(self) -> str:
        """What the activity of this order is called by."""
        return f"purchase:{self.pk}"


class PurchaseReturn(models.Model):
    """So much of an order's amount went back, as another system reported it; repeated reports change nothing."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="returns", verbose_name=_("purchase"))
    return_id = models.CharField(_("return"), max_length=100, unique=True)
    amount_fen = models.PositiveBigIntegerField(_("amount in fen"))
    returned_on = models.DateField(_("returned on"))
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-returned_on", "-id"]
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="members_return_of_something")]

    def __str__(self) -> str:
        return self.return_id
