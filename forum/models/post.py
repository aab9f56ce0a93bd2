from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.addresses import thread_url
from forum.models.board import Board
from forum.models.thread import State, Thread
from forum.permissions import is_moderator
from members.models import Member


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, asker: Member | AnonymousUser) -> "PostQuerySet":
        """Posts whose words the asker may read. (A thread's page shows the place of the others, never their words.)"""
        if is_moderator(asker):
            return self
        # By joins, not by a list of threads: SQLite would make that list, whole, for every post that is asked for.
        readable = self.filter(thread__board__in=Board.objects.visible_to(asker))
        if not asker.is_authenticated:
            return readable.filter(state=State.VISIBLE, thread__state=State.VISIBLE)
        readable = readable.filter(Q(thread__state=State.VISIBLE) | Q(thread__author=asker.pk))
        return readable.filter(Q(state=State.VISIBLE) | Q(author=asker.pk))

    def open(self) -> "PostQuerySet":
        return self.filter(state=State.VISIBLE, thread__state=State.VISIBLE)


class Post(models.Model):
    """One contribution in a thread. `html` is made once from `body`, when it is written, by `forum.markup`."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts", verbose_name=_("thread"))
    no = models.PositiveIntegerField()
    author = models.ForeignKey(Member, models.PROTECT, related_name="posts", verbose_name=_("author"))
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("in reply to"))
    body = models.TextField(_("text"))
    html = models.TextField(editable=False)
    html_version = models.PositiveSmallIntegerField(default=1, editable=False)
    excerpt = models.CharField(max_length=200, blank=True, editable=False)
    lang = models.CharField(max_length=10, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.VISIBLE)
    reaction_count = models.PositiveIntegerField(default=0)
    edit_count = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(null=True)
    owner_no = models.PositiveSmallIntegerField(default=0, editable=False, help_text="How often a moderator gave it another author.")
    client_key = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["thread", "no"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["thread", "no"], name="forum_post_number"),
            models.UniqueConstraint(fields=["author", "client_key"], condition=Q(client_key__isnull=False), name="forum_post_once"),
            models.CheckConstraint(condition=Q(no__gte=1), name="forum_post_numbers_from_one"),
        ]
        indexes = [models.Index(fields=["author", "-id"], name="forum_post_by_author")]

    def __str__(self) -> str:
        return f"{self.thread_id}#{self.no}"

    @property
    def cause(self) -> str:
        """What activities call this post. Another author's deeds are others: `post:17`, after a change of author `post:17~1`."""
        return f"post:{self.pk}~{self.owner_no}" if self.owner_no else f"post:{self.pk}"

    @property
    def opens_thread(self) -> bool:
        return self.no == 1

    @property
    def anchor(self) -> str:
        return f"post-{self.no}"

    def get_absolute_url(self) -> str:
        """Where this post stands for ever, whatever comes before it on the page."""
        url = thread_url(self.thread_id)
        return url if self.opens_thread else f"{url}?post={self.no}#{self.anchor}"


class Moved(models.Model):
    """Where a post stood before a moderator took it to another thread: links to its old number still find it."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="moved")
    no = models.PositiveIntegerField()
    post = models.ForeignKey(Post, models.CASCADE, related_name="moved_from")

    class Meta:
        verbose_name = _("moved post")
        verbose_name_plural = _("moved posts")
        constraints = [models.UniqueConstraint(fields=["thread", "no"], name="forum_moved_number")]

    def __str__(self) -> str:
        return f"{self.thread_id}#{self.no} is {self.post_id}"


class PostRevision(models.Model):
    """What a post said before an edit. Number 1 is what was first written."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="revisions")
    n = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True, help_text="The thread's title, for its first post.")
    body = models.TextField()
    tags = models.JSONField(null=True, help_text="Names of the thread's tags, for its first post; null where they were not kept.")
    editor = models.ForeignKey(Member, models.PROTECT, related_name="+", help_text="Who replaced these words.")
    reason = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField(help_text="When these words were written.")
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["post", "n"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [models.UniqueConstraint(fields=["post", "n"], name="forum_revision_number")]

    def __str__(self) -> str:
        return f"{self.post_id} v{self.n}"


class HeldEdit(models.Model):
    """New words, or a poll, for a shown post that wait for a moderator; until then the post says what it said.

    A text that replaces a waiting one is a row of its own, so that nobody decides about another than they read.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for a moderator")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Not approved")
        DROPPED = "dropped", _("Taken back")

    post = models.ForeignKey(Post, models.PROTECT, related_name="held_edits")
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200, blank=True, help_text="The thread's title, for its first post.")
    body = models.TextField()
    tags = models.JSONField(null=True, help_text="Names of the thread's tags, for its first post.")
    poll = models.JSONField(null=True, help_text="A poll to put under it, or to ask anew: question, options and how they are asked.")
    reason = models.CharField(max_length=200, blank=True)
    based_on = models.PositiveIntegerField(help_text="How many edits the post had.")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("held edit")
        verbose_name_plural = _("held edits")
        constraints = [models.UniqueConstraint(fields=["post"], condition=Q(status="waiting"), name="forum_held_edit_one_waiting")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.status}"


class Mention(models.Model):
    """A member named in a post, kept so that a rename or an erasure finds what to render again."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="mentions")
    member = models.ForeignKey(Member, models.CASCADE, related_name="mentions")

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [models.UniqueConstraint(fields=["post", "member"], name="forum_mention_once")]

    def __str__(self) -> str:
        return f"{self.post_id} @{self.member_id}"


class Reaction(models.Model):
    """A member's reaction to a post: each kind once."""

    class Kind(models.TextChoices):
        LIKE = "like", _("Like")
        THANKS = "thanks", _("Thanks")
        INSIGHT = "insight", _("Insightful")
        CHEERS = "cheers", _("Cheers")

    post = models.ForeignKey(Post, models.PROTECT, related_name="reactions")
    member = models.ForeignKey(Member, models.CASCADE, related_name="reactions")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.LIKE)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [models.UniqueConstraint(fields=["post", "member", "kind"], name="forum_reaction_once")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.kind} {self.member_id}"
