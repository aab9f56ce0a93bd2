"""A quota that asks of members frees the place that was taken, whatever became of the member since."""

import json

import pytest
from django.core.management import call_command

from members.models import Company, Segment
from points.models import Standing, Tier
from surveys import answering, apportioning, publishing, quotas, rejecting
from surveys.models import Quota, Submission
from tests.conftest import member_of

KEYS = {"member.customer_class": "key_account"}
SMALL = {"member.customer_class": "small_business"}


@pytest.fixture
def cells(questionnaire):
    """A live survey with a cell of each of two customer classes."""
    questionnaire.quotas.create(name="keys", wants=KEYS, most=1)
    questionnaire.quotas.create(name="small", wants=SMALL, most=1)
    return questionnaire


@pytest.fixture
def small_firm(db):
    return Company.objects.create(name="Small Firm", customer_class="small_business")


@pytest.fixture
def key_firm(db):
    return Company.objects.create(name="Key Firm", customer_class="key_account")


@pytest.fixture
def ann(small_firm):
    return member_of(small_firm, "ann@small.example", "Ann")


@pytest.fixture
def kay(key_firm):
    return member_of(key_firm, "kay@key.example", "Kay")


def counted(survey):
    return {cell.name: cell.count for cell in survey.quotas.all()}


def becomes(company, customer_class):
    Company.objects.filter(pk=company.pk).update(customer_class=customer_class)


def test_rejecting_frees_the_cell_that_was_taken_and_not_the_one_the_member_belongs_to_by_now(
    client, researcher, cells, ann, kay, good_answers
):
    answering.complete(cells, member=ann, data=good_answers)
    answering.complete(cells, member=kay, data=good_answers)
    assert counted(cells) == {"keys": 1, "small": 1}
    becomes(ann.company, "key_account")
    client.force_login(researcher)
    address = f"/admin/surveys/{cells.pk}/responses/{Submission.objects.get(member=ann).pk}/"
    client.post(address, {"reason": "in haste"})
    assert counted(cells) == {"keys": 1, "small": 0}
    client.post(address, {"accept": "1"})
    assert counted(cells) == {"keys": 1, "small": 1}, "and takes it again"
    assert Submission.objects.get(member=ann).rejected_at is None


def test_answers_are_not_accepted_again_where_another_has_the_place_that_they_had(cells, ann, small_firm, researcher, good_answers):
    answering.complete(cells, member=ann, data=good_answers)
    rejecting.reject(Submission.objects.get(member=ann), by=researcher, reason="in haste")
    answering.complete(cells, member=member_of(small_firm, "bea@small.example", "Bea"), data=good_answers)
    becomes(small_firm, "key_account")
    with pytest.raises(quotas.QuotaFull):
        rejecting.accept(Submission.objects.get(member=ann))
    assert counted(cells) == {"keys": 0, "small": 1}


