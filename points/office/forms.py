"""The form of a rule."""

from itertools import product
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from members.models import Activity
from members.office import typed
from members.office.conditions import ConditionField
from points import caps, facts
from points.models import Programme, Reward, Tier
from points.models.rule import MOST_POINTS


def hint(name: str) -> str:
    """For which kinds of activity a field is known; nothing where for all."""
    kinds = facts.kinds_of().get(name, [])
    if not kinds:
        return ""
    said = _(", ").join(str(Activity.Kind(kind).label) for kind in kinds[:2])
    return f" ({said}…)" if len(kinds) > 2 else f" ({said})"


def numbers() -> list[tuple[str, str]]:
    fields = facts.all_fields().values()
    own = [field for field in fields if field.kind == "number" and not field.name.startswith(("member.", "activity."))]
    return [("", _("– once for each activity –")), *((field.name, f"{field.label}{hint(field.name)}") for field in own)]


class NumbersWidget(forms.Widget):
    """Several numbers, each named PREFIX-NAME; or a plain PREFIX of JSON."""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if name in data:
            return data[name]
        prefix = f"{name}-"
        return {key.removeprefix(prefix): text.strip() for key, text in data.items() if key.startswith(prefix) and text.strip()}

    @staticmethod
    def given(value: Any) -> dict[str, Any]:
        try:
            said = typed.read(value) if isinstance(value, str) else value
        except ValueError:
            said = None
        return said if isinstance(said, dict) else {}


class AmountsWidget(NumbersWidget):
    """A number for each tier."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = self.given(value)
        tiers = [(slug, label, given.get(slug, "")) for slug, label in facts.tier_choices()]
        context = {"name": name, "id": (attrs or {}).get("id", name), "tiers": tiers}
        return SafeString(render_to_string("points/office/_amounts.html", context))


class AmountsField(forms.Field):
    """{tier slug: points}; tiers left empty get the rule's own amount."""

    widget = AmountsWidget

    def clean(self, value: Any) -> Any:
        try:
            given = typed.read(value) if isinstance(value, str) and value else value or {}
            amounts = {slug: _whole(points) for slug, points in given.items()}
        except (ValueError, AttributeError):
            raise ValidationError(_("Give each tier a whole number of points.")) from None
        if any(not 0 < points <= MOST_POINTS for points in amounts.values()):
            raise ValidationError(_("A tier gets between 1 and 10,000 points."))
        unknown = amounts.keys() - set(Tier.objects.values_list("slug", flat=True))
        if unknown:
            raise ValidationError(_("There is no tier “%(tier)s”.") % {"tier": sorted(unknown)[0]})
        return amounts

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != (initial or {}))
        except ValidationError:
            return True


def _whole(said: Any) -> int:
    """A number as it was typed, or as JSON has it. Raises ValueError."""
    if type(said) is int:
        return said
    if isinstance(said, str):
        return int(said)
    raise ValueError(said)


class CapsWidget(NumbersWidget):
    """A number for each limit."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = self.given(value)
        rows = []
        for whose, counted in product(caps.WHOSE, caps.COUNTED):
            limits = [f"{whose}:{counted}:{time}" for time in caps.TIMES]
            cells = [
                (caps.label_of(limit), f"{name}-{limit}", given.get(limit, ""), time) if limit in caps.NAMES else ("", "", "", "")
                for limit, time in zip(limits, caps.TIMES.values(), strict=True)
            ]
            rows.append((caps.row_of(whose, counted), cells))
        context = {"name": name, "id": (attrs or {}).get("id", name), "times": caps.TIMES.values(), "rows": rows}
        return SafeString(render_to_string("points/office/_caps.html", context))


class CapsField(forms.Field):
    """{limit: at most}, as `points.caps` names them; one left empty is none."""

    widget = CapsWidget

    def clean(self, value: Any) -> Any:
        try:
            said = typed.read(value) if isinstance(value, str) and value else value or {}
            # What is no number is left as it is, and refused with the name of its limit.
            given = {name: int(most) if str(most).isdecimal() else most for name, most in said.items()}
        except (ValueError, AttributeError):
            raise ValidationError(_("There is no such limit.")) from None
        if problem := caps.problem_of(given):
            raise ValidationError(problem)
        return given

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != (initial or {}))
        except ValidationError:
            return True


def _with_programme(row: Reward | Tier) -> str:
    return f"{row} · {row.programme}"


class RuleForm(WagtailAdminModelForm):
    condition = ConditionField(
        catalogue=facts.all_fields(), hint=hint, label=gettext_lazy("Condition"), help_text=gettext_lazy("Empty: it always holds.")
    )
    tier_amounts = AmountsField(
        required=False, label=gettext_lazy("Points by tier"), help_text=gettext_lazy("Empty: the same as everybody.")
    )
    caps = CapsField(
        required=False,
        label=gettext_lazy("Further limits"),
        help_text=gettext_lazy(
            "Of the members of one company together, the one they belong to today (who has none stands alone), and of everybody together."
            " Points are cut to fit. Empty: none."
        ),
    )
    per_field = forms.ChoiceField(choices=numbers, required=False, label=gettext_lazy("For each"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "voucher_of" not in self.fields:
            return
        giving, several = Q(gives_code=True) | Q(pk=self.instance.voucher_of_id), Programme.objects.count() > 1
        self.fields["voucher_of"].queryset = Reward.objects.filter(giving).select_related("programme")
        self.fields["lifts_to"].queryset = Tier.objects.select_related("programme")
        for name in ("voucher_of", "lifts_to"):
            self.fields[name].label_from_instance = _with_programme if several else str


class RewardForm(WagtailAdminModelForm):
    """What a new reward starts with is said once; afterwards pieces are put on the shelf and taken from it at a page of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("stock", None)


class ProgrammeForm(WagtailAdminModelForm):
    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if self.instance.pk and slug != self.initial.get("slug"):
            raise ValidationError(_("Other systems know the programme's accounts by this word: it stays."))
        return slug
