from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SealBlock(models.Model):
    """A run of transfers, hashed together with the block before: what was sealed cannot be changed unseen."""

    first_id = models.BigIntegerField(unique=True)
    last_id = models.BigIntegerField(unique=True)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("seal block")
        verbose_name_plural = _("seal blocks")

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"
