"""Surveys made in django-survey's own admin: all nine types, their days and terms, and the answers that they had."""

import datetime

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.text import slugify
from survey.forms import ResponseForm
from survey.models import Answer, Category, Question, Response, Survey

from members.models import Activity
from surveys import adopting, answering, publishing, reading, rejecting, taking_over
from surveys.models import EarlierAnswers, Participation, Questionnaire, Submission

TODAY = datetime.date(2026, 5, 10)
NINE = [
    (Question.TEXT, "", 0, "说说看", "说说看"),
    (Question.SHORT_TEXT, "", None, "一句", "一句"),
    (Question.RADIO, "It's fine\n很好\nother", 0, "It's fine", "It's fine"),
    (Question.SELECT, "上海\n北京", None, "北京", "北京"),
    (Question.SELECT_MULTIPLE, "苹果 \n 梨\nC++\nwon't say", 1, ["苹果", "won't say"], "[u'苹果', u'won't say']"),
    (Question.SELECT_IMAGE, "cat:https://x.example/1.png\ndog:/media/2.png", None, "dog", "dog:/media/2.png"),
    (Question.INTEGER, "", 1, 4, "4"),
    (Question.FLOAT, "", None, 2.5, "2.5"),
    (Question.DATE, "", None, "2026-05-09", "2026-05-09"),
]


def made(**fields):
    """A survey with all nine types: two in a category of the same name as another, some in none."""
    about = {"name": "老问卷", "description": "", "need_logged_user": True, "editable_answers": False, "expire_date": datetime.date.max}
    survey = Survey.objects.create(**{**about, **fields})
    categories = [Category.objects.create(survey=survey, name="一", order=order) for order in (2, 1)]
    for order, (kind, choices, category, _value, _body) in enumerate(NINE):
        Question.objects.create(
            survey=survey,
            category=None if category is None else categories[category],
            text=f"问题 {kind}",
            order=order,
            required=order % 2 == 0,
            type=kind,
            choices=choices or None,
            maximum_choices=2 if kind == Question.SELECT_MULTIPLE else None,
        )
    return survey


def answers_to(survey):
    return {f"q{question.pk}": value for question, (*_about, value, _body) in zip(survey.questions.order_by("order"), NINE, strict=True)}


@pytest.fixture
def nine(db):
    return made()


@pytest.fixture
def adopted(nine):
    return adopting.adopt(nine)[0]


def opened(client, member, survey):
    client.force_login(member)
    response = client.post("/django-admin/survey/survey/", {"action": "open_in_the_club", "_selected_action": [survey.pk]})
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_all_nine_types_are_asked_answered_and_recorded_once(client, researcher, alice, nine):
    before = list(Question.objects.order_by("pk").values())
    opened(client, researcher, nine)
    questionnaire = Questionnaire.objects.get(survey=nine)
    assert list(Question.objects.order_by("pk").values()) == before
    assert Category.objects.count() == 2
    client.force_login(alice)
    asked = client.get(f"/surveys/{questionnaire.slug}/").context["definition"]
    # Categories in their order, then what stands in none.
    assert [len(page["elements"]) for page in asked["pages"]] == [2, 2, 5]
    kinds = ["checkbox", "text", "comment", "radiogroup", "text", "dropdown", "imagepicker", "text", "text"]
    assert [element["type"] for page in asked["pages"] for element in page["elements"]] == kinds
    picture = asked["pages"][2]["elements"][2]["choices"]
    assert picture == [{"value": "cat", "imageLink": "https://x.example/1.png"}, {"value": "dog", "imageLink": "/media/2.png"}]
    door = f"/surveys/{questionnaire.slug}/answers/"
    wrong = {**answers_to(nine), f"q{nine.questions.get(type=Question.SELECT).pk}": "深圳"}
    assert client.post(door, {"data": wrong}, content_type="application/json").status_code == 422
    assert client.post(door, {"data": answers_to(nine)}, content_type="application/json").status_code == 200
    assert Submission.objects.get().data == answers_to(nine)
    bodies = list(Answer.objects.order_by("question__order").values_list("body", flat=True))
    assert bodies == [body for *_about, body in NINE]
    several = nine.questions.get(type=Question.SELECT_MULTIPLE)
    assert several.answers_cardinality() == {"苹果": 1, "won't say": 1}


