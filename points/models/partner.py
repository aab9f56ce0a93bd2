from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.models.account import Partner
from points.models.rule import Rule
from points.models.transfer import Transfer


class PartnerUser(models.Model):
    """Who acts for a partner in the partner's portal."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="users", verbose_name=_("partner"))
    member = models.OneToOneField(Member, models.CASCADE, related_name="partner_user", verbose_name=_("member"))
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("partner's user")
        verbose_name_plural = _("partners' users")

    def __str__(self) -> str:
        return f"{self.member} · {self.partner}"


class SpendCode(models.Model):
    """A member's yes to paying at a partner: good once, for some minutes, up to an amount. Kept as a hash."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="spend_codes")
    digest = models.CharField(max_length=64, unique=True)
    most_points = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    times_out_at = models.DateTimeField()
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="spend_code")

    class Meta:
        verbose_name = _("spending code")
        verbose_name_plural = _("spending codes")
        constraints = [models.CheckConstraint(condition=Q(most_points__gt=0), name="points_spendcode_is_for_something")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.most_points}"


class WrongCode(models.Model):
    """That a partner sent a code which nobody made: too many, and its codes are looked at no more for a while."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="wrong_codes")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("wrong code")
        verbose_name_plural = _("wrong codes")
        indexes = [models.Index(fields=["partner", "at"])]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.at}"


class JointPromotion(models.Model):
    """A rule that a partner has to agree to: it pays nothing until the partner approved it, as it then stood.

    agreed   digests of the versions that the partner has said yes to; of those refused, behind "no:"
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="promotions", verbose_name=_("partner"))
    rule = models.OneToOneField(Rule, models.CASCADE, related_name="joint", verbose_name=_("rule"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED, editable=False)
    proposed_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(Member, models.SET_NULL, null=True, editable=False, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True, editable=False)
    agreed = models.JSONField(default=list, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("joint promotion")
        verbose_name_plural = _("joint promotions")

    def __str__(self) -> str:
        return f"{self.rule} · {self.partner}"
