"""Care through the stages: who is where, what they heard, did and bought, and whose renewal is near."""

import csv
import datetime
import re

import pytest
from django.utils import timezone

from insights import stages
from members import activity
from members.models import Activity, Company, Purchase, PurchaseReturn
from notifications.models import Notification
from points.models import Programme, Rule
from tests.conftest import member_of

DAY = datetime.timedelta(days=1)
TODAY = timezone.localdate


def firm(name, *, first=None, ends=None, customer_class="small_business"):
    """A company whose first purchase was, and whose contract ends, so many days from today."""
    days = {"purchased_on": first, "contract_ends_on": ends}
    said = {key: TODAY() + value * DAY for key, value in days.items() if value is not None}
    return Company.objects.create(name=name, customer_class=customer_class, **said)


@pytest.fixture
def firms(db):
    """One company at each stage, and two at the edges of the marks."""
    return {
        "prospect": firm("Prospect"),
        "welcome": firm("Newcomer", first=-10, ends=355),
        "deploy": firm("Deploying", first=-60, ends=305),
        "use": firm("Settled", first=-800, ends=400),
        "renew": firm("Renewing", first=-800, ends=80),
        "near": firm("Nearly over", first=-800, ends=45),
        "last": firm("Last day", first=-800, ends=0),
        "over": firm("Gone", first=-800, ends=-20),
        "long over": firm("Long gone", first=-1200, ends=-200),
    }


def by_stage(n=6):
    return {row.stage: row for row in stages.report(n).rows}


def test_every_company_is_in_one_stage(firms):
    counts = {stage: row.companies for stage, row in by_stage().items()}
    assert counts == {"prospect": 1, "welcome": 1, "deploy": 1, "use": 1, "renew": 3, "over": 2}


def test_what_they_heard_did_and_bought_is_counted_by_stage(firms):
    alice = member_of(firms["use"], "alice@settled.example", "Alice")
    now = timezone.now()
    for number, (kind, days) in enumerate(((Notification.Kind.EVENT, 3), (Notification.Kind.NOTICE, 9), (Notification.Kind.REPLY, 2))):
        Notification.objects.create(member=alice, kind=kind, cause=f"it:{number}", created_at=now - days * DAY)
    for number, days in enumerate((1, 4, 900)):
        activity.record(alice, Activity.Kind.REPLY_POSTED, cause=f"post:{number}", happened_at=now - days * DAY)
    order = Purchase.objects.create(company=firms["use"], order_id="1", product="Cloud", amount_fen=300_000, ordered_on=TODAY() - 5 * DAY)
    Purchase.objects.create(company=firms["use"], order_id="2", product="Trade", amount_fen=100_000, ordered_on=TODAY() - 900 * DAY)
    PurchaseReturn.objects.create(purchase=order, return_id="r", amount_fen=50_000, returned_on=TODAY())
    row = by_stage()["use"]
    # A colleague's reply is not the club's word.
    assert (row.with_member, row.told, row.touches, row.active, row.deeds) == (1, 1, 2, 1, 2)
    assert (row.buying, row.yuan, row.products) == (1, 2_500, 1)
    assert by_stage()["renew"].told == 0
    use = list(stages.LABELS).index("use")
    assert [(touch.label, touch.times[use], sum(touch.times)) for touch in stages.report(6).touches] == [
        ("News of the club about what you did", 1, 1),
        ("Club events", 1, 1),
    ]


def test_a_renewal_is_spoken_of_at_ninety_and_forty_five_days_and_at_the_end(firms):
    found = stages.report(6).renewals
    assert [(each.customer.name, each.days, each.mark) for each in found] == [
        ("Gone", -20, 0),
        ("Last day", 0, 0),
        ("Nearly over", 45, 45),
        ("Renewing", 80, 90),
    ]
    assert all(each.is_unheard for each in found)
    bob = member_of(firms["renew"], "bob@renewing.example", "Bob")
    carol = member_of(firms["near"], "carol@near.example", "Carol")
    for member, days in ((bob, 3), (carol, 1)):
        Notification.objects.create(member=member, kind=Notification.Kind.NOTICE, cause="it", created_at=timezone.now() - days * DAY)
    # Bob heard since the mark of ninety days, Carol only before that of forty-five.
    assert {each.customer.name: each.is_unheard for each in stages.report(6).renewals if each.told_on} == {
        "Nearly over": True,
        "Renewing": False,
    }