@pytest.mark.parametrize("kind", [kind for kind, *_rest in NINE])
def test_each_type_is_adopted_and_answered_by_itself(alice, db, kind):
    choices, value, body = next((choices, value, body) for each, choices, _c, value, body in NINE if each == kind)
    survey = Survey.objects.create(name=kind, need_logged_user=True, expire_date=datetime.date.max)
    question = Question.objects.create(survey=survey, text="?", order=1, required=True, type=kind, choices=choices or None)
    questionnaire, *_counts = adopting.adopt(survey)
    with pytest.raises(answering.Refused):
        answering.complete(questionnaire, member=alice, data={})
    answering.complete(questionnaire, member=alice, data={f"q{question.pk}": value})
    assert (Answer.objects.get().question_id, Answer.objects.get().body) == (question.pk, body)
    assert Question.objects.count() == 1


def test_a_later_version_keeps_the_rows_of_what_did_not_change(adopted):
    definition = adopted.draft_definition
    definition["pages"][2]["elements"][0]["title"] = "另一句"
    publishing.publish(publishing.revise(adopted, definition=definition))
    assert Question.objects.count() == len(NINE) + 1
    changed = Question.objects.get(text="另一句")
    assert (changed.category, changed.survey_id) == (None, adopted.survey_id)
    assert not Category.objects.filter(name="none").exists()


def test_its_days_and_terms_are_taken_over_and_stay_in_the_record(client, researcher, alice, db, monkeypatch):
    long = "介绍" * 400
    days = {"publish_date": datetime.date(2026, 5, 10), "expire_date": datetime.date(2026, 5, 12)}
    terms = {"need_logged_user": False, "display_method": Survey.BY_QUESTION, "redirect_url": "https://x.example/", "template": "old.html"}
    survey = made(name="名" * 300, description=long, editable_answers=True, **days, **terms)
    kept = Survey.objects.filter(pk=survey.pk).values().get()
    said = opened(client, researcher, survey)
    questionnaire = Questionnaire.objects.get(survey=survey)
    assert Survey.objects.filter(pk=survey.pk).values().get() == kept
    publishing.revise(questionnaire, minutes=4)
    assert Survey.objects.filter(pk=survey.pk).values().get() == kept
    assert questionnaire.is_editable
    assert client.get(f"/surveys/kiosk/{questionnaire.kiosk_token}/").status_code == 200
    assert questionnaire.version.definition["questionsOnPageMode"] == "questionPerPage"
    assert long in questionnaire.version.definition["pages"][0]["elements"][0]["html"]
    for words in ("kiosk", "https://x.example/", "old.html", "Pictures from other addresses"):
        assert any(words in message for message in said)
    zone = timezone.get_default_timezone()
    for moment, is_asking in [((9, 23, 59), False), ((10, 0, 0), True), ((12, 23, 59), True), ((13, 0, 0), False)]:
        now = datetime.datetime(2026, 5, *moment, tzinfo=zone)
        monkeypatch.setattr("surveys.models.questionnaire.timezone.now", lambda now=now: now)
        assert questionnaire.is_asking == is_asking
        assert Questionnaire.objects.asking_now(now).filter(pk=questionnaire.pk).exists() == is_asking
        if not is_asking:
            with pytest.raises(answering.NotAsking):
                answering.complete(questionnaire, member=alice, data=answers_to(survey))


