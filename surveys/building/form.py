"""The builder's form: a definition goes in, a definition comes out."""

import json
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BlockField

from surveys import json_limits
from surveys.building import composing
from surveys.building.blocks import BODY, HEAD
from surveys.judging import digest_of

PACKED = "blocks"
FIELDS_MOST = 60_000


def unpacked(sent: QueryDict) -> MultiValueDict[str, str]:
    """The form as it was filled in: the page sends its many fields as one text, so that a long survey is no flood of fields."""
    data: MultiValueDict[str, str] = MultiValueDict({name: sent.getlist(name) for name in sent})
    try:
        pairs = json.loads(sent.get(PACKED) or "[]")
    except (ValueError, RecursionError):
        pairs = []
    for pair in pairs[:FIELDS_MOST] if isinstance(pairs, list) else []:
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair):
            data.appendlist(pair[0], pair[1])
    return data


class BuilderForm(forms.Form):
    """The survey's own words, then its pages and questions as blocks. `base` is the digest of what was opened."""

    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data: Any = None, *, definition: dict[str, Any]) -> None:
        super().__init__(data)
        self.opened = digest_of(definition)
        head, body = composing.blocks_of(definition)
        self.fields["head"] = BlockField(block=HEAD, label=_("Survey"), required=False)
        self.fields["body"] = BlockField(block=BODY, label=_("Questions"), required=False)
        self.initial = {"base": self.opened, "head": HEAD.to_python(head), "body": BODY.to_python(body)}

    def full_clean(self) -> None:
        self.is_empty_handed = self.is_bound and "body-count" not in self.data
        if self.is_empty_handed:
            self.data["body-count"] = "0"
        try:
            super().full_clean()
        except (KeyError, ValueError):
            # Fields of a block that no builder sends.
            self.add_error(None, _("The form did not come whole; please send it again."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "head" not in cleaned or "body" not in cleaned:
            return cleaned
        if self.is_empty_handed:
            raise forms.ValidationError(_("The builder needs JavaScript; without it, the definition can be edited as JSON."))
        try:
            made = composing.definition_of(HEAD.get_prep_value(cleaned["head"]), BODY.get_prep_value(cleaned["body"]))
            text = json.dumps(made, ensure_ascii=False)
            cleaned["definition"] = json_limits.read(text, most_bytes=json_limits.DEFINITION_BYTES, most_levels=json_limits.DEFINITION_DEPTH)
        except (composing.BadRest, json_limits.BadJson) as problem:
            raise forms.ValidationError(str(problem)) from problem
        except RecursionError:
            raise forms.ValidationError(_("Nested too deeply.")) from None
        return cleaned

    @property
    def is_overtaken(self) -> bool:
        """Whether somebody saved another definition after this one was opened."""
        return bool(self.cleaned_data.get("base")) and self.cleaned_data["base"] != self.opened
