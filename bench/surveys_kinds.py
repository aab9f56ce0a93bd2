"""The surveys that are measured, answers to each, and the like survey in django-survey-and-report's own tables."""

import datetime
from typing import Any

ABC = ["a", "b", "c", "d"]
GRADES = list(range(11))


def static(count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """So many questions of the common kinds, on pages of five, all answered."""
    kinds: list[tuple[dict[str, Any], Any]] = [
        ({"type": "rating", "rateMin": 0, "rateMax": 10, "isRequired": True}, 9),
        ({"type": "radiogroup", "choices": ABC, "isRequired": True}, "b"),
        ({"type": "checkbox", "choices": ABC}, ["a", "c"]),
        ({"type": "comment", "maxLength": 2000}, "It does what it should; 月末结账快多了。"),
        ({"type": "text", "inputType": "number", "min": 0, "max": 100, "step": 1}, 42),
        ({"type": "dropdown", "choices": ABC}, "d"),
        ({"type": "rating", "isRequired": True}, 4),
        ({"type": "checkbox", "choices": ABC, "maxSelectedChoices": 3}, ["b"]),
        ({"type": "radiogroup", "choices": ABC}, "a"),
        ({"type": "text", "maxLength": 200}, "Harbour Traders"),
    ]
    elements, answers = [], {}
    for number in range(count):
        element, answer = kinds[number % len(kinds)]
        elements.append({**element, "name": f"q{number}", "title": f"Question {number}"})
        answers[f"q{number}"] = answer
    return {"pages": [{"name": f"p{start}", "elements": elements[start : start + 5]} for start in range(0, count, 5)]}, answers


def conditional() -> tuple[dict[str, Any], dict[str, Any]]:
    """A hundred questions of which ninety have a condition, all of them true."""
    definition, answers = static(100)
    for page in definition["pages"]:
        for element in page["elements"]:
            number = int(element["name"][1:])
            if number >= 10:
                element["visibleIf"] = f"{{q{number % 10}}} notempty and {{q0}} >= 5"
    return definition, answers


def dynamic() -> tuple[dict[str, Any], dict[str, Any]]:
    """Ten questions, among them a table and a group that grow."""
    definition, answers = static(8)
    columns = [{"name": "n", "cellType": "text", "isRequired": True}, {"name": "d", "cellType": "dropdown", "choices": ABC}]
    people = [
        {"type": "text", "name": "name", "isRequired": True},
        {"type": "rating", "name": "grade", "visibleIf": "{panel.name} notempty"},
    ]
    definition["pages"][-1]["elements"] += [
        {"type": "matrixdynamic", "name": "m", "columns": columns, "rowCount": 1},
        {"type": "paneldynamic", "name": "p", "templateElements": people},
    ]
    answers |= {"m": [{"n": "x", "d": "a"}] * 3, "p": [{"name": "Chen", "grade": 4}] * 2}
    return definition, answers


KINDS = {
    "10 static": static(10),
    "6 questions": static(6),
    "20 questions": static(20),
    "100, 90 conditions": conditional(),
    "dynamic": dynamic(),
}


def peers_survey() -> tuple[Any, dict[str, str | list[str]]]:
    """The ten static questions as its admin would make them, and a form that answers them."""
    from survey.models import Category, Question, Survey

    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    survey = Survey.objects.create(
        name="Ten",
        description="",
        publish_date=yesterday,
        is_published=True,
        need_logged_user=True,
        editable_answers=False,
        display_method=Survey.ALL_IN_ONE_PAGE,
    )
    category = Category.objects.create(survey=survey, name="All", order=1)
    made = (
        ("radio", ",".join(map(str, GRADES)), "9"),
        ("radio", ",".join(ABC), "b"),
        ("select-multiple", ",".join(ABC), ["a", "c"]),
        ("text", "", "It does what it should; 月末结账快多了。"),
        ("integer", "", "42"),
        ("select", ",".join(ABC), "d"),
        ("radio", "1,2,3,4,5", "4"),
        ("select-multiple", ",".join(ABC), ["b"]),
        ("radio", ",".join(ABC), "a"),
        ("short-text", "", "Harbour Traders"),
    )
    form: dict[str, str | list[str]] = {}
    for order, (kind, choices, answer) in enumerate(made):
        question = Question.objects.create(
            survey=survey,
            category=category,
            text=f"Question {order}",
            order=order,
            required=False,
            type=kind,
            choices=choices.replace(",", "\n"),
        )
        form[f"question_{question.pk}"] = answer
    return survey, form
