"""Writing django-survey's rows beside ours, in the same transaction: its admin, its exports and its reports stay true."""

import random
import uuid
from typing import Any

from django.db import models
from survey.models import Answer, Category, Question, Response, Survey

from members.models import Member
from surveys.mirror import Row, plan
from surveys.models import Loss, QuestionLink, Questionnaire, SchemaVersion
from surveys.versions_known import known

# Far above what their counters reach, so that a drawn number is never one that will be counted up to.
DRAWN_FROM, DRAWN_TO = 2**30, 2**31 - 2


def mirror_survey(questionnaire: Questionnaire) -> None:
    """Bring the Survey row up to date with title, summary and state."""
    survey = questionnaire.survey
    survey.name = questionnaire.title
    survey.description = questionnaire.summary
    survey.is_published = questionnaire.state == Questionnaire.State.OPEN
    survey.need_logged_user = True
    survey.editable_answers = False
    if questionnaire.closes_at:
        survey.expire_date = questionnaire.closes_at.date()
    survey.save()


def new_survey(title: str, summary: str) -> Survey:
    return Survey.objects.create(
        name=title,
        description=summary,
        is_published=False,
        need_logged_user=True,
        editable_answers=False,
        display_method=Survey.BY_CATEGORY,
    )


def mirror_version(version: SchemaVersion, outline: dict[str, Any]) -> None:
    """Write categories, questions, links and losses for a published version; a question that did not change keeps its row."""
    survey = version.questionnaire.survey
    rows, losses = plan(outline)
    categories = _categories(survey, outline)
    known = {_signature(question): question for question in survey.questions.order_by("-id")}
    links = []
    for position, row in enumerate(rows):
        question = _question(survey, row, position, categories.get(row.page))
        existing = known.get(_signature(question))
        if existing is None:
            question.save_base()  # not save(): it would refuse what only its own form cares about
        elif existing.order != position:
            Question.objects.filter(pk=existing.pk).update(order=position)
        links.append(QuestionLink(version=version, question=existing or question, path=row.path, position=position))
    QuestionLink.objects.bulk_create(links)
    Loss.objects.bulk_create([Loss(version=version, path=path, feature=feature, reason=reason) for path, feature, reason in losses])


def mirror_response(
    questionnaire: Questionnaire, version: SchemaVersion, data: dict[str, Any], member: Member | None
) -> tuple[Response, list[Answer]]:
    """Write a Response with its Answers. Without a member nothing of it tells when or in which order it came."""
    response = Response(survey_id=questionnaire.survey_id, user=member, interview_uuid=str(uuid.uuid4()))
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


def _categories(survey: Survey, outline: dict[str, Any]) -> dict[str, Category]:
    existing = {category.name: category for category in survey.categories.all()}
    by_page = {}
    for order, page in enumerate(outline["pages"]):
        name = (page["title"] or page["name"])[:400]
        if name not in existing:
            existing[name] = Category.objects.create(survey=survey, name=name, order=order, description=page["description"][:2000])
        by_page[page["name"]] = existing[name]
    return by_page


def _question(survey: Survey, row: Row, order: int, category: Category | None) -> Question:
    choices = "\n".join(row.choices.values()) if row.choices else None
    fields = {"text": row.text, "order": order, "required": row.required, "type": row.type, "choices": choices}
    return Question(survey=survey, category=category, maximum_choices=row.most_choices, **fields)


def _signature(question: Question) -> tuple[Any, ...]:
    choices = tuple(question.get_clean_choices())
    return (question.text, question.type, choices, question.required, question.maximum_choices, question.category_id)
