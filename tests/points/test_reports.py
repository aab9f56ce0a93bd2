"""Reports say what the books say."""

import csv
import datetime
import io

import pytest
from django.db.models import Sum
from django.utils import timezone

from members import activity
from members.models import Activity
from points import accounts, accruing, adjusting, redeeming, reporting
from points.models import Account, Programme, Reward, Rule
from points.starting import open_books

Kind = Activity.Kind


@pytest.fixture
def business(alice, bob, charlie, marketer, asset, move, redeemed):
    """A little of everything: deeds, a deed taken back after its points were spent, goodwill, rewards, a reservation."""
    from django.db import transaction

    def did(member, kind, number, **more):
        with transaction.atomic():
            row = activity.record(member, kind, cause=f"thing:{number}", **more)
        accruing.weigh(row.pk)

    long_ago = timezone.now() - datetime.timedelta(days=200)
    did(alice, Kind.GROUP_ATTENDED, 1, happened_at=long_ago, details={"points": 120})
    did(bob, Kind.GROUP_ATTENDED, 2, details={"points": 60})
    did(bob, Kind.REPLY_ACCEPTED, 3)
    did(charlie, Kind.THREAD_STARTED, 4)
    mug = Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", price_points=40)
    redeeming.fulfil(redeeming.redeem(mug, member=alice, reference="r1"), by=marketer)
    redeeming.redeem(mug, member=alice, reference="r2")
    redeeming.cancel(redeeming.redeem(mug, member=bob, reference="r3"), by=marketer)
    move(accounts.wallet_of(charlie, asset), redeemed, 2)
    with transaction.atomic():
        row = activity.undo(Kind.THREAD_STARTED, cause="thing:4")
    accruing.weigh(row.pk)
    adjusting.adjust(bob, points=15, reason="Sorry", by=marketer, reference="g")


def held():
    rows = Account.objects.redeemable().filter(kind__in=["wallet", "pool"])
    return rows.aggregate(sum=Sum("posted"))["sum"]


def test_what_is_owed_is_what_members_hold(business):
    owed = reporting.owed()
    assert owed.total_points == held()
    assert owed.reserved_points == 40
    assert len(owed.months) == 2


def test_points_by_rule_add_up_to_what_the_books_issued(business):
    rows = reporting.points_by_rule()
    assert sum(row.points for row in rows) == reporting.issued_points()
    assert {row.label: row.points for row in rows if row.rule} == {"Focus group attended": 180, "Reply accepted as solution": 8}
    today = timezone.localdate()
    assert sum(row.points for row in reporting.points_by_rule(today, today)) == 60 + 8


def test_the_redemption_curve_ends_at_what_the_books_redeemed(business):
    curve = reporting.redemption_curve()
    assert curve.redeemed_points == reporting.redeemed_points() + 40
    assert curve.shares == pytest.approx([redeemed / earned if earned else 0 for redeemed, earned in curve.points])
    redeemed, earned = curve.points[0]
    assert redeemed <= earned


@pytest.mark.parametrize("page", ["owed", "redemption", "rules"])
def test_a_marketer_reads_each_report_and_takes_it_along(client, marketer, business, page, django_assert_max_num_queries):
    client.force_login(marketer)
    with django_assert_max_num_queries(25):
        response = client.get(f"/admin/points/reports/{page}/")
    assert "<svg" in response.content.decode()
    file = client.get(f"/admin/points/reports/{page}/?format=csv")
    assert file["Content-Type"].startswith("text/csv")
    assert len(list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))) > 2


def test_the_figures_of_the_file_are_those_of_the_books(client, marketer, business):
    client.force_login(marketer)
    text = client.get("/admin/points/reports/owed/?format=csv").content.decode("utf-8-sig")
    rows = dict(row for row in csv.reader(io.StringIO(text)))
    assert int(rows["total"]) == held()


@pytest.mark.parametrize("page", ["owed", "redemption", "rules"])
def test_a_new_club_has_reports_too(client, marketer, page):
    client.force_login(marketer)
    assert client.get(f"/admin/points/reports/{page}/").status_code == 200


@pytest.mark.parametrize("page", ["owed", "redemption", "rules"])
def test_others_do_not_read_them(client, moderator, alice, page):
    for who in (moderator, alice):
        client.force_login(who)
        assert client.get(f"/admin/points/reports/{page}/").status_code in (302, 403)


@pytest.mark.parametrize("address", ["reports/rules/", "reports/trials/", "file/out/", "back-tests/"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_refused_at_their_field(client, admin, address, day):
    client.force_login(admin)
    said = {"since": day, "until": day, "format": "csv"}
    ask = client.post if address == "back-tests/" else client.get
    page = ask(f"/admin/points/{address}", said)
    assert page.status_code in (200, 422)
    assert "These days are out of bounds." in page.content.decode()


@pytest.fixture
def academy(business, alice, move):
    """A second programme: a rule that gave 7 points, 20 of goodwill, 12 redeemed; a point costs twice as much."""
    from django.db import transaction

    made = Programme.objects.create(slug="academy", name="Academy", point_cost_fen=20)
    open_books(made)
    Rule.objects.create(programme=made, name="A course", activity_kind="reported", amount_points=7)
    with transaction.atomic():
        row = activity.record(alice, Kind.REPORTED, cause="course:1")
    accruing.weigh(row.pk)
    asset = accounts.default_asset("academy")
    move(accounts.system("issued", asset), accounts.wallet_of(alice, asset), 20)
    move(accounts.wallet_of(alice, asset), accounts.system("redeemed", asset), 12)
    return made


def test_each_programme_has_reports_of_its_own_and_neither_counts_in_the_others(client, marketer, academy):
    ours, theirs = reporting.points_by_rule(), reporting.points_by_rule(programme="academy")
    assert {row.label: row.points for row in ours if row.rule} == {"Focus group attended": 180, "Reply accepted as solution": 8}
    assert {(row.label, row.points) for row in theirs} == {("A course", 7), ("", 20)}
    for slug, rows in (("relationship", ours), ("academy", theirs)):
        assert sum(row.points for row in rows) == reporting.issued_points(slug)
    client.force_login(marketer)
    owed = client.get("/admin/points/reports/owed/?programme=academy")
    assert (owed.context["owed"].total_points, owed.context["cost"], owed.context["share"]) == (15, 3.0, 44)
    assert client.get("/admin/points/reports/owed/").context["owed"].total_points == held()
    curve = client.get("/admin/points/reports/redemption/?programme=academy")
    assert (curve.context["issued"], curve.context["redeemed"]) == (27, 12)
    for page in ("owed", "redemption", "rules"):
        here = f"/admin/points/reports/{page}/"
        text = client.get(f"{here}?programme=academy").content.decode()
        assert '<a href="?programme=academy" aria-current="page">Academy</a>' in text
        assert client.get(f"{here}?programme=nothing").status_code == 404
    file = client.get("/admin/points/reports/rules/?programme=academy&format=csv").content.decode("utf-8-sig")
    assert "A course" in file
    assert "Focus group" not in file


def test_with_one_programme_no_report_asks_which(client, marketer, business):
    client.force_login(marketer)
    assert "?programme=" not in client.get("/admin/points/reports/owed/").content.decode()
