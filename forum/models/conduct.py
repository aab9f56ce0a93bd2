from typing import Any

from django.core.cache import cache
from django.db import models, transaction
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
        MERGE = "merge", _("Merged into another thread")
        SPLIT = "split", _("Posts split off")
        CHANGE_AUTHOR = "change_author", _("Author changed")
        APPROVE = "approve", _("Post approved")
        REJECT = "reject", _("Post not approved")
        SLOW = "slow", _("Slow mode set")
        SUSPEND = "suspend", _("Suspended")
        LIFT_SUSPENSION = "lift_suspension", _("Suspension lifted")
        SET_TRUST = "set_trust", _("Trust level set")
        GRANT_APPEAL = "grant_appeal", _("Appeal granted")
        REFUSE_APPEAL = "refuse_appeal", _("Appeal refused")
        HOLD = "hold", _("Held for a moderator")
        HIDE_MESSAGE = "hide_message", _("Message hidden")
        UNHIDE_MESSAGE = "unhide_message", _("Message shown again")
        LEAVE_MESSAGE = "leave_message", _("Reported message left")
        ACCEPT = "accept", _("Solution marked")
        UNACCEPT = "unaccept", _("Solution no longer marked")
        CLOSE_POLL = "close_poll", _("Poll closed")
        REOPEN_POLL = "reopen_poll", _("Poll opened again")
        APPROVE_EDIT = "approve_edit", _("Edit approved")
        REFUSE_EDIT = "refuse_edit", _("Edit not approved")
        TAG = "tag", _("Tags added")
        NOTE_MEMBER = "note_member", _("Note on a member added")
        REMOVE_NOTE = "remove_note", _("Note on a member removed")

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

    class Cause(models.TextChoices):
        REPORTS = "reports", _("Reported")
        APPROVAL = "approval", _("Posts are read here before they are shown")
        WORDS = "words", _("Contains a watched word")
        DUPLICATE = "duplicate", _("Says what was said elsewhere")
        BURST = "burst", _("Many posts in a short time")
        LINKS = "links", _("Many links by somebody new")
        EDIT = "edit", _("An edit with a watched word waits")
        POLL = "poll", _("A poll waits that was added or changed later")
        CHANGED = "changed", _("An edit waits, as posts do here")

    post = models.ForeignKey(Post, models.PROTECT, related_name="reviews", verbose_name=_("post"))
    cause = models.CharField(_("why"), max_length=10, choices=Cause, default=Cause.REPORTS)
    remark = models.CharField(_("remark"), max_length=200, blank=True, help_text=_("Which word, which other post."))
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
        indexes = [models.Index(fields=["-report_count", "id"], condition=Q(status="open"), name="forum_review_waiting")]

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
    """A time in which a member may read but not write, or not come in at all; set by a moderator with a reason."""

    class Kind(models.TextChoices):
        SILENCE = "silence", _("Reads, does not write")
        SUSPENSION = "suspension", _("Does not come in")

    member = models.ForeignKey(Member, models.CASCADE, related_name="restrictions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SILENCE)
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


class Appeal(models.Model):
    """Whom a decision concerns asks once that another moderator looks at it again."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    action = models.OneToOneField(ModerationAction, models.PROTECT, related_name="appeal", verbose_name=_("decision"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="appeals", verbose_name=_("by"))
    against = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    words = models.CharField(_("why it should be looked at again"), max_length=1000)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("looked at by"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=models.F("against")), name="forum_appeal_another_decides"),
            models.CheckConstraint(
                condition=Q(status="open", decided_at__isnull=True) | (~Q(status="open") & Q(decided_at__isnull=False)),
                name="forum_appeal_decided_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.status}"


class Trust(models.Model):
    """How well the forum knows a member, by what they did: 0 new, 1 known, 2 at home, 3 a regular. Computed by a round."""

    class Level(models.IntegerChoices):
        NEW = 0, _("New here")
        KNOWN = 1, _("Known")
        AT_HOME = 2, _("At home")
        REGULAR = 3, _("Regular")

    member = models.OneToOneField(Member, models.CASCADE, related_name="trust")
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.NEW)
    deeds = models.JSONField(default=dict, help_text="What was counted: posts, threads_read, days_read, reactions, upheld.")
    is_fixed = models.BooleanField(_("set by a moderator"), default=False)
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("trust level")
        verbose_name_plural = _("trust levels")
        constraints = [models.CheckConstraint(condition=Q(level__lte=3), name="forum_trust_level")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.level}"


class MemberNote(models.Model):
    """What moderators tell each other about a member. The log says that there was one, not what it said: it can be removed."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="moderators_notes", verbose_name=_("member"))
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("moderator"))
    words = models.CharField(_("note"), max_length=1000)
    written_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("moderators’ note")
        verbose_name_plural = _("moderators’ notes")
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="forum_member_note_says_something")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.written_at}"


class WatchedWord(models.Model):
    """A word or phrase to look out for. Latin words match whole (with * for any letters), Chinese anywhere, whatever stands between."""

    class Action(models.TextChoices):
        REFUSE = "refuse", _("Refuse the post")
        HOLD = "hold", _("Hold it for a moderator")
        FLAG = "flag", _("Show it, and tell the moderators")
        REPLACE = "replace", _("Replace the word")

    # Where the list is kept for half a minute at most.
    LIST = "forum:watched-words"

    word = models.CharField(_("word"), max_length=100, unique=True)
    action = models.CharField(_("what happens"), max_length=10, choices=Action, default=Action.HOLD)
    replacement = models.CharField(_("replacement"), max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["word"]
        verbose_name = _("watched word")
        verbose_name_plural = _("watched words")
        constraints = [models.CheckConstraint(condition=~Q(word=""), name="forum_watched_word_says_something")]

    def __str__(self) -> str:
        return self.word

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        transaction.on_commit(lambda: cache.delete(self.LIST))


class Imported(models.Model):
    """What an import made: the same line again finds it and makes nothing."""

    source = models.CharField(max_length=150, unique=True, help_text="As origin:kind:id, such as discourse:post:17.")
    member = models.ForeignKey(Member, models.CASCADE, null=True, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")

    def __str__(self) -> str:
        return self.source