def test_a_renewed_contract_is_near_no_more(firms):
    Company.objects.filter(pk=firms["last"].pk).update(contract_ends_on=TODAY() + 365 * DAY)
    assert "Last day" not in {each.customer.name for each in stages.report(6).renewals}
    assert by_stage()["use"].companies == 2


def test_the_years_of_a_customer_count_who_left_and_leave_out_whose_orders_begin_late(firms):
    for number, (name, day, yuan) in enumerate((("use", -800, 100), ("use", -400, 40), ("renew", -800, 300), ("near", -700, 900))):
        Purchase.objects.create(
            company=firms[name], order_id=f"{number}", product="Cloud", amount_fen=yuan * 100, ordered_on=TODAY() + day * DAY
        )
    first, second, third = stages.report(6).years
    assert (first.companies, first.yuan_each, first.buying) == (2, 200, 2)
    assert (second.companies, second.yuan_each, second.buying) == (2, 20, 1)
    assert (third.companies, third.yuan_each) == (0, 0)


def test_a_marketer_reads_it_and_finds_the_company(client, marketer, firms):
    client.force_login(marketer)
    page = client.get("/insights/care/").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "6 companies are under care." in text
    assert "4 renewals are near; in 4 of these companies nobody heard" in text
    link = re.search(r'<a href="([^"]+)">Nearly over</a>', page)
    assert link
    assert client.get(link[1]).status_code == 200
    assert "/insights/care/" in client.get("/insights/").content.decode()


def test_what_one_company_bought_is_for_those_who_may_look_at_orders(client, marketer, admin, firms):
    Purchase.objects.create(company=firms["near"], order_id="1", product="Cloud", amount_fen=4_321_00, ordered_on=TODAY() - 5 * DAY)
    for member, is_shown in ((marketer, False), (admin, True)):
        client.force_login(member)
        for address in ("/insights/care/", "/insights/renewals.csv", "/insights/care.csv"):
            page = client.get(address).content.decode()
            assert ("4,321" in page or "4321" in page) is (is_shown and address != "/insights/care.csv")


def test_days_at_the_ends_of_the_calendar_hurt_no_report(client, marketer, firms):
    for name, day in (("Ancient", datetime.date(1, 1, 1)), ("Far off", datetime.date(9999, 12, 31))):
        odd = Company.objects.create(name=name, purchased_on=day, contract_ends_on=day)
        Purchase.objects.create(company=odd, order_id=name, product="Cloud", amount_fen=100, ordered_on=datetime.date(1, 1, 1))
    what = {"activity_kind": Activity.Kind.PURCHASED, "amount_points": 1, "control_percent": 40}
    rule = Rule.objects.create(programme=Programme.objects.first(), name="Old", starts_on=datetime.date(1, 1, 1), **what)
    client.force_login(marketer)
    for address in ("care/", "care.csv", "renewals.csv", f"pays/?with=rule-{rule.pk}&months=24", "pays/?with=others"):
        assert client.get(f"/insights/{address}").status_code == 200


def test_an_empty_club_says_so(client, marketer):
    client.force_login(marketer)
    assert "No renewal is near" in client.get("/insights/care/").content.decode()


def test_both_tables_come_as_csv_and_no_name_is_a_formula(client, marketer, firms):
    Company.objects.filter(pk=firms["near"].pk).update(name="=cmd()")
    client.force_login(marketer)
    near = list(csv.reader(client.get("/insights/renewals.csv").content.decode("utf-8-sig").splitlines()))
    assert ["'=cmd()", str(TODAY() + 45 * DAY), "45", "45"] in [row[:4] for row in near]
    assert near[1][2] == "-20"
    assert len(client.get("/insights/care.csv?months=3").content.decode().splitlines()) == 7


@pytest.mark.parametrize("role", ["alice", "moderator", "observer", "researcher"])
def test_nobody_else_reads_it(client, request, role):
    client.force_login(request.getfixturevalue(role))
    for address in ("/insights/care/", "/insights/care.csv", "/insights/renewals.csv"):
        assert client.get(address).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client, db):
    for address in ("/insights/care/", "/insights/pays/"):
        assert client.get(address).url.startswith("/accounts/login/")


def test_it_costs_the_same_few_queries_however_many_companies(client, marketer, firms, django_assert_max_num_queries):
    for number in range(20):
        firm(f"Firm {number}", first=-700, ends=10 + number)
    client.force_login(marketer)
    client.get("/insights/care/")
    with django_assert_max_num_queries(13):
        client.get("/zh-hans/insights/care/?months=24")
