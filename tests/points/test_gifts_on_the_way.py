"""Gifts on their way while a side moves to another company, is suspended, shut out or erased: points stay whose they were."""

import datetime

import pytest
from django.utils import timezone

from community.demo import clock
from community.erasing import erase
from members.models import Company, Member
from notifications.models import Notification
from points import accounts, gifting, redeeming, reporting
from points.auditing import audit
from points.gifting import GiftRefused
from points.models import Gift, Programme, Reward
from tests.points.test_gifts import balance, given, look_at, only_admin


def pooled_by(giver, company, points=20):
    return gifting.offer(giver, to=company, points=points, reference="p")


def test_a_gift_to_the_pool_of_a_company_that_its_giver_has_left_stays_the_givers(client, alice, bob, harbour, pine, funded):
    gift = pooled_by(alice, harbour)
    Member.objects.filter(pk=alice.pk).update(company=pine)
    client.force_login(bob)
    assert gift not in client.get("/points/gifts/").context["waiting"]
    page = client.post(f"/points/gifts/{gift.public_id}/acceptance/", follow=True).content.decode()
    assert "One side has left meanwhile" in page
    assert (accounts.pool_of(harbour).posted, accounts.pool_of(pine).posted) == (0, 0)
    client.force_login(alice)
    assert "Withdraw" in client.get("/points/gifts/").content.decode()
    client.post(f"/points/gifts/{gift.public_id}/refusal/")
    assert (balance(alice), Gift.objects.get().status) == (100, "withdrawn")
    assert audit().differences == []


def test_the_new_companys_administrator_neither_sees_nor_decides_what_was_offered_to_the_old_pool(
    client, alice, harbour, pine, charlie, funded
):
    only_admin(charlie)
    gift = pooled_by(alice, harbour)
    Member.objects.filter(pk=alice.pk).update(company=pine)
    client.force_login(charlie)
    assert gift not in client.get("/points/gifts/").context["rows"]
    for verb in ("acceptance", "refusal"):
        assert client.post(f"/points/gifts/{gift.public_id}/{verb}/").status_code == 404
    with clock.set_to(timezone.now() + datetime.timedelta(days=8)):
        assert gifting.let_time_out() == 1
    assert balance(alice) == 100


def test_points_in_a_pool_stay_with_the_company_when_their_giver_or_its_administrator_moves(
    client, alice, bob, harbour, charlie, funded, asset
):
    gifting.accept(pooled_by(alice, harbour, 40), by=bob)
    mug = Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", price_points=30, stock=2)
    reserved = redeeming.redeem(mug, member=bob, reference="r", company=harbour)
    for member in (alice, bob):
        Member.objects.filter(pk=member.pk).update(company=charlie.company)
    bob.refresh_from_db()
    with pytest.raises(redeeming.RewardRefused):
        redeeming.redeem(mug, member=bob, reference="again", company=harbour)
    client.force_login(bob)
    assert client.get("/points/pool/").context["account"] is None
    # What he had reserved for the old company goes back to it.
    redeeming.cancel(reserved, by=bob)
    assert (accounts.pool_of(harbour).available, accounts.pool_of(charlie.company).posted) == (40, 0)
    assert audit().differences == []


def test_the_day_s_limit_of_gifts_moves_with_the_giver(alice, harbour, pine, charlie, funded):
    pooled_by(alice, harbour, 40)
    Member.objects.filter(pk=alice.pk).update(company=pine)
    alice.refresh_from_db()
    with pytest.raises(GiftRefused) as refusal:
        gifting.offer(alice, to=pine, points=11, reference="more")
    assert (refusal.value.reason, refusal.value.most) == ("points", 10)


