from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.board import Board
from forum.models.post import Post
from forum.models.thread import Thread
from members.models import Member


class ModerationAction(models.Model):
    """What a moderator did, and why. Only ever added: the database refuses a change."""

    class Verb(models.TextChoices):
        LOCK = "lock", _("Locked")
        UNLOCK = "unlock", _("Unlocked")
        PIN = "pin", _("Pinned")
        UNPIN = "unpin", _("Unpinned")
        MOVE = "move", _("Moved")
        HIDE_THREAD = "hide_thread", _("Thread hidden")
        UNHIDE_THREAD = "unhide_thread", _("Thread shown again")
        HIDE_POST = "hide_post", _("Post hidden")
        UNHIDE_POST = "unhide_post", _("Post shown again")
        EDIT_POST = "edit_post", _("Post edited")
        DISMISS = "dismiss", _("Report dismissed")
        SILENCE = "silence", _("Silenced")
        LIFT = "lift", _("Silence lifted")

    actor = models.ForeignKey(Member, models.PROTECT, related_name="moderation_actions", verbose_name=_("moderator"))
    verb = models.CharField(_("action"), max_length=20, choices=Verb)
    board = models.ForeignKey(Board, models.PROTECT, null=True, related_name="+", verbose_name=_("board"))
    thread = models.ForeignKey(Thread, models.PROTECT, null=True, related_name="moderation_actions", verbose_name=_("thread"))
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="moderation_actions", verbose_name=_("post"))
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="moderated_by", verbose_name=_("member concerned"))
    reason = models.CharField(_("reason"), max_length=500)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("moderation action")
        verbose_name_plural = _("moderation log")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="forum_moderation_has_reason")]

    def __str__(self) -> str:
        return f"{self.verb} {self.post_id or self.thread_id or self.member_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("a moderation action is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("a moderation action is never deleted")


class Review(models.Model):
    """The moderators' case about one post, opened by the first report; later reports join it while it is open."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Dismissed")

    post = models.ForeignKey(Post, models.PROTECT, related_name="reviews", verbose_name=_("post"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    report_count = models.PositiveIntegerField(_("reports"), default=0)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        ordering = ["-report_count", "id"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(fields=["post"], condition=Q(status="open"), name="forum_review_one_open"),
            models.CheckConstraint(
                condition=Q(status="open", decided_at__isnull=True) | (~Q(status="open") & Q(decided_at__isnull=False)),
                name="forum_review_decided_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.status}"


class Report(models.Model):
    """A member's report of a post, with its reason; one for each member and review."""

    class Kind(models.TextChoices):
        SPAM = "spam", _("Advertising or spam")
        RUDE = "rude", _("Rude or hurtful")
        PRIVATE = "private", _("Shows private data")
        OFF_TOPIC = "off_topic", _("In the wrong place")
        OTHER = "other", _("Something else")

    review = models.ForeignKey(Review, models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(Member, models.PROTECT, related_name="reports_made", verbose_name=_("reported by"))
    kind = models.CharField(_("reason"), max_length=10, choices=Kind)
    note = models.CharField(_("what is wrong"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [models.UniqueConstraint(fields=["review", "reporter"], name="forum_report_once")]

    def __str__(self) -> str:
        return f"{self.review_id} {self.kind}"


class Restriction(models.Model):
    """A time in which a member may read but not write, set by a moderator with a reason."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="restrictions")
    until = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=500)
    set_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="forum_restriction_has_reason")]
        indexes = [models.Index(fields=["member", "until"], name="forum_restriction_in_force")]

    def __str__(self) -> str:
        return f"{self.member_id} until {self.until}"
