import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from community.demo import clock
from forum.models import Board
from points import ledger, standings, statements, tierwords
from points.models import Standing, Tier, TierChange, Transfer


def months_later(months):
    return timezone.now() + datetime.timedelta(days=round(30.5 * months))


@pytest.fixture
def earn(wallet, issued, move, alice):
    def _earn(points):
        row = move(issued, wallet, points, occurred_at=timezone.now())
        standings.recompute(alice)
        return row

    return _earn


def of(member):
    return Standing.objects.select_related("tier", "member").get(member=member)


def reasons(member):
    return list(TierChange.objects.filter(member=member).order_by("id").values_list("reason", flat=True))


def test_a_member_reaches_gold_and_the_page_says_why_and_until_when(client, alice, earn):
    earn(220)
    standing = of(alice)
    assert (standing.tier.slug, standing.rank) == ("gold", 3)
    assert reasons(alice) == ["reached"]
    client.force_login(alice)
    page = client.get("/points/").content.decode()
    assert "because you gathered 220 qualifying points" in page
    assert "What it opens" in page


def test_the_tier_stays_until_its_last_day_though_the_window_has_moved_on(alice, earn):
    earn(220)
    with clock.set_to(timezone.make_aware(datetime.datetime.combine(of(alice).lasts_until, datetime.time(20)))):
        standings.recompute(alice)
    assert of(alice).tier.slug == "gold"
    assert reasons(alice) == ["reached"]


def test_enough_points_in_the_window_keep_the_tier(alice, earn):
    earn(220)
    with clock.set_to(months_later(8)):
        earn(150)
    with clock.set_to(months_later(13.5)):
        standings.recompute(alice)
        standings.recompute(alice)
        assert of(alice).lasts_until > timezone.localdate() + datetime.timedelta(days=300)
    assert of(alice).tier.slug == "gold"
    assert reasons(alice) == ["reached", "kept"]


def test_too_few_points_give_days_of_grace_and_then_the_tier_that_they_reach(alice, earn):
    earn(220)
    with clock.set_to(months_later(8)):
        earn(80)
    end = of(alice).lasts_until
    noon = timezone.make_aware(datetime.datetime.combine(end, datetime.time(12)))
    with clock.set_to(noon + datetime.timedelta(days=2)):
        standings.recompute(alice)
        standings.recompute(alice)
        assert of(alice).tier.slug == "gold"
        assert of(alice).is_in_grace
        assert any("70 more points by" in line for line in tierwords.explain(alice, statements.wallet_if_any(alice)).lines)
    with clock.set_to(noon + datetime.timedelta(days=40)):
        standings.recompute(alice)
    assert of(alice).tier.slug == "silver"
    assert reasons(alice) == ["reached", "grace", "lost"]


def test_points_earned_in_grace_keep_the_tier(alice, earn):
    earn(220)
    noon = timezone.make_aware(datetime.datetime.combine(of(alice).lasts_until, datetime.time(12)))
    with clock.set_to(noon + datetime.timedelta(days=2)):
        standings.recompute(alice)
        earn(150)
    assert reasons(alice) == ["reached", "grace", "kept"]
    assert not of(alice).is_in_grace


def test_points_taken_back_take_the_tier_that_they_had_reached(alice, earn):
    earn(30)
    row = earn(200)
    assert of(alice).tier.slug == "gold"
    ledger.reverse(Transfer.objects.get(pk=row.pk))
    standings.recompute(alice)
    assert of(alice).tier.slug == "member"
    assert reasons(alice) == ["reached", "taken_back"]


RAISED = {"threshold_points": 300}, {"threshold_points": 300, "keep_points": 250}, {"window_months": 1, "threshold_points": 300}


@pytest.mark.parametrize("changes", RAISED)
def test_who_reached_a_tier_keeps_it_to_its_end_though_the_bar_is_raised(client, alice, earn, changes):
    earn(30)
    with clock.set_to(months_later(3)):
        row = earn(200)
        Tier.objects.filter(slug="gold").update(**changes)
    noon = timezone.make_aware(datetime.datetime.combine(of(alice).lasts_until, datetime.time(12)))
    with clock.set_to(noon - datetime.timedelta(days=1)):
        standings.recompute(alice)
        assert of(alice).tier.slug == "gold"
    assert reasons(alice) == ["reached"]
    with clock.set_to(noon + datetime.timedelta(days=2)):
        standings.recompute(alice)
        assert of(alice).is_in_grace
    with clock.set_to(noon + datetime.timedelta(days=40)):
        standings.recompute(alice)
        client.force_login(alice)
        assert "points that had reached it were taken back" not in client.get("/points/").content.decode()
    assert reasons(alice) == ["reached", "grace", "lost"]
    ledger.reverse(Transfer.objects.get(pk=row.pk))


