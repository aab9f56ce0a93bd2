from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.conduct import Report
from forum.models.picture import Picture
from members.models import Member


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, asker: Member | AnonymousUser) -> "ConversationQuerySet":
        """Those that the asker takes part in. Nobody else's, whatever their role: moderators read what was reported to them, no more."""
        if not asker.is_authenticated:
            return self.none()
        return self.filter(pk__in=Participant.objects.filter(member=asker.pk, left_at=None).values("conversation"))


class Conversation(models.Model):
    """Private messages between two or more members, numbered 1, 2, 3 … under this row's lock."""

    title = models.CharField(_("title"), max_length=200)
    started_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    highest_no = models.PositiveIntegerField(default=0)
    last_message_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [models.Index(fields=["-last_message_at"], name="forum_conversation_latest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("forum:conversation", args=[self.pk])


class Participant(models.Model):
    """A member's place in a conversation. Who comes later reads from `from_no` on."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    from_no = models.PositiveIntegerField(default=1)
    last_read_no = models.PositiveIntegerField(default=0)
    is_muted = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [models.UniqueConstraint(fields=["conversation", "member"], name="forum_participant_once")]
        indexes = [models.Index(fields=["member", "left_at"], name="forum_participant_member")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.member_id}"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, asker: Member | AnonymousUser) -> "MessageQuerySet":
        """Those of the asker's conversations, from where they came in; a hidden one for its author alone."""
        if not asker.is_authenticated:
            return self.none()
        place = Participant.objects.filter(
            conversation=OuterRef("conversation"), member=asker.pk, left_at=None, from_no__lte=OuterRef("no")
        )
        return self.filter(Exists(place), Q(is_hidden=False) | Q(author=asker.pk))


class Message(models.Model):
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    no = models.PositiveIntegerField()
    author = models.ForeignKey(Member, models.PROTECT, related_name="messages")
    body = models.TextField()
    html = models.TextField(editable=False)
    excerpt = models.CharField(max_length=200, blank=True, editable=False)
    lang = models.CharField(max_length=10, blank=True)
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="answers")
    edit_count = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(null=True)
    is_hidden = models.BooleanField(default=False, help_text="By a moderator, to whom it was reported.")
    client_key = models.UUIDField(null=True, editable=False)
    pictures = models.ManyToManyField(Picture, related_name="messages")
    created_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["conversation", "no"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "no"], name="forum_message_number"),
            models.UniqueConstraint(fields=["author", "client_key"], condition=Q(client_key__isnull=False), name="forum_message_once"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}#{self.no}"

    def get_absolute_url(self) -> str:
        """Where it is found however much is written after it."""
        return f"{reverse('forum:conversation', args=[self.conversation_id])}?message={self.no}#message-{self.no}"


class MessageRevision(models.Model):
    """What a message said before its author changed it; shown to moderators alone, with a report of it."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="revisions")
    n = models.PositiveIntegerField()
    body = models.TextField()
    written_at = models.DateTimeField(help_text="When these words were written.")
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["message", "n"]
        verbose_name = _("revision of a message")
        verbose_name_plural = _("revisions of messages")
        constraints = [models.UniqueConstraint(fields=["message", "n"], name="forum_message_revision_number")]

    def __str__(self) -> str:
        return f"{self.message_id} v{self.n}"


class MessageReport(models.Model):
    """A participant shows a moderator one message, which nobody else may show them."""

    class Decision(models.TextChoices):
        OPEN = "open", _("Waiting")
        HIDDEN = "hidden", _("Hidden by a moderator")
        DISMISSED = "dismissed", _("Dismissed")

    message = models.ForeignKey(Message, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(Member, models.PROTECT, related_name="+")
    kind = models.CharField(_("reason"), max_length=10, choices=Report.Kind)
    note = models.CharField(_("what is wrong"), max_length=500, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("report of a message")
        verbose_name_plural = _("reports of messages")
        constraints = [models.UniqueConstraint(fields=["message", "reporter"], name="forum_message_report_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.kind}"
