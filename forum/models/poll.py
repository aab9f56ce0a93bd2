import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.post import Post
from members.models import Member


class Poll(models.Model):
    """A question under the first post of a thread, with its options."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("One answer")
        SEVERAL = "several", _("Several answers")
        RANKED = "ranked", _("Ranked by preference")

    class Results(models.TextChoices):
        ALWAYS = "always", _("At any time")
        VOTED = "voted", _("After one's own vote")
        CLOSED = "closed", _("Once the poll is closed")

    post = models.OneToOneField(Post, models.PROTECT, related_name="poll")
    question = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SINGLE)
    results = models.CharField(_("who sees the result"), max_length=10, choices=Results, default=Results.ALWAYS)
    is_secret = models.BooleanField(
        _("secret vote"), default=True, help_text="A secret vote is kept without its voter, so nobody can look it up, or change it."
    )
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")

    def __str__(self) -> str:
        return self.question

    @property
    def is_closed(self) -> bool:
        return self.closes_at is not None and self.closes_at <= timezone.now()


class PollOption(models.Model):
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="options")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)

    class Meta:
        ordering = ["poll", "place"]
        verbose_name = _("poll option")
        verbose_name_plural = _("poll options")
        constraints = [models.UniqueConstraint(fields=["poll", "place"], name="forum_option_place")]

    def __str__(self) -> str:
        return self.text


class Voter(models.Model):
    """That a member has voted in a poll; what they chose stands in a ballot, which in a secret poll does not name them."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="voters")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        constraints = [models.UniqueConstraint(fields=["poll", "member"], name="forum_voter_once")]

    def __str__(self) -> str:
        return f"{self.poll_id} {self.member_id}"


class Ballot(models.Model):
    """One vote. Its key is drawn by lot and it bears no time, so that no order gives a secret one away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="ballots")
    member = models.ForeignKey(Member, models.CASCADE, null=True, related_name="+", help_text="Nobody in a secret poll.")

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(fields=["poll", "member"], condition=Q(member__isnull=False), name="forum_ballot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id} {self.id}"


class Choice(models.Model):
    """An option on a ballot; `rank` counts from 1 in a ranked poll and is 1 in others."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="choices")
    option = models.ForeignKey(PollOption, models.CASCADE, related_name="choices")
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [models.UniqueConstraint(fields=["ballot", "option"], name="forum_choice_once")]

    def __str__(self) -> str:
        return f"{self.option_id} {self.rank}"
