import datetime

import pytest
from django.utils import timezone

from community.demo import clock
from members.models import Company, Member
from points import accounts, gifting, redeeming
from points.forms import GiftForm
from points.gifting import GiftRefused
from points.models import Account, Gift, Programme, Redemption, Reward
from tests.conftest import member_of

TOKEN = "6f0c6c26-0f5e-4c9c-8a39-1b7a4c3a9c11"


def give(client, points, handle, **more):
    return client.post(
        "/points/gifts/", {"to_whom": "member", "handle": handle, "points": points, "message": "Thanks", "token": TOKEN} | more
    )


def balance(member):
    return accounts.wallet_of(member).available


def test_a_gift_is_held_until_the_other_side_accepts(client, alice, charlie, funded):
    client.force_login(alice)
    assert give(client, 20, charlie.handle).status_code == 302
    gift = Gift.objects.get()
    assert (balance(alice), balance(charlie)) == (80, 0)
    client.force_login(charlie)
    assert "Waiting for your answer" in client.get("/points/gifts/").content.decode()
    client.post(f"/points/gifts/{gift.public_id}/acceptance/")
    client.post(f"/points/gifts/{gift.public_id}/acceptance/")
    assert (balance(alice), balance(charlie)) == (80, 20)


def test_a_gift_that_is_declined_or_withdrawn_comes_back(client, alice, charlie, funded):
    client.force_login(alice)
    give(client, 20, charlie.handle)
    client.force_login(charlie)
    client.post(f"/points/gifts/{Gift.objects.get().public_id}/refusal/")
    assert Gift.objects.get().status == "declined"
    assert (balance(alice), balance(charlie)) == (100, 0)


def test_a_gift_nobody_answers_times_out(alice, charlie, funded):
    gift = gifting.offer(alice, to=charlie, points=20, reference="a")
    with clock.set_to(timezone.now() + datetime.timedelta(days=8)):
        with pytest.raises(GiftRefused):
            gifting.accept(gift, by=charlie)
        assert gifting.let_time_out() == 1
        assert gifting.let_time_out() == 0
    assert balance(alice) == 100


def test_gifts_are_limited_by_day_in_number_and_points(client, alice, charlie, funded):
    client.force_login(alice)
    assert give(client, 51, charlie.handle).status_code == 422
    for n in range(3):
        gifting.offer(alice, to=charlie, points=5, reference=str(n))
    answer = give(client, 5, charlie.handle)
    assert "At most 3 gifts a day" in answer.content.decode()
    assert 'value="5"' in answer.content.decode()


@pytest.mark.parametrize("handle", ["alice", "nobody-here"])
def test_nobody_gives_to_oneself_or_to_nobody(client, alice, funded, handle):
    client.force_login(alice)
    assert give(client, 5, alice.handle if handle == "alice" else handle).status_code == 422
    assert not Gift.objects.exists()


def test_only_who_it_is_for_can_accept(client, alice, bob, charlie, funded):
    gift = gifting.offer(alice, to=charlie, points=20, reference="a")
    for member in (alice, bob):
        client.force_login(member)
        assert client.post(f"/points/gifts/{gift.public_id}/acceptance/").status_code == 404


def test_members_pool_points_and_their_company_s_administrator_confirms_and_spends(client, alice, bob, harbour, funded, asset):
    client.force_login(alice)
    give(client, 40, "", to_whom="pool")
    gift = Gift.objects.get()
    assert client.post(f"/points/gifts/{gift.public_id}/acceptance/").status_code == 404
    client.force_login(bob)
    client.post(f"/points/gifts/{gift.public_id}/acceptance/")
    assert accounts.pool_of(harbour).available == 40
    mug = Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", price_points=30, stock=1)
    client.post("/points/rewards/mug/redemptions/", {"token": TOKEN, "from_pool": "yes"})
    assert Redemption.objects.get().company == harbour
    assert accounts.pool_of(harbour).available == 10
    redeeming.cancel(Redemption.objects.get(), by=bob)
    assert accounts.pool_of(harbour).available == 40
    client.force_login(alice)
    client.post("/points/rewards/mug/redemptions/", {"token": TOKEN, "from_pool": "yes"})
    assert Redemption.objects.filter(reward=mug, company=harbour).count() == 1


def test_nobody_puts_points_into_another_company_s_pool(alice, funded, db):
    with pytest.raises(GiftRefused):
        gifting.offer(alice, to=Company.objects.create(name="Other", email_domain="other.example"), points=5, reference="a")


def test_a_gift_to_nobody_asks_to_whom_and_one_to_a_stranger_says_so(alice):
    asked = {"to_whom": "member", "points": "5", "token": "4c0f7d4e-8f0a-4b8e-9d5b-0f3f1f2f3a4b"}
    assert GiftForm(asked, giver=alice).errors == {"handle": ["Say whom you give the points to."]}
    assert GiftForm(asked | {"handle": "nobody"}, giver=alice).errors == {"handle": ["There is no such member."]}


def only_admin(member):
    Member.objects.filter(company=member.company_id).update(company_role=Member.CompanyRole.MEMBER)
    Member.objects.filter(pk=member.pk).update(company_role=Member.CompanyRole.ADMIN)


def test_nobody_confirms_their_own_gift_to_the_pool(client, alice, bob, charlie, harbour, funded, db):
    only_admin(alice)
    client.force_login(alice)
    give(client, 40, "", to_whom="pool")
    gift = Gift.objects.get()
    address = f"/points/gifts/{gift.public_id}/acceptance/"
    assert client.post(address).status_code == 404
    client.force_login(charlie)
    assert client.post(address).status_code == 404
    assert accounts.pool_of(harbour).available == 0
    client.force_login(bob)
    assert gift in client.get("/points/gifts/").context["waiting"]
    client.post(address)
    assert accounts.pool_of(harbour).available == 40


def test_with_two_administrators_no_other_colleague_confirms(client, alice, bob, harbour, funded, db):
    only_admin(alice)
    member_of(harbour, "second@harbour.example", "Second admin", company_role="admin")
    client.force_login(alice)
    give(client, 40, "", to_whom="pool")
    client.force_login(bob)
    assert client.post(f"/points/gifts/{Gift.objects.get().public_id}/acceptance/").status_code == 404


def test_a_programme_made_in_the_back_office_has_its_books_and_keeps_its_word(client, admin, asset):
    client.force_login(admin)
    said = {"name": "Fairs", "slug": "fairs", "lapse_months": "12", "point_cost_fen": "10", "partner_points_each": "100"}
    said |= {"gifts_per_day": "3", "gift_points_per_day": "50"}
    client.post("/admin/snippets/points/programme/add/", said)
    made = Programme.objects.get(slug="fairs")
    assert Account.objects.filter(code="programme:fairs:issued", asset__programme=made).exists()
    address = f"/admin/snippets/points/programme/edit/{made.pk}/"
    assert "it stays" in client.post(address, said | {"slug": "other"}).content.decode()
    client.post(address, said | {"gifts_per_day": "5"})
    made.refresh_from_db()
    assert (made.slug, made.gifts_per_day) == ("fairs", 5)


@pytest.mark.parametrize("page", ["gifts", "rewards"])
def test_reading_a_page_opens_no_account(client, bob, page):
    client.force_login(bob)
    assert client.get(f"/points/{page}/").status_code == 200
    assert not Account.objects.filter(kind="pool").exists()
