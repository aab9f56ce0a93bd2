import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from members import activity
from members.models import Activity
from points import accounts, accruing, guarding
from points.models import Accrual, Review

Kind = Activity.Kind


def did(member, kind, cause, **more):
    with transaction.atomic():
        row = activity.record(member, kind, cause=cause, **more)
    accruing.weigh(row.pk)
    return row


def balance(member):
    return accounts.wallet_of(member).available


@pytest.fixture
def held(alice, bob):
    """Alice brought Bob, who has her telephone number."""
    for member in (alice, bob):
        member.phone = "+86 20 1234 5678"
        member.save(update_fields=["phone"])
    return did(alice, Kind.COLLEAGUE_REGISTERED, "invitation:1", counterpart=bob)


def test_a_referral_of_oneself_is_held_and_the_member_sees_it(client, alice, held):
    assert Review.objects.filter(reason="self_referral", status="waiting").count() == 2
    assert balance(alice) == 0
    client.force_login(alice)
    assert "under review" in client.get("/points/").content.decode()


def test_a_person_releases_or_refuses_with_a_note(client, alice, bob, marketer, held):
    client.force_login(marketer)
    page = client.get("/admin/points/reviews/").content.decode()
    assert "Both sides of the referral look like one person" in page
    mine = Review.objects.get(accrual__member=alice)
    other = Review.objects.get(accrual__member=bob)
    client.post(f"/admin/points/reviews/{mine.pk}/", {"verb": "release", "note": "They share a desk."})
    client.post(f"/admin/points/reviews/{other.pk}/", {"verb": "refuse", "note": "No."})
    client.post(f"/admin/points/reviews/{other.pk}/", {"verb": "release", "note": "Changed my mind."})
    assert (balance(alice), balance(bob)) == (2, 0)
    mine.refresh_from_db()
    assert (mine.note, mine.decided_by) == ("They share a desk.", marketer)


def test_refusing_wants_a_note_and_members_have_no_business_there(client, alice, marketer, held):
    review = Review.objects.first()
    client.force_login(marketer)
    client.post(f"/admin/points/reviews/{review.pk}/", {"verb": "refuse", "note": " "})
    review.refresh_from_db()
    assert review.status == "waiting"
    client.force_login(alice)
    assert client.get("/admin/points/reviews/").status_code in (302, 403, 404)


def test_an_ordinary_referral_is_paid_at_once(alice, bob):
    did(alice, Kind.COLLEAGUE_REGISTERED, "invitation:1", counterpart=bob)
    assert balance(alice) == 2


def test_a_deed_that_is_taken_back_ends_its_review(alice, held):
    with transaction.atomic():
        back = activity.undo(Kind.COLLEAGUE_REGISTERED, cause="invitation:1")
    accruing.weigh(back.pk)
    assert not Review.objects.filter(status="waiting").exists()
    assert balance(alice) == 0
    assert set(Accrual.objects.values_list("outcome", flat=True)) == {"taken_back"}


def test_a_burst_of_deeds_is_held_from_the_sixteenth_on(alice):
    for n in range(20):
        did(alice, Kind.SURVEY_COMPLETED, f"response:{n}", details={"object": f"survey:{n}"})
    assert Review.objects.filter(reason="burst").count() == 5
    assert balance(alice) == 15 * 5


def test_two_who_reward_each_other_all_week_are_held(alice, charlie):
    for n in range(5):
        did(alice, Kind.REACTION_RECEIVED, f"post:{n}:by:1", counterpart=charlie)
        did(charlie, Kind.REACTION_RECEIVED, f"post:{n}:by:2", counterpart=alice)
    assert Review.objects.filter(reason="ring").exists()


def test_many_members_on_one_device_are_held(client, alice, bob, charlie, mei):
    from points.models import DeviceUse

    for member in (alice, bob, charlie, mei):
        client.cookies.pop("sessionid", None)
        client.force_login(member)
        client.get("/points/")
    assert DeviceUse.objects.values("device").distinct().count() == 1
    did(mei, Kind.REPLY_POSTED, "post:9")
    assert Review.objects.get().reason == "device"


def test_colleagues_on_devices_of_their_own_are_not(alice, bob):
    guarding.note_device(alice, "a" * 32)
    guarding.note_device(bob, "b" * 32)
    did(alice, Kind.REPLY_POSTED, "post:9")
    assert not Review.objects.exists()


def test_who_tries_the_accounts_of_old_members_on_one_device_is_not_held(alice, bob, charlie, mei):
    for member in (alice, bob, charlie, mei):
        type(member).objects.filter(pk=member.pk).update(joined_at=timezone.now() - datetime.timedelta(days=60))
        guarding.note_device(member, "c" * 32)
    assert guarding._is_shared_device(alice) is None
    type(mei).objects.update(joined_at=timezone.now())
    assert guarding._is_shared_device(alice).evidence == {"members": 4}


@pytest.mark.parametrize(
    ("reason", "evidence", "said"),
    [
        ("self_referral", {"same": "phone"}, "The same telephone number"),
        ("ring", {"there": 6, "back": 5, "days": 7, "member": 3}, "6 thanks there and 5 back within 7 days"),
        ("burst", {"deeds": 16, "minutes": 10}, "16 deeds within 10 minutes"),
        ("device", {"members": 4}, "4 members on one device"),
        ("device", {}, ""),
        ("self_referral", {"same": "shoe size"}, ""),
    ],
)
def test_whoever_decides_reads_the_evidence_in_words(reason, evidence, said):
    assert Review(reason=reason, evidence=evidence).words == said
