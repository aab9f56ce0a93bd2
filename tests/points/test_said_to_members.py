"""What a member's pages say of where points went, where one stands, and what earns how much."""

import pytest

from community.erasing import erase
from points import gifting, partnering, redeeming
from points.models import Partner, Reward, Rule, Standing, Tier
from points.showing import choose

STATEMENT = "/points/"


@pytest.fixture
def mug(asset):
    return Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", name_zh="马克杯", price_points=40, stock=3)


def page(client, member, address=STATEMENT):
    client.force_login(member)
    return client.get(address).content.decode()


def test_the_statement_names_the_reward_the_partner_and_the_other_side_of_a_gift(
    client, alice, bob, funded, mug, asset, marketer, django_assert_max_num_queries
):
    redeeming.fulfil(redeeming.redeem(mug, member=alice, reference="r"), by=marketer)
    gifting.accept(gifting.offer(alice, to=bob, points=5, reference="g"), by=bob)
    gifting.accept(gifting.offer(bob, to=alice, points=2, reference="g"), by=alice)
    hotel = Partner.objects.create(programme=asset.programme, slug="hotel", name="Grand Hotel", credit_limit_points=100)
    partnering.take(hotel, {"kind": "earn", "reference": "stay", "points": "7", "member": alice.handle})
    page(client, alice)
    with django_assert_max_num_queries(20):
        said = client.get(STATEMENT).content.decode()
    assert "Mug" in said
    assert "Grand Hotel" in said
    assert f"to {bob.display_name}" in said
    assert f"from {bob.display_name}" in said
    assert "马克杯" in page(client, alice, f"/zh-hans{STATEMENT}")
    assert f"from {alice.display_name}" in page(client, bob)
    written = b"".join(client.get("/points/statement.csv").streaming_content).decode()
    assert f"from {alice.display_name}" in written


def test_what_was_given_to_who_has_left_names_nobody(client, alice, bob, funded):
    gifting.accept(gifting.offer(alice, to=bob, points=5, reference="g"), by=bob)
    name = bob.display_name
    erase(bob)
    said = page(client, alice)
    assert "Gift" in said
    assert name not in said


def test_what_earns_points_says_how_many_in_ones_own_tier_and_for_what(client, alice, asset):
    rule = {"programme": asset.programme, "activity_kind": "purchased"}
    region = {"field": "company.region", "operator": "=", "value": "Guangdong"}
    Rule.objects.create(name="Orders", amount_points=3, tier_amounts={"member": 4, "gold": 11}, per_field="amount", per_size=100, **rule)
    Rule.objects.create(name="Orders there", amount_points=1, condition=region, **rule)
    said = page(client, alice)
    assert "for each 100 of “Amount”" in said
    assert "where Region is Guangdong" in said
    assert "+4" in said
    assert "+11" not in said
    Standing.objects.create(programme=asset.programme, member=alice, tier=Tier.objects.get(slug="gold"), rank=3)
    assert "+11" in page(client, alice)


def test_the_leaderboard_says_which_place_is_ones_own_to_who_is_named(client, alice, bob, asset):
    tier = Tier.objects.filter(programme=asset.programme).first()
    for member, points in ((alice, 10), (bob, 20)):
        Standing.objects.create(programme=asset.programme, member=member, tier=tier, earned_points=points)
    choose(bob, is_shown=True)
    assert "Your place is" not in page(client, alice, "/points/leaderboard/")
    choose(alice, is_shown=True)
    said = page(client, alice, "/points/leaderboard/")
    assert "Your place is 2." in said
    assert said.count('<span class="mark">you</span>') == 1


def test_the_form_of_gifts_offers_colleagues_and_is_filled_in_from_a_members_page(client, alice, bob, charlie, funded):
    said = page(client, alice, "/points/gifts/")
    assert f'<option value="{bob.handle}">{bob.display_name}</option>' in said
    assert f'value="{charlie.handle}"' not in said
    profile = page(client, alice, f"/members/{charlie.handle}/")
    assert f"/points/gifts/?to={charlie.handle}" in profile
    assert f'value="{charlie.handle}"' in page(client, alice, f"/points/gifts/?to={charlie.handle}")
    assert "/points/gifts/?to=" not in page(client, alice, f"/members/{alice.handle}/")
    assert "/points/gifts/?to=" not in page_of_nobody(client, charlie)


def page_of_nobody(client, member):
    client.logout()
    return client.get(f"/members/{member.handle}/").content.decode()
