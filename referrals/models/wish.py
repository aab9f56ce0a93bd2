from django.db import models
from django.utils.translation import gettext_lazy as _


class SoughtCustomer(models.Model):
    """Whom the club looks for, so that members know whom to name."""

    locale = models.CharField(_("language"), max_length=10, choices=[("en", "English"), ("zh-hans", "简体中文")])
    industry = models.CharField(_("industry"), max_length=100)
    region = models.CharField(_("region"), max_length=100, blank=True)
    size = models.CharField(_("size"), max_length=100, blank=True)
    role = models.CharField(_("role of the person"), max_length=100, blank=True)
    need = models.CharField(_("need"), max_length=300)
    is_current = models.BooleanField(_("shown to members"), default=True)

    class Meta:
        ordering = ["locale", "id"]
        verbose_name = _("sought customer")
        verbose_name_plural = _("sought customers")

    def __str__(self) -> str:
        return f"{self.industry}: {self.need}"[:80]
