import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from members import activity
from members.models import Activity, Segment
from points import accounts, accruing, adjusting, reading, redeeming, showing
from points.models import Redemption, Reward, Rule, Standing, Tier, VoucherCode

TOKEN = "6f0c6c26-0f5e-4c9c-8a39-1b7a4c3a9c11"


@pytest.fixture
def mug(asset):
    return Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", name_zh="马克杯", price_points=40, stock=1)


@pytest.fixture
def history(alice, db):
    with transaction.atomic():
        rows = [
            activity.record(
                alice,
                Activity.Kind.BLOG_ENTRY_POSTED,
                cause=f"entry:{n}",
                title=f"=Entry {n}",
                url=f"/blogs/alice/{n}/",
                happened_at=timezone.now() - datetime.timedelta(days=n),
            )
            for n in range(35)
        ]
    for row in rows:
        accruing.weigh(row.pk)


def test_the_statement_says_the_balance_what_lapses_and_why(client, alice, history):
    client.force_login(alice)
    page = client.get("/points/").content.decode()
    assert '<span class="points-balance-value">140</span>' in page
    assert "Blog entry posted" in page
    assert '<a href="/blogs/alice/30/">=Entry 30</a>' in page
    assert "lapse after" in page
    assert "How to earn points" in page


def test_the_statement_turns_its_pages_by_key(client, alice, history):
    client.force_login(alice)
    first = client.get("/points/")
    second = client.get(f"/points/?before={first.context['next']}")
    seen = [line.seq for line in [*first.context["lines"], *second.context["lines"]]]
    assert seen == list(range(35, 0, -1))
    assert client.get("/points/?before=x").status_code == 200


def test_the_statement_costs_at_most_fifteen_queries(client, alice, history, mug, django_assert_max_num_queries):
    redeeming.redeem(mug, member=alice, reference="mug")
    Standing.objects.filter(member=alice).update(lasts_until=timezone.localdate() + datetime.timedelta(days=30))
    client.force_login(alice)
    client.get("/points/")
    with django_assert_max_num_queries(15):
        page = client.get("/points/").content.decode()
    assert "keep" in page


def test_the_statement_in_chinese(client, mei):
    client.force_login(mei)
    assert client.get("/zh-hans/points/").status_code == 200


def test_the_csv_has_every_line_and_no_formula(client, alice, history):
    client.force_login(alice)
    lines = client.get("/points/statement.csv").getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 36
    assert "'=Entry 0" in "\n".join(lines)


@pytest.mark.parametrize("path", ["/points/", "/points/rewards/", "/points/leaderboard/", "/points/statement.csv"])
def test_a_visitor_is_asked_to_sign_in(client, db, path):
    assert client.get(path).status_code == 302


def test_a_newcomer_sees_empty_pages_with_a_next_step(client, charlie):
    client.force_login(charlie)
    for path in ("/points/", "/points/rewards/", "/points/leaderboard/"):
        assert client.get(path).status_code == 200


def test_a_reward_is_reserved_once_however_often_it_is_clicked(client, funded, alice, mug):
    client.force_login(alice)
    for _again in range(2):
        client.post("/points/rewards/mug/redemptions/", {"token": TOKEN})
    assert reading.balance_of(alice) == 60
    mug.refresh_from_db()
    assert mug.stock == 0
    assert "Sold out" in client.get("/points/rewards/").content.decode()


def test_spending_more_than_one_has_is_refused_clearly(client, funded, alice, mug):
    Reward.objects.update(price_points=130)
    client.force_login(alice)
    page = client.post("/points/rewards/mug/redemptions/", {"token": TOKEN}, follow=True).content.decode()
    assert "This needs 130 points, and you have 100." in page
    assert "30 more to go" in page
    assert not Redemption.objects.exists()


def test_a_cancelled_reward_gives_back_points_and_piece(client, funded, alice, mug, charlie):
    redemption = redeeming.redeem(mug, member=alice, reference="r")
    path = f"/points/redemptions/{redemption.public_id}/cancellation/"
    client.force_login(charlie)
    assert client.post(path).status_code == 404
    client.force_login(alice)
    client.post(path)
    mug.refresh_from_db()
    assert (reading.balance_of(alice), mug.stock) == (100, 1)


def test_a_fulfilled_reward_moves_the_points_and_cannot_be_cancelled(client, funded, alice, mug, marketer):
    redemption = redeeming.redeem(mug, member=alice, reference="r")
    for _again in range(2):
        redeeming.fulfil(redemption, by=marketer)
    funded.refresh_from_db()
    assert (funded.posted, funded.held) == (60, 0)
    client.force_login(alice)
    client.post(f"/points/redemptions/{redemption.public_id}/cancellation/")
    assert Redemption.objects.get().status == "fulfilled"


