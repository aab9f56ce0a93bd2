import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from members import activity
from members.models import Activity
from notifications.models import Notification
from points import accounts, accruing, guarding
from points.auditing import audit
from points.models import Accrual, Budget, Review, Rule

Kind = Activity.Kind


NOON = timezone.make_aware(datetime.datetime(2026, 11, 10, 12))


def did(member, kind, cause, **more):
    with transaction.atomic():
        row = activity.record(member, kind, cause=cause, **more)
    accruing.weigh(row.pk)
    return row


def undo(kind, cause):
    with transaction.atomic():
        row = activity.undo(kind, cause=cause)
    accruing.weigh(row.pk)


def decide(client, marketer, accrual, verb):
    """As the marketer does it on the page of what is under review."""
    client.force_login(marketer)
    review = Review.objects.get(accrual=accrual)
    assert client.post(f"/admin/points/reviews/{review.pk}/", {"verb": verb, "note": "Seen."}).status_code == 302
    review.refresh_from_db()
    return review.status


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
    client.post(f"/admin/points/reviews/{mine.pk}/", {"verb": "refuse", "note": "Changed mine, too."})
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


def thanks(giver, taker, count=5, *, at="x"):
    for n in range(count):
        did(taker, Kind.REACTION_RECEIVED, f"post:{at}:{giver.pk}:{taker.pk}:{n}", counterpart=giver)


@pytest.mark.parametrize("length", [3, 4])
def test_a_circle_of_members_who_thank_the_next_is_held(client, marketer, alice, bob, charlie, mei, length):
    circle = [alice, bob, charlie, mei][:length]
    for giver, taker in zip(circle, [*circle[1:], circle[0]], strict=True):
        assert not Review.objects.exists()
        thanks(giver, taker)
    review = Review.objects.get()
    assert (review.reason, review.evidence["circle"], set(review.evidence["members"])) == ("ring", length, {each.pk for each in circle})
    client.force_login(marketer)
    assert f"{length} members in a circle, each with 5 thanks" in client.get("/admin/points/reviews/").content.decode()


def test_thanks_that_do_not_come_round_or_are_few_are_no_ring(alice, bob, charlie, mei, moderator):
    for giver, taker, count in (
        (alice, bob, 9),
        (bob, charlie, 4),
        (charlie, alice, 9),
        (bob, mei, 9),
        (mei, moderator, 9),
        (charlie, bob, 9),
    ):
        thanks(giver, taker, count)
    assert not Review.objects.exists()


def test_looking_for_a_circle_asks_the_same_number_of_times_however_many_thank_each_other(
    alice, bob, charlie, mei, django_assert_max_num_queries
):
    for giver, taker in ((alice, bob), (bob, charlie), (bob, mei), (charlie, mei), (mei, charlie)):
        thanks(giver, taker)
    last = Activity.objects.filter(member=bob, counterpart=alice).order_by("pk").last()
    with django_assert_max_num_queries(4):
        assert guarding._is_ring(last) is None


@pytest.mark.parametrize("phones", [("–", "none"), ("", ""), ("+", " ")])
def test_telephone_numbers_without_a_digit_are_not_one_number(alice, bob, phones):
    for member, phone in zip((alice, bob), phones, strict=True):
        member.phone = phone
        member.save(update_fields=["phone"])
    did(alice, Kind.COLLEAGUE_REGISTERED, "invitation:1", counterpart=bob)
    assert not Review.objects.exists()


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


@pytest.fixture
def limited(alice, bob):
    """A colleague registered pays whoever brought them 2 points, 3 times in all; Alice has Bob's telephone number."""
    rule = Rule.objects.get(activity_kind=Kind.COLLEAGUE_REGISTERED)
    Rule.objects.filter(pk=rule.pk).update(cap_in_all=3, pays=Rule.Pays.MEMBER)
    for member in (alice, bob):
        member.phone = "+86 20 1234 5678"
        member.save(update_fields=["phone"])
    rule.refresh_from_db()
    return rule


def brought(alice, number, invitee):
    """Alice brings somebody, so many minutes after noon. Returns what it was worth."""
    at = NOON + datetime.timedelta(minutes=number)
    row = did(alice, Kind.COLLEAGUE_REGISTERED, f"invitation:{number}", counterpart=invitee, happened_at=at)
    return Accrual.objects.get(activity=row)


def outcomes():
    return list(Accrual.objects.order_by("activity__happened_at").values_list("outcome", flat=True))


