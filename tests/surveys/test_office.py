import csv
import datetime
import html
import io
import json

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from members.models import Activity
from notifications.models import Notification
from surveys import answering, publishing, reading, rejecting
from surveys.models import Questionnaire, Submission, SurveyInvitation

PAGES = ["", "new/", "{pk}/", "{pk}/preview/", "{pk}/responses/", "{pk}/answers.csv"]
DEEDS = ["{pk}/publish/", "{pk}/close/", "{pk}/invite/", "{pk}/check/"]


@pytest.mark.parametrize("page", PAGES)
def test_the_desk_is_the_researchers(client, researcher, marketer, alice, questionnaire, page):
    address = "/admin/surveys/" + page.format(pk=questionnaire.pk)
    client.force_login(researcher)
    assert client.get(address).status_code == 200
    client.force_login(marketer)
    assert client.get(address).status_code == 404
    client.force_login(alice)
    assert client.get(address).status_code in (302, 403, 404)


@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_at_the_desk_are_the_researchers(client, marketer, alice, questionnaire, deed):
    for stranger in (marketer, alice):
        client.force_login(stranger)
        assert client.post("/admin/surveys/" + deed.format(pk=questionnaire.pk)).status_code in (302, 403, 404)
    questionnaire.refresh_from_db()
    assert questionnaire.state == "open"
    assert not SurveyInvitation.objects.exists()


def fields_of(questionnaire, **changes):
    fields = {"title": questionnaire.title, "slug": questionnaire.slug, "minutes": 3, "audience": "everyone", "results": "club"}
    return {**fields, "definition": json.dumps(questionnaire.draft_definition), **changes}


def test_a_survey_is_begun_from_a_template_and_published(client, researcher):
    client.force_login(researcher)
    client.post("/admin/surveys/new/", {"title": "推荐", "starter": "nps"})
    made = Questionnaire.objects.get()
    assert made.state == "draft"
    client.post(f"/admin/surveys/{made.pk}/publish/")
    made.refresh_from_db()
    assert (made.state, made.version.number, made.slug) == ("open", 1, "survey")


@pytest.mark.parametrize("starter", ["csat", "product", "effort", "nps"])
def test_every_template_is_clean(client, researcher, starter):
    client.force_login(researcher)
    client.post("/admin/surveys/new/", {"title": starter, "starter": starter})
    assert b"Proof-read: nothing is wrong" in client.get(f"/admin/surveys/{Questionnaire.objects.get().pk}/").content


def test_errors_are_shown_at_their_place_and_forbid_publication(client, researcher, questionnaire):
    client.force_login(researcher)
    definition = {"elements": [{"type": "text", "name": "a", "visibleIf": "{nobody} = 1"}, {"type": "text", "name": "a"}]}
    client.post(f"/admin/surveys/{questionnaire.pk}/", fields_of(questionnaire, definition=json.dumps(definition)))
    page = client.get(f"/admin/surveys/{questionnaire.pk}/").content.decode()
    assert "<code>elements[1]</code>: The name “a” is used twice." in page
    assert "<code>a.visibleIf</code>: There is no question or value “nobody”." in page
    client.post(f"/admin/surveys/{questionnaire.pk}/publish/")
    questionnaire.refresh_from_db()
    assert questionnaire.version.number == 1


def test_broken_json_is_kept_in_the_field_with_its_line(client, researcher, questionnaire):
    client.force_login(researcher)
    response = client.post(f"/admin/surveys/{questionnaire.pk}/", fields_of(questionnaire, definition='{"elements": [\n  oops'))
    assert response.status_code == 422
    assert "line 2, column 3" in response.content.decode()
    assert "oops" in response.content.decode()


def test_preview_judges_and_keeps_nothing(client, researcher, questionnaire, good_answers):
    client.force_login(researcher)
    door = f"/admin/surveys/{questionnaire.pk}/check/"
    bad = client.post(door, json.dumps({"data": {}}), content_type="application/json")
    assert (bad.status_code, bad.json()["errors"][0]["question"]) == (422, "nps")
    assert "kept=" in client.post(door, json.dumps({"data": good_answers}), content_type="application/json").json()["thanks"]
    assert not Submission.objects.exists()


def test_a_segment_is_invited_and_told_once(client, researcher, alice, mei, questionnaire):
    client.force_login(researcher)
    for _time in range(2):
        client.post(f"/admin/surveys/{questionnaire.pk}/invite/", {"locale": "zh-hans", "points": "9"})
    assert list(SurveyInvitation.objects.values_list("member", "points")) == [(mei.pk, 9)]
    told = Notification.objects.get(kind=Notification.Kind.SURVEY_INVITATION)
    assert (told.member, told.title, told.url, told.details["points"]) == (mei, "我们做得怎么样？", "/surveys/doing/", 9)


