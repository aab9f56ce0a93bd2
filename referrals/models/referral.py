from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Company, Member
from referrals.models.link import ReferralLink


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, member: Member) -> "ReferralQuerySet":
        """A member's own referrals; the club's own people with the right see all."""
        if not member.is_authenticated:
            return self.none()
        return self if member.has_perm("referrals.view_referral") else self.filter(referrer=member)


class Referral(models.Model):
    """A member brings somebody: a colleague of the same company (internal), or another company (external).

    The kind may change until the newcomer's address is confirmed: then the company decides.
    What has been reached, and when, are the rows of `Station`; `stage` is the furthest of them.
    """

    class Kind(models.TextChoices):
        INTERNAL = "internal", _("Colleague")
        EXTERNAL = "external", _("Another company")

    class Stage(models.TextChoices):
        NAMED = "named", _("Named")
        REGISTERED = "registered", _("Registered")
        TOOK_PART = "took_part", _("Took part")
        QUALIFIED = "qualified", _("Qualified")
        MET = "met", _("Met")
        BOUGHT = "bought", _("Bought")

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Did not come about")
        KNOWN = "known", _("Already known to the club")

    referrer = models.ForeignKey(Member, models.PROTECT, related_name="referrals_made", verbose_name=_("referrer"))
    invitee = models.OneToOneField(Member, models.PROTECT, null=True, blank=True, related_name="referral", verbose_name=_("invitee"))
    link = models.ForeignKey(ReferralLink, models.SET_NULL, null=True, blank=True, related_name="referrals")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name=_("referred company")
    )
    contact_name = models.CharField(_("name"), max_length=100, blank=True)
    contact_company = models.CharField(_("company"), max_length=200, blank=True)
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=30, blank=True)
    need = models.TextField(_("what they need"), max_length=1000, blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.NAMED)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.OPEN)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    further_names = models.TextField(
        _("further names"),
        max_length=1000,
        blank=True,
        help_text=_("Who does not buy is asked for one or two people who might."),
    )
    created_at = models.DateTimeField(_("named"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.CheckConstraint(condition=~Q(referrer=F("invitee")), name="referrals_not_oneself"),
            models.CheckConstraint(condition=Q(outcome__in=["open", "known"]) | Q(closed_at__isnull=False), name="referrals_closed_when"),
            models.UniqueConstraint(
                fields=["referrer", "contact_email"],
                condition=~Q(contact_email="") & Q(outcome__in=["open", "known"]),
                name="referrals_named_once",
            ),
        ]
        indexes = [
            models.Index(fields=["referrer", "-id"]),
            models.Index(fields=["company", "kind"]),
            models.Index(fields=["contact_email"]),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """How the referrer knows the person: the name they gave, else the newcomer's own."""
        return self.contact_name or (self.invitee.display_name if self.invitee else "") or self.contact_company or self.contact_email

    @property
    def is_closed(self) -> bool:
        return self.outcome in (self.Outcome.WON, self.Outcome.LOST)
