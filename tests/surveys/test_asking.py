import csv
import datetime
import json

import pytest
from django.utils import timezone

from members import activity
from members.models import Activity, Company
from members.models import Segment as SavedSegment
from notifications.models import Notification
from points.models import Programme, Standing, Tier
from surveys import answering, inviting, publishing, quality, sampling, tallying
from surveys.exporting import csv_lines
from surveys.models import EarlierAnswers, Questionnaire, Submission, SurveyInvitation
from surveys.sampling import Segment
from tests.conftest import member_of


def finish(client, data, address="/surveys/doing/answers/"):
    return client.post(address, json.dumps({"data": data}), content_type="application/json")


@pytest.fixture
def invited_only(questionnaire):
    questionnaire.audience = questionnaire.Audience.INVITED
    questionnaire.save()
    return questionnaire


def test_a_draw_is_by_lot_and_the_same_for_the_same_seed(questionnaire, harbour):
    crowd = [member_of(harbour, f"d{n}@harbour.example", f"Drawn {n}") for n in range(12)]
    first = sampling.draw(questionnaire, Segment(company=harbour.pk), size=4, seed=7)
    assert first.members == sampling.draw(questionnaire, Segment(company=harbour.pk), size=4, seed=7).members
    assert first.members != sampling.draw(questionnaire, Segment(company=harbour.pk), size=4, seed=8).members
    assert first.fitting == len(crowd)


def test_a_sample_may_be_who_wrote_in_a_board_lately(questionnaire, alice, bob, charlie, django_capture_on_commit_callbacks):
    from django.db import transaction

    long_ago = timezone.now() - datetime.timedelta(days=60)
    with transaction.atomic():
        activity.record(alice, Activity.Kind.REPLY_POSTED, cause="post:1", url="/boards/ideas/1/")
        activity.record(bob, Activity.Kind.REPLY_POSTED, cause="post:2", url="/boards/ideas/1/", happened_at=long_ago)
        activity.record(charlie, Activity.Kind.REPLY_POSTED, cause="post:3", url="/boards/help/2/")
    assert list(sampling.members_of(Segment(did="reply_posted", did_at="/boards/ideas/", did_days=30))) == [alice]


def test_a_sample_may_be_a_stage_a_class_or_a_language(client, researcher, questionnaire, alice, bob, charlie, mei):
    Company.objects.filter(pk=mei.company_id).update(purchased_on=timezone.localdate() - datetime.timedelta(days=3), contract_ends_on=None)
    Company.objects.filter(pk=alice.company_id).update(customer_class="key_account")
    client.force_login(researcher)
    for wanted, who in (
        ({"stage": "welcome"}, {charlie, mei}),
        ({"customer_class": "key_account"}, {alice, bob}),
        ({"locale": "zh-hans"}, {mei}),
    ):
        page = client.post(f"/admin/surveys/{questionnaire.pk}/invite/", wanted | {"look": "1"})
        assert set(page.context["drawn"].members) == who
    client.post(f"/admin/surveys/{questionnaire.pk}/invite/", {"stage": "welcome", "locale": "zh-hans"})
    assert [invitation.member for invitation in questionnaire.invitations.all()] == [mei]


def test_nobody_is_asked_too_often(definition, questionnaire, alice, bob):
    for number in range(sampling.FATIGUE_MOST):
        other = publishing.create(title=f"Other {number}", definition=definition)
        inviting.invite(other, [alice])
    drawn = sampling.draw(questionnaire, Segment())
    assert (drawn.members, drawn.tired) == ([bob], 1)


def test_researchers_invite_a_sample_from_the_desk(client, researcher, questionnaire, alice, bob, charlie):
    client.force_login(researcher)
    client.post(f"/admin/surveys/{questionnaire.pk}/invite/", {"company": alice.company_id, "size": 1, "seed": 3, "did_days": 30})
    assert SurveyInvitation.objects.get().member in (alice, bob)


def test_looking_at_a_sample_and_then_saving_the_settings_invites_nobody(client, researcher, questionnaire, alice):
    client.force_login(researcher)
    page = client.post(f"/admin/surveys/{questionnaire.pk}/invite/", {"look": 1}).content.decode()
    assert f'class="survey-part" method="post" action="/admin/surveys/{questionnaire.pk}/"' in page
    refused = client.post(f"/admin/surveys/{questionnaire.pk}/invite/", {"points": "-4", "did_at": "/boards/ideas/"})
    assert refused.status_code == 422
    assert 'value="/boards/ideas/"' in refused.content.decode()
    assert not SurveyInvitation.objects.exists()