def test_the_csv_runs_nothing_in_a_spreadsheet(client, researcher, alice, questionnaire):
    answering.complete(questionnaire, member=alice, data={"nps": 2, "why": '=HYPERLINK("x")', "used": ["forum", "mag"]})
    client.force_login(researcher)
    text = b"".join(client.get(f"/admin/surveys/{questionnaire.pk}/answers.csv").streaming_content).decode("utf-8-sig")
    head, row = list(csv.reader(io.StringIO(text)))
    answers = dict(zip(head, row, strict=True))
    assert answers["why"] == '\'=HYPERLINK("x")'
    assert (answers["nps"], answers["used"], answers["member"]) == ("2", "forum|mag", alice.handle)


def test_rejected_answers_leave_the_results_and_take_the_deed_back(client, researcher, alice, questionnaire, good_answers):
    answering.complete(questionnaire, member=alice, data=good_answers)
    submission = Submission.objects.get()
    client.force_login(researcher)
    door = f"/admin/surveys/{questionnaire.pk}/responses/{submission.pk}/"
    client.post(door, {})
    submission.refresh_from_db()
    assert submission.rejected_at is None
    client.post(door, {"reason": "Every answer the same"})
    client.post(door, {"reason": "Again"})
    submission.refresh_from_db()
    assert submission.rejected_reason == "Every answer the same"
    assert Activity.objects.filter(kind=Activity.Kind.UNDONE).count() == 1
    assert Submission.objects.counted().count() == 0
    rejecting.accept(submission)
    assert Submission.objects.counted().count() == 1


def test_a_survey_is_copied_and_its_next_wave_begun_without_its_answers(client, researcher, marketer, alice, questionnaire, good_answers):
    questionnaire.quotas.create(name="small", wants={"size": "1-9"}, most=4, count=2)
    fields = {
        "points": 7,
        "margins": {"size": {'"1-9"': 1}},
        "kiosk_token": "token",
        "closes_at": timezone.now() + datetime.timedelta(days=3),
    }
    Questionnaire.objects.filter(pk=questionnaire.pk).update(**fields)
    answering.complete(questionnaire, member=alice, data=good_answers)
    questionnaire.refresh_from_db()
    asked = questionnaire.version.definition
    publishing.revise(questionnaire, definition={**asked, "title": "Not yet published"})
    door = f"/admin/surveys/{questionnaire.pk}/copy/"
    client.force_login(marketer)
    assert client.post(door).status_code == 404
    client.force_login(researcher)
    assert client.get(door).status_code == 405
    for sent, title, before, definition in (
        ({}, "How are we doing?, copy", None, questionnaire.draft_definition),
        ({"wave": "1"}, "How are we doing?, wave 2", questionnaire, asked),
    ):
        assert client.post(door, sent).status_code == 302
        made = Questionnaire.objects.latest("pk")
        assert (made.title, made.previous_wave, made.draft_definition, made.state) == (title, before, definition, "draft")
        assert (made.points, made.margins, made.kiosk_token, made.closes_at, made.version) == (7, fields["margins"], None, None, None)
        assert [(cell.name, cell.wants, cell.most, cell.count) for cell in made.quotas.all()] == [("small", {"size": "1-9"}, 4, 0)]
    publishing.publish(made)
    client.post(f"/admin/surveys/{made.pk}/copy/", {"wave": "1"})
    assert Questionnaire.objects.latest("pk").title == "How are we doing?, wave 3"
    assert Submission.objects.count() == 1


def test_closing_and_opening_again_keeps_the_version(client, researcher, questionnaire):
    client.force_login(researcher)
    client.post(f"/admin/surveys/{questionnaire.pk}/close/")
    client.post(f"/admin/surveys/{questionnaire.pk}/publish/")
    questionnaire.refresh_from_db()
    assert (questionnaire.state, questionnaire.version.number) == ("open", 1)
    assert questionnaire.survey.is_published


def test_a_question_that_did_not_change_keeps_its_row(questionnaire, definition):
    before = {link.path: link.question_id for link in questionnaire.version.links.all()}
    definition["pages"][1]["elements"][1]["choices"].append("1000+")
    publishing.revise(questionnaire, definition=definition)
    after = {link.path: link.question_id for link in publishing.publish(questionnaire).links.all()}
    assert after["size"] != before["size"]
    assert {path: pk for path, pk in after.items() if path != "size"} == {path: pk for path, pk in before.items() if path != "size"}


def test_what_the_record_cannot_hold_is_told(questionnaire):
    losses = {(loss.path, loss.feature) for loss in reading.losses_of(questionnaire)}
    assert losses == {("", "languages"), ("nps", "scale"), ("why", "visibleIf"), ("why", "maxLength"), ("double", "type")}


