"""Opening a survey that was made in django-survey's own admin in our player: its rows become a definition, and stay its record."""

from typing import Any

from django.db import transaction
from survey.models import Question, Survey

from members.models import Member
from surveys import publishing
from surveys.models import Questionnaire

TYPES: dict[str, dict[str, Any]] = {
    Question.TEXT: {"type": "comment"},
    Question.SHORT_TEXT: {"type": "text"},
    Question.INTEGER: {"type": "text", "inputType": "number", "step": 1},
    Question.FLOAT: {"type": "text", "inputType": "number", "step": "any"},
    Question.DATE: {"type": "text", "inputType": "date"},
    Question.RADIO: {"type": "radiogroup"},
    Question.SELECT: {"type": "dropdown"},
    Question.SELECT_MULTIPLE: {"type": "checkbox"},
    Question.SELECT_IMAGE: {"type": "imagepicker"},
}
MODES = {Survey.ALL_IN_ONE_PAGE: "singlePage", Survey.BY_QUESTION: "questionPerPage", Survey.BY_CATEGORY: "standard"}


def definition_of(survey: Survey) -> dict[str, Any]:
    """A survey of django-survey's as SurveyJS JSON: categories are pages, questions without one come last."""
    questions = list(survey.questions.select_related("category").order_by("order", "pk"))
    pages = []
    for category in survey.categories.order_by("order", "pk"):
        mine = [question for question in questions if question.category_id == category.pk]
        if mine:
            page = {"name": f"page{category.pk}", "title": category.name, "description": category.description or ""}
            pages.append({**page, "elements": [element_of(question) for question in mine]})
    known = {category.pk for category in survey.categories.all()}
    # A category may belong to another survey: its questions are ours all the same.
    rest = [question for question in questions if question.category_id not in known]
    if rest:
        pages.append({"name": "none", "elements": [element_of(question) for question in rest]})
    mode = MODES.get(survey.display_method, "standard")
    return {"title": survey.name, "description": survey.description, "questionsOnPageMode": mode, "pages": pages}


def element_of(question: Question) -> dict[str, Any]:
    """One of the nine types as a SurveyJS element, named q and the row's number."""
    element = {"name": f"q{question.pk}", "title": question.text, **TYPES.get(question.type, {"type": "comment"})}
    if question.required:
        element["isRequired"] = True
    if question.type == Question.SELECT_IMAGE:
        element["choices"] = [{"value": choice, "imageLink": choice} for choice in question.get_clean_choices()]
        element["showLabel"] = True
    elif element["type"] in ("radiogroup", "dropdown", "checkbox"):
        element["choices"] = question.get_clean_choices()
    if question.type == Question.SELECT_MULTIPLE and question.maximum_choices:
        element["maxSelectedChoices"] = question.maximum_choices
    return element


def adopt(survey: Survey, *, by: Member | None = None) -> Questionnaire:
    """Open a survey of django-survey's in the club. The same again returns what was made of it first.

    Raises NotPublishable, EngineDown; the draft then stands and can be corrected.
    """
    questionnaire = Questionnaire.objects.filter(survey=survey).first()
    if questionnaire is None:
        with transaction.atomic():
            questionnaire = Questionnaire.objects.create(
                survey=survey,
                slug=publishing.free_slug(survey.name),
                title=survey.name[:200],
                summary=survey.description[:500],
                draft_definition=definition_of(survey),
                created_by=by,
            )
    if questionnaire.version_id is None:
        publishing.publish(questionnaire, by=by)
        questionnaire.refresh_from_db()
    return questionnaire