def test_a_survey_whose_last_day_is_over_is_adopted_closed(client, researcher, alice, db):
    survey = made(publish_date=datetime.date(2020, 1, 1), expire_date=datetime.date(2020, 1, 31))
    opened(client, researcher, survey)
    questionnaire = Questionnaire.objects.get(survey=survey)
    client.force_login(alice)
    door = f"/surveys/{questionnaire.slug}/answers/"
    assert client.post(door, {"data": answers_to(survey)}, content_type="application/json").status_code >= 400
    assert not Submission.objects.exists()
    survey.refresh_from_db()
    assert survey.expire_date == datetime.date(2020, 1, 31)


@pytest.mark.parametrize(
    "terms",
    [{"is_published": False}, {"publish_date": datetime.date(2026, 5, 2), "expire_date": datetime.date(2026, 5, 1)}],
)
def test_what_was_not_published_there_waits_at_the_desk_with_its_answers(client, researcher, alice, bob, db, terms):
    survey = made(**terms)
    given_there(survey, bob)
    said = opened(client, researcher, survey)
    questionnaire = Questionnaire.objects.get(survey=survey)
    survey.refresh_from_db()
    assert (questionnaire.state, survey.is_published) == ("draft", False)
    assert any("draft at the desk" in message for message in said)
    assert reading.all_results(questionnaire)[0] == 1
    client.force_login(alice)
    assert client.get(f"/surveys/{questionnaire.slug}/").status_code == 404
    client.force_login(researcher)
    assert "Nothing is published yet." in client.get(f"/admin/surveys/{questionnaire.pk}/").content.decode()
    client.post(f"/admin/surveys/{questionnaire.pk}/publish/")
    questionnaire.refresh_from_db()
    assert (questionnaire.state, questionnaire.version.number) == ("open", 1)


def test_opening_it_is_the_researchers(client, marketer, alice, nine):
    for stranger in (marketer, alice):
        client.force_login(stranger)
        client.post("/django-admin/survey/survey/", {"action": "open_in_the_club", "_selected_action": [nine.pk]})
    assert not Questionnaire.objects.exists()


def given_there(survey, member, changes=()):
    """Answers by django-survey's own form, which keeps slugs and lists as Python prints them."""
    sent = {}
    for question, (kind, _choices, _category, value, body) in zip(survey.questions.order_by("order"), NINE, strict=True):
        value = dict(changes).get(kind, body if kind == Question.SELECT_IMAGE else value)
        slugs = (
            [slugify(item, allow_unicode=True) for item in value] if isinstance(value, list) else slugify(str(value), allow_unicode=True)
        )
        sent[f"question_{question.pk}"] = slugs if kind in (Question.RADIO, Question.SELECT, "select-multiple", "select_image") else value
    display = Survey.objects.filter(pk=survey.pk)
    form = ResponseForm(sent, survey=display.get(), user=member)
    assert form.is_valid(), form.errors
    return form.save()


def test_the_answers_that_it_had_are_read_once_and_count_in_both(client, researcher, alice, bob, charlie, nine):
    given_there(nine, alice)
    given_there(nine, bob, {Question.SELECT: "上海", Question.SELECT_MULTIPLE: ["梨"], Question.SHORT_TEXT: ""})
    several = nine.questions.get(type=Question.SELECT_MULTIPLE)
    # So it counts its own answers before: lists and slugs, and none of the choices.
    assert not set(several.get_clean_choices()) & set(several.answers_cardinality())
    said = opened(client, researcher, nine)
    assert "2 responses were taken over." in said
    opened(client, researcher, nine)
    assert Submission.objects.count() == Response.objects.count() == 2
    assert Submission.objects.get(member=alice).data == answers_to(nine)
    questionnaire = Questionnaire.objects.get(survey=nine)
    answering.complete(questionnaire, member=charlie, data=answers_to(nine))
    total, summaries = reading.all_results(questionnaire)
    assert total == 3
    by_name = {summary.name: {bar.text: bar.count for bar in summary.bars} for summary in summaries}
    for kind in (Question.RADIO, Question.SELECT, Question.SELECT_MULTIPLE):
        question = nine.questions.get(type=kind)
        ours = {text: count for text, count in by_name[f"q{question.pk}"].items() if count}
        assert question.answers_cardinality() == ours
    assert by_name[f"q{several.pk}"] == {"苹果": 2, "梨": 1, "C++": 0, "won't say": 2}
    # What was left open has no row, as it has none of ours.
    assert not Answer.objects.filter(body="").exists()