def test_who_has_not_answered_is_reminded_twice_at_most(questionnaire, alice, bob, good_answers):
    inviting.invite(questionnaire, [alice, bob])
    assert inviting.remind(questionnaire) == 0
    answering.complete(questionnaire, member=bob, data=good_answers)
    for expected in (1, 1, 0):
        long_ago = timezone.now() - datetime.timedelta(days=inviting.REMIND_AFTER_DAYS + 1)
        SurveyInvitation.objects.filter(reminders__gt=0).update(reminded_at=long_ago)
        SurveyInvitation.objects.update(created_at=long_ago)
        assert inviting.remind(questionnaire) == expected
    assert Notification.objects.filter(member=alice, kind=Notification.Kind.SURVEY_INVITATION).count() == 3


def test_a_personal_link_answers_once_without_signing_in(client, invited_only, alice, good_answers):
    inviting.invite(invited_only, [alice])
    address = inviting.personal_link(SurveyInvitation.objects.get())
    assert client.get("/surveys/doing/").status_code == 302
    assert client.get(address).url == "/surveys/doing/"
    page = client.get("/surveys/doing/")
    assert page.status_code == 200
    assert "Alice" not in page.content.decode()
    assert finish(client, good_answers).status_code == 200
    assert finish(client, good_answers).status_code == 200
    assert Submission.objects.get().member == alice
    assert client.get("/surveys/doing/").url.endswith("/thanks/")
    assert client.get("/surveys/").status_code == 302


def test_a_personal_link_opens_nothing_else_and_none_is_for_the_clubs_people(client, invited_only, questionnaire, researcher, alice):
    inviting.invite(invited_only, [alice, researcher])
    links = {invitation.member: inviting.personal_link(invitation) for invitation in SurveyInvitation.objects.all()}
    assert client.get(links[researcher]).status_code == 404
    assert client.get("/surveys/link/guessed/").status_code == 404
    SurveyInvitation.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))
    assert client.get(links[alice]).status_code == 404


def test_answers_may_be_changed_until_the_survey_closes(client, questionnaire, alice, good_answers):
    client.force_login(alice)
    finish(client, good_answers)
    changed = {**good_answers, "nps": 8}
    assert finish(client, changed, "/surveys/doing/answers/?edit=1").status_code == 409
    questionnaire.is_editable = True
    questionnaire.save()
    tallying.current(questionnaire)
    assert b"Change my answers" in client.get("/surveys/doing/thanks/").content
    assert b"survey-player" in client.get("/surveys/doing/?edit=1").content
    assert finish(client, changed, "/surveys/doing/answers/?edit=1").status_code == 200
    submission = Submission.objects.get()
    assert submission.data["nps"] == 8
    assert submission.response.answers.get(question__text="Would you recommend us?").body == "8"
    assert EarlierAnswers.objects.get().data["nps"] == 9
    assert tallying.current(questionnaire).counts["nps"]["values"] == {"9": 0, "8": 1}
    assert Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED).count() == 1
    publishing.close(questionnaire)
    assert finish(client, good_answers, "/surveys/doing/answers/?edit=1").status_code == 409


def test_a_kiosk_takes_one_answer_after_another_from_nobody(client, researcher, questionnaire, good_answers):
    client.force_login(researcher)
    client.post(f"/admin/surveys/{questionnaire.pk}/kiosk/", {"kiosk": "on"})
    questionnaire.refresh_from_db()
    address = f"/surveys/kiosk/{questionnaire.kiosk_token}/"
    client.logout()
    shown = client.get(address).content
    assert b"survey-player" in shown
    assert b"/accounts/" not in shown  # the next visitor finds the survey
    assert b"site-nav" not in shown
    for _visitor in range(2):
        assert finish(client, good_answers, f"{address}answers/").status_code == 200
    assert finish(client, {"nps": 99}, f"{address}answers/").status_code == 422
    assert set(Submission.objects.values_list("member", "completed_at")) == {(None, None)}
    assert not Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED).exists()
    client.force_login(researcher)
    client.post(f"/admin/surveys/{questionnaire.pk}/kiosk/", {"kiosk": "off"})
    assert client.get(address).status_code == 404


