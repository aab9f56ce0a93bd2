from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member


class Draft(models.Model):
    """Words not yet posted, kept on the server as they are typed.

    `key` says where they were meant for: thread:17 (a reply), board:3 (a new thread), blog:new, post:29 (an edit), message:5 (a
    conversation), message:new, message:@mei.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=60)
    seq = models.PositiveIntegerField(default=1, help_text="Counts the saves: an older device cannot overwrite a newer save unseen.")
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    beside = models.JSONField(default=dict, help_text="Other fields of the form by their names, such as tags and poll-options.")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-updated_at"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="forum_draft_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.key}"


class Pace(models.Model):
    """How fast a member may go on doing something: a bucket of turns that fills up again with time."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    verb = models.CharField(max_length=20)
    turns = models.FloatField()
    filled_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("pace")
        verbose_name_plural = _("paces")
        constraints = [models.UniqueConstraint(fields=["member", "verb"], name="forum_pace_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.verb} {self.turns:.1f}"
