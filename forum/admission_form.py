"""The form by which the back office says whom a board admits: chosen from what there is, not typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from forum.models import Board
from members import belonging


class AdmissionForm(WagtailAdminModelForm):  # type: ignore[misc]
    tag = forms.ChoiceField(
        label=_("whoever is"),
        help_text=_("Of one kind any will do; of several kinds one each is needed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = Board.objects.boards()
        offered = belonging.choices()
        # A segment or tier that is no more stays what it is until somebody chooses another.
        if (tag := self.instance.tag) and not any(tag == value for _kind, pairs in offered for value, _name in pairs):
            offered.append((tag.split(":")[0], [(tag, tag)]))
        self.fields["tag"].choices = [("", "–"), *((kind, pairs) for kind, pairs in offered if pairs)]
