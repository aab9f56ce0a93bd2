"""Writing django-survey's rows beside ours, in the same transaction: its admin, its exports and its reports stay true."""

import datetime
import random
import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from survey.models import Answer, Category, Question, Response, Survey

from members.models import Member
from surveys.mirror import Row, plan
from surveys.models import QuestionLink, Questionnaire, SchemaVersion
from surveys.versions_known import known

# Far above what their counters reach, so that a drawn number is never one that will be counted up to.
DRAWN_FROM, DRAWN_TO = 2**30, 2**31 - 2
# It knows no survey without a last day.
FOREVER = datetime.date(9999, 12, 31)
DISPLAY = {"singlePage": Survey.ALL_IN_ONE_PAGE, "questionPerPage": Survey.BY_QUESTION, "standard": Survey.BY_CATEGORY}
# The page of questions that stand in no category.
NO_CATEGORY = "none"
# What the desk has room for.
TITLE, SUMMARY = 200, 500


def mirror_survey(questionnaire: Questionnaire) -> None:
    """Bring the Survey row up to date with title, summary, state and dates."""
    survey = questionnaire.survey
    # A longer name or description, written in its own admin, of which the desk has the beginning, stays.
    if survey.name[:TITLE] != questionnaire.title:
        survey.name = questionnaire.title
    if survey.description[:SUMMARY] != questionnaire.summary:
        survey.description = questionnaire.summary
    survey.is_published = questionnaire.state == Questionnaire.State.OPEN
    survey.need_logged_user = questionnaire.kiosk_token is None
    survey.editable_answers = questionnaire.is_editable
    if questionnaire.opens_at:
        survey.publish_date = timezone.localtime(questionnaire.opens_at, timezone.get_default_timezone()).date()
    survey.expire_date = _last_day(questionnaire.closes_at)
    survey.save()


def _last_day(closes_at: datetime.datetime | None) -> datetime.date:
    """The last day on which it may still be answered, as its dates are read."""
    if closes_at is None:
        return FOREVER
    return timezone.localtime(closes_at - datetime.timedelta(microseconds=1), timezone.get_default_timezone()).date()


def new_survey(title: str, summary: str) -> Survey:
    return Survey.objects.create(
        name=title,
        description=summary,
        is_published=False,
        need_logged_user=True,
        editable_answers=False,
        display_method=Survey.BY_CATEGORY,
        expire_date=FOREVER,
    )


def mirror_version(version: SchemaVersion, outline: dict[str, Any]) -> None:
    """Write categories, questions and links for a published version; a question that did not change keeps its row."""
    survey = version.questionnaire.survey
    mode = version.definition.get("questionsOnPageMode", "standard")
    Survey.objects.filter(pk=survey.pk).update(display_method=DISPLAY.get(mode, Survey.BY_CATEGORY))
    survey.display_method = DISPLAY.get(mode, Survey.BY_CATEGORY)
    rows, _lost = plan(outline)
    last = SchemaVersion.objects.filter(questionnaire=version.questionnaire, number__lt=version.number).first()
    held = _held(last, rows, outline) if last else _made_there(survey, rows)
    categories = _Categories(survey, outline)
    alike: dict[tuple[Any, ...], list[Question]] = {}
    for question in survey.questions.exclude(pk__in=[question.pk for question in held.values()]).order_by("-id"):
        alike.setdefault(_signature(question), []).append(question)
    links = []
    for position, row in enumerate(rows):
        question = held.get(row.path)
        if question is None:
            question = _question(survey, row, position, categories.of(row.page))
            found = alike.get(_signature(question))
            if found:
                question = found.pop()
            else:
                question.save_base()  # not save(): it would refuse what only its own form cares about
        if last is not None and question.order != position:
            Question.objects.filter(pk=question.pk).update(order=position)
        links.append(QuestionLink(version=version, question=question, path=row.path, position=position))
    QuestionLink.objects.bulk_create(links)


def _held(last: SchemaVersion, rows: list[Row], outline: dict[str, Any]) -> dict[str, Question]:
    """The rows of questions that are asked as they were in the version before."""
    before, pages = {row.path: row for row in plan(last.outline["en"])[0]}, _page_names(last.outline["en"])
    now, names = {row.path: row for row in rows}, _page_names(outline)
    links = last.links.select_related("question")
    return {
        link.path: link.question for link in links if link.path in now and _asked(before[link.path], pages) == _asked(now[link.path], names)
    }


