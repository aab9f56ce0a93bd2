from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups.models.study import Group


class Remains(models.Model):
    """What is left of a group whose recording was deleted when its time was over: the report's tables, and how its record ended.

    No member can be found from it: it knows codes, segments and questions, the coders, and masked words under names of the room.
    """

    group = models.OneToOneField(Group, models.CASCADE, related_name="remains")
    deleted_at = models.DateTimeField(default=timezone.now)
    participants = models.PositiveIntegerField(default=0, help_text="Who had agreed to take part.")
    came = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(
        default=0, help_text="Whose taking part a moderator confirmed; each was awarded the points once."
    )
    points_each = models.PositiveIntegerField(default=0)
    record = models.JSONField(default=list, help_text="How each stream ended: stream, count, head, is_whole.")
    utterances = models.PositiveIntegerField(default=0, help_text="What participants said: the units that coders judged.")
    marks = models.JSONField(default=list, help_text="Code, coder, number of the utterance, start, end, segment, item.")
    words = models.JSONField(default=list, help_text="Word, how often, in how many utterances.")
    outcomes = models.JSONField(default=dict, help_text="What came of each exercise, by its item.")

    class Meta:
        verbose_name = _("what is left of a group")
        verbose_name_plural = _("what is left of groups")

    def __str__(self) -> str:
        return str(self.group_id)
