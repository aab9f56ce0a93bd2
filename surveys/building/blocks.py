"""The kinds as Wagtail's blocks: what the builder is made of."""

from functools import singledispatch
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

from surveys.building.conditions import OPERATORS, Conditions
from surveys.building.kinds import ELEMENTS, FAMILIES, OTHER, PAGE, SURVEY, Kind
from surveys.building.lenses import Expression, Items, Lens, Nodes, Pick, Switch, Words

# Texts are bounded by the size of the whole definition; a bound here only keeps a mistake from being sent.
MOST = 20_000
Named = list[tuple[str, blocks.Block]]
_made: dict[str, blocks.StreamBlock] = {}


@singledispatch
def fields_of(lens: Lens) -> Named:
    """The blocks that show a lens, by the names of its fields."""
    return [(lens.key, blocks.CharBlock(required=False, max_length=MOST, label=lens.label, help_text=lens.help))]


@fields_of.register
def _expression(lens: Expression) -> Named:
    return [(lens.key, blocks.TextBlock(required=False, rows=2, max_length=MOST, label=lens.label, help_text=lens.help))]


@fields_of.register
def _switch(lens: Switch) -> Named:
    return [(lens.key, blocks.BooleanBlock(required=False, label=lens.label, help_text=lens.help))]


@fields_of.register
def _pick(lens: Pick) -> Named:
    return [(lens.key, blocks.ChoiceBlock(choices=list(lens.options), required=False, label=lens.label, help_text=lens.help))]


@fields_of.register
def _items(lens: Items) -> Named:
    return [
        (
            lens.key,
            blocks.TextBlock(
                required=False, rows=4, max_length=200_000, label=lens.label, help_text=lens.help, form_classname="survey-lines"
            ),
        )
    ]


@fields_of.register
def _words(lens: Words) -> Named:
    labels = (format_lazy("{} · English", lens.label), format_lazy("{} · 中文", lens.label))

    def field(label: Any, side: str) -> blocks.Block:
        options = {"required": False, "max_length": MOST, "label": label, "form_classname": f"survey-words survey-words-{side}"}
        return blocks.TextBlock(rows=3, **options) if lens.long else blocks.CharBlock(**options)

    return [(name, field(label, side)) for name, label, side in zip(lens.fields, labels, ("en", "zh"), strict=True)]


@fields_of.register
def _nodes(lens: Nodes) -> Named:
    return [(lens.key, stream_of(lens.kinds, label=lens.label))]


@fields_of.register
def _conditions(lens: Conditions) -> Named:
    return [(lens.key, CONDITIONS)]


def _text_for(purpose: str, **options: Any) -> blocks.CharBlock:
    """A field of text that the page's script turns into a list to choose from."""
    block = blocks.CharBlock(required=False, max_length=500, **options)
    block.field.widget = forms.TextInput(attrs={"data-survey-choose": purpose, "autocomplete": "off"})
    return block


_OPERATOR_WORDS = dict(
    zip(
        OPERATORS,
        (
            _("is"),
            _("is not"),
            _("is more than"),
            _("is at least"),
            _("is less than"),
            _("is at most"),
            _("contains"),
            _("does not contain"),
            _("contains one of"),
            _("contains all of"),
            _("is not answered"),
            _("is answered"),
        ),
        strict=True,
    )
)
RULE = blocks.StructBlock(
    [
        ("question", _text_for("question", label=_("Answer to"))),
        ("operator", blocks.ChoiceBlock(choices=list(_OPERATOR_WORDS.items()), default="=", label=_("Comparison"))),
        ("answer", _text_for("answer", label=_("Value"))),
    ],
    label=_("Rule"),
    form_classname="survey-rule",
)
_CONDITION = [
    (
        "join",
        blocks.ChoiceBlock(choices=[("and", _("all of these rules")), ("or", _("one of these rules"))], default="and", label=_("True are")),
    ),
    ("rules", blocks.ListBlock(RULE, label=_("Rules"), default=[])),
    (
        "expression",
        blocks.TextBlock(
            required=False,
            rows=2,
            max_length=MOST,
            label=_("Or as an expression"),
            help_text=_("Such as {age} >= 18; where it is given, the rules above do not count."),
        ),
    ),
]
CONDITIONS = blocks.StreamBlock(
    [
        ("visibleIf", blocks.StructBlock(_CONDITION, label=_("Shown only if"), icon="view", label_format="")),
        ("requiredIf", blocks.StructBlock(_CONDITION, label=_("Must be answered if"), icon="warning", label_format="")),
        ("enableIf", blocks.StructBlock(_CONDITION, label=_("Can be answered only if"), icon="lock", label_format="")),
    ],
    required=False,
    label=_("Conditions"),
    block_counts={name: {"max_num": 1} for name in ("visibleIf", "requiredIf", "enableIf")},
)


def struct_of(kind: Kind, **options: Any) -> blocks.StructBlock:
    """One kind's block: what matters at once, the rest folded away, and what has no field as JSON at the end."""
    named = [(name, block) for lens in kind.lenses for name, block in fields_of(lens)]
    rest = blocks.TextBlock(
        required=False,
        rows=4,
        max_length=600_000,
        label=_("Everything else (JSON)"),
        help_text=_("Properties without a field of their own; they are kept as they are."),
    )
    kept = blocks.TextBlock(required=False, max_length=600_000, form_classname="survey-kept", label="JSON")
    seen = [name for lens in kind.first for name in lens.fields]
    folded = [name for lens in kind.more for name in lens.fields]
    return blocks.StructBlock(
        [*named, ("rest", rest), ("kept", kept)],
        label=kind.label,
        group=kind.group,
        icon=kind.icon,
        label_format="{title}" if any(lens.key == "title" for lens in kind.lenses) else "",
        form_layout=blocks.BlockGroup(children=seen, settings=[*folded, "rest", "kept"]),
        form_classname="struct-block survey-block",
        **options,
    )


def other() -> blocks.StructBlock:
    """What has no block of its own: shown as it is, and kept."""
    return blocks.StructBlock(
        [
            ("about", blocks.CharBlock(required=False, max_length=MOST, label=_("What it is"))),
            ("json", blocks.TextBlock(required=False, rows=6, max_length=600_000, label=_("SurveyJS JSON"))),
        ],
        label=_("Something else, as JSON"),
        icon="code",
        group=pgettext_lazy("blocks of a survey", "Layout"),
        label_format="{about}",
    )


def stream_of(family: str, **options: Any) -> blocks.StreamBlock:
    """The row of blocks of one family; made once, because many kinds hold the same."""
    if family not in _made:
        children = [(kind.name, struct_of(kind)) for kind in FAMILIES[family].values()]
        _made[family] = blocks.StreamBlock([*children, (OTHER, other())], required=False, **options)
    return _made[family]


BODY = blocks.StreamBlock(
    [(PAGE.name, struct_of(PAGE)), *((kind.name, struct_of(kind)) for kind in ELEMENTS.values()), (OTHER, other())],
    required=False,
    label=_("Questions"),
    collapsed=True,
)
HEAD = struct_of(SURVEY)
