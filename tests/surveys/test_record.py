"""django-survey's rows beside ours: what they say of a survey, and that questions and answers stay where they belong."""

import datetime

from django.utils import timezone
from survey.models import Answer, Question, Survey

from surveys import answering, publishing
from surveys.models import Questionnaire


def moment(*when):
    return datetime.datetime(*when, tzinfo=timezone.get_default_timezone())


def opened(definition, **fields):
    made = publishing.create(title="Record", definition=definition, slug="record", **fields)
    publishing.publish(made)
    made.refresh_from_db()
    return made


def rows_of(questionnaire):
    return {link.path: link.question_id for link in questionnaire.version.links.all()}


def test_the_record_knows_the_days_and_the_terms(client, researcher, questionnaire):
    record = questionnaire.survey
    assert (record.expire_date, record.need_logged_user, record.editable_answers) == (datetime.date(9999, 12, 31), True, False)
    publishing.revise(questionnaire, opens_at=moment(2026, 5, 1), closes_at=moment(2026, 6, 1), is_editable=True)
    record.refresh_from_db()
    assert (record.publish_date, record.expire_date) == (datetime.date(2026, 5, 1), datetime.date(2026, 5, 31))
    assert record.editable_answers
    publishing.revise(questionnaire, closes_at=moment(2026, 6, 1, 12))
    record.refresh_from_db()
    assert record.expire_date == datetime.date(2026, 6, 1)
    client.force_login(researcher)
    client.post(f"/admin/surveys/{questionnaire.pk}/kiosk/", {"kiosk": "on"})
    record.refresh_from_db()
    assert not record.need_logged_user
    client.post(f"/admin/surveys/{questionnaire.pk}/kiosk/", {"kiosk": "off"})
    record.refresh_from_db()
    assert record.need_logged_user
    assert Questionnaire.objects.get(pk=questionnaire.pk).kiosk_token is None


def test_the_record_knows_how_the_questions_are_laid_out(questionnaire, definition):
    for mode, method in (("singlePage", Survey.ALL_IN_ONE_PAGE), ("questionPerPage", Survey.BY_QUESTION), ("standard", Survey.BY_CATEGORY)):
        publishing.publish(publishing.revise(questionnaire, definition={**definition, "questionsOnPageMode": mode}))
        assert Survey.objects.get(pk=questionnaire.survey_id).display_method == method


def test_what_is_written_beside_an_answer_is_a_question_of_its_own(alice, db):
    asked = [
        {"type": "radiogroup", "name": "a", "title": "A", "choices": ["x", "y"], "showCommentArea": True},
        {"type": "radiogroup", "name": "b", "title": "B", "choices": ["x", "other"]},
        {"type": "checkbox", "name": "c", "title": "C", "choices": ["x", "y"], "showOtherItem": True},
    ]
    questionnaire = opened({"elements": asked})
    # A choice that is called "other" asks for no words.
    assert list(rows_of(questionnaire)) == ["a", "a-Comment", "b", "c", "c-Comment"]
    data = {"a": "x", "a-Comment": "因为", "b": "other", "c": ["y", "other"], "c-Comment": "别的"}
    answering.complete(questionnaire, member=alice, data=data)
    bodies = dict(Answer.objects.values_list("question__links__path", "body"))
    assert (bodies["a"], bodies["a-Comment"], bodies["b"], bodies["c-Comment"]) == ("x", "因为", "other", "别的")


def test_two_questions_in_the_same_words_keep_their_own_rows_in_every_version(alice, db):
    elements = [{"type": "comment", "name": name, "title": "Why?"} for name in ("first", "second")]
    questionnaire = opened({"elements": elements})
    before = rows_of(questionnaire)
    assert before["first"] != before["second"]
    publishing.revise(questionnaire, definition={"elements": [*elements, {"type": "text", "name": "third"}]})
    publishing.publish(questionnaire)
    questionnaire.refresh_from_db()
    after = rows_of(questionnaire)
    assert {path: after[path] for path in before} == before
    answering.complete(questionnaire, member=alice, data={"first": "one", "second": "two"})
    assert sorted(Answer.objects.values_list("question", "body")) == sorted([(before["first"], "one"), (before["second"], "two")])
    assert Question.objects.count() == 3


def test_a_question_that_moves_to_another_page_gets_a_row_there(db):
    elements = [{"type": "text", "name": name} for name in ("one", "two")]
    questionnaire = opened({"pages": [{"name": "p", "elements": elements}]})
    before = rows_of(questionnaire)
    pages = [{"name": "p", "elements": elements[:1]}, {"name": "q", "elements": elements[1:]}]
    publishing.publish(publishing.revise(questionnaire, definition={"pages": pages}))
    questionnaire.refresh_from_db()
    after = rows_of(questionnaire)
    assert after["one"] == before["one"]
    assert after["two"] != before["two"]
    assert Question.objects.get(pk=after["two"]).category.name == "q"


def test_required_rows_and_fields_are_required_in_the_record(db):
    grid = {"type": "matrix", "name": "m", "rows": ["r"], "columns": ["x", "y"], "eachRowRequired": True}
    fields = {"type": "multipletext", "name": "f", "items": [{"name": "i", "isRequired": True}, {"name": "j"}]}
    opened({"elements": [grid, fields]})
    assert list(Question.objects.order_by("order").values_list("required", flat=True)) == [True, True, False]
