"""A condition as rows of a form: two levels, which is as deep as people read.

Groups of comparisons, joined by all or any; a group holds if all, any or none of its comparisons do. Rows are added and
removed by submitting the form, so that it works without JavaScript; a script does the same without leaving the page.
A tree that is deeper (it came through JSON) is shown as JSON and kept as it is.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.conditions import BRANCHES, FITTING, SAID, Catalogue, Field, problem_of
from members.office import typed

EMPTY_ROW = {"field": "", "operator": "=", "value": ""}
MODES = {"all": gettext_lazy("all of these"), "any": gettext_lazy("any of these"), "none": gettext_lazy("none of these")}
RESHAPE = "-reshape"

Raw = dict[str, Any]


def rows_of(tree: Any) -> Raw | None:
    """A checked tree as groups of rows, or None where it is deeper than that."""
    if not tree:
        return {"mode": "all", "groups": []}
    whole = _group(tree)
    if whole:
        return {"mode": "all", "groups": [whole]}
    mode = "all" if "all" in tree else "any" if "any" in tree else None
    groups = [_group(each) for each in tree[mode]] if mode else [None]
    return {"mode": mode, "groups": groups} if all(groups) else None


def _group(tree: Any) -> Raw | None:
    if "field" in tree:
        return {"mode": "all", "rows": [_row(tree)]}
    if "not" in tree:
        inner = _group(tree["not"])
        return {**inner, "mode": "none"} if inner and (inner["mode"] == "any" or len(inner["rows"]) == 1) else None
    mode = "all" if "all" in tree else "any"
    if all("field" in each for each in tree[mode]):
        return {"mode": mode, "rows": [_row(each) for each in tree[mode]]}
    return None


def _row(leaf: Any) -> Raw:
    value = leaf["value"]
    if isinstance(value, list):
        text = ", ".join(map(str, value))
    else:
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return {"field": leaf["field"], "operator": leaf["operator"], "value": text}


def tree_of(raw: Raw, catalogue: Catalogue) -> Any:
    """The tree that the rows say. Raises ValidationError that names each line which makes no sense."""
    groups, problems, number = [], [], 0
    for group in raw["groups"]:
        leaves = []
        for row in group["rows"]:
            number += 1
            if not row["field"]:
                continue
            leaf = _leaf(row, catalogue)
            if problem := problem_of(leaf, catalogue):
                problems.append(_("Line %(number)s: %(problem)s") % {"number": number, "problem": problem})
            leaves.append(leaf)
        if leaves:
            groups.append(_joined(group["mode"], leaves))
    if problems:
        raise ValidationError(problems)
    return {} if not groups else _joined(raw["mode"], groups)


def _joined(mode: str, trees: list[Any]) -> Any:
    one = trees[0] if len(trees) == 1 else {"any" if mode == "none" else mode: trees}
    return {"not": one} if mode == "none" else one


def _leaf(row: Raw, catalogue: Catalogue) -> Any:
    field = catalogue.get(row["field"])
    texts = row["value"].replace("，", ",").split(",") if row["operator"] == "in" else [row["value"]]
    values = (
        [_value(text.strip(), field) for text in texts if text.strip()] if row["operator"] == "in" else [_value(texts[0].strip(), field)]
    )
    return {"field": row["field"], "operator": row["operator"], "value": values if row["operator"] == "in" else values[0]}


def _value(text: str, field: Field | None) -> Any:
    """What was typed, as the field's type; as it is where it does not fit, for the check to refuse."""
    if field is None or field.kind == "text":
        return text
    if field.kind == "number":
        try:
            return int(text)
        except ValueError:
            try:
                return float(text)
            except ValueError:
                return text
    if field.kind == "yes":
        return {"true": True, "false": False}.get(text.lower(), text)
    return next((value for value, label in field.choices() if text.casefold() in (str(value).casefold(), str(label).casefold())), text)