def _asked(row: Row, pages: dict[str, str]) -> tuple[Any, ...]:
    return (row.text, row.type, tuple(row.choices.items()), row.required, row.most_choices, pages.get(row.page))


def _made_there(survey: Survey, rows: list[Row]) -> dict[str, Question]:
    """The rows of a survey that was made in its own admin, from which the definition's questions have their names."""
    named = {f"q{question.pk}": question for question in survey.questions.all()}
    return {row.path: named[row.path] for row in rows if row.path in named}


def _page_names(outline: dict[str, Any]) -> dict[str, str]:
    return {page["name"]: (page["title"] or page["name"])[:400] for page in outline["pages"]}


class _Categories:
    """The record's categories, one for each page that asks something new; made when first needed."""

    def __init__(self, survey: Survey, outline: dict[str, Any]) -> None:
        self.survey = survey
        self.pages = {page["name"]: (order, page) for order, page in enumerate(outline["pages"])}
        self.names = _page_names(outline)
        self.known = {category.name: category for category in survey.categories.order_by("-pk")}

    def of(self, name: str) -> Category | None:
        if name not in self.pages or (name == NO_CATEGORY and not self.pages[name][1]["title"]):
            return None
        order, page = self.pages[name]
        title = self.names[name]
        if title not in self.known:
            self.known[title] = Category.objects.create(survey=self.survey, name=title, order=order, description=page["description"][:2000])
        return self.known[title]


def mirror_response(
    questionnaire: Questionnaire, version: SchemaVersion, data: dict[str, Any], member: Member | None, *, named: uuid.UUID | None = None
) -> tuple[Response, list[Answer]]:
    """Write a Response with its Answers. Without a member nothing of it tells when or in which order it came."""
    response = Response(survey_id=questionnaire.survey_id, user=member, interview_uuid=str(named or uuid.uuid4()))
    if member is None:
        response.pk = drawn_numbers(Response, 1)[0]
        response.save(force_insert=True)
        _blur(Response.objects.filter(pk=response.pk), questionnaire)
    else:
        response.save()
    answers = _answers(response, version, data)
    if member is None:
        random.SystemRandom().shuffle(answers)
        for number, answer in zip(drawn_numbers(Answer, len(answers)), answers, strict=True):
            answer.pk = number
    Answer.objects.bulk_create(answers)
    if member is None:
        _blur(Answer.objects.filter(response=response), questionnaire)
    return response, answers


def _answers(response: Response, version: SchemaVersion, data: dict[str, Any]) -> list[Answer]:
    answers = []
    for question, row in known(version).rows:
        body = row.body(data)
        if body is None:
            continue
        answer = Answer(question=question, response=response)
        answer.body = body  # after the constructor, which would compare with choices as its own form writes them
        answers.append(answer)
    return answers


def replace_answers(response: Response, version: SchemaVersion, data: dict[str, Any]) -> None:
    """Mirror answers that their member changed."""
    Answer.objects.filter(response=response).delete()
    Answer.objects.bulk_create(_answers(response, version, data))


def drawn_numbers(model: type[models.Model], count: int) -> list[int]:
    """Free primary keys drawn by lot, so that rows cannot be put into the order of their writing."""
    lot = random.SystemRandom()
    while True:
        numbers = lot.sample(range(DRAWN_FROM, DRAWN_TO), count)
        if not model._default_manager.filter(pk__in=numbers).exists():
            return numbers


def _blur(rows: models.QuerySet[Any], questionnaire: Questionnaire) -> None:
    rows.update(created=questionnaire.published_at, updated=questionnaire.published_at)


def _question(survey: Survey, row: Row, order: int, category: Category | None) -> Question:
    choices = "\n".join(row.choices.values()) if row.choices else None
    fields = {"text": row.text, "order": order, "required": row.required, "type": row.type, "choices": choices}
    return Question(survey=survey, category=category, maximum_choices=row.most_choices, **fields)


def _signature(question: Question) -> tuple[Any, ...]:
    choices = tuple(question.get_clean_choices())
    return (question.text, question.type, choices, question.required, question.maximum_choices, question.category_id)
