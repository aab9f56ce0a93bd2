import hashlib
import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ApiKey(models.Model):
    """A key by which another system uses the API. Only its SHA-256 is kept; the key itself is shown once."""

    SCOPES = ("ledger:read", "ledger:write", "activities:write", "members:read", "surveys:read", "surveys:write")

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12, editable=False, help_text=_("The key's first characters, to tell keys apart."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    programme_slug = models.CharField(_("bound to programme"), max_length=50, blank=True)
    partner_slug = models.CharField(_("bound to partner"), max_length=50, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest_of(key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    def issue(cls, name: str, scopes: list[str], **bound_to: str) -> tuple["ApiKey", str]:
        """Make a key. Returns the row and the key itself, which cannot be had again. Raises ValueError for an unknown scope."""
        unknown = sorted(set(scopes) - set(cls.SCOPES))
        if unknown or not scopes:
            raise ValueError(f"unknown scope: {', '.join(unknown) or '(none given)'}; there are {', '.join(cls.SCOPES)}")
        key = f"club_{secrets.token_urlsafe(32)}"
        return cls.objects.create(name=name, prefix=key[:12], digest=cls.digest_of(key), scopes=sorted(set(scopes)), **bound_to), key
