from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.following import Level
from forum.models.post import Post
from forum.models.thread import Tag
from members.models import Member


class TagMember(models.Model):
    """How closely a member follows a tag: told of new threads with it, shown them as unread, or spared them."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="tag_rows")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="member_rows")
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)

    class Meta:
        verbose_name = _("followed tag")
        verbose_name_plural = _("followed tags")
        constraints = [models.UniqueConstraint(fields=["member", "tag"], name="forum_tag_member_once")]
        indexes = [models.Index(fields=["tag", "level"], name="forum_tag_followers")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.tag_id} {self.level}"


class Regard(models.Model):
    """What one member thinks of another: followed closely, muted (their threads are never news), or ignored altogether.

    Whoever is ignored is not told: their posts are folded away, they call nobody here, and cannot write privately.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="regards")
    other = models.ForeignKey(Member, models.CASCADE, related_name="+")
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)
    is_ignored = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("regard")
        verbose_name_plural = _("regards")
        constraints = [
            models.UniqueConstraint(fields=["member", "other"], name="forum_regard_once"),
            models.CheckConstraint(condition=~Q(member=F("other")), name="forum_regard_for_another"),
        ]
        indexes = [models.Index(fields=["other", "level"], name="forum_regard_followers")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.other_id} {self.level}"


class Bookmark(models.Model):
    """A post that a member wants to find again, with a word to themselves and a day to be reminded."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, models.CASCADE, related_name="bookmarks")
    note = models.CharField(_("note"), max_length=200, blank=True)
    remind_on = models.DateField(_("remind me on"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = [models.UniqueConstraint(fields=["member", "post"], name="forum_bookmark_once")]
        indexes = [models.Index(fields=["remind_on"], condition=Q(reminded_at=None), name="forum_bookmark_due")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.post_id}"


class Presence(models.Model):
    """When a member was last in the forum. Nothing is written for those who hide it, so nothing can betray them."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="presence")
    is_hidden = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.CheckConstraint(condition=Q(is_hidden=False) | Q(seen_at=None), name="forum_presence_hidden_unseen")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.seen_at}"