class ConditionWidget(forms.Widget):
    """Rows, from the names PREFIX-mode, PREFIX-0-mode, PREFIX-0-0-field, -operator and -value; or a plain PREFIX of JSON."""

    def __init__(self, catalogue: Catalogue, hint: Callable[[str], str]) -> None:
        super().__init__()
        self.catalogue, self.hint = catalogue, hint

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-mode" not in data

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if name in data:
            return data[name]
        raw = {"mode": "any" if data.get(f"{name}-mode") == "any" else "all", "groups": self._groups(data, name)}
        reshaped(raw, str(data.get(f"{name}{RESHAPE}", "")))
        return raw

    def _groups(self, data: Any, name: str) -> list[Raw]:
        groups: list[Raw] = []
        while f"{name}-{len(groups)}-mode" in data and len(groups) < BRANCHES:
            prefix = f"{name}-{len(groups)}"
            rows: list[Raw] = []
            while f"{prefix}-{len(rows)}-field" in data and len(rows) < BRANCHES:
                row = {part: str(data.get(f"{prefix}-{len(rows)}-{part}", ""))[:2_000] for part in EMPTY_ROW}
                rows.append(row)
            mode = data[f"{prefix}-mode"]
            groups.append({"mode": mode if mode in MODES else "all", "rows": rows})
        return groups

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        raw = self._raw(value)
        context: dict[str, Any] = {"name": name, "id": (attrs or {}).get("id", name), "json": value if raw is None else None}
        if raw is not None:
            groups = raw["groups"] or [{"mode": "all", "rows": [EMPTY_ROW]}]
            context |= {"mode": raw["mode"], "modes": MODES.items(), "operators": SAID.items(), "fields": self._fields()}
            context["groups"] = [{**group, "rows": [self._shown(row) for row in group["rows"]]} for group in groups]
        return SafeString(render_to_string("members/office/condition.html", context))

    def _raw(self, value: Any) -> Raw | None:
        """Rows as they were typed, or as a stored tree (its JSON text, from the form field) says them."""
        if isinstance(value, dict) and "groups" in value:
            return value
        try:
            tree = typed.read(value) if isinstance(value, str) else value
        except ValueError:
            return None
        return None if problem_of(tree or {}) else rows_of(tree)

    def _fields(self) -> list[tuple[str, str]]:
        return [(field.name, f"{field.label}{self.hint(field.name)}") for field in self.catalogue.values()]

    def _shown(self, row: Raw) -> Raw:
        field = self.catalogue.get(row["field"])
        if field and field.kind == "text" and row["operator"] in ("=", "!="):
            return {**row, "kind": "text", "fitting": FITTING[field.kind], "known": field.known()}
        if field is None or row["operator"] in ("in", "contains"):
            return {**row, "kind": "text", "fitting": FITTING[field.kind] if field else SAID.keys()}
        choices = [("true", _("yes")), ("false", _("no"))] if field.kind == "yes" else list(field.choices())
        return {**row, "kind": field.kind, "fitting": FITTING[field.kind], "choices": [(str(value), label) for value, label in choices]}

    class Media:
        js = ("community/js/conditions.js",)


def reshaped(raw: Raw, verb: str) -> None:
    """Add or remove a row or a group, as the button that was pressed says: row:0, group, drop:0:1."""
    word, *numbers = verb.split(":")
    at = [int(number) for number in numbers if number.isdigit()]
    groups = raw["groups"]
    if word == "group" and len(groups) < BRANCHES:
        groups.append({"mode": "all", "rows": [dict(EMPTY_ROW)]})
    if word == "row" and len(at) == 1 and at[0] < len(groups) and len(groups[at[0]]["rows"]) < BRANCHES:
        groups[at[0]]["rows"].append(dict(EMPTY_ROW))
    if word == "drop" and len(at) == 2 and at[0] < len(groups) and at[1] < len(groups[at[0]]["rows"]):
        del groups[at[0]]["rows"][at[1]]
        raw["groups"] = [group for group in groups if group["rows"]]


class ConditionField(forms.Field):
    """A tree from rows or from JSON, checked against a catalogue."""

    def __init__(self, *, catalogue: Catalogue, hint: Callable[[str], str] = lambda name: "", **kwargs: Any) -> None:
        self.catalogue = catalogue
        kwargs.setdefault("widget", ConditionWidget(catalogue, hint))
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value

    def clean(self, value: Any) -> Any:
        if isinstance(value, dict) and "groups" in value:
            return tree_of(value, self.catalogue)
        try:
            tree = typed.read(value) if isinstance(value, str) and value else value or {}
        except ValueError:
            raise ValidationError(_("This is not JSON.")) from None
        if problem := problem_of(tree):
            raise ValidationError(problem)
        return tree

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != (initial or {}))
        except ValidationError:
            return True


class Reshaping:
    """A back office view whose form may be sent to add or remove rows: it comes back as it was typed, unsaved and unjudged."""

    request: HttpRequest
    object: Any

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not any(name.endswith(RESHAPE) for name in request.POST):
            return super().post(request, *args, **kwargs)  # type: ignore[misc,no-any-return]
        if not hasattr(self, "object"):
            self.object = None
        self.form = self.get_form()  # type: ignore[attr-defined]
        self.form._errors = ErrorDict()
        return self.render_to_response(self.get_context_data(form=self.form))  # type: ignore[attr-defined,no-any-return]
