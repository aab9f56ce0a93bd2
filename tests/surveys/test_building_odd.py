"""Properties that no field of the builder knows, at any place and of any shape, come back from its form as they went in."""

import copy
import json
import random

from django.http import QueryDict

from surveys.building.form import BuilderForm, unpacked
from surveys.starters import STANDARD, STARTERS
from tests.surveys.cases import all_cases
from tests.surveys.test_building import STRANGE, packed

ODD = [
    *(None, True, 0, 1.5, "", " x ", "a\r\nb", "=1", [], {}, [1, {"x": None}], "多\n行", "\u00a0", "<b>&amp;</b>", "{q}"),
    {"default": "d", "zh-cn": "中"},
    {"zh-cn": "只"},
]
KNOWN = [
    "title",
    "description",
    "visibleIf",
    "isRequired",
    "choices",
    "rateValues",
    "validators",
    "defaultValue",
    "maxLength",
    "inputType",
    "startWithNewLine",
    "correctAnswer",
    "requiredErrorText",
    "choicesByUrl",
    "columns",
    "rows",
    "items",
    "titleLocation",
    "minWidth",
]


def spoil(node, dice, depth=0):
    """Unknown properties, and known ones of shapes that they never have, here and below."""
    for inner in list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else ():
        spoil(inner, dice, depth + 1)
    if isinstance(node, dict):
        if dice.random() < 0.5:
            node[f"odd_{dice.randrange(10)}"] = copy.deepcopy(dice.choice(ODD))
        if depth > 1 and dice.random() < 0.15:
            node[dice.choice(KNOWN)] = copy.deepcopy(dice.choice(ODD))


def through_the_form(definition):
    sent = QueryDict(mutable=True)
    sent.update(packed(copy.deepcopy(definition)))
    form = BuilderForm(unpacked(sent), definition=copy.deepcopy(definition))
    assert form.is_valid(), (form.errors, definition)
    return form.cleaned_data["definition"]


def test_whatever_a_definition_holds_comes_back_from_the_builders_form():
    dice = random.Random(3)
    definitions = [*STARTERS.values(), *({"elements": [element]} for element in STANDARD.values()), STRANGE]
    definitions += [case[1] for case in all_cases()[::3]]
    for definition in definitions:
        odd = copy.deepcopy(definition)
        spoil(odd, dice)
        for given in (definition, odd):
            assert json.dumps(through_the_form(given), sort_keys=True) == json.dumps(given, sort_keys=True)
