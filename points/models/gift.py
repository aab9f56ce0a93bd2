import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Company, Member
from points.models.programme import Programme
from points.models.transfer import Transfer


class GiftQuerySet(models.QuerySet["Gift"]):
    def visible_to(self, asker: Member) -> "GiftQuerySet":
        """Who gives and who is given; what goes to a company's pool, its administrators and whoever may confirm it too."""
        if not asker.is_authenticated:
            return self.none()
        mine = Q(giver=asker) | self._for(asker)
        if asker.company_id and asker.company_role == Member.CompanyRole.ADMIN:
            mine |= Q(company=asker.company_id)
        return self.filter(mine)

    def confirmable_by(self, asker: Member) -> "GiftQuerySet":
        """What the asker may say yes to: two people confirm every gift, so nobody their own."""
        return self.filter(self._for(asker))

    def to_decide(self, asker: Member) -> "GiftQuerySet":
        """What waits for the asker's yes or no."""
        rows = self.confirmable_by(asker).filter(status=Gift.Status.OFFERED, times_out_at__gt=timezone.now(), giver__is_active=True)
        # A colleague who has moved fills this pool no more.
        return rows.filter(Q(company=None) | Q(giver__company=F("company")))

    def _for(self, asker: Member) -> Q:
        """To the asker, or to their company's pool: by its administrators, or by any colleague where the only administrator gives."""
        if not asker.company_id:
            return Q(recipient=asker)
        pool = Q(company=asker.company_id) & ~Q(giver=asker)
        if asker.company_role != Member.CompanyRole.ADMIN:
            admins = Member.objects.filter(company=asker.company_id, company_role=Member.CompanyRole.ADMIN, is_active=True)
            others = Exists(admins.exclude(pk=OuterRef("giver")))
            pool = pool & Q(giver__company_role=Member.CompanyRole.ADMIN) & ~Q(others)
        return Q(recipient=asker) | pool


class Gift(models.Model):
    """Points offered to another member or to the company's pool: held until the other side says yes or no, or time is over."""

    class Status(models.TextChoices):
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        TIMED_OUT = "timed_out", _("Not answered in time")
        HELD = "held", _("Under review")
        REFUSED = "refused", _("Refused")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="gifts")
    giver = models.ForeignKey(Member, models.PROTECT, related_name="gifts_given")
    recipient = models.ForeignKey(Member, models.PROTECT, null=True, related_name="gifts_received")
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="gifts_received")
    amount_points = models.PositiveIntegerField()
    message = models.CharField(max_length=200, blank=True)
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="gift")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OFFERED)
    created_at = models.DateTimeField(default=timezone.now)
    times_out_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    evidence = models.JSONField(default=dict, help_text="Why a person looks at it: what the recipient was given within so many days.")
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = GiftQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        constraints = [
            models.CheckConstraint(condition=Q(amount_points__gt=0), name="points_gift_gives_something"),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, company=None) | Q(recipient=None, company__isnull=False),
                name="points_gift_goes_to_one",
            ),
            models.CheckConstraint(condition=Q(recipient=None) | ~Q(recipient=F("giver")), name="points_gift_not_to_oneself"),
        ]
        indexes = [models.Index(fields=["giver", "created_at"]), models.Index(fields=["recipient", "status"])]

    @property
    def words(self) -> str:
        """The evidence in plain words, for whoever decides."""
        texts = {"givers": _("%(givers)s members gave to one"), "points": _("%(points)s points were given to one")}
        said = self.evidence
        if "suspended" in said:
            return str(_("Who gives it was suspended when the other side said yes"))
        over = [name for name in ("givers", "points") if said.get(name, 0) > said.get(f"most_{name}", 0)]
        within = _("within %(days)s days, where %(most)s are usual")
        figures = ({"what": texts[name] % said, "within": within % (said | {"most": said[f"most_{name}"]})} for name in over)
        return _("; ").join(_("%(what)s %(within)s") % each for each in figures)

    def __str__(self) -> str:
        return f"{self.giver_id} {self.amount_points} {self.status}"
