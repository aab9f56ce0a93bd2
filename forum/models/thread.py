from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.addresses import tag_url, thread_url
from forum.models.board import Board
from forum.permissions import is_moderator
from members.models import Member

PAGE = 20


class State(models.TextChoices):
    VISIBLE = "visible", _("Visible")
    PENDING = "pending", _("Waiting for a moderator")
    HIDDEN = "hidden", _("Hidden by a moderator")
    WITHDRAWN = "withdrawn", _("Withdrawn by the author")


class Tag(models.Model):
    slug = models.SlugField(max_length=40, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return tag_url(self.slug)


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, asker: Member | AnonymousUser) -> "ThreadQuerySet":
        """Threads on readable boards; a hidden one is seen by moderators and by its author only."""
        if is_moderator(asker):
            return self
        readable = self.filter(board__in=Board.objects.visible_to(asker))
        if not asker.is_authenticated:
            return readable.filter(state=State.VISIBLE)
        return readable.filter(Q(state=State.VISIBLE) | Q(author=asker.pk))

    def open(self) -> "ThreadQuerySet":
        """Those that lists show: neither hidden nor withdrawn."""
        return self.filter(state=State.VISIBLE)


class Thread(models.Model):
    """A subject and its posts, numbered 1, 2, 3 … without a gap; the first post opens it.

    A number whose post a moderator took to another thread is kept by a `Moved` row, which old links follow.

    The counters and the last post are kept here, written with each post under this row's lock
    (thread before post, everywhere), so that no list counts anything.
    """

    board = models.ForeignKey(Board, models.PROTECT, related_name="threads", verbose_name=_("board"))
    title = models.CharField(_("title"), max_length=200)
    lang = models.CharField(max_length=10, blank=True)
    author = models.ForeignKey(Member, models.PROTECT, related_name="threads", verbose_name=_("author"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.VISIBLE)
    is_locked = models.BooleanField(_("locked"), default=False)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    tags = models.ManyToManyField(Tag, through="Tagging", blank=True, related_name="threads", verbose_name=_("tags"))
    slow_seconds = models.PositiveIntegerField(
        _("slow mode"), null=True, blank=True, help_text="Seconds between two posts of a member; null as the board says."
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into"))
    highest_no = models.PositiveIntegerField(default=0)
    reply_count = models.PositiveIntegerField(_("replies"), default=0)
    reaction_count = models.PositiveIntegerField(_("reactions"), default=0)
    last_post = models.ForeignKey("forum.Post", models.PROTECT, null=True, related_name="+")
    last_post_at = models.DateTimeField(default=timezone.now)
    appeared_at = models.DateTimeField(
        null=True, help_text="When a post that had waited for a moderator was last shown for the first time."
    )
    appeared_place = models.BigIntegerField(null=True, help_text="The place that it took then.")
    place = models.GeneratedField(
        expression=Greatest(Coalesce(F("last_post_id"), 0), Coalesce(F("appeared_place"), 0)),
        output_field=models.BigIntegerField(),
        db_persist=True,
        help_text="Where it stands in lists, the greatest first: its last post's number, or the place it took when it appeared.",
    )
    solution = models.ForeignKey("forum.Post", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        indexes = [
            models.Index(fields=["board", "-is_pinned", "-place"], condition=Q(state="visible"), name="forum_thread_by_place"),
            models.Index(fields=["-place"], condition=Q(state="visible"), name="forum_thread_newest"),
            models.Index(fields=["author", "-id"], name="forum_thread_by_author"),
            models.Index(fields=["board", "appeared_at"], condition=Q(appeared_at__isnull=False), name="forum_thread_appeared"),
        ]

    def __str__(self) -> str:
        return self.title

    def shows_to(self, asker: Member | AnonymousUser) -> bool:
        """The gate `visible_to` for a thread at hand."""
        if is_moderator(asker):
            return True
        return (self.state == State.VISIBLE or (asker.is_authenticated and self.author_id == asker.pk)) and self.board.shows_to(asker)

    @property
    def last_page(self) -> int:
        return page_of(self.highest_no)

    @property
    def is_solved(self) -> bool:
        return self.solution_id is not None

    def get_absolute_url(self) -> str:
        return thread_url(self.pk)


class Tagging(models.Model):
    """That a thread bears a tag, with what lists by tags ask of the thread, kept right by the database itself (`forum.taggings`)."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings")
    board = models.ForeignKey(Board, models.CASCADE, null=True, db_index=False, editable=False, related_name="+")
    is_open = models.BooleanField(default=False, editable=False)
    is_pinned = models.BooleanField(default=False, editable=False)
    place = models.BigIntegerField(default=0, editable=False)

    class Meta:
        db_table = "forum_thread_tags"
        verbose_name = _("tagging")
        verbose_name_plural = _("taggings")
        # As the table has it from before it was a model.
        unique_together = [("thread", "tag")]
        indexes = [
            models.Index(fields=["tag", "-place"], condition=Q(is_open=True), name="forum_tagging_newest"),
            models.Index(fields=["tag", "board", "-is_pinned", "-place"], condition=Q(is_open=True), name="forum_tagging_on_board"),
            models.Index(fields=["tag", "-thread"], condition=Q(is_open=True), name="forum_tagging_begun"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} #{self.tag_id}"


def page_of(no: int) -> int:
    """The page, from 1, on which the post with this number stands, for ever."""
    return max(no - 1, 0) // PAGE + 1