def test_a_kiosk_tells_of_haste_and_keeps_no_time(client, researcher, questionnaire, good_answers):
    Questionnaire.objects.filter(pk=questionnaire.pk).update(kiosk_token="token", minutes=2)
    found = {}
    for score, seconds in enumerate([3, 200, None, -1, "3", 10**9]):
        sent = {"data": {**good_answers, "nps": score}, "seconds": seconds}
        assert client.post("/surveys/kiosk/token/answers/", json.dumps(sent), content_type="application/json").status_code == 200
        given = Submission.objects.get(data__nps=score)
        found[seconds] = given.quality_flags
        assert given.seconds_spent is None
    assert [seconds for seconds, flags in found.items() if flags] == [3]
    client.force_login(researcher)
    page = client.get(f"/admin/surveys/{questionnaire.pk}/responses/").content.decode()
    assert (page.count("not known</td>"), page.count("answered in haste")) == (6, 1)


def test_contradictory_and_copied_answers_are_flagged(client, researcher, questionnaire, alice, bob, monkeypatch):
    client.force_login(researcher)
    address = f"/admin/surveys/{questionnaire.pk}/contradictions/"
    refused = client.post(address, {"contradictions": "{nps} >"})
    assert (refused.status_code, "{nps} &gt;</textarea>" in refused.content.decode()) == (422, True)
    questionnaire.refresh_from_db()
    assert questionnaire.contradictions == []
    client.post(address, {"contradictions": "{nps} > 8 and {size} = '100+'"})
    questionnaire.refresh_from_db()
    monkeypatch.setattr(quality, "ANSWERS_TO_TELL", 3)
    for member in (alice, bob):
        answering.complete(questionnaire, member=member, data={"nps": 9, "size": "100+", "used": ["forum"]})
    flags = dict(Submission.objects.values_list("member", "quality_flags"))
    assert flags == {alice.pk: ["contradictory"], bob.pk: ["contradictory", "duplicate"]}


def test_a_draft_that_takes_the_question_from_a_rule_for_contradictions_is_not_published(client, researcher, questionnaire, definition):
    client.force_login(researcher)
    address = f"/admin/surveys/{questionnaire.pk}/"
    client.post(f"{address}contradictions/", {"contradictions": "{nps} > 8 and {used} = ['events']\n{nps} > 8 and {size} = '100+'"})
    definition["pages"][1]["elements"][1]["name"] = "employees"
    questionnaire.refresh_from_db()
    publishing.revise(questionnaire, definition=definition)
    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(questionnaire)
    [problem] = refusal.value.problems
    assert problem.question == "contradictions[1]"
    assert problem.message.startswith("Contradiction “{nps} > 8 and {size} = '100+'”: ")
    page = client.post(f"{address}publish/", follow=True).content.decode()
    assert "Not published: please correct what is listed below." in page
    assert "<code>contradictions[1]</code>: Contradiction “{nps} &gt; 8 and {size}" in page
    # The rule is put right by the name of today.
    refused = client.post(f"{address}contradictions/", {"contradictions": "{nps} > 8 and {size} = '100+'"})
    assert (refused.status_code, "Contradiction “" in refused.content.decode()) == (422, True)
    client.post(f"{address}contradictions/", {"contradictions": "{nps} > 8 and {employees} = '100+'"})
    questionnaire.refresh_from_db()
    assert publishing.publish(questionnaire).number == 2


def test_a_rule_that_other_choices_make_impossible_is_told_of(client, researcher, questionnaire, definition):
    client.force_login(researcher)
    address = f"/admin/surveys/{questionnaire.pk}/"
    client.post(f"{address}contradictions/", {"contradictions": "{nps} > 8 and {size} = '100+'"})
    assert "contradictions[0]" not in client.get(address).content.decode()
    definition["pages"][1]["elements"][1]["choices"] = ["1-49", "50+"]
    questionnaire.refresh_from_db()
    publishing.revise(questionnaire, definition=definition)
    page = client.get(address).content.decode()
    assert "no answers make it true." in page.partition("<code>contradictions[0]</code>: Contradiction “")[2][:200]
    with pytest.raises(publishing.NotPublishable):
        publishing.publish(questionnaire)
    client.post(f"{address}contradictions/", {"contradictions": ""})
    questionnaire.refresh_from_db()
    assert publishing.publish(questionnaire).number == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "employees"}, "are of “size”, which the survey does not ask"),
        ({"type": "checkbox"}, "are of “size”, which the survey does not ask"),
        ({"choices": ["1-9", "10-99"]}, "of “size” wait for “100+”, which can never be the answer"),
        ({"choices": ["1-9", "10-99", "100+", "1000+"]}, "of “size” leave out “1000+”"),
    ],
)
def test_population_shares_that_fit_a_new_definition_no_more_are_told_of(client, researcher, questionnaire, definition, change, words):
    client.force_login(researcher)
    address = f"/admin/surveys/{questionnaire.pk}/"
    client.post(f"{address}margins/", {"question": "size", "shares": "1-9 = 50\n10-99 = 30\n100+ = 20"})
    assert "weights.size" not in client.get(address).content.decode()
    definition["pages"][1]["elements"][1] |= change
    questionnaire.refresh_from_db()
    publishing.revise(questionnaire, definition=definition)
    assert words in client.get(address).content.decode().partition("<code>weights.size</code>: ")[2][:200]
    assert words not in client.get(f"{address}analysis/").content.decode()
    # They weigh what is there already, and can be given anew at any time: they hold nothing up.
    assert publishing.publish(questionnaire).number == 2
    assert words in client.get(f"{address}analysis/").content.decode()