def test_a_reward_with_codes_gives_one_at_once_and_none_when_they_are_out(client, funded, alice, mug):
    Reward.objects.update(gives_code=True, stock=None)
    VoucherCode.objects.create(reward=mug, code="ABC-1")
    client.force_login(alice)
    client.post("/points/rewards/mug/redemptions/", {"token": TOKEN})
    assert "ABC-1" in client.get("/points/rewards/").content.decode()
    with pytest.raises(redeeming.RewardRefused):
        redeeming.redeem(mug, member=alice, reference="second")
    assert reading.balance_of(alice) == 60


def test_a_reward_for_a_higher_tier_or_had_often_enough_is_refused(funded, alice, mug, asset):
    Reward.objects.update(least_tier=Tier.objects.get(slug="gold"))
    with pytest.raises(redeeming.RewardRefused, match="tier"):
        redeeming.redeem(mug, member=alice, reference="a")
    Reward.objects.update(least_tier=None, limit_per_member=1, stock=5)
    redeeming.redeem(mug, member=alice, reference="b")
    with pytest.raises(redeeming.RewardRefused, match="limit"):
        redeeming.redeem(mug, member=alice, reference="c")


def test_the_shelf_costs_at_most_fifteen_queries(client, funded, alice, asset, django_assert_max_num_queries):
    for n in range(20):
        Reward.objects.create(programme=asset.programme, slug=f"r{n}", name=f"R{n}", price_points=n + 1)
    redeeming.redeem(Reward.objects.get(slug="r1"), member=alice, reference="a")
    client.force_login(alice)
    client.get("/points/rewards/")
    with django_assert_max_num_queries(15):
        client.get("/points/rewards/")


def test_the_leaderboard_names_only_who_chose_to_be_named(client, alice, bob, history):
    client.force_login(bob)
    assert "Alice Chen" not in client.get("/points/leaderboard/").content.decode()
    showing.choose(alice, is_shown=True)
    assert "Alice Chen" in client.get("/points/leaderboard/").content.decode()
    client.force_login(alice)
    client.post("/points/leaderboard/choice/", {"is_shown": "no"})
    client.force_login(bob)
    assert "Alice Chen" not in client.get("/points/leaderboard/").content.decode()


def test_goodwill_is_a_line_with_its_reason(client, alice, marketer):
    for _again in range(2):
        adjusting.adjust(alice, points=15, reason="Sorry for the delay", by=marketer, reference="g1")
    assert accounts.wallet_of(alice).posted == 15
    client.force_login(alice)
    assert "Goodwill: Sorry for the delay" in client.get("/points/").content.decode()


def test_a_tier_has_a_reward_set_aside_and_it_goes_back_when_time_is_over(client, alice, charlie, asset, mug):
    from points.models import SetAside, Standing

    gold = Tier.objects.get(slug="gold")
    Standing.objects.create(programme=asset.programme, member=alice, tier=gold, rank=3)
    for member in (charlie, alice, alice):
        client.force_login(member)
        client.post("/points/rewards/mug/set-aside/")
    mug.refresh_from_db()
    assert mug.stock == 0
    assert SetAside.objects.get().member == alice
    assert "set aside for you until" in client.get("/points/rewards/").content.decode()
    SetAside.objects.update(until=timezone.now())
    assert redeeming.put_back() == 1
    assert redeeming.put_back() == 0
    mug.refresh_from_db()
    assert mug.stock == 1


def test_a_reward_set_aside_is_redeemed_from_what_was_kept(client, alice, asset, mug, funded):
    from points.models import SetAside, Standing

    Standing.objects.create(programme=asset.programme, member=alice, tier=Tier.objects.get(slug="gold"), rank=3)
    redeeming.set_aside(mug, member=alice)
    redeeming.redeem(mug, member=alice, reference="a")
    mug.refresh_from_db()
    assert mug.stock == 0
    assert not SetAside.objects.exists()


def test_only_what_this_member_can_earn_and_have_is_shown_to_them(client, alice, charlie, wallet, funded, asset):
    gold = asset.programme.tiers.get(slug="gold")
    for slug, fields in {"open": {}, "for-gold": {"least_tier": gold}, "had": {"limit_per_member": 1}}.items():
        Reward.objects.create(programme=asset.programme, slug=slug, name=f"Reward {slug}", price_points=20, **fields)
    redeeming.redeem(Reward.objects.get(slug="had"), member=alice, reference="1")
    rule = {"programme": asset.programme, "activity_kind": "reply_posted", "amount_points": 50}
    today = timezone.localdate()
    Rule.objects.create(name="Rule that is over", ends_on=today - datetime.timedelta(days=1), **rule)
    nobody = Segment.objects.create(
        name="Elsewhere", condition={"all": [{"field": "company.industry", "operator": "=", "value": "Mining"}]}
    )
    Rule.objects.create(name="Rule of a segment", segment=nobody, **rule)
    Rule.objects.create(name="Rule of today", starts_on=today, ends_on=today, **rule)
    client.force_login(alice)
    page = client.get("/points/").content.decode()
    assert "Reward open" in page
    assert "Rule of today" in page
    for other in ("Reward for-gold", "Reward had", "Rule that is over", "Rule of a segment"):
        assert other not in page, other