def test_whoever_changes_their_answers_stays_in_the_cell_of_whom_they_were(client, cells, ann, good_answers):
    publishing.revise(cells, is_editable=True)
    cells.quotas.create(name="fans of small firms", wants={**SMALL, "nps": 9}, most=5)
    cells.quotas.create(name="critics of key firms", wants={**KEYS, "nps": 3}, most=5)
    cells.quotas.create(name="critics of small firms", wants={**SMALL, "nps": 3}, most=5)
    answering.complete(cells, member=ann, data=good_answers)
    becomes(ann.company, "key_account")
    client.force_login(ann)
    changed = json.dumps({"data": {**good_answers, "nps": 3, "why": "dull"}})
    answer = client.post("/surveys/doing/answers/?edit=1", changed, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert counted(cells) == {"keys": 0, "small": 1, "fans of small firms": 0, "critics of key firms": 0, "critics of small firms": 1}


def test_a_cell_that_is_added_later_keeps_by_what_it_counted(questionnaire, ann, kay, researcher, good_answers):
    for member in (ann, kay):
        answering.complete(questionnaire, member=member, data=good_answers)
    assert Submission.objects.get(member=ann).facts == {}, "nobody asked"
    for name, wants in (("small", SMALL), ("keys", KEYS), ("English", {"member.locale": "en"})):
        apportioning.add(Quota(questionnaire=questionnaire, name=name, wants=wants, most=9))
    assert Submission.objects.get(member=ann).facts == {"customer_class": "small_business", "locale": "en"}
    becomes(ann.company, "key_account")
    # What is added now asks what was kept, so that two cells of one class say the same.
    apportioning.add(Quota(questionnaire=questionnaire, name="small, too", wants=SMALL, most=9))
    assert counted(questionnaire) == {"small": 1, "keys": 1, "English": 2, "small, too": 1}
    rejecting.reject(Submission.objects.get(member=ann), by=researcher, reason="in haste")
    assert counted(questionnaire) == {"small": 0, "keys": 1, "English": 1, "small, too": 0}


def test_the_count_of_a_cell_is_what_counts_after_every_change(questionnaire, ann, kay, alice, researcher, good_answers):
    questionnaire.quotas.create(name="keys", wants=KEYS, most=9)
    questionnaire.quotas.create(name="small", wants=SMALL, most=9)
    for member in (ann, kay, alice):
        answering.complete(questionnaire, member=member, data=good_answers)
    becomes(ann.company, "key_account")
    becomes(kay.company, "small_business")
    rejecting.reject(Submission.objects.get(member=kay), by=researcher, reason="in haste")
    before = counted(questionnaire)
    apportioning.count_anew(questionnaire.pk)
    assert counted(questionnaire) == before


def test_the_cell_of_a_member_who_was_forgotten_is_freed(cells, ann, researcher, good_answers):
    answering.complete(cells, member=ann, data=good_answers)
    call_command("erase_member", ann.email)
    rejecting.reject(Submission.objects.get(), by=researcher, reason="in haste")
    assert counted(cells) == {"keys": 0, "small": 0}


def test_answers_without_a_name_keep_nothing_of_whom_they_are(anonymous, questionnaire, ann, researcher, good_answers):
    # One of before, which no survey gets any more.
    anonymous.quotas.create(name="small", wants=SMALL, most=9)
    answering.complete(anonymous, member=ann, data=good_answers)
    assert Submission.objects.get(questionnaire=anonymous).facts == {}
    questionnaire.quotas.create(name="small", wants=SMALL, most=9)
    publishing.revise(questionnaire, kiosk_token="k" * 43)
    questionnaire.refresh_from_db()
    answering.complete_at_kiosk(questionnaire, data=good_answers)
    nobody = Submission.objects.get(questionnaire=questionnaire)
    rejecting.reject(nobody, by=researcher, reason="in haste")
    nobody.refresh_from_db()
    assert (nobody.facts, counted(questionnaire)) == ({}, {"small": 0})


def in_tier(member, tier):
    Standing.objects.update_or_create(programme=tier.programme, member=member, defaults={"tier": tier})


def test_a_quota_may_be_of_a_tier_and_frees_the_tiers_place_that_was_taken(client, researcher, questionnaire, ann, kay, good_answers):
    low, high = Tier.objects.filter(programme__slug="relationship")[:2]
    client.force_login(researcher)
    desk = f"/admin/surveys/{questionnaire.pk}/quotas/"
    for tier in (low, high):
        client.post(desk, {"name": tier.slug, "wants": f"member.tier = {tier.slug}", "most": 1})
    in_tier(kay, high)
    for member in (ann, kay):
        client.force_login(member)
        sent = client.post("/surveys/doing/answers/", json.dumps({"data": good_answers}), content_type="application/json")
        assert sent.status_code == 200
    assert counted(questionnaire) == {low.slug: 1, high.slug: 1}
    in_tier(ann, high)
    rejecting.reject(Submission.objects.get(member=ann), by=researcher, reason="in haste")
    assert counted(questionnaire) == {low.slug: 0, high.slug: 1}
    # What is added later counts what was kept, and of whom nothing was kept, what is so today.
    again = Quota(questionnaire=questionnaire, name="again", wants={"member.tier": high.slug}, most=5)
    assert apportioning.add(again).count == 1


def test_whose_tier_is_full_need_not_begin(client, questionnaire, ann, kay):
    low, high = Tier.objects.filter(programme__slug="relationship")[:2]
    questionnaire.quotas.create(name="low", wants={"member.tier": low.slug}, most=1, count=1)
    in_tier(kay, high)
    for member, may in ((ann, False), (kay, True)):
        client.force_login(member)
        assert ("survey-player" in client.get("/surveys/doing/").content.decode()) is may


def test_a_quota_may_be_of_a_segment_and_counts_before_and_after(client, researcher, questionnaire, ann, kay, good_answers):
    Segment.objects.create(slug="of-key", name="Of key firms", condition={"field": "company.name", "operator": "=", "value": "Key Firm"})
    answering.complete(questionnaire, member=kay, data=good_answers)
    client.force_login(researcher)
    desk = f"/admin/surveys/{questionnaire.pk}/quotas/"
    page = client.get(f"/admin/surveys/{questionnaire.pk}/").content.decode()
    assert "<code>of-key</code> Of key firms" in page
    assert client.post(desk, {"name": "other", "wants": "member.segment = nowhere", "most": 3}).status_code == 422
    client.post(desk, {"name": "keys", "wants": "member.segment = of-key", "most": 3})
    assert counted(questionnaire) == {"keys": 1}
    answering.complete(questionnaire, member=ann, data=good_answers)
    assert counted(questionnaire) == {"keys": 1}
    kay.company = ann.company
    kay.save()
    rejecting.reject(Submission.objects.get(member=kay), by=researcher, reason="in haste")
    assert counted(questionnaire) == {"keys": 0}
    Segment.objects.all().delete()
    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(questionnaire)
    assert [problem.question for problem in refusal.value.problems] == ["quotas.keys"]