def test_population_shares_of_what_is_not_asked_any_more_can_be_taken_out(client, researcher, questionnaire):
    questionnaire.margins = {"staff": {'"1-9"': 1}}
    questionnaire.save()
    client.force_login(researcher)
    address = f"/admin/surveys/{questionnaire.pk}/margins/"
    refused = client.post(address, {"question": "staff", "shares": "1-9 = 100"})
    assert (refused.status_code, "its shares can only be taken out" in refused.content.decode()) == (422, True)
    assert client.post(address, {"question": "never", "shares": ""}).status_code == 422
    client.post(address, {"question": "staff", "shares": ""})
    questionnaire.refresh_from_db()
    assert questionnaire.margins == {}


def test_a_sample_may_be_a_tier_or_a_saved_segment(client, researcher, questionnaire, alice, bob, charlie):
    programme = Programme.objects.get(slug="relationship")
    low, high = Tier.objects.filter(programme=programme)[:2]
    Standing.objects.create(programme=programme, member=bob, tier=high)
    assert sampling.draw(questionnaire, Segment(tier=high.slug)).members == [bob]
    assert bob not in sampling.draw(questionnaire, Segment(tier=low.slug)).members
    assert charlie in sampling.draw(questionnaire, Segment(tier=low.slug)).members
    saved = SavedSegment.objects.create(name="Alice’s", condition={"field": "company.name", "operator": "=", "value": alice.company.name})
    client.force_login(researcher)
    client.post(f"/admin/surveys/{questionnaire.pk}/invite/", {"segment": saved.pk, "tier": high.slug, "did_days": 30})
    invited = {invitation.member for invitation in SurveyInvitation.objects.all()}
    assert invited == ({bob} if bob.company == alice.company else set())


def test_a_personal_link_speaks_its_members_language(client, invited_only, mei):
    inviting.invite(invited_only, [mei])
    assert client.get(inviting.personal_link(SurveyInvitation.objects.get())).url == "/zh-hans/surveys/doing/"


def test_a_kiosks_answers_stand_under_the_same_columns_as_a_members(client, questionnaire, alice, good_answers):
    answering.complete(questionnaire, member=alice, data=good_answers)
    questionnaire.kiosk_token = "token-of-the-kiosk"
    questionnaire.save()
    answering.complete_at_kiosk(questionnaire, data=good_answers)
    head, *rows = csv.reader(line.lstrip("\ufeff") for line in csv_lines(questionnaire))
    assert [len(row) for row in rows] == [len(head)] * 2
    size = head.index("size")
    assert [(row[0], row[size]) for row in rows] == [(alice.handle, "10-99"), ("", "10-99")]


def test_answers_that_no_engine_can_read_are_refused_and_break_nothing(client, alice, researcher, db):
    definition = {"elements": [{"type": "paneldynamic", "name": "p", "templateElements": [{"type": "text", "name": "t"}]}]}
    survey = publishing.create(title="Hostile", definition=definition, created_by=researcher, slug="hostile")
    publishing.publish(survey, by=researcher)
    client.force_login(alice)
    for hostile in ([None], [[None]], [1, "x"], {"length": 5}):
        refused = finish(client, {"p": hostile}, "/surveys/hostile/answers/")
        assert refused.status_code == 422, hostile
        assert refused.json()["errors"]
    assert finish(client, {"p": [{"t": "words"}]}, "/surveys/hostile/answers/").status_code == 200


def test_a_researcher_lets_answers_be_changed(client, researcher, questionnaire):
    client.force_login(researcher)
    page = client.get(f"/admin/surveys/{questionnaire.pk}/")
    assert 'name="is_editable"' in page.content.decode()