def test_what_a_suspended_member_gave_waits_for_a_person_who_reads_why(client, alice, charlie, funded, marketer, bob, harbour):
    to_charlie, to_pool = gifting.offer(alice, to=charlie, points=20, reference="a"), pooled_by(alice, harbour)
    Member.objects.filter(pk=alice.pk).update(suspended_until=timezone.now() + datetime.timedelta(days=3))
    for gift, by in ((to_charlie, charlie), (to_pool, bob)):
        client.force_login(by)
        page = client.post(f"/points/gifts/{gift.public_id}/acceptance/", follow=True).content.decode()
        assert "Somebody of the club looks at this gift first." in page
        assert "suspended" not in page
    assert (balance(charlie), accounts.pool_of(harbour).posted) == (0, 0)
    client.force_login(marketer)
    page = client.get("/admin/points/reviews/").content.decode()
    assert page.count("Who gives it was suspended when the other side said yes") == 2
    assert "Harbour Trading · for the pool" in page
    assert "Done." in look_at(client, marketer, to_charlie, "release")
    assert "Done." in look_at(client, marketer, to_pool, "refuse", note="Made out together")
    assert (balance(alice), balance(charlie), accounts.pool_of(harbour).posted) == (80, 20, 0)
    assert "Harbour Trading" in client.get("/admin/points/reviews/").content.decode()


def test_a_gift_whose_giver_or_receiver_was_shut_out_moves_nothing(client, alice, charlie, funded, marketer):
    Programme.objects.update(gift_points_received=1)
    held, offered = given(alice, charlie, 5), gifting.offer(alice, to=charlie, points=6, reference="b")
    Member.objects.filter(pk=charlie.pk).update(is_active=False)
    assert "One side has left meanwhile" in look_at(client, marketer, held, "release")
    Member.objects.filter(pk=charlie.pk).update(is_active=True)
    Member.objects.filter(pk=alice.pk).update(is_active=False)
    client.force_login(charlie)
    assert offered not in client.get("/points/gifts/").context["waiting"]
    with pytest.raises(GiftRefused):
        gifting.accept(offered, by=charlie)
    assert "Done." in look_at(client, marketer, held, "refuse", note="Gone")
    with clock.set_to(timezone.now() + datetime.timedelta(days=8)):
        assert gifting.let_time_out() == 1
    assert (balance(alice), balance(charlie)) == (100, 0)


def test_where_nobody_could_confirm_a_gift_to_the_pool_nobody_is_told_of_it(alice, bob, harbour, funded, db):
    Member.objects.filter(company=harbour).update(company_role=Member.CompanyRole.MEMBER)
    bob.refresh_from_db()
    gift = pooled_by(alice, harbour)
    assert not Notification.objects.filter(cause=f"gift:{gift.pk}").exists()
    assert not Gift.objects.confirmable_by(bob).exists()
    Member.objects.filter(pk=bob.pk).update(company_role=Member.CompanyRole.ADMIN)
    bob.refresh_from_db()
    assert Gift.objects.to_decide(bob).get() == gift


def test_a_company_with_a_pool_or_a_gift_cannot_be_deleted(client, alice, bob, harbour, funded, admin):
    pooled_by(alice, harbour)
    Member.objects.filter(company=harbour).update(company=None)
    client.force_login(admin)
    answer = client.post(f"/admin/company/delete/{harbour.pk}/", follow=True)
    assert Company.objects.filter(pk=harbour.pk).exists()
    assert answer.status_code == 200
    assert gifting.let_time_out(now=timezone.now() + datetime.timedelta(days=8)) == 1
    assert balance(alice) == 100


def test_erasing_the_giver_or_the_company_s_only_administrator_leaves_the_pool_whole(alice, bob, harbour, funded):
    gifting.accept(pooled_by(alice, harbour, 40), by=bob)
    waiting = gifting.offer(alice, to=harbour, points=5, reference="later")
    for member in (alice, bob):
        erase(member)
    waiting.refresh_from_db()
    assert (waiting.status, accounts.pool_of(harbour).available) == ("withdrawn", 40)
    assert reporting.owed().total_points == 40
    assert audit().differences == []