def test_what_was_taken_back_is_held_against_the_bar_of_the_day_and_against_a_lower_one(alice, earn):
    earn(200)
    few, many = earn(20), earn(50)
    Tier.objects.filter(slug="gold").update(threshold_points=300)
    ledger.reverse(Transfer.objects.get(pk=few.pk))
    ledger.reverse(Transfer.objects.get(pk=many.pk))
    standings.recompute(alice)
    assert reasons(alice) == ["reached"]
    Tier.objects.filter(slug="gold").update(threshold_points=180)
    Tier.objects.filter(slug="silver").update(threshold_points=170)
    ledger.reverse(Transfer.objects.order_by("pk").first())
    standings.recompute(alice)
    assert reasons(alice) == ["reached", "taken_back"]


def test_a_board_for_gold_opens_to_gold_and_to_nobody_below(client, alice, charlie, earn, django_assert_num_queries):
    board = Board.objects.create(slug="gold-room", name="Gold room", min_tier=3)
    for member in (alice, charlie):
        client.force_login(member)
        assert client.get(reverse("forum:board", args=[board.slug])).status_code == 404
    earn(220)
    client.force_login(alice)
    assert client.get(reverse("forum:board", args=[board.slug])).status_code == 200
    with django_assert_num_queries(1):
        assert Board.objects.visible_to(alice).filter(pk=board.pk).exists()
    client.logout()
    assert client.get(reverse("forum:board", args=[board.slug])).status_code in (302, 404)


def test_the_round_requalifies_everybody(alice, earn):
    earn(220)
    with clock.set_to(months_later(16)):
        assert list(standings.recompute_all())[-1] >= 1
    assert of(alice).tier.slug == "member"


def test_every_tier_of_a_new_club_can_be_kept_with_less_than_it_was_reached_with(db):
    for tier in Tier.objects.all():
        assert standings.points_to_keep(tier) <= tier.threshold_points


def noon(day):
    return timezone.make_aware(datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(12)))


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        ("2028-02-29", 12, "2027-02-28"),
        ("2029-02-28", 12, "2028-02-28"),
        ("2028-02-29", 48, "2024-02-29"),
        ("2028-03-31", 1, "2028-02-29"),
        ("2027-03-31", 1, "2027-02-28"),
        ("2026-12-31", 12, "2025-12-31"),
        ("2027-01-01", 12, "2026-01-01"),
        ("2026-10-31", 24, "2024-10-31"),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Pacific/Kiritimati", "America/Los_Angeles", "America/Sao_Paulo", "Europe/Berlin"])
def test_a_window_of_months_begins_on_the_same_day_of_the_clubs_calendar(settings, today, months, first, zone):
    settings.TIME_ZONE = zone
    start = timezone.localtime(standings.months_before(noon(today), months))
    assert (start.date().isoformat(), start.hour, start.minute) == (first, 0, 0)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize(
    ("reached_on", "last_on"),
    [("2027-02-28", "2028-02-29"), ("2028-02-29", "2029-02-28"), ("2026-11-30", "2027-11-30"), ("2026-12-31", "2027-12-31")],
)
def test_a_tier_ends_with_a_month_on_the_clubs_calendar_in_leap_years_too(alice, earn, settings, zone, reached_on, last_on):
    settings.TIME_ZONE = zone
    # Late in the evening, when it is another day in Greenwich.
    evening = noon(reached_on) + datetime.timedelta(hours=11, minutes=59)
    with clock.set_to(evening):
        earn(220)
    assert of(alice).lasts_until.isoformat() == last_on
    with clock.set_to(noon(last_on) + datetime.timedelta(hours=11, minutes=59)):
        standings.recompute(alice)
        assert (of(alice).tier.slug, of(alice).is_in_grace) == ("gold", False)
    with clock.set_to(noon(last_on) + datetime.timedelta(hours=12)):
        standings.recompute(alice)
        assert (of(alice).tier.slug, of(alice).is_in_grace) == ("gold", True)
    assert reasons(alice) == ["reached", "grace"]