def test_the_page_of_answers_asks_few_questions_of_the_database(
    client, researcher, alice, bob, charlie, mei, questionnaire, good_answers, django_assert_max_num_queries
):
    for member in (alice, bob, charlie, mei):
        answering.complete(questionnaire, member=member, data=good_answers)
    client.force_login(researcher)
    client.get("/admin/surveys/")
    with django_assert_max_num_queries(15):
        client.get(f"/admin/surveys/{questionnaire.pk}/responses/")


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_django_surveys_exports_ask_for_the_right_and_are_safe(client, researcher, observer, alice, questionnaire):
    answering.complete(questionnaire, member=alice, data={"nps": 2, "why": '=1+1, "quoted"'})
    client.force_login(researcher)
    wanted = {"action": "export_as_csv", "_selected_action": [questionnaire.survey_id]}
    text = client.post("/django-admin/survey/survey/", wanted).content.decode("utf-8-sig")
    assert '"\'=1+1, ""quoted"""' in text
    researcher.groups.first().permissions.remove(*researcher.groups.first().permissions.filter(codename="export_questionnaire"))
    client.force_login(type(researcher).objects.get(pk=researcher.pk))
    response = client.post("/django-admin/survey/survey/", wanted)
    assert response.status_code == 302
    assert messages_of(response) == ["You may not export answers."]


def test_without_xelatex_the_pdf_is_refused_in_words(client, researcher, questionnaire, monkeypatch):
    monkeypatch.setattr("surveys.record_exports.shutil.which", lambda name: None)
    client.force_login(researcher)
    response = client.post("/django-admin/survey/survey/", {"action": "export_as_tex", "_selected_action": [questionnaire.survey_id]})
    assert messages_of(response) == ["This server has no xelatex, which makes the PDF."]


def test_answers_are_only_looked_at_in_django_surveys_admin(client, researcher, admin, alice, questionnaire, good_answers):
    answering.complete(questionnaire, member=alice, data=good_answers)
    response = Submission.objects.get().response
    client.force_login(admin)
    page = client.get(f"/django-admin/survey/response/{response.pk}/change/")
    assert page.status_code == 200
    assert b"_save" not in page.content


def test_a_survey_made_in_django_surveys_admin_opens_in_the_player(client, researcher, alice, db):
    from survey.models import Answer, Category, Question, Survey

    survey = Survey.objects.create(name="老问卷", description="From the other admin", need_logged_user=True)
    category = Category.objects.create(survey=survey, name="One", order=1)
    kinds = [
        (Question.RADIO, "yes\nno"),
        (Question.SELECT_MULTIPLE, "a \n b\nc"),
        (Question.INTEGER, None),
        (Question.TEXT, None),
        (Question.DATE, None),
    ]
    made = [
        Question.objects.create(
            survey=survey, category=category, text=f"Q{kind}", order=order, required=order == 0, type=kind, choices=choices
        )
        for order, (kind, choices) in enumerate(kinds)
    ]
    client.force_login(researcher)
    client.post("/django-admin/survey/survey/", {"action": "open_in_the_club", "_selected_action": [survey.pk]})
    questionnaire = Questionnaire.objects.get(survey=survey)
    assert questionnaire.state == "open"
    assert Question.objects.count() == len(made)
    radio, several, whole, *_rest = (f"q{question.pk}" for question in made)
    answering.complete(questionnaire, member=alice, data={radio: "yes", several: ["a", "c"], whole: 4})
    assert made[1].answers_cardinality() == {"a": 1, "c": 1}
    assert Answer.objects.get(question=made[2]).body == "4"


def test_no_address_leads_to_django_surveys_own_pages():
    """Its CSV of a public survey is public, and hands out another's answers under a Chinese title."""
    from django.urls import URLResolver, get_resolver

    def views(patterns):
        for each in patterns:
            if isinstance(each, URLResolver):
                yield from views(each.url_patterns)
            else:
                yield getattr(each.callback, "view_class", each.callback)

    modules = {view.__module__ for view in views(get_resolver().url_patterns)}
    assert len(modules) > 50
    assert [module for module in modules if module == "survey" or module.startswith("survey.")] == []


def test_a_survey_is_begun_from_a_definition_made_elsewhere_and_takes_its_title(client, researcher):
    client.force_login(researcher)
    signature = {"type": "signaturepad", "name": "signed", "penColor": "#103050"}
    definition = {"title": {"default": "After the visit", "zh-cn": "回访"}, "pages": [{"name": "p", "elements": [signature]}]}
    told = client.post("/admin/surveys/new/", {"definition": json.dumps(definition)})
    made = Questionnaire.objects.get()
    assert (made.title, made.draft_definition, made.state) == ("After the visit", definition, "draft")
    assert told["Location"] == f"/admin/surveys/{made.pk}/"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "A survey needs a title."),
        ({"definition": '{"pages": ['}, "This is not JSON: line 1, column 12"),
        ({"title": "Visit", "definition": "[1]"}, "A definition is a JSON object."),
        ({"definition": '{"pages": []}'}, "A survey needs a title."),
    ],
)
def test_what_no_survey_can_begin_from_is_said_at_its_field_and_stays_there(client, researcher, typed, words):
    client.force_login(researcher)
    told = client.post("/admin/surveys/new/", typed)
    assert told.status_code == 422
    page = html.unescape(told.content.decode())
    assert words in page
    assert typed.get("definition", "") in page
    assert not Questionnaire.objects.exists()
