import datetime
import secrets
import uuid
from collections.abc import Sequence

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups.models.study import Group
from live import clock
from members.models import Member


class SeatQuerySet(models.QuerySet["Seat"]):
    def admitted(self, member: Member) -> "SeatQuerySet":
        """Seats this member sits in now: not removed, still a member."""
        return self.filter(member=member, member__is_active=True, removed_at=None)

    def admitted_among(self, members: Sequence[int]) -> "SeatQuerySet":
        """Seats that any of these members, by their ids, sits in now."""
        return self.filter(member__pk__in=members, member__is_active=True, removed_at=None)

    def shown_to(self, seat: "Seat") -> "SeatQuerySet":
        """The people of the room as somebody in it may know of them: nobody but the staff ever sees an observer."""
        there = self.filter(group_id=seat.group_id, removed_at=None)
        return there if seat.is_staff else there.exclude(role=Seat.Role.OBSERVER).exclude(consented_at=None, role=Seat.Role.PARTICIPANT)


def draw_number() -> int:
    """A seat's number, by lot: of twelve digits, so that none is told by its length, and whole in any browser's JSON."""
    return 10**11 + secrets.randbelow(9 * 10**11)


class Seat(models.Model):
    """A member in a group: as whom, under which name, and what was agreed to."""

    class Role(models.TextChoices):
        PARTICIPANT = "participant", _("Participant")
        MODERATOR = "moderator", _("Moderator")
        OBSERVER = "observer", _("Observer")

    # Participants see each other's numbers: were they counted, a gap would tell that somebody sits behind the glass.
    id = models.BigIntegerField(primary_key=True, default=draw_number, editable=False)
    group = models.ForeignKey(Group, models.CASCADE, related_name="seats")
    member = models.ForeignKey(Member, models.PROTECT, related_name="seats", verbose_name=_("member"))
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PARTICIPANT)
    pseudonym = models.CharField(_("name in the room"), max_length=40)
    segment = models.CharField(_("segment"), max_length=100, blank=True)
    hue = models.PositiveSmallIntegerField(default=0)
    invited_at = models.DateTimeField(default=timezone.now)
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.CharField(max_length=20, blank=True)
    is_muted = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True, blank=True)
    first_here_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When the technical check of the waiting room passed.")
    reminded = models.CharField(max_length=10, blank=True, help_text="The last reminder sent: day or hour.")
    here_until = models.DateTimeField(null=True, blank=True, help_text="A lease: whoever's process dies is gone when it runs out.")
    came_at = models.DateTimeField(null=True, blank=True, help_text="Since when they are in, as the record says; empty while they are out.")
    attended_confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        # By name, which tells neither who came first nor who else came.
        ordering = ["group_id", "pseudonym"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(fields=["group", "member"], name="focusgroups_one_seat_each"),
            models.UniqueConstraint(fields=["group", "pseudonym"], name="focusgroups_name_once_a_room"),
            models.CheckConstraint(condition=Q(attended_confirmed_at=None) | Q(role="participant"), name="focusgroups_participants_attend"),
        ]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def is_moderator(self) -> bool:
        return self.role == self.Role.MODERATOR

    @property
    def is_participant(self) -> bool:
        return self.role == self.Role.PARTICIPANT

    @property
    def is_staff(self) -> bool:
        """On this side of the glass: moderators and observers."""
        return not self.is_participant

    @property
    def may_enter(self) -> bool:
        return self.is_staff or (self.consented_at is not None and not self.agreed_to_other_words)

    @property
    def agreed_to_other_words(self) -> bool:
        """Agreed to a wording that was changed since; once the group has ended, nobody is asked again."""
        return self.consented_at is not None and self.consent_version != self.group.consent_version and not self.group.is_closed

    def is_here(self, now: datetime.datetime | None = None) -> bool:
        """By the clock of the leases, `live.clock`."""
        return self.here_until is not None and self.here_until > (now or clock.now())


class Lease(models.Model):
    """One open socket of a seat, as long as it is renewed. The seat is here until its last lease runs out."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="leases")
    socket = models.UUIDField(unique=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return f"{self.seat_id} until {self.until:%H:%M:%S}"


def picture_path(picture: "Picture", filename: str) -> str:
    return f"groups/{picture.group_id}/{uuid.uuid4().hex}.{filename.rsplit('.', 1)[-1]}"


class Picture(models.Model):
    """A picture that somebody sent into the room; read through the room's own door only."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="pictures")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="pictures")
    file = models.ImageField(upload_to=picture_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return str(self.pk)
