"""The builder's form: a definition goes in, a definition comes out."""

import json
from functools import cache
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BlockField
from wagtail.blocks.base import BlockWidget

from surveys import differences, json_limits
from surveys.building import composing
from surveys.building.blocks import BODY, HEAD
from surveys.building.kinds import SURVEY
from surveys.judging import digest_of

PACKED = "blocks"
FIELDS_MOST = 60_000


@cache
def _widget(language: str) -> BlockWidget:
    """The blocks' description for the page, a second's work, made once a language."""
    widget = BlockWidget(BODY)
    assert widget.block_json
    return widget


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

    def __init__(self, data: MultiValueDict[str, str] | None = None, *, definition: dict[str, Any]) -> None:
        super().__init__(data)
        self.sent = data
        self.opened = digest_of(definition)
        head, body = composing.blocks_of(definition)
        for name, block in HEAD.child_blocks.items():
            self.fields[f"head-{name}"] = block.field
            block.field.label = block.label
        self.fields["body"] = BlockField(block=BODY, widget=_widget(get_language() or "en"), label=_("Questions"), required=False)
        self.initial = {"base": self.opened, "body": BODY.to_python(body), **{f"head-{name}": value for name, value in head.items()}}

    def full_clean(self) -> None:
        # Without blocks the page's script did not run; with half of one, nobody's builder sent it.
        self.is_maimed = self.is_bound and "body-count" not in self.data
        try:
            if not self.is_maimed:
                super().full_clean()
        except (KeyError, ValueError):
            self.is_maimed = True
        if self.is_maimed:
            self._errors = ErrorDict(renderer=self.renderer)
            self.cleaned_data = {}
            self.add_error(None, _("The form did not come whole, and nothing was changed. The builder needs JavaScript."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "body" not in cleaned:
            return cleaned
        try:
            made = composing.definition_of(
                {name: cleaned.get(f"head-{name}") for name in HEAD.child_blocks}, BODY.get_prep_value(cleaned["body"])
            )
            text = json.dumps(made, ensure_ascii=False)
            cleaned["definition"] = json_limits.read(
                text, most_bytes=json_limits.DEFINITION_BYTES, most_levels=json_limits.DEFINITION_DEPTH
            )
        except (composing.BadRest, json_limits.BadJson) as problem:
            raise forms.ValidationError(str(problem)) from problem
        except RecursionError:
            raise forms.ValidationError(_("Nested too deeply.")) from None
        return cleaned

    @property
    def head_kept(self) -> forms.BoundField:
        return self["head-kept"]

    @property
    def first(self) -> list[forms.BoundField]:
        """The survey's fields that are seen at once."""
        return [self[f"head-{name}"] for lens in SURVEY.first for name in lens.fields]

    @property
    def more(self) -> list[forms.BoundField]:
        """Those behind "more"; the last is what no field shows."""
        return [self[f"head-{name}"] for lens in SURVEY.more for name in lens.fields] + [self["head-rest"]]

    def overtake(self, theirs: dict[str, Any]) -> None:
        """Warn once, with what is different; sent again, it takes the place of what somebody else saved."""
        told = _("Somebody else saved this survey meanwhile. Save again to put your version in the place of theirs. What is different:")
        differing = differences.told(self.cleaned_data["definition"], theirs)
        self.add_error(None, [str(told), *differing])
        self.opened = digest_of(theirs)
        if self.sent is not None:
            self.sent["base"] = self.opened

    @property
    def is_overtaken(self) -> bool:
        """Whether somebody saved another definition after this one was opened."""
        return bool(self.cleaned_data.get("base")) and self.cleaned_data["base"] != self.opened
