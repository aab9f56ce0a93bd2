"""What the club's own people read of it at /insights/: who may, and that every figure is the facts' own."""

import datetime
import re

import pytest
from django.utils import timezone

from insights import engagement, origins, periods, referral_figures
from insights.charts import HEIGHT, WIDTH, columns
from members import activity
from members.models import Activity
from points.accruing import weigh_missed
from referrals.models import Referral, ReferralLink, Station

Kind = Activity.Kind
REPLY, ARTICLE, LIKED = Kind.REPLY_POSTED, Kind.ARTICLE_READ, Kind.REACTION_RECEIVED


@pytest.fixture
def did(alice, bob, charlie):
    """Two customers of one company and one of another did something this month, one of them long ago too."""
    now = timezone.now()
    for member, kind, cause in (
        (alice, REPLY, "post:1"),
        (alice, REPLY, "post:2"),
        (bob, ARTICLE, "read:1"),
        (charlie, LIKED, "reaction:1"),
    ):
        activity.record(member, kind, cause=cause, title="Something", happened_at=now)
    activity.record(charlie, REPLY, cause="post:3", title="Long ago", happened_at=now - datetime.timedelta(days=75))
    list(weigh_missed())


@pytest.mark.parametrize("role", ["marketer", "researcher", "admin"])
def test_those_who_decide_by_figures_read_them(client, request, did, role):
    client.force_login(request.getfixturevalue(role))
    answer = client.get("/insights/")
    assert answer.status_code == 200
    assert "2 of 3" in re.sub(r"<[^>]+>", "", answer.content.decode())


@pytest.mark.parametrize("role", ["alice", "moderator", "observer"])
def test_nobody_else_learns_who_earns_what(client, request, role):
    client.force_login(request.getfixturevalue(role))
    for address in ("/insights/", "/insights/companies.csv"):
        assert client.get(address).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client, db):
    assert client.get("/insights/").url.startswith("/accounts/login/")


def test_a_reaction_received_is_no_deed_and_what_was_taken_back_does_not_count(did, alice):
    assert (engagement.active_members().count, engagement.active_companies().count) == (2, 1)
    activity.undo(REPLY, cause="post:1")
    activity.undo(REPLY, cause="post:2")
    assert engagement.active_members().count == 1
    activity.restore(REPLY, cause="post:1")
    assert engagement.by_month(3)[-1].members in (1, 2)


def test_every_month_has_its_row_and_the_sums_are_the_statements(did, alice, bob, charlie):
    rows = origins.by_month(6)
    assert [row.name for row in rows] == periods.months_back(6)
    from points import reading

    assert sum(row.total for row in rows) == sum(reading.balance_of(member) for member in (alice, bob, charlie))
    companies = {row.name: row.total for row in origins.by_company(6)}
    assert companies["Harbour Trading"] == reading.balance_of(alice) + reading.balance_of(bob)


def test_points_that_are_taken_back_leave_the_month_in_which_they_were_earned(did):
    before = sum(row.total for row in origins.by_month(6))
    activity.undo(REPLY, cause="post:3")
    list(weigh_missed())
    after = origins.by_month(6)
    assert sum(row.total for row in after) < before
    assert all(amount >= 0 for row in after for amount in row.points)


def test_the_funnel_counts_companies_and_the_days_they_took(alice, bob, pine):
    now = timezone.now()
    ReferralLink.objects.create(member=alice, door="company")
    named = now - datetime.timedelta(days=20)
    for number in range(4):
        referral = Referral.objects.create(
            referrer=alice,
            kind="external",
            contact_name=f"Contact {number}",
            contact_email=f"c{number}@elsewhere.example",
            created_at=named,
        )
        if number < 2:
            Station.objects.create(referral=referral, step="met", reached_at=now)
        if number == 0:
            Station.objects.create(referral=referral, step="bought", reached_at=named + datetime.timedelta(days=12))
    found = referral_figures.funnel(12)
    assert (found.asked, found.introduced, found.met, found.bought, found.days_to_purchase) == (1, 4, 2, 1, 12)
    assert found.conversion.percent == 25
    low, high = found.conversion.interval
    assert 4 < low < 25 < high < 71


def test_an_empty_club_says_so(client, marketer):
    client.force_login(marketer)
    page = client.get("/insights/?months=3").content.decode()
    assert "No points yet" in page
    assert "Nobody introduced another company" in page


@pytest.mark.parametrize("asked", ["", "7", "-3", "999999999999", "zwölf", "６"])
def test_a_period_that_is_not_offered_is_the_usual_one(client, marketer, asked):
    client.force_login(marketer)
    assert 'aria-current="page">12 months' in client.get("/insights/", {"months": asked}).content.decode()


@pytest.mark.parametrize("name", ["engagement", "points", "companies"])
def test_the_tables_come_as_csv(client, marketer, did, name):
    client.force_login(marketer)
    answer = client.get(f"/insights/{name}.csv?months=3")
    assert answer["Content-Type"].startswith("text/csv")
    assert len(answer.content.decode().splitlines()) >= 3
    assert client.get("/insights/salaries.csv").status_code == 404


def test_no_company_writes_a_formula_into_a_spreadsheet(client, marketer, did, harbour):
    type(harbour).objects.filter(pk=harbour.pk).update(name="=cmd|' /C calc'!A0")
    client.force_login(marketer)
    assert "\n'=cmd" in client.get("/insights/companies.csv").content.decode()


def test_the_overview_costs_at_most_twenty_two_queries(client, marketer, did, django_assert_max_num_queries):
    client.force_login(marketer)
    client.get("/insights/")
    with django_assert_max_num_queries(22):
        client.get("/zh-hans/insights/?months=24")


def test_columns_fill_their_chart_and_nothing_leaves_it():
    found = columns([("a", 10), ("b", 0), ("c", -4), ("d", 5)])
    assert [each.height for each in found] == [HEIGHT, 0, 0, HEIGHT / 2]
    assert all(each.x >= 0 and each.x + each.width <= WIDTH + 0.5 and each.y + each.height == HEIGHT for each in found)
    assert columns([]) == []
    assert [each.height for each in columns([("a", 0)])] == [0]
