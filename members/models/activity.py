from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.company import Company
from members.models.member import Member


class Activity(models.Model):
    """The fact that a member did something: the log and the outbox in one table.

    Written in the deed's own transaction by `members.activity.record`, unique on (kind, cause),
    never edited. Nobody who writes one knows what it is worth; `points` weighs the rows afterwards.
    """

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("Registration confirmed")
        PROFILE_PARTLY_COMPLETED = "profile_partly_completed", _("Profile partly completed")
        PROFILE_COMPLETED = "profile_completed", _("Profile completed")
        ARTICLE_READ = "article_read", _("Article read to its end")
        THREAD_STARTED = "thread_started", _("Thread started")
        REPLY_POSTED = "reply_posted", _("Reply posted")
        BLOG_ENTRY_POSTED = "blog_entry_posted", _("Blog entry posted")
        BLOG_ENTRY_FEATURED = "blog_entry_featured", _("Blog entry featured in the magazine")
        REPLY_ACCEPTED = "reply_accepted", _("Reply accepted as solution")
        REACTION_RECEIVED = "reaction_received", _("Reaction received")
        SURVEY_COMPLETED = "survey_completed", _("Survey completed")
        GROUP_ATTENDED = "group_attended", _("Focus group attended")
        EVENT_ATTENDED = "event_attended", _("Club event attended")
        COLLEAGUE_REGISTERED = "colleague_registered", _("Referred colleague registered")
        COLLEAGUE_TOOK_PART = "colleague_took_part", _("Referred colleague took part")
        REFERRAL_QUALIFIED = "referral_qualified", _("Referred contact qualified")
        REFERRAL_MET = "referral_met", _("Referred contact met")
        REFERRAL_BOUGHT = "referral_bought", _("Referred company bought")
        REVENUE_TARGET_MET = "revenue_target_met", _("Revenue target met")
        CROSS_PURCHASE = "cross_purchase", _("Second product bought")
        RENEWED_ON_TIME = "renewed_on_time", _("Contract renewed on time")
        PURCHASED = "purchased", _("Order placed")
        REPORTED = "reported", _("Reported by another system")
        UNDONE = "undone", _("Taken back")

    member = models.ForeignKey(Member, models.PROTECT, related_name="activities")
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, related_name="activities", help_text="The member's company at the time."
    )
    counterpart = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="activities_with", help_text="The other party: the invitee of a referral."
    )
    kind = models.CharField(max_length=40, choices=Kind)
    cause = models.CharField(max_length=150, help_text="What caused it, as model:id; unique for each kind.")
    title = models.CharField(max_length=200, blank=True, help_text="What a person would call the object, for statements.")
    url = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict, blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    restores = models.ForeignKey("self", models.PROTECT, null=True, related_name="restored_by")
    happened_at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.UniqueConstraint(fields=["kind", "cause"], name="members_activity_once"),
            models.CheckConstraint(
                condition=Q(kind="undone", undoes__isnull=False) | (~Q(kind="undone") & Q(undoes__isnull=True)),
                name="members_activity_undone_names_what",
            ),
        ]
        indexes = [models.Index(fields=["member", "kind", "happened_at"]), models.Index(fields=["company", "happened_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"
