from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Badge(models.Model):
    """Something to be proud of that marketers thought of, and that rules give. Those of three steps are worked out: `points.badges`."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_zh = models.CharField(_("name in Chinese"), max_length=60, blank=True)
    about = models.CharField(_("what it is for"), max_length=200, blank=True)
    about_zh = models.CharField(_("what it is for, in Chinese"), max_length=200, blank=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("badge")
        verbose_name_plural = _("badges")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_zh if self.name_zh and get_language() == "zh-hans" else self.name

    # What the back office writes over the column.
    label.fget.short_description = _("name")  # type: ignore[attr-defined]

    @property
    def about_label(self) -> str:
        return self.about_zh if self.about_zh and get_language() == "zh-hans" else self.about
