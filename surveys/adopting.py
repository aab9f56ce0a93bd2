"""Opening a survey that was made in django-survey's own admin in our player: its rows become a definition, and stay its record."""

import datetime
import secrets
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from survey.models import Question, Survey

from members.models import Member
from surveys import publishing, taking_over
from surveys.bodies import choice_value
from surveys.mirroring import FOREVER, NO_CATEGORY, SUMMARY, TITLE
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
    categories = list(survey.categories.order_by(F("order").asc(nulls_last=True), "pk"))
    pages = []
    for category in categories:
        mine = [question for question in questions if question.category_id == category.pk]
        if mine:
            page = {"name": f"page{category.pk}", "title": category.name, "description": category.description or ""}
            pages.append({**page, "elements": [element_of(question) for question in mine]})
    known = {category.pk for category in categories}
    # A category may belong to another survey: its questions are ours all the same.
    rest = [question for question in questions if question.category_id not in known]
    if rest:
        pages.append({"name": NO_CATEGORY, "elements": [element_of(question) for question in rest]})
    if len(survey.description) > SUMMARY and pages:
        # More than the survey's card has room for: the whole of it stands before the first question.
        pages[0]["elements"].insert(0, {"type": "html", "name": "introduction", "html": linebreaks(survey.description, autoescape=True)})
    mode = MODES.get(survey.display_method, "standard")
    return {"title": survey.name, "description": survey.description, "questionsOnPageMode": mode, "pages": pages}


def element_of(question: Question) -> dict[str, Any]:
    """One of the nine types as a SurveyJS element, named q and the row's number."""
    element = {"name": f"q{question.pk}", "title": question.text, **TYPES.get(question.type, {"type": "comment"})}
    if question.required:
        element["isRequired"] = True
    choices = list(dict.fromkeys(question.get_clean_choices()))
    if question.type == Question.SELECT_IMAGE:
        element["choices"] = [_picture(question, choice) for choice in choices]
        element["showLabel"] = True
    elif element["type"] in ("radiogroup", "dropdown", "checkbox"):
        element["choices"] = choices
    if question.type == Question.SELECT_MULTIPLE and question.maximum_choices:
        element["maxSelectedChoices"] = question.maximum_choices
    return element


def _picture(question: Question, choice: str) -> dict[str, str]:
    """A choice written as its form wants it, `value:address of the picture`; without a colon it is the address alone."""
    return {"value": choice_value(question, choice), "imageLink": _picture_of(choice)}


def _picture_of(choice: str) -> str:
    _name, colon, address = choice.partition(":")
    return address.strip() if colon else choice


def adopt(survey: Survey, *, by: Member | None = None) -> tuple[Questionnaire, int, int]:
    """Open a survey of django-survey's in the club, with the answers it has. The same again returns what was made of it first.

    What was not published there, or has no day on which it could be answered, is not opened: it waits at the desk.
    Returns it with how many answers were taken over now, and how many single ones could not be read.
    Raises NotPublishable, EngineDown; the draft then stands and can be corrected.
    """
    survey = Survey.objects.get(pk=survey.pk)  # its days as days: fresh ones are moments
    questionnaire = Questionnaire.objects.filter(survey=survey).first()
    if questionnaire is None:
        questionnaire = _begin(survey, by)
    if questionnaire.version_id is None:
        was_made_here = not survey.questions.exists()
        publishing.publish(questionnaire, by=by, opens=was_made_here or (survey.is_published and not _never_asks(survey)))
        questionnaire.refresh_from_db()
    return questionnaire, *taking_over.take_over(questionnaire)


@transaction.atomic
def _begin(survey: Survey, by: Member | None) -> Questionnaire:
    opens_at, closes_at = _days(survey)
    about: dict[str, Any] = {
        "slug": publishing.free_slug(survey.name),
        "title": survey.name[:TITLE],
        "summary": survey.description[:SUMMARY],
        "draft_definition": definition_of(survey),
        "opens_at": None if _never_asks(survey) else opens_at,
        "closes_at": closes_at,
        "is_editable": survey.editable_answers,
        # Whoever is not signed in answers by the kiosk's address.
        "kiosk_token": None if survey.need_logged_user else secrets.token_urlsafe(32),
        "created_by": by,
    }
    # Two who open it at one moment open the same.
    return Questionnaire.objects.get_or_create(survey=survey, defaults=about)[0]


def _days(survey: Survey) -> tuple[datetime.datetime, datetime.datetime | None]:
    """From the beginning of the first day to the end of the last, where the club is; a last day beyond all is none."""
    zone = timezone.get_default_timezone()
    opens_at = datetime.datetime.combine(survey.publish_date, datetime.time.min, zone)
    if survey.expire_date >= FOREVER:
        return opens_at, None
    return opens_at, datetime.datetime.combine(survey.expire_date + datetime.timedelta(days=1), datetime.time.min, zone)


def _never_asks(survey: Survey) -> bool:
    return survey.expire_date < survey.publish_date


def notes_on(survey: Survey) -> list[str]:
    """What is otherwise in the club than it was in django-survey, a sentence each; read before the survey is adopted."""
    notes = []
    if not survey.is_published:
        notes.append(_("It was not published there: it waits as a draft at the desk until you publish it."))
    if _never_asks(survey):
        notes.append(_("Its last day lies before its first: it waits as a draft at the desk."))
    if not survey.need_logged_user:
        notes.append(_("It asked people who are not signed in: they answer by the kiosk’s address, members with their name."))
    if survey.redirect_url:
        notes.append(_("Nobody is sent on to %(address)s after it; members see the club’s thanks.") % {"address": survey.redirect_url})
    if any(
        _is_elsewhere(choice) for question in survey.questions.filter(type=Question.SELECT_IMAGE) for choice in question.get_clean_choices()
    ):
        notes.append(_("Pictures from other addresses are not loaded by the club’s pages: their words are shown instead."))
    if survey.template:
        notes.append(_("Its template %(name)s is not used: the club’s player has its own look.") % {"name": survey.template})
    return notes


def _is_elsewhere(choice: str) -> bool:
    address = _picture_of(choice)
    return not address.startswith(("/", "data:")) or address.startswith("//")
