from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.member import Member

MOST, DAYS = 6, 30


class AskingLimit(models.Model):
    """How often the club's research may ask one member: one row, made when it is first kept or locked."""

    most = models.PositiveSmallIntegerField(
        _("invitations and reminders at most"),
        default=MOST,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("To all surveys and focus groups together. Reminders count, for they ask again."),
    )
    days = models.PositiveSmallIntegerField(
        _("within so many days"), default=DAYS, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )

    class Meta:
        verbose_name = _("limit of asking")
        verbose_name_plural = _("limits of asking")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="members_asking_limit_only_one"),
            models.CheckConstraint(
                condition=models.Q(most__gte=1, most__lte=100, days__gte=1, days__lte=365), name="members_asking_limit_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.most} in {self.days} days"


class AskingWish(models.Model):
    """A member's own limit, where they want to be asked less often than the club may."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="asking_wish")
    most = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])

    class Meta:
        verbose_name = _("wish to be asked less")
        verbose_name_plural = _("wishes to be asked less")
        constraints = [models.CheckConstraint(condition=models.Q(most__lte=100), name="members_asking_wish_in_bounds")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.most}"
