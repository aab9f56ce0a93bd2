from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from codebooks.models import Code


class CodeForm(forms.ModelForm):
    class Meta:
        model = Code
        fields = ("name", "parent", "hue", "memo")
        widgets = {"memo": forms.Textarea(attrs={"rows": 2})}

    hue = forms.TypedChoiceField(label=_("Colour"), coerce=int, choices=[(number, str(number + 1)) for number in range(12)], initial=0)

    def __init__(self, *args: Any, codes: QuerySet[Code], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = codes  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The deed judges the whole; the fields are all that is checked here."""
