"""A reward that was handed over comes back: points, piece and code."""

import datetime

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from community.demo import clock
from points import accounts, balances, erasing, lapsing, ledger, reading, redeeming
from points.auditing import audit
from points.models import Lot, Redemption, Reward, VoucherCode
from points.redeeming import RewardRefused


@pytest.fixture
def mug(asset):
    return Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", price_points=40, stock=1, limit_per_member=1)


def handed_over(mug, member, marketer, **more):
    return redeeming.fulfil(redeeming.redeem(mug, member=member, reference="r", **more), by=marketer)


def take_back(client, redemption, **said):
    said = {"note": "Cracked", "is_whole": "yes"} | said
    return client.post(reverse("points_return", args=[redemption.pk]), said, follow=True).content.decode()


def test_a_return_gives_points_piece_and_room_back_once(client, funded, alice, mug, marketer):
    redemption = handed_over(mug, alice, marketer)
    client.force_login(marketer)
    assert "Say why it came back" in take_back(client, redemption, note=" ")
    assert reading.balance_of(alice) == 60
    for _again in range(2):
        assert "Returned: the points are back" in take_back(client, redemption)
    mug.refresh_from_db()
    redemption.refresh_from_db()
    assert (reading.balance_of(alice), mug.stock, redemption.status, redemption.note) == (100, 1, "returned", "Cracked")
    client.force_login(alice)
    assert "Reward returned" in client.get("/points/").content.decode()
    assert "Returned" in client.get("/points/rewards/").content.decode()
    redeeming.redeem(mug, member=alice, reference="again")  # the limit of one counts what was kept
    assert audit().differences == []


def test_a_broken_piece_stays_off_the_shelf(client, funded, alice, mug, marketer):
    redemption = handed_over(mug, alice, marketer)
    client.force_login(marketer)
    take_back(client, redemption, is_whole="")
    mug.refresh_from_db()
    assert (reading.balance_of(alice), mug.stock) == (100, 0)


def test_points_go_back_to_the_lots_they_came_from_and_those_that_are_over_lapse(wallet, issued, alice, mug, marketer, move):
    now = timezone.now()
    soon, later = now + datetime.timedelta(days=10), now + datetime.timedelta(days=100)
    move(issued, wallet, 30, lapses_at=soon)
    move(issued, wallet, 30, lapses_at=later)
    redemption = handed_over(mug, alice, marketer)
    with clock.set_to(now + datetime.timedelta(days=20)):
        list(lapsing.expire())
        redeeming.give_back(redemption, by=marketer, note="Too late")
    assert list(Lot.objects.order_by("lapses_at").values_list("lapses_at", "remaining")) == [(soon, 0), (later, 30)]
    assert reading.balance_of(alice) == 30
    lapsed = balances.sum_of(ledger.system_account(wallet, "lapsed"))
    assert lapsed == 30
    assert audit().differences == []


def test_a_code_that_is_given_back_is_void_and_goes_to_nobody_else(client, funded, alice, mug, marketer):
    Reward.objects.update(gives_code=True, stock=5)
    VoucherCode.objects.create(reward=mug, code="ABC-1")
    redemption = redeeming.redeem(mug, member=alice, reference="r")
    redeeming.give_back(redemption, by=marketer, note="Did not work")
    mug.refresh_from_db()
    assert VoucherCode.objects.get().voided_at is not None
    assert mug.stock == 4
    client.force_login(alice)
    page = client.get("/points/rewards/").content.decode()
    assert "<s>ABC-1</s>" in page
    with pytest.raises(RewardRefused, match="sold_out"):
        redeeming.redeem(mug, member=alice, reference="again")


def test_points_of_a_pool_go_back_to_the_pool(funded, bob, harbour, mug, marketer, issued, move):
    pool = accounts.pool_of(harbour)
    move(issued, pool, 50)
    redemption = handed_over(mug, bob, marketer, company=harbour)
    assert reading.pool_balance(harbour) == 10
    redeeming.give_back(redemption, by=marketer, note="Wrong size")
    assert reading.pool_balance(harbour) == 50


def test_only_what_was_handed_over_comes_back_and_only_by_the_clubs_people(client, funded, alice, mug, marketer):
    redemption = redeeming.redeem(mug, member=alice, reference="r")
    client.force_login(marketer)
    assert "already decided" in take_back(client, redemption)
    redeeming.fulfil(redemption, by=marketer)
    client.force_login(alice)
    client.post(reverse("points_return", args=[redemption.pk]), {"note": "Give me"})
    assert Redemption.objects.get().status == "fulfilled"


def test_nothing_comes_back_to_a_member_who_left(client, funded, alice, mug, marketer):
    redemption = handed_over(mug, alice, marketer)
    with transaction.atomic():
        erasing.erase(alice)
    client.force_login(marketer)
    assert "has left the club" in take_back(client, redemption)
    mug.refresh_from_db()
    assert (Redemption.objects.get().status, mug.stock) == ("fulfilled", 0)
