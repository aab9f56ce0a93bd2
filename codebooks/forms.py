from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from codebooks.editing import NotInTheBook
from codebooks.models import Code
from members import meanwhile

# The field at which a book's refusal belongs; what concerns the whole book belongs at none.
REFUSED_AT = {"name-taken": "name", "no-such-code": "parent", "under-itself": "parent"}

# What `data-hue` looks like, 0 to 11; a number says nothing to who chooses.
HUES = [
    _("Red"),
    _("Orange"),
    _("Amber"),
    _("Olive"),
    _("Green"),
    _("Teal"),
    _("Cyan"),
    _("Sky blue"),
    _("Blue"),
    _("Violet"),
    _("Magenta"),
    _("Rose"),
]


class CodeForm(forms.ModelForm):
    class Meta:
        model = Code
        fields = ("name", "parent", "hue", "memo")
        widgets = {"memo": forms.Textarea(attrs={"rows": 2})}

    seen = meanwhile.Seen()
    hue = forms.TypedChoiceField(label=_("Colour"), coerce=int, choices=list(enumerate(HUES)), initial=0)

    def __init__(self, *args: Any, codes: QuerySet[Code], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = codes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The marks of what was seen are no field of a code."""
        cleaned = super().clean() or {}
        self.marks = cleaned.pop("seen", None)
        return cleaned

    def _post_clean(self) -> None:
        """The deed judges the whole; the fields are all that is checked here."""

    def refuse(self, refusal: NotInTheBook) -> None:
        """Say at its field why the book did not take what was typed."""
        self.add_error(REFUSED_AT.get(refusal.reason), str(refusal.message))
