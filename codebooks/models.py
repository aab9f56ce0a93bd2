from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Codebook(models.Model):
    """What researchers look for in words, spoken in a room or written in a survey: one book may serve several studies and surveys."""

    title = models.CharField(_("title"), max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("codebook")
        verbose_name_plural = _("codebooks")

    def __str__(self) -> str:
        return self.title


class Code(models.Model):
    """A word of a codebook, in its place in the tree."""

    codebook = models.ForeignKey(Codebook, models.CASCADE, related_name="codes")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("under"))
    name = models.CharField(_("name"), max_length=100)
    hue = models.PositiveSmallIntegerField(_("colour"), default=0)
    memo = models.TextField(_("memo"), max_length=2000, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        constraints = [
            models.UniqueConstraint(fields=["codebook", "name"], name="codebooks_code_once_a_book"),
            models.CheckConstraint(condition=Q(hue__lt=12), name="codebooks_code_has_a_colour"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="codebooks_code_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name