def test_what_is_held_takes_up_room_and_refused_leaves_it_to_the_next(client, alice, bob, charlie, marketer, limited):
    held = brought(alice, 1, bob)
    for number in (2, 3, 4, 5):
        brought(alice, number, charlie)
    assert outcomes() == ["held", "awarded", "awarded", "capped", "capped"]
    assert decide(client, marketer, held, "refuse") == "refused"
    assert outcomes() == ["refused", "awarded", "awarded", "awarded", "capped"]
    assert balance(alice) == 6
    assert Notification.objects.filter(member=alice, kind=Notification.Kind.POINTS_EARNED).count() == 3
    brought(alice, 6, charlie)
    undo(Kind.COLLEAGUE_REGISTERED, "invitation:2")
    assert outcomes() == ["refused", "taken_back", "awarded", "awarded", "awarded", "capped"]
    assert audit().differences == []


def test_what_is_held_falls_where_a_limit_leaves_it_no_room_and_waits_again_where_room_comes_back(
    client, alice, bob, charlie, marketer, limited
):
    for number in (2, 3):
        brought(alice, number, charlie)
    held = brought(alice, 5, bob)
    brought(alice, 1, charlie)
    assert outcomes() == ["awarded", "awarded", "awarded", "capped"]
    assert decide(client, marketer, held, "release") == "refused"
    assert balance(alice) == 6
    undo(Kind.COLLEAGUE_REGISTERED, "invitation:2")
    assert outcomes() == ["awarded", "taken_back", "awarded", "held"]
    assert balance(alice) == 4
    assert decide(client, marketer, held, "release") == "released"
    assert balance(alice) == 6
    # Released once, it is paid without being held when its room comes back another time.
    brought(alice, 0, charlie)
    assert (outcomes()[-1], balance(alice)) == ("capped", 6)
    undo(Kind.COLLEAGUE_REGISTERED, "invitation:0")
    assert (outcomes()[-1], balance(alice)) == ("awarded", 6)
    assert audit().differences == []


@pytest.mark.parametrize("way", ["refuse", "take back", "release"])
def test_a_budget_gets_back_what_was_held_and_fell(client, alice, bob, marketer, limited, way):
    Rule.objects.filter(pk=limited.pk).update(budget_points=5)
    held = brought(alice, 1, bob)
    assert Budget.objects.get(rule=limited).given_points == 2
    if way == "take back":
        undo(Kind.COLLEAGUE_REGISTERED, "invitation:1")
    else:
        decide(client, marketer, held, way)
    assert Budget.objects.get(rule=limited).given_points == (2 if way == "release" else 0)


def test_a_budget_laid_over_a_rule_counts_what_is_held(client, alice, bob, charlie, marketer, limited):
    held = brought(alice, 1, bob)
    Rule.objects.filter(pk=limited.pk).update(budget_points=5)
    brought(alice, 2, charlie)
    assert Budget.objects.get(rule=limited).given_points == 4
    decide(client, marketer, held, "refuse")
    assert Budget.objects.get(rule=limited).given_points == 2


def test_a_member_hears_of_points_that_were_released_and_not_of_those_refused(client, alice, bob, marketer, limited):
    told = Notification.objects.filter(member=alice, kind=Notification.Kind.POINTS_EARNED)
    first, second = brought(alice, 1, bob), brought(alice, 2, bob)
    assert not told.exists()
    decide(client, marketer, first, "release")
    assert [row.details["points"] for row in told] == [2]
    decide(client, marketer, first, "release")
    decide(client, marketer, second, "refuse")
    assert told.count() == 1


def test_erasing_a_member_drops_what_is_held_and_pays_nothing_in_its_place(alice, bob, charlie, limited):
    from points import erasing

    Rule.objects.filter(pk=limited.pk).update(cap_in_all=1, budget_points=9)
    brought(alice, 1, bob)
    brought(alice, 2, charlie)
    with transaction.atomic():
        erasing.erase(alice)
    assert outcomes() == ["refused", "capped"]
    assert Budget.objects.get(rule=limited).given_points == 0
    assert Review.objects.get().note == "erased"
    assert audit().differences == []


@pytest.mark.parametrize(
    ("reason", "evidence", "said"),
    [
        ("self_referral", {"same": "phone"}, "The same telephone number"),
        ("ring", {"there": 6, "back": 5, "days": 7, "member": 3}, "6 thanks there and 5 back within 7 days"),
        (
            "ring",
            {"circle": 3, "least": 5, "days": 7, "members": [1, 2, 3]},
            "3 members in a circle, each with 5 thanks or more for the next within 7 days",
        ),
        ("burst", {"deeds": 16, "minutes": 10}, "16 deeds within 10 minutes"),
        ("device", {"members": 4}, "4 members on one device"),
        ("device", {}, ""),
        ("self_referral", {"same": "shoe size"}, ""),
    ],
)
def test_whoever_decides_reads_the_evidence_in_words(reason, evidence, said):
    assert Review(reason=reason, evidence=evidence).words == said
