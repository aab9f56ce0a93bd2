"""The forms of the back office take whatever is sent to them: an error at the field, never a page that breaks."""

import pytest

from members.models import Activity
from points.models import Rule
from tests.points.rule_forms import rule_form

URL = "/admin/snippets/points/rule/edit/{}/"
DEEP = '{"not":' * 100_000 + "{}" + "}" * 100_000
LISTS = "[" * 100_000
JSON = [
    *("[5]", "5", "-1", "1.5", "true", "null", '"a"', "NaN", "Infinity", "[]", "{", "{}x", "[[[5]]]"),
    *('{"a":{"b":1}}', DEEP, LISTS, "9" * 5_000),
    *('{"gold":[5]}', '{"gold":{"a":1}}', '{"gold":1e400}', '{"gold":NaN}', '{"gold":-Infinity}', '{"gold":1.5}', '{"gold":true}'),
    *('{"gold":null}', '{"gold":"７x"}', '{"gold":"' + "9" * 5_000 + '"}', '{"gold":' + "9" * 4_000 + "}"),
    *('{"\\u0000":1}', '{"\\ud800":1}'),
    *('{"field":["a"],"operator":"=","value":1}', '{"field":"activity.hour","operator":["="],"value":1}'),
    *('{"field":"activity.hour","operator":{"a":1},"value":1}', '{"field":"activity.hour","operator":"=","value":{"a":1}}'),
    *('{"field":"activity.hour","operator":"in","value":[[1]]}', '{"field":"activity.title","operator":"=","value":"\\ud800"}'),
    *('{"field":"activity.title","operator":"=","value":"\\u0000"}', '{"field":"member.tier","operator":"=","value":[1]}'),
    *('{"all":{"a":1}}', '{"all":[5]}', '{"any":[{"all":[]}]}', '{"company:awards:week":1.5}', '{"company:awards:week":true}'),
    '{"company:awards:week":"' + "9" * 5_000 + '"}',
    *('{"company:awards:week":[1]}', '{"company:awards:week":"²"}', '{"company:awards:week":NaN}'),
]


@pytest.fixture
def rule(asset):
    return Rule.objects.get(activity_kind=Activity.Kind.REPLY_POSTED)


@pytest.mark.parametrize("said", JSON, ids=range(len(JSON)))
def test_whatever_is_sent_as_json_is_refused_at_its_field(client, marketer, rule, said):
    client.force_login(marketer)
    page = client.post(URL.format(rule.pk), rule_form(rule, condition=said, tier_amounts=said, caps=said))
    assert page.status_code == 200
    assert {"condition", "tier_amounts", "caps"} <= page.context["form"].errors.keys()
    rule.refresh_from_db()
    assert rule.latest_revision is None


CELLS = ["-1", "0", "1.5", "9" * 30, "9" * 5_000, "1e3", "NaN", "²", "\0", "五", "[5]", "x" * 100_000]
NUMBERS = [
    *("programme", "amount_points", "amount_up_to", "factor_percent", "qualifying_points", "badge", "voucher_of", "lifts_to", "lift_days"),
    *(
        "per_size",
        "cap_per_day",
        "cap_per_week",
        "cap_per_month",
        "cap_per_object",
        "cap_in_all",
        "cap_points_per_day",
        "cap_points_per_week",
    ),
    *("cap_points_per_month", "cap_points_in_all", "budget_points", "control_percent", "segment"),
    *("tier_amounts-gold", "caps-company:awards:week", "caps-all:points:ever", "caps-nobody"),
]


@pytest.mark.parametrize("said", CELLS, ids=range(len(CELLS)))
def test_a_field_for_a_number_refuses_what_is_none_or_too_large(client, marketer, rule, said):
    client.force_login(marketer)
    page = client.post(URL.format(rule.pk), rule_form(rule, **dict.fromkeys(NUMBERS, said)))
    assert page.status_code == 200
    may_be_none = {"amount_up_to", "control_percent"} if said == "0" else set()
    assert {name.partition("-")[0] for name in NUMBERS} - may_be_none <= page.context["form"].errors.keys()


def folded(page):
    return {str(panel.heading) for panel in page.context["panel"].children if "collapsed" in panel.classes()}


def test_groups_of_the_form_in_which_nothing_is_said_begin_folded(client, marketer, rule):
    client.force_login(marketer)
    seldom = {"Beside the points", "Limits for a company, and for everybody", "Beside other rules", "For everybody together", "Promotion"}
    seldom |= {"Held at first", "Telling the members"}
    Rule.objects.filter(pk=rule.pk).update(group="")
    assert folded(client.get(URL.format(rule.pk))) == seldom
    Rule.objects.filter(pk=rule.pk).update(group="posts", is_promotion=True, caps={"all:awards:ever": 3}, budget_points=9)
    assert folded(client.get(URL.format(rule.pk))) == {"Beside the points", "Held at first", "Telling the members"}
    assert folded(client.post(URL.format(rule.pk), rule_form(rule, amount_points="x"))) == set()
