from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members import conditions


class Segment(models.Model):
    """Members who have something in common, as a condition over themselves and their company.

    What uses a segment was approved with it, so one that is in use keeps its condition; a copy may say something else.
    """

    slug = models.SlugField(_("slug"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._keep_what_is_used()
        super().save(*args, **kwargs)

    @property
    def label(self) -> str:
        return self.name_zh if self.name_zh and get_language() == "zh-hans" else self.name

    @property
    def words(self) -> str:
        """Who belongs to it, in plain words."""
        from members.facts import FIELDS

        return conditions.in_words(self.condition, FIELDS) or str(_("everybody"))

    @property
    def is_used(self) -> bool:
        """Whether any row of any part names this segment, or a draft of one that somebody has to decide about or that waits for its day.

        A model with such drafts answers for them: `drafts_naming(segment)`.
        """
        if self.pk is None:
            return False
        users = [(relation.related_model, relation.field.name) for relation in self._meta.related_objects]
        if any(model._default_manager.filter(**{name: self.pk}).exists() for model, name in users):
            return True
        return any(model.drafts_naming(self) for model, _name in users if hasattr(model, "drafts_naming"))

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Raises ProtectedError also where only a draft names it."""
        named = {model for model in (each.related_model for each in self._meta.related_objects) if hasattr(model, "drafts_naming")}
        if any(model.drafts_naming(self) for model in named):
            raise models.ProtectedError(str(self), {self})
        return super().delete(*args, **kwargs)

    def clean(self) -> None:
        from members.facts import FIELDS

        if problem := conditions.problem_of(self.condition, FIELDS):
            raise ValidationError({"condition": problem})
        self._keep_what_is_used()

    def _keep_what_is_used(self) -> None:
        if self.pk is None:
            return
        stored = Segment.objects.filter(pk=self.pk).values_list("condition", "slug").first()
        if stored and stored != (self.condition, self.slug) and self.is_used:
            said = _("This segment is in use. Copy it and change the copy, so that what was approved with it stays what it was.")
            raise ValidationError({"condition": said})
