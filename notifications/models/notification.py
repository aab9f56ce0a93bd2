from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, member: Member) -> "NotificationQuerySet":
        return self.filter(member=member, is_shown=True) if member.is_authenticated else self.none()


class Notification(models.Model):
    """Something a member is told, in words made when it is read, in the reader's language."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Replies to you")
        MENTION = "mention", _("Mentions of you")
        REACTION = "reaction", _("Reactions to your posts")
        SOLUTION = "solution", _("Your reply accepted as solution")
        POINTS_EARNED = "points_earned", _("Points you earned")
        POINTS_LAPSING = "points_lapsing", _("Points about to lapse")
        REWARD = "reward", _("Rewards that your points buy")
        GRANT = "grant", _("Badges, vouchers and tiers that you were given")
        SURVEY_INVITATION = "survey_invitation", _("Invitations to surveys")
        GROUP_INVITATION = "group_invitation", _("Invitations to focus groups")
        REFERRAL_PROGRESS = "referral_progress", _("Progress of your referrals")
        EVENT = "event", _("Club events")
        MODERATION = "moderation", _("Decisions of moderators")
        MESSAGE = "message", _("Private messages")
        REMINDER = "reminder", _("Reminders you set yourself")
        FEATURE = "feature", _("Your blog in the magazine")
        PARTNER = "partner", _("For partners: promotions that wait for you")
        NOTICE = "notice", _("News of the club about what you did")
        WELCOME = "welcome", _("From the club")

    member = models.ForeignKey(Member, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=30, choices=Kind)
    cause = models.CharField(max_length=150)
    actor = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    subject = models.CharField(
        max_length=60, blank=True, help_text="What it is about, such as post:17: its title and words are asked for when it is read."
    )
    title = models.CharField(max_length=200, blank=True, help_text="Where there is no subject to ask.")
    url = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    is_shown = models.BooleanField(default=True, help_text="Off where the member wants this kind by e-mail only.")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["member", "kind", "cause"], name="notifications_told_once")]
        indexes = [
            models.Index(fields=["member", "-id"]),
            models.Index(fields=["member"], condition=models.Q(read_at=None, is_shown=True), name="notifications_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} {self.cause}"
