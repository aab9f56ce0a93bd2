import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from community.demo import clock
from members.models import Company, Member
from points import accounts, erasing, gifting, redeeming, standings
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


def test_gifts_of_a_day_are_counted_together_and_count_for_no_tier(client, alice, charlie, funded):
    assert given(alice, charlie, 30).status == "accepted"
    client.force_login(alice)
    assert "Today you can give 20 more points." in give(client, 21, charlie.handle).content.decode()
    assert give(client, 20, charlie.handle).status_code == 302
    standing = standings.recompute(charlie)
    assert (balance(charlie), standing.earned_points, standing.earned_ever_points) == (30, 0, 0)


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


@pytest.fixture
def giver(harbour, issued, move):
    """Another colleague with 100 points: giver(n)."""

    def _giver(n):
        member = member_of(harbour, f"giver{n}@harbour.example", f"Giver {n}")
        move(issued, accounts.wallet_of(member), 100)
        return member

    return _giver


def given(giver, to, points, reference="g"):
    return gifting.accept(gifting.offer(giver, to=to, points=points, reference=reference), by=to)


def look_at(client, marketer, gift, verb, **said):
    client.force_login(marketer)
    return client.post(f"/admin/points/reviews/gifts/{gift.pk}/", {"verb": verb} | said, follow=True).content.decode()


def test_gifts_of_many_to_one_wait_for_a_person_with_the_reason_shown(client, charlie, giver, marketer):
    for n in range(5):
        assert given(giver(n), charlie, 5).status == "accepted"
    client.force_login(charlie)
    gift = gifting.offer(giver(5), to=charlie, points=5, reference="g")
    page = client.post(f"/points/gifts/{gift.public_id}/acceptance/", follow=True).content.decode()
    assert "somebody of the club looks at this one first" in page
    assert "Under review" in page
    client.post(f"/points/gifts/{gift.public_id}/acceptance/")
    assert balance(charlie) == 25
    client.force_login(marketer)
    assert "6 members gave to one within 30 days, where 5 are usual" in client.get("/admin/points/reviews/").content.decode()
    assert look_at(client, marketer, gift, "release").count("Done.") == 1
    look_at(client, marketer, gift, "release")
    gift.refresh_from_db()
    assert (balance(charlie), gift.status, gift.decided_by) == (30, "accepted", marketer)
    assert "already decided" in look_at(client, marketer, gift, "refuse", note="Too late")


def test_much_from_few_waits_too_and_falls_with_a_note(client, alice, charlie, funded, marketer):
    Programme.objects.update(gift_points_received=30, gift_points_per_day=100)
    assert given(alice, charlie, 30).status == "accepted"
    gift = given(alice, charlie, 1, "more")
    assert gift.words == "31 points were given to one within 30 days, where 30 are usual"
    assert "Say why" in look_at(client, marketer, gift, "refuse")
    assert balance(alice) == 69
    look_at(client, marketer, gift, "refuse", note="A funnel")
    gift.refresh_from_db()
    assert (balance(alice), balance(charlie), gift.status, gift.note) == (70, 30, "refused", "A funnel")
    with clock.set_to(timezone.now() + datetime.timedelta(days=31)):
        assert given(alice, charlie, 30, "a month later").status == "accepted"


def test_what_is_held_can_be_withdrawn_and_goes_back_when_nobody_decides(client, alice, charlie, funded, marketer):
    Programme.objects.update(gift_points_received=1)
    gift, other = given(alice, charlie, 5), given(alice, charlie, 6, "other")
    assert (balance(alice), balance(charlie)) == (89, 0)
    client.force_login(alice)
    assert "Withdraw" in client.get("/points/gifts/").content.decode()
    client.post(f"/points/gifts/{gift.public_id}/refusal/")
    with clock.set_to(timezone.now() + datetime.timedelta(days=8)):
        with pytest.raises(GiftRefused):
            gifting.release(other, by=marketer)
        assert gifting.let_time_out() == 1
    assert list(Gift.objects.order_by("pk").values_list("status", flat=True)) == ["withdrawn", "timed_out"]
    assert balance(alice) == 100


def test_nobody_but_the_clubs_people_releases_a_gift_and_only_one_that_is_held(client, alice, charlie, funded, marketer):
    Programme.objects.update(gift_points_received=1)
    gift, open_one = given(alice, charlie, 5), gifting.offer(alice, to=charlie, points=1, reference="open")
    client.force_login(charlie)
    client.post(f"/admin/points/reviews/gifts/{gift.pk}/", {"verb": "release"})
    assert "already decided" in look_at(client, marketer, open_one, "release")
    assert "already decided" in look_at(client, marketer, open_one, "refuse", note="No")
    assert balance(charlie) == 0


def test_a_pool_may_be_filled_by_many(giver, bob, harbour, charlie):
    Programme.objects.update(gift_points_received=1, gift_givers=1)
    for n in range(3):
        gift = gifting.offer(giver(n), to=harbour, points=5, reference="p")
        assert gifting.accept(gift, by=bob).status == "accepted"


def test_erasing_one_side_gives_back_what_was_held(alice, charlie, funded, db):
    Programme.objects.update(gift_points_received=1)
    given(alice, charlie, 5)
    with transaction.atomic():
        erasing.erase(charlie)
    assert (balance(alice), Gift.objects.get().status) == (100, "withdrawn")