def test_who_answered_there_does_not_answer_again_and_is_owed_nothing(client, researcher, alice, nine):
    response = given_there(nine, alice)
    before = Activity.objects.count()
    questionnaire, *_counts = adopting.adopt(nine)
    with pytest.raises(answering.AlreadyAnswered):
        answering.complete(questionnaire, member=alice, data=answers_to(nine))
    held = Submission.objects.get()
    assert (held.member, held.response, held.completed_at) == (alice, response, response.created)
    assert held.verdict["valid"] is None
    assert Activity.objects.count() == before
    assert Participation.objects.get().is_recorded
    rejecting.reject(held, by=researcher, reason="Twice")
    rejecting.accept(held)
    assert Activity.objects.count() == before


def test_who_answered_there_changes_their_answers_here_where_that_was_allowed(alice, db):
    survey = made(editable_answers=True)
    given_there(survey, alice)
    questionnaire, *_counts = adopting.adopt(survey)
    text = survey.questions.get(type=Question.SHORT_TEXT)
    answering.change(questionnaire, member=alice, data={**answers_to(survey), f"q{text.pk}": "改了"})
    assert text.answers.get().body == "改了"


def test_of_two_responses_of_one_member_the_later_counts_and_the_earlier_is_kept_behind_it(alice, nine):
    first = given_there(nine, alice)
    first.user = None
    first.save()
    second = given_there(nine, alice, {Question.SHORT_TEXT: "后来"})
    Response.objects.filter(pk=first.pk).update(user=alice)
    questionnaire, taken, _unreadable = adopting.adopt(nine)
    assert taken == 1
    held = Submission.objects.get()
    assert held.response == second
    assert EarlierAnswers.objects.get(submission=held).data == answers_to(nine)
    assert list(Response.objects.all()) == [second]
    assert reading.all_results(questionnaire)[0] == 1


def test_nobodys_responses_count_each_by_itself_and_lead_to_nobody(nine):
    for _time in range(2):
        given_there(nine, type("Nobody", (), {"is_authenticated": False})())
    questionnaire, taken, _unreadable = adopting.adopt(nine)
    assert taken == 2
    assert set(Submission.objects.values_list("member", "completed_at")) == {(None, None)}
    assert not Participation.objects.exists()
    assert reading.all_results(questionnaire)[0] == 2


def test_what_no_question_allows_today_stays_in_the_record_and_is_told(client, researcher, alice, nine):
    given_there(nine, alice)
    odd = {Question.SELECT: "gone", Question.INTEGER: "four", Question.FLOAT: "nan", Question.DATE: "soon"}
    for kind, body in odd.items():
        Answer.objects.filter(question__type=kind).update(body=body)
    said = opened(client, researcher, nine)
    assert any(message.startswith("老问卷: 4 answers are none that their questions allow today") for message in said)
    held = Submission.objects.get()
    lost = {entry["question"] for entry in held.verdict["dropped"]}
    assert lost == {f"q{question.pk}" for question in nine.questions.filter(type__in=odd)}
    assert not lost & set(held.data)
    assert dict(Answer.objects.filter(question__type__in=odd).values_list("question__type", "body")) == odd


def test_many_answers_cost_no_query_each_and_are_taken_in_steps(nine, monkeypatch, alice):
    questionnaire, *_counts = adopting.adopt(nine)

    def costs(count):
        for _time in range(count):
            given_there(nine, type("Nobody", (), {"is_authenticated": False})())
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert taking_over.take_over(questionnaire) == (count, 0)
        return len(asked)

    few = costs(2)
    assert costs(12) <= few + 1
    monkeypatch.setattr(taking_over, "STEP", 3)
    costs(7)
    assert Submission.objects.count() == 21
