from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.models.board import Board
from forum.models.thread import Thread
from members.models import Member


class Level(models.TextChoices):
    """How closely a member follows: told of every post, shown what is unread, as everybody, or left in peace."""

    WATCH = "watch", _("Watching")
    TRACK = "track", _("Tracking")
    NORMAL = "normal", _("Normal")
    MUTE = "mute", _("Muted")


class BoardLevel(models.TextChoices):
    """How closely a member follows a board: besides, told of replies in all of its threads. Watching it tells of new threads alone."""

    EVERY = "every", _("Every reply")
    WATCH = Level.WATCH.value, Level.WATCH.label
    TRACK = Level.TRACK.value, Level.TRACK.label
    NORMAL = Level.NORMAL.value, Level.NORMAL.label
    MUTE = Level.MUTE.value, Level.MUTE.label


class ThreadMember(models.Model):
    """What one member has to do with one thread: how far they read, how closely they follow it."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="thread_rows")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="member_rows")
    last_read_no = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)
    is_chosen = models.BooleanField(default=False, help_text="The member chose the level; nothing changes it by itself.")

    class Meta:
        verbose_name = _("followed thread")
        verbose_name_plural = _("followed threads")
        constraints = [models.UniqueConstraint(fields=["member", "thread"], name="forum_thread_member_once")]
        indexes = [models.Index(fields=["thread", "level"], name="forum_thread_followers")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.thread_id} read {self.last_read_no} {self.level}"


class BoardMember(models.Model):
    """What one member has to do with one board. Every post up to `read_up_to_post_id` that was shown at `read_at` counts as read."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="board_rows")
    board = models.ForeignKey(Board, models.CASCADE, related_name="member_rows")
    level = models.CharField(max_length=10, choices=BoardLevel, default=BoardLevel.NORMAL)
    read_up_to_post_id = models.PositiveBigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("followed board")
        verbose_name_plural = _("followed boards")
        constraints = [models.UniqueConstraint(fields=["member", "board"], name="forum_board_member_once")]
        indexes = [models.Index(fields=["board", "level"], name="forum_board_followers")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.board_id} {self.level}"
