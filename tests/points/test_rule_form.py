"""The form of a rule: lines of its condition, points by tier, the rule in words while it is typed."""

import datetime
import re

import pytest
from django.db import transaction
from django.utils import timezone

from members import activity
from members.models import Activity, Segment
from points.models import JointPromotion, Partner, Rule
from tests.points.rule_forms import ADDRESS, edit, rule_form, submit

Kind = Activity.Kind


@pytest.fixture
def rule(db):
    return Rule.objects.get(activity_kind=Kind.REPLY_POSTED)


LINE = {"condition-0-mode": "all", "condition-0-0-field": "months", "condition-0-0-operator": "<=", "condition-0-0-value": "four"}


@pytest.mark.parametrize("action", ["action-ask", "action-edit"])
def test_a_line_that_makes_no_sense_is_refused_at_its_field_and_nothing_typed_is_lost(client, marketer, action):
    rule = Rule.objects.filter(activity_kind=Kind.REVENUE_TARGET_MET).first()
    response = edit(client, rule, marketer, name="Half typed", **LINE, **{action: "yes"})
    page = response.content.decode()
    assert response.context["form"].errors["condition"] == ["Line 1: “Months since the target was set” is compared with a number."]
    assert 'value="four"' in page
    assert 'value="Half typed"' in page
    assert rule.revisions.count() == 0


def test_a_field_that_this_kind_of_activity_does_not_know_is_refused(client, marketer, rule):
    response = submit(client, rule, marketer, **{**LINE, "condition-0-0-value": "4"})
    assert "is not known here" in response.context["form"].errors["condition"][0]


def test_lines_are_added_and_removed_by_submitting_the_form(client, marketer, rule):
    line = {
        "condition-0-mode": "any",
        "condition-0-0-field": "company.industry",
        "condition-0-0-operator": "=",
        "condition-0-0-value": "Trade",
    }
    page = edit(client, rule, marketer, amount_points="", **line, **{"condition-reshape": "row:0"}).content.decode()
    assert 'name="condition-0-1-field"' in page
    assert 'value="Trade"' in page
    page = edit(client, rule, marketer, **line, **{"condition-reshape": "group"}).content.decode()
    assert 'name="condition-1-0-field"' in page
    page = edit(client, rule, marketer, **line, **{"condition-reshape": "drop:0:0"}).content.decode()
    assert 'value="Trade"' not in page
    assert rule.revisions.count() == 0


def test_two_groups_of_lines_are_kept_and_shown_again(client, marketer, rule):
    lines = {
        "condition-0-mode": "all",
        "condition-0-0-field": "company.customer_class",
        "condition-0-0-operator": "in",
        "condition-0-0-value": "Key account, small_business",
        "condition-1-mode": "none",
        "condition-1-0-field": "activity.weekday",
        "condition-1-0-operator": "=",
        "condition-1-0-value": "7",
        "condition-1-1-field": "member.days",
        "condition-1-1-operator": "<",
        "condition-1-1-value": "30",
    }
    assert edit(client, rule, marketer, **lines).status_code == 302
    tree = rule.revisions.get().as_object().condition
    assert tree == {
        "all": [
            {"field": "company.customer_class", "operator": "in", "value": ["key_account", "small_business"]},
            {
                "not": {
                    "any": [
                        {"field": "activity.weekday", "operator": "=", "value": 7},
                        {"field": "member.days", "operator": "<", "value": 30},
                    ]
                }
            },
        ]
    }
    page = client.get(f"{ADDRESS}edit/{rule.pk}/").content.decode()
    assert '<option value="none" selected>none of these</option>' in page
    assert '<option value="7" selected>Sunday</option>' in page


def test_points_by_tier_are_typed_beside_the_tiers_names(client, marketer, rule):
    edit(client, rule, marketer, **{"tier_amounts-gold": "7", "tier_amounts-silver": ""})
    assert rule.revisions.get().as_object().tier_amounts == {"gold": 7}
    response = edit(client, rule, marketer, **{"tier_amounts-gold": "many"})
    assert "tier_amounts" in response.context["form"].errors


def test_the_list_of_rules_asks_no_more_for_more_rules(client, marketer, rule, django_assert_max_num_queries):
    client.force_login(marketer)
    Rule.objects.update(tier_amounts={"gold": 3}, condition={"field": "member.tier", "operator": "=", "value": "gold"})
    with django_assert_max_num_queries(35):
        assert client.get(ADDRESS).status_code == 200


def test_the_form_says_the_rule_in_words_in_both_languages_as_it_stands_and_as_it_is_typed(client, marketer, rule):
    client.force_login(marketer)
    address = f"{ADDRESS}edit/{rule.pk}/"
    assert "Reply posted: 1 point to the member who did it" in client.get(address).content.decode()
    page = client.post(address, rule_form(rule, amount_points="7", **{"words-reshape": "refresh"})).content.decode()
    assert "Reply posted: 7 points to the member who did it, at most 10 a day" in page
    assert 'class="club-words" lang="zh-hans"' in page
    rule.refresh_from_db()
    assert (rule.amount_points, rule.latest_revision) == (1, None)


