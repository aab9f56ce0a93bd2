import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from forum import admission
from forum.permissions import is_moderator
from members.models import Company, Member


class BoardQuerySet(models.QuerySet["Board"]):
    def visible_to(self, asker: Member | AnonymousUser) -> "BoardQuerySet":
        """Boards that the asker may read: visitors the public ones, members also the members' and their company's, staff also staff's."""
        if is_moderator(asker):
            return self
        if not asker.is_authenticated:
            return self.filter(admission.admits(asker, "read"), audience=Board.Audience.PUBLIC, min_tier=None)
        readable = Q(audience__in=[Board.Audience.PUBLIC, Board.Audience.MEMBERS])
        if asker.company_id:
            readable |= Q(audience=Board.Audience.COMPANY, company=asker.company_id)
        if asker.is_staff:
            readable |= Q(audience=Board.Audience.STAFF)
        else:
            readable &= admission.of_tier(asker)
        return self.filter(readable & admission.admits(asker, "read") | Q(owner=asker.pk))

    def boards(self) -> "BoardQuerySet":
        return self.filter(kind=Board.Kind.BOARD)

    def blogs(self) -> "BoardQuerySet":
        return self.filter(kind=Board.Kind.BLOG)


class Board(models.Model):
    """Where threads stand: a board of the club, or a member's own blog."""

    class Kind(models.TextChoices):
        BOARD = "board", _("Board")
        BLOG = "blog", _("Blog")

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Everybody, visitors too")
        MEMBERS = "members", _("All members")
        COMPANY = "company", _("One company")
        STAFF = "staff", _("The club's own people")

    class Approval(models.TextChoices):
        NOBODY = "nobody", _("Nobody’s")
        NEW = "new", _("First posts of the new")
        ALL = "all", _("Everybody’s but staff’s")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.BOARD)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    slug = models.SlugField(_("address"), max_length=60, unique=True, allow_unicode=False)
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    description_zh = models.CharField(_("description in Chinese"), max_length=300, blank=True)
    owner = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="blogs", verbose_name=_("owner"))
    audience = models.CharField(_("who may read"), max_length=10, choices=Audience, default=Audience.MEMBERS)
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="boards", verbose_name=_("company"))
    min_tier = models.PositiveSmallIntegerField(
        _("from tier"), null=True, blank=True, help_text=_("Rank of the tier; empty for everybody.")
    )
    only_staff_start = models.BooleanField(_("only the club's own people start threads"), default=False)
    is_archived = models.BooleanField(_("archived"), default=False, help_text=_("Everything can be read, nothing written."))
    is_exclusive = models.BooleanField(default=False, editable=False, help_text="Has admissions: only those whom they name may read.")
    approval = models.CharField(
        _("held for a moderator"),
        max_length=10,
        choices=Approval,
        default=Approval.NOBODY,
        help_text=_("Whose posts wait until a moderator has read them."),
    )
    slow_seconds = models.PositiveIntegerField(
        _("slow mode"), default=0, help_text=_("Seconds between two posts of a member in one thread; 0 for none.")
    )
    edit_minutes = models.PositiveIntegerField(
        _("time for editing"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Minutes for which authors can edit their posts; empty for no limit. Moderators may at any time."),
    )
    grace_seconds = models.PositiveIntegerField(
        _("time for corrections"),
        default=0,
        validators=[MaxValueValidator(3_600)],
        help_text=_(
            "Seconds in which an edit keeps no earlier version, as long as nobody has answered, reacted or reported; 0 keeps them all."
        ),
    )
    has_maths = models.BooleanField(
        _("formulas"), default=False, help_text=_("LaTeX between dollars, $x^2$, is shown as a formula in what is written from now on.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        permissions = [("moderate_forum", "Can moderate the forum")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="blog", owner__isnull=False) | Q(kind="board", owner__isnull=True), name="forum_board_blog_has_owner"
            ),
            models.CheckConstraint(
                condition=Q(audience="company", company__isnull=False) | (~Q(audience="company") & Q(company__isnull=True)),
                name="forum_board_company_named",
            ),
            models.UniqueConstraint(fields=["owner"], condition=Q(kind="blog"), name="forum_board_one_blog_a_member"),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        from forum import page_cache

        super().save(*args, **kwargs)
        # Who may read a board decides what visitors see.
        page_cache.forget_soon()
        admission.forget()

    def clean(self) -> None:
        """Say at the field what the database would refuse."""
        super().clean()
        if self.audience == self.Audience.COMPANY and self.company is None:
            raise ValidationError({"company": _("Choose the company that may read this board.")})
        if self.audience != self.Audience.COMPANY and self.company is not None:
            raise ValidationError({"company": _("Only a board for one company names one: leave this empty, or change who may read.")})

    @property
    def label(self) -> str:
        return (self.name_zh if get_language() == "zh-hans" else "") or self.name

    @property
    def about(self) -> str:
        return (self.description_zh if get_language() == "zh-hans" else "") or self.description

    @property
    def is_blog(self) -> bool:
        return self.kind == self.Kind.BLOG

    def get_absolute_url(self) -> str:
        if self.is_blog and self.owner:
            return reverse("blogs:blog", args=[self.owner.handle])
        return reverse("forum:board", args=[self.slug])

    def shows_to(self, asker: Member | AnonymousUser) -> bool:
        """The gate `visible_to` for a board at hand; asks the database only where tiers or admissions decide."""
        if not asker.is_authenticated:
            return self.audience == self.Audience.PUBLIC and self.min_tier is None and admission.lets(self, asker, "read")
        if is_moderator(asker) or self.owner_id == asker.pk:
            return True
        if self.is_exclusive or self.min_tier is not None:
            return Board.objects.visible_to(asker).filter(pk=self.pk).exists()
        if self.audience == self.Audience.COMPANY:
            return self.company_id == asker.company_id
        return self.audience != self.Audience.STAFF or asker.is_staff

    def may_start(self, member: Member | AnonymousUser) -> bool:
        """Whether someone who may read this board may start a thread on it."""
        if not member.is_authenticated or self.is_archived:
            return False
        if self.is_blog:
            return self.owner_id == member.pk
        if self.only_staff_start and not member.is_staff:
            return False
        return admission.lets(self, member, "start")

    def may_reply(self, member: Member | AnonymousUser) -> bool:
        """Whether someone who may read this board may write in its threads."""
        return bool(member.is_authenticated and not self.is_archived and admission.lets(self, member, "reply"))

    def lets_edit(self, written_at: datetime.datetime, author: Member | AnonymousUser) -> bool:
        """Whether the author of a post may change it still: for the time that the board gives, a moderator at any time."""
        if self.edit_minutes is None or timezone.now() < written_at + datetime.timedelta(minutes=self.edit_minutes):
            return True
        return is_moderator(author)


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def delete(self) -> tuple[int, dict[str, int]]:
        # As lists of the back office delete, several at once.
        boards = list(Board.objects.filter(admissions__in=self).distinct())
        gone = super().delete()
        for board in boards:
            admission.look_again(board)
        return gone


class Admission(models.Model):
    """Whom a board admits to reading, starting threads or replying. Of one kind of tag any will do; of several kinds one each is needed."""

    class Need(models.TextChoices):
        READ = "read", _("Read")
        START = "start", _("Start threads")
        REPLY = "reply", _("Reply")

    board = models.ForeignKey(Board, models.CASCADE, related_name="admissions", verbose_name=_("board"))
    need = models.CharField(pgettext_lazy("admission", "may"), max_length=10, choices=Need, default=Need.READ)
    tag = models.CharField(_("whoever is"), max_length=80)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
        constraints = [
            models.UniqueConstraint(fields=["board", "need", "tag"], name="forum_admission_once"),
            models.CheckConstraint(condition=Q(tag__contains=":"), name="forum_admission_tag_has_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.board_id} {self.need} {self.tag}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        admission.look_again(self.board)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        admission.look_again(self.board)
        return gone
