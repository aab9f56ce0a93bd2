"""Members in more than one programme, and programmes with more than one type of point."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from members import activity
from members.models import Activity
from points import accounts, accruing, backtesting, ledger, reading, redeeming, showing, standings, starting
from points.auditing import audit
from points.models import Asset, Gift, Programme, Reward, Rule, Standing, Tier
from tests.points.rule_forms import ADDRESS, submit


@pytest.fixture
def academy(db):
    """A second programme, with tiers and a reward of its own."""
    programme = Programme.objects.create(slug="academy", name="Academy points")
    starting.open_books(programme)
    for slug, name, threshold in (("pupil", "Pupil", 0), ("scholar", "Scholar", 50)):
        Tier.objects.create(programme=programme, slug=slug, name=name, threshold_points=threshold)
    scholar = Tier.objects.get(slug="scholar")
    Reward.objects.create(programme=programme, slug="book", name="Book", price_points=40, stock=3, least_tier=scholar)
    return programme


@pytest.fixture
def studied(alice, academy, funded):
    """Alice has 100 points of the club and 70 of the academy, which lapse in ten days."""
    asset = accounts.default_asset("academy")
    wallet = accounts.wallet_of(alice, asset)
    soon = timezone.now() + datetime.timedelta(days=10)
    source = accounts.system("issued", asset)
    ledger.transfer(ledger.Order(source=source, target=wallet, amount_points=70, reference="study", reason="Course", lapses_at=soon))
    list(standings.recompute_all())
    return wallet


def test_a_member_of_two_programmes_sees_both_and_chooses(client, alice, studied):
    client.force_login(alice)
    page = client.get("/points/").content.decode()
    assert '<span class="points-balance-value">100</span>' in page
    assert 'href="?programme=academy"' in page
    other = client.get("/points/?programme=academy")
    said = other.content.decode()
    assert '<span class="points-balance-value">70</span>' in said
    assert "70 points lapse after" in said
    assert [line.delta_points for line in other.context["lines"]] == [70]
    assert "Scholar" in said
    assert "How to earn points" not in said
    assert Standing.objects.get(member=alice, programme__slug="academy").tier.slug == "scholar"
    assert "Course" not in page


def test_a_deed_that_a_programme_pays_moves_its_tier_at_once(alice, academy):
    Rule.objects.create(programme=academy, activity_kind=Activity.Kind.EVENT_ATTENDED, amount_points=60, name="Lecture")
    with transaction.atomic():
        done = activity.record(alice, Activity.Kind.EVENT_ATTENDED, cause="event:1")
    accruing.weigh(done.pk)
    tiers = dict(Standing.objects.filter(member=alice).values_list("programme__slug", "tier__slug"))
    assert tiers == {"relationship": "member", "academy": "scholar"}
    with transaction.atomic():
        back = activity.undo(Activity.Kind.EVENT_ATTENDED, cause="event:1")
    accruing.weigh(back.pk)
    assert Standing.objects.get(member=alice, programme=academy).tier.slug == "pupil"


def test_statement_pages_period_and_csv_stay_in_the_programme(client, alice, studied, move):
    source = accounts.system("issued", studied.asset)
    for n in range(35):
        move(source, studied, 1, reason=f"Lesson {n}")
    client.force_login(alice)
    first = client.get("/points/?programme=academy&from=2026-01-01")
    page = first.content.decode()
    assert f'href="?before={first.context["next"]}&amp;programme=academy&amp;from=2026-01-01#statement"' in page
    assert '<input type="hidden" name="programme" value="academy">' in page
    lines = client.get("/points/statement.csv?programme=academy").getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 37
    assert "Lesson 34" in lines[1]


def test_a_reward_is_paid_from_its_own_programme_and_asks_for_its_own_tier(client, alice, bob, studied):
    client.force_login(alice)
    assert "Book" not in client.get("/points/rewards/").content.decode()
    page = client.get("/points/rewards/?programme=academy").content.decode()
    assert "You have 70 points." in page
    assert "from Scholar" in page
    answer = client.post("/points/rewards/book/redemptions/", {"token": "6f0c6c26-0f5e-4c9c-8a39-1b7a4c3a9c11"})
    assert answer.url.endswith("?programme=academy")
    studied.refresh_from_db()
    assert (studied.available, accounts.wallet_of(alice).available) == (30, 100)
    with pytest.raises(redeeming.RewardRefused, match="tier"):
        redeeming.redeem(Reward.objects.get(slug="book"), member=bob, reference="r")


def test_another_type_of_point_has_a_statement_and_buys_nothing(client, alice, asset, move):
    qualifying = Asset.objects.get(programme=asset.programme, kind="qualifying")
    wallet = accounts.wallet_of(alice, qualifying)
    move(accounts.system("issued", qualifying), wallet, 12, reason="Season")
    client.force_login(alice)
    page = client.get("/points/?type=qualifying").content.decode()
    assert '<span class="points-balance-value">12</span>' in page
    assert "Season" in page
    assert "Qualifying points" in client.get("/points/").content.decode()
    assert client.get("/points/rewards/?type=qualifying").status_code == 404


@pytest.mark.parametrize("query", ["programme=academy", "programme=nothing", "type=shadow", "type=nonsense", "programme=%00"])
def test_a_programme_that_is_not_ones_own_is_not_there(client, bob, academy, query):
    client.force_login(bob)
    for path in ("/points/", "/points/statement.csv", "/points/rewards/"):
        assert client.get(f"{path}?{query}").status_code == 404
    assert "Programmes" not in client.get("/points/").content.decode()


def give(client, giver, handle, points, programme="academy"):
    client.force_login(giver)
    page = client.get(f"/points/gifts/?programme={programme}")
    said = {"to_whom": "member", "handle": handle, "points": points, "token": page.context["form"]["token"].value()}
    return client.post(f"/points/gifts/?programme={programme}", said)


def test_points_of_another_programme_are_given_and_counted_for_themselves(client, alice, bob, charlie, studied, academy):
    Programme.objects.filter(slug="academy").update(gifts_per_day=2, gift_points_per_day=30)
    assert give(client, alice, bob.handle, 20).url == "/points/gifts/?programme=academy"
    assert give(client, alice, charlie.handle, 20).status_code == 422
    # The club's own day is another.
    assert give(client, alice, charlie.handle, 20, "relationship").status_code == 302
    gift = Gift.objects.get(programme=academy)
    client.force_login(bob)
    assert "Academy points" in client.get("/points/gifts/").content.decode()
    client.post(f"/points/gifts/{gift.public_id}/acceptance/")
    assert [reading.balance_of(who, "academy") for who in (alice, bob)] == [50, 20]
    assert [reading.balance_of(who) for who in (alice, bob)] == [80, 0]
    assert audit().differences == []


def test_points_of_a_programme_that_one_is_not_in_are_given_by_nobody(client, bob, charlie, academy):
    client.force_login(bob)
    said = {"to_whom": "member", "handle": charlie.handle, "points": 5, "token": "5f0c3a1e-0d0a-4a37-9b57-0d8a4e7f2a11"}
    for programme in ("academy", "nowhere"):
        assert client.get(f"/points/gifts/?programme={programme}").status_code == 404
        assert client.post(f"/points/gifts/?programme={programme}", said).status_code == 404
        assert client.get(f"/points/leaderboard/?programme={programme}").status_code == 404
    assert not Gift.objects.exists()


def test_each_programme_has_its_leaderboard(client, alice, bob, studied, academy):
    for member in (alice, bob):
        showing.choose(member, is_shown=True)
    client.force_login(alice)
    own = client.get("/points/leaderboard/").context["places"]
    other = client.get("/points/leaderboard/?programme=academy").context
    assert [(place.standing.member, place.points) for place in own] == [(alice, 100)]
    assert [(place.standing.member, place.points) for place in other["places"]] == [(alice, 70)]
    assert other["own_points"] == 70


def test_a_programme_of_qualifying_points_ranks_by_them(client, alice, bob, academy, studied, move):
    Tier.objects.filter(programme=academy).update(qualifies_by="qualifying")
    qualifying = Asset.objects.get(programme=academy, kind="qualifying")
    for member, points in ((alice, 5), (bob, 9)):
        showing.choose(member, is_shown=True)
        move(accounts.system("issued", qualifying), accounts.wallet_of(member, qualifying), points)
        standings.recompute(member, programme=academy)
    client.force_login(alice)
    places = client.get("/points/leaderboard/?programme=academy").context["places"]
    assert [(place.rank, place.standing.member, place.points) for place in places] == [(1, bob, 9), (2, alice, 5)]


FOR_SCHOLARS = {"field": "member.tier", "operator": "=", "value": "scholar"}


def attend(member, number=1):
    with transaction.atomic():
        done = activity.record(member, Activity.Kind.EVENT_ATTENDED, cause=f"event:{number}")
    accruing.weigh(done.pk)


@pytest.mark.parametrize("way", ["amounts", "condition"])
def test_a_rule_of_a_programme_asks_for_the_tier_in_that_programme(alice, bob, studied, academy, way):
    """Alice is a scholar of the academy and silver in the club, Bob of the lowest tier in both."""
    Rule.objects.filter(activity_kind=Activity.Kind.EVENT_ATTENDED).delete()
    more = {"tier_amounts": {"scholar": 9}} if way == "amounts" else {"condition": FOR_SCHOLARS, "amount_points": 9}
    Rule.objects.create(programme=academy, activity_kind=Activity.Kind.EVENT_ATTENDED, name="Lecture", **{"amount_points": 1} | more)
    Rule.objects.create(
        programme=Programme.objects.get(slug="relationship"),
        activity_kind=Activity.Kind.EVENT_ATTENDED,
        name="The club's own",
        amount_points=4,
        tier_amounts={"scholar": 400, "silver": 5, "member": 6},
    )
    for number, member in enumerate((alice, bob)):
        attend(member, number)
    elsewhere = 1 if way == "amounts" else 0
    assert (reading.balance_of(alice, "academy"), reading.balance_of(bob, "academy")) == (70 + 9, elsewhere)
    assert (reading.balance_of(alice), reading.balance_of(bob)) == (100 + 5, 6)
    sets = {row["name"]: row["sets"][0]["points"] for row in backtesting.replay(backtesting.live_rules())["rules"]}
    assert (sets["Lecture"], sets["The club's own"]) == (9 + elsewhere, 11)
    assert audit().differences == []


@pytest.mark.parametrize(("slug", "own", "foreign"), [("academy", "scholar", "gold"), ("relationship", "gold", "scholar")])
def test_the_form_takes_tiers_of_the_rules_own_programme_only(client, marketer, academy, slug, own, foreign):
    rule = Rule.objects.filter(activity_kind=Activity.Kind.EVENT_ATTENDED).first()
    rule.programme = Programme.objects.get(slug=slug)
    line = {"condition-0-mode": "all", "condition-0-0-field": "member.tier", "condition-0-0-operator": "="}
    wrong = submit(client, rule, marketer, **line, **{"condition-0-0-value": foreign, f"tier_amounts-{foreign}": "7"})
    errors = wrong.context["form"].errors
    assert "is one of" in errors["condition"][0]
    assert errors["tier_amounts"] == [f"There is no tier “{foreign}” in this programme."]
    submit(client, rule, marketer, **line, **{"condition-0-0-value": own, f"tier_amounts-{own}": "7"})
    version = rule.revisions.get().as_object()
    assert (version.programme.slug, version.tier_amounts) == (slug, {own: 7})
    page = client.get(f"{ADDRESS}edit/{rule.pk}/").content.decode()
    assert "Scholar · Academy points" in page