def test_a_form_that_makes_no_sense_yet_is_not_put_into_words(client, marketer, rule):
    client.force_login(marketer)
    page = client.post(f"{ADDRESS}edit/{rule.pk}/", rule_form(rule, amount_points="", **{"words-reshape": "refresh"})).content.decode()
    assert 'class="club-words"' not in page
    assert "once its form says enough" in page


def test_what_a_rule_asks_is_taken_along_as_jsonlogic(client, marketer, alice, rule):
    rule.condition = {"all": [{"field": "board", "operator": "=", "value": "ideas"}]}
    rule.segment = Segment.objects.create(
        slug="printers", name="Printers", condition={"field": "company.industry", "operator": "in", "value": ["Printing", "Paper"]}
    )
    rule.save()
    address = f"/admin/points/rules/{rule.pk}/jsonlogic/"
    client.force_login(alice)
    assert client.get(address).status_code in (302, 403)
    client.force_login(marketer)
    assert f'href="{address}"' in client.get(ADDRESS).content.decode()
    answer = client.get(address)
    assert "attachment" in answer["Content-Disposition"]
    said = answer.json()
    assert (said["activity_kind"], said["programme"]) == ("reply_posted", "relationship")
    assert said["condition"] == {"and": [{"and": [{"!==": [{"var": "board"}, None]}, {"===": [{"var": "board"}, "ideas"]}]}]}
    assert said["segment"]["and"][1] == {"in": [{"var": "company.industry"}, ["Printing", "Paper"]]}
    assert client.post(address).status_code == 405


def test_a_line_offers_the_values_that_deeds_and_companies_have(client, marketer, alice, rule):
    with transaction.atomic():
        for board in ("lounge", "<help>", "lounge"):
            activity.record(alice, Kind.REPLY_POSTED, cause=f"post:{board}", details={"board": board})
        activity.record(alice, Kind.SURVEY_COMPLETED, cause="survey:1", details={"board": "of another kind"})
    line = {"condition-0-mode": "all", "condition-0-0-operator": "=", "condition-0-0-value": "", "condition-reshape": "refresh"}
    page = edit(client, rule, marketer, **line, **{"condition-0-0-field": "board"}).content.decode()
    assert re.findall(r'<option value="([^"]*)"></option>', page) == ["&lt;help&gt;", "lounge"]
    alice.company.region = "Guangdong"
    alice.company.save()
    page = edit(client, rule, marketer, **line, **{"condition-0-0-field": "company.region"}).content.decode()
    assert re.findall(r'<option value="([^"]*)"></option>', page) == ["Guangdong"]
    # Another value may be typed: what it names may be to come.
    saved = {**line, "condition-0-0-field": "board", "condition-0-0-value": "tea-room", "condition-reshape": None}
    assert edit(client, rule, marketer, **saved).status_code == 302


@pytest.mark.parametrize(
    ("days", "said"), [((None, -1), "Over"), ((3, None), "In force from"), ((-3, 3), "In force"), ((None, None), "In force")]
)
def test_the_list_says_whether_a_rule_pays_today(client, marketer, rule, days, said):
    today = timezone.localdate()
    starts, ends = (today + datetime.timedelta(days=each) if each is not None else None for each in days)
    Rule.objects.exclude(pk=rule.pk).update(is_active=False)
    Rule.objects.filter(pk=rule.pk).update(starts_on=starts, ends_on=ends)
    client.force_login(marketer)
    page = client.get(ADDRESS).content.decode()
    assert re.search(rf"<td[^>]*>\s*{said}", page)
    assert ("In force from" in page) == (said == "In force from")


def test_a_rule_that_its_partner_has_not_agreed_to_is_not_said_to_be_in_force(client, marketer, rule):
    hotel = Partner.objects.create(programme=rule.programme, slug="hotel", name="Hotel")
    proposal = JointPromotion.objects.create(partner=hotel, rule=rule)
    client.force_login(marketer)
    assert "Waits for the partner" in client.get(ADDRESS).content.decode()
    JointPromotion.objects.filter(pk=proposal.pk).update(status="approved")
    assert "Waits for the partner" not in client.get(ADDRESS).content.decode()


def test_the_list_says_which_rules_are_promotions_and_the_form_leads_to_the_back_test(client, marketer, rule):
    Rule.objects.filter(pk=rule.pk).update(is_promotion=True)
    client.force_login(marketer)
    said = re.findall(r"<td[^>]*>\s*(yes|–)\s*</td>", client.get(ADDRESS).content.decode())
    assert (said.count("yes"), "–" in said) == (1, True)
    assert f"/admin/points/back-tests/?rule={rule.pk}" in client.get(f"{ADDRESS}edit/{rule.pk}/").content.decode()
    assert "/admin/points/back-tests/?rule=" not in client.get(f"{ADDRESS}add/").content.decode()
