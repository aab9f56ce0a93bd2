import pytest
from django.utils import translation

from points import reading, redeeming, wording
from points.models import Reward, Rule, VoucherCode
from tests.points.rule_forms import rule_form

TOKEN = "6f0c6c26-0f5e-4c9c-8a39-1b7a4c3a9c11"


@pytest.fixture
def mug(asset):
    return Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", price_points=40)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_points", "0"),
        ("amount_points", "99999"),
        ("condition", '{"field": "months"}'),
        ("condition", '{"field": "m", "operator": "like", "value": 1}'),
        ("tier_amounts", '{"gold": "many"}'),
        ("cap_per_day", "0"),
        ("is_total", "on"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_field(client, marketer, field, value):
    rule = Rule.objects.get(activity_kind="reply_accepted")
    client.force_login(marketer)
    response = client.post(
        f"/admin/snippets/points/rule/edit/{rule.pk}/", rule_form(rule, **{"group": "", "action-ask": "yes", field: value})
    )
    assert response.status_code == 200
    assert ("group" if field == "is_total" else field) in response.context["form"].errors


def test_a_rule_is_headed_by_its_name_in_the_readers_language(client, marketer):
    rule = Rule.objects.get(activity_kind="reply_accepted")
    rule.save_revision(clean=False)
    marketer.locale = "zh-hans"
    marketer.save(update_fields=["locale"])
    client.force_login(marketer)
    edit = f"/admin/snippets/points/rule/edit/{rule.pk}/"
    assert client.get(edit).context["page_subtitle"] == rule.name_zh
    # A draft may be without a name; its page is headed all the same.
    page = client.post(edit, rule_form(rule, name="", name_zh="", amount_points="0")).context
    assert page["page_subtitle"] == rule.name
    columns = client.get("/admin/snippets/points/rule/").context["table"].columns.values()
    with translation.override("zh-hans"):
        assert "名称" in [str(column.label) for column in columns]


def test_every_page_of_the_back_office_opens(client, marketer, alice, funded, mug):
    redeeming.redeem(mug, member=alice, reference="r")
    client.force_login(marketer)
    snippets = [f"snippets/points/{name}/" for name in ("rule", "tier", "reward", "partner")]
    for path in [
        *snippets,
        "points/redemptions/",
        "points/accounts/?q=alice",
        f"points/accounts/{alice.pk}/",
        f"points/rewards/{mug.pk}/codes/",
    ]:
        assert client.get(f"/admin/{path}").status_code == 200, path


@pytest.mark.parametrize("path", ["snippets/points/rule/", "points/redemptions/", "points/accounts/"])
def test_others_do_not_get_in(client, alice, moderator, path):
    client.force_login(moderator)
    assert client.get(f"/admin/{path}").status_code in (302, 403)
    client.force_login(alice)
    assert client.get(f"/admin/{path}").status_code in (302, 403)


def test_a_marketer_hands_a_reward_over(client, marketer, alice, funded, mug):
    redemption = redeeming.redeem(mug, member=alice, reference="r")
    client.force_login(marketer)
    client.post(f"/admin/points/redemptions/{redemption.pk}/fulfil/")
    redemption.refresh_from_db()
    assert (redemption.status, redemption.decided_by) == ("fulfilled", marketer)


def test_a_marketer_gives_goodwill_once_and_cannot_take_what_is_not_there(client, marketer, alice):
    client.force_login(marketer)
    address = f"/admin/points/accounts/{alice.pk}/"
    for _again in range(2):
        client.post(address, {"points": "20", "reason": "Sorry", "token": TOKEN})
    assert reading.balance_of(alice) == 20
    response = client.post(address, {"points": "-21", "reason": "Oops", "token": TOKEN[:-1] + "2"})
    assert "points" in response.context["form"].errors
    assert reading.balance_of(alice) == 20


def test_codes_are_loaded_once(client, marketer, mug):
    client.force_login(marketer)
    for _again in range(2):
        client.post(f"/admin/points/rewards/{mug.pk}/codes/", {"codes": "A\nB\nA\n"})
    assert VoucherCode.objects.count() == 2


def test_a_rule_in_words(db):
    rule = Rule.objects.get(activity_kind="reply_accepted")
    assert wording.of_rule(rule) == "Reply accepted as solution: 8 points to the member who did it, at most 3 a day"


def test_a_fresh_club_lets_marketers_publish_rules(marketer):
    assert marketer.has_perm("points.publish_rule")
    assert marketer.has_perm("points.publish_reward")
