"""Before a group: drawing by quota, from stages or a screener, and reminders."""

import datetime

import pytest
from django.utils import timezone

from focusgroups import recruiting, reminding, seating
from focusgroups.models import Group, Quota, Seat
from focusgroups.refusals import Refused
from members.models import Activity, Company
from notifications.models import Notification
from tests.conftest import member_of


@pytest.fixture
def firms(db):
    """Six firms in their second month and two in renewal, three people in each."""
    today = timezone.localdate()
    for number in range(8):
        bought = today - datetime.timedelta(days=60 if number < 6 else 360)
        ends = today + datetime.timedelta(days=600 if number < 6 else 30)
        firm = Company.objects.create(
            name=f"Firm {number}", email_domain=f"firm{number}.example", purchased_on=bought, contract_ends_on=ends
        )
        for person in range(3):
            member_of(firm, f"p{person}@firm{number}.example", f"Person {number}{person}")


def segments(group):
    return sorted(group.seats.filter(role=Seat.Role.PARTICIPANT).values_list("segment", flat=True))


def test_quotas_are_filled_by_lot_with_some_over_and_one_of_a_company(client, group, firms, moderator):
    Group.objects.filter(pk=group.pk).update(over_percent=50)
    for segment, wanted in (("deploy", 3), ("renew", 1)):
        Quota.objects.create(group=group, segment=segment, wanted=wanted)
    client.force_login(moderator)
    for _time in range(2):
        client.post(f"/groups/{group.pk}/recruit/")
    assert segments(group) == ["deploy"] * 5 + ["renew"] * 2
    companies = list(group.seats.filter(role=Seat.Role.PARTICIPANT).values_list("member__company", flat=True))
    assert len(companies) == len(set(companies))
    assert Notification.objects.filter(kind=Notification.Kind.GROUP_INVITATION).count() == 7
    page = client.get(f"/groups/{group.pk}/people/").content.decode()
    assert "5 / 5" in page
    assert "2 / 2" in page


def test_a_full_cell_thanks_whoever_comes_later_and_the_others_may_still_agree(client, group, firms, moderator):
    Group.objects.filter(pk=group.pk).update(over_percent=200)
    for segment, wanted in (("deploy", 1), ("renew", 1)):
        Quota.objects.create(group=group, segment=segment, wanted=wanted)
    group.refresh_from_db()
    drawn = recruiting.draw(group, by=moderator)
    first, second, *_rest = [seat for seat in drawn if seat.segment == "deploy"]
    seating.consent(first)
    client.force_login(second.member)
    page = client.post(f"/groups/{group.pk}/seat/", {"agree": "on"}, follow=True).content.decode()
    assert "Enough people like you have agreed to come" in page
    second.refresh_from_db()
    assert second.consented_at is None
    by_hand = seating.invite(group, member=Company.objects.get(name="Firm 5").members.exclude(pk=first.member_id).last(), is_told=False)
    with pytest.raises(Refused, match="full") as refusal:
        seating.consent(by_hand)
    assert "people like you" in str(refusal.value.message)
    assert seating.consent(next(seat for seat in drawn if seat.segment == "renew")).consented_at
    assert recruiting.draw(group, by=moderator) == []


def test_quotas_without_a_number_are_a_limit_all_together(group, firms):
    Quota.objects.create(group=group, segment="nowhere", wanted=1)
    first, second = Company.objects.get(name="Firm 1").members.order_by("pk")[:2]
    seating.consent(seating.invite(group, member=first, is_told=False))
    with pytest.raises(Refused, match="full"):
        seating.consent(seating.invite(group, member=second, is_told=False))


def test_who_never_answers_is_replaced_after_three_days_and_who_agreed_is_not(group, firms, moderator):
    Group.objects.filter(pk=group.pk).update(over_percent=0, seats_wanted=3)
    group.refresh_from_db()
    agreed, *silent = recruiting.draw(group, by=moderator)
    seating.consent(agreed)
    assert recruiting.draw(group, by=moderator) == []
    group.seats.update(invited_at=timezone.now() - datetime.timedelta(days=3, minutes=1))
    assert len(recruiting.draw(group, by=moderator)) == len(silent) == 2
    assert recruiting.draw(group, by=moderator) == []


def test_where_the_start_is_near_half_of_the_time_is_enough_to_answer(group, firms, moderator):
    Group.objects.filter(pk=group.pk).update(over_percent=0, seats_wanted=1, starts_at=timezone.now() + datetime.timedelta(hours=10))
    group.refresh_from_db()
    recruiting.draw(group, by=moderator)
    assert recruiting.draw(group, by=moderator) == []
    group.seats.update(invited_at=timezone.now() - datetime.timedelta(hours=11))
    assert len(recruiting.draw(group, by=moderator)) == 1


def test_only_who_has_done_something_lately_is_drawn_where_a_deed_is_asked_for(group, firms, moderator):
    Group.objects.filter(pk=group.pk).update(seats_wanted=8, over_percent=0, deed="thread_started", deed_days=30)
    people = list(Company.objects.get(name="Firm 1").members.order_by("pk"))
    long_ago = timezone.now() - datetime.timedelta(days=40)
    for place, (member, at) in enumerate([(people[0], timezone.now()), (people[1], long_ago)]):
        Activity.objects.create(member=member, kind="thread_started", cause=f"thread:{place}", happened_at=at)
    group.refresh_from_db()
    assert [seat.member for seat in recruiting.draw(group, by=moderator)] == [people[0]]


def test_who_was_in_another_group_lately_is_left_in_peace(group, study, firms, moderator):
    Group.objects.filter(pk=group.pk).update(seats_wanted=8, over_percent=0)
    other = Group.objects.create(study=study, title="Other")
    for member in Company.objects.get(name="Firm 0").members.all():
        seat = seating.invite(other, member=member, is_told=False)
        Seat.objects.filter(pk=seat.pk).update(first_here_at=timezone.now() - datetime.timedelta(days=10))
    group.refresh_from_db()
    made = recruiting.draw(group, by=moderator)
    assert len(made) == 7
    assert "Firm 0" not in {seat.member.company.name for seat in made}


def test_only_a_host_draws_and_only_for_a_number_wanted(client, group, seats, firms, alice, moderator):
    client.force_login(alice)
    assert client.post(f"/groups/{group.pk}/recruit/").status_code == 404
    client.force_login(moderator)
    assert "how many participants" in client.post(f"/groups/{group.pk}/recruit/", follow=True).content.decode()


def test_a_day_and_an_hour_before_everybody_with_a_seat_is_reminded_once(group, seats, alice, observer):
    def told(member):
        return [each.details["reminder"] for each in Notification.objects.filter(member=member, details__has_key="reminder").order_by("pk")]

    Group.objects.filter(pk=group.pk).update(starts_at=timezone.now() + datetime.timedelta(hours=30))
    assert reminding.remind_due() == 0
    Group.objects.filter(pk=group.pk).update(starts_at=timezone.now() + datetime.timedelta(hours=20))
    for _time in range(2):
        reminding.remind_due()
    assert told(alice) == ["day"]
    Group.objects.filter(pk=group.pk).update(starts_at=timezone.now() + datetime.timedelta(minutes=50))
    for _time in range(2):
        reminding.remind_due()
    assert told(alice) == ["day", "hour"]
    assert told(observer) == []
