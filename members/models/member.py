import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.models.company import Company


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, asker: "Member | AnonymousUser") -> "MemberQuerySet":
        """Members whose profile the asker may open: the club's own people see all, members see whoever is active, visitors nobody."""
        if not asker.is_authenticated:
            return self.none()
        if asker.has_perm("members.view_member"):
            return self
        return self.filter(Q(is_active=True, erased_at=None) | Q(pk=asker.pk))


class MemberManager(BaseUserManager.from_queryset(MemberQuerySet)):  # type: ignore[misc]
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Member":
        if not email:
            raise ValueError("a member needs an e-mail address")
        email = self.normalize_email(email).lower()
        member = self.model(email=email, **fields)
        if not member.handle:
            from members.handles import free_handle

            member.handle = free_handle(member.name or email.split("@")[0])
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "Member":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "Member":
        return self.get(email__iexact=email)


class Member(AbstractBaseUser, PermissionsMixin):
    """A person in the club: a customer's employee, a consumer, or one of the club's own people."""

    class CompanyRole(models.TextChoices):
        MEMBER = "member", _("Member")
        ADMIN = "admin", _("Company administrator")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    handle = models.CharField(
        _("handle"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", _("Use small letters, digits and hyphens."))],
        help_text=_("Your address in the club: /members/HANDLE/"),
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("company"))
    company_role = models.CharField(_("role in the company"), max_length=10, choices=CompanyRole, default=CompanyRole.MEMBER)
    job_title = models.CharField(_("job title"), max_length=100, blank=True)
    about = models.CharField(_("about me"), max_length=500, blank=True)
    locale = models.CharField(_("language"), max_length=10, default="en", choices=[("en", "English"), ("zh-hans", "简体中文")])
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, help_text=_("Times in letters and notices are told by it."))
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True, editable=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["id"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(Lower("email"), name="members_member_email_any_case")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def username(self) -> str:
        """The name under which django-survey-and-report prints a member."""
        return self.handle

    @property
    def display_name(self) -> str:
        if self.erased_at:
            return gettext("Former member")
        return self.name or self.handle

    @property
    def is_suspended(self) -> bool:
        """Whether the doors are closed to this member now; they open again by themselves."""
        return self.suspended_until is not None and self.suspended_until > timezone.now()

    @property
    def initials(self) -> str:
        """One or two letters for the avatar: the last two of a Chinese name's characters, the capitals of a Latin one."""
        name = self.display_name.strip()
        if any("一" <= letter <= "鿿" for letter in name):
            return name[-2:]
        words = name.replace("-", " ").split()
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def avatar_hue(self) -> int:
        """0..11, the avatar's colour, always the same for a member."""
        return self.public_id.int % 12

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return reverse("members:profile", args=[self.handle])

    def is_colleague_of(self, other: "Member") -> bool:
        return self.company_id is not None and self.company_id == other.company_id
