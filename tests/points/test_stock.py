"""What is in stock of a reward: counted beside whoever takes a piece, and never put back by a version of another day."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from points import accounts, redeeming
from points.models import Reward


@pytest.fixture
def mug(asset):
    return Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", price_points=5, stock=5, live=True)


def form_of(reward, **changes):
    names = ("name", "name_zh", "slug", "description", "description_zh", "price_points")
    return {"programme": reward.programme_id} | {name: getattr(reward, name) for name in names} | changes


def edit(client, reward, **changes):
    response = client.post(f"/admin/snippets/points/reward/edit/{reward.pk}/", form_of(reward, **changes))
    assert response.status_code == 302, response.context["form"].errors
    reward.refresh_from_db()


def stock_of(reward):
    return Reward.objects.values_list("stock", flat=True).get(pk=reward.pk)


@pytest.mark.parametrize("way", ["publish the draft", "publish an earlier version", "when it is due"])
def test_a_version_that_goes_live_leaves_the_shelf_as_it_is(client, marketer, alice, funded, mug, way):
    client.force_login(marketer)
    edit(client, mug, name="Cup")
    draft = mug.latest_revision
    if way == "publish an earlier version":
        edit(client, mug, name="Beaker")
    for number in range(3):
        redeeming.redeem(mug, member=alice, reference=str(number))
    if way == "publish the draft":
        edit(client, mug, name="Cup", **{"action-publish": "yes"})
    elif way == "publish an earlier version":
        edit(client, mug, name="Cup", revision=draft.pk, **{"action-publish": "yes"})
    else:
        mug.revisions.filter(pk=draft.pk).update(approved_go_live_at=timezone.now() - datetime.timedelta(minutes=1))
        call_command("publish_scheduled")
    mug.refresh_from_db()
    assert (mug.name, mug.stock) == ("Cup", 2)


def test_the_form_of_a_reward_that_is_there_says_nothing_of_its_stock(client, marketer, mug, asset):
    client.force_login(marketer)
    assert b'name="stock"' not in client.get(f"/admin/snippets/points/reward/edit/{mug.pk}/").content
    edit(client, mug, stock="500", **{"action-publish": "yes"})
    assert stock_of(mug) == 5
    assert b'name="stock"' in client.get("/admin/snippets/points/reward/add/").content
    new = form_of(Reward(programme=asset.programme, name="Pen", slug="pen", price_points=3), stock="7")
    assert client.post("/admin/snippets/points/reward/add/", new).status_code == 302
    assert Reward.objects.get(slug="pen").stock == 7


def test_pieces_come_to_the_shelf_and_go_from_it(client, marketer, alice, funded, mug):
    client.force_login(marketer)
    address = f"/admin/points/rewards/{mug.pk}/pieces/"
    assert address in client.get("/admin/snippets/points/reward/").content.decode()
    assert "5 pieces are on the shelf" in client.get(address).content.decode()
    redeeming.redeem(mug, member=alice, reference="r")
    for pieces, left in ((10, 14), (-4, 10)):
        assert client.post(address, {"pieces": pieces}).status_code == 302
        assert stock_of(mug) == left
    answer = client.post(address, {"pieces": -11})
    assert (answer.status_code, set(answer.context["form"].errors), stock_of(mug)) == (422, {"pieces"}, 10)
    client.post(address, {"is_uncounted": "on"})
    assert stock_of(mug) is None
    assert client.post(address, {"pieces": -1}).status_code == 422
    client.post(address, {"pieces": 3})
    assert stock_of(mug) == 3


@pytest.mark.parametrize("said", [{}, {"pieces": "many"}, {"pieces": "999999999"}, {"pieces": "2", "is_uncounted": "on"}])
def test_what_makes_no_sense_is_refused_at_its_field(client, marketer, mug, said):
    client.force_login(marketer)
    answer = client.post(f"/admin/points/rewards/{mug.pk}/pieces/", said)
    assert (answer.status_code, set(answer.context["form"].errors), stock_of(mug)) == (422, {"pieces"}, 5)


def test_others_move_no_pieces(client, alice, moderator, mug):
    for member in (alice, moderator):
        client.force_login(member)
        assert client.post(f"/admin/points/rewards/{mug.pk}/pieces/", {"pieces": 9}).status_code in (302, 403)
    assert stock_of(mug) == 5


def test_a_row_read_before_a_piece_went_writes_nothing_over_it(alice, funded, mug):
    stale = Reward.objects.get(pk=mug.pk)
    redeeming.redeem(mug, member=alice, reference="r")
    stale.name = "Cup"
    stale.save()
    mug.refresh_from_db()
    assert (mug.name, mug.stock) == ("Cup", 4)
    assert accounts.wallet_of(alice).held == 5
