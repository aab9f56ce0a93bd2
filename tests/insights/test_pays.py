"""Does the club pay: companies of a test group beside those that were drawn to be left out, for those who defend the budget."""

import csv
import datetime
import re

import pytest
from django.utils import timezone

from insights import comparisons, payback
from insights.periods import Span
from members import purchasing
from members.models import Activity, Company, Member, Purchase, PurchaseReturn
from points import accounts, trials
from points.models import Programme, Rule

DAY = datetime.timedelta(days=1)
BEGUN = 100


@pytest.fixture
def programme(db):
    """For a hundred days it has left out a third of the companies; a sale leaves 40 %, and the club costs 100 yuan a month."""
    pk = accounts.default_asset().programme_id
    begun = timezone.localdate() - BEGUN * DAY
    Programme.objects.filter(pk=pk).update(control_percent=33, control_starts_on=begun, margin_percent=40, running_cost_fen=10_000)
    return Programme.objects.get(pk=pk)


def people(firms, *, days_ago):
    """A member for each company, who joined so many days ago."""
    joined_at = timezone.now() - days_ago * DAY
    Member.objects.bulk_create(
        Member(email=f"p@firm{firm.pk}.example", handle=f"p-{firm.pk}", company=firm, joined_at=joined_at) for firm in firms
    )


def found_firms(programme, *, each=40, lift=1.5, joined_days_ago=200):
    """So many companies of both groups with a member: all bought alike before, those of the test group more since."""
    today, firms, wanted = timezone.localdate(), [], {True: each, False: 2 * each}
    # More than are wanted: the others have no member, so they are in no group.
    drawn = Company.objects.bulk_create(Company(name=f"Firm {n}", purchased_on=today - 300 * DAY) for n in range(6 * each + 40))
    for firm in drawn:
        is_out = trials.is_left_out(programme, f"company:{firm.pk}")
        if wanted[is_out]:
            wanted[is_out] -= 1
            firms.append((firm, is_out))
            # By its place in its group: whatever the lot decided, both groups are alike but for what the club did.
            firm.place = wanted[is_out]
            firm.contract_ends_on = today + (firm.place % 3 - 1) * DAY
    assert not any(wanted.values())
    Company.objects.bulk_update([firm for firm, _is_out in firms], ["contract_ends_on"])
    people([firm for firm, _is_out in firms], days_ago=joined_days_ago)
    orders = []
    for n, (firm, is_out) in enumerate(firms):
        base = 100_000 + 5_000 * (firm.place % 8)
        orders.append(Purchase(company=firm, order_id=f"b{n}", product="Cloud", amount_fen=base, ordered_on=today - 150 * DAY))
        after = round(base * (0.9 if firm.place % 2 else 1.1) * (1 if is_out else lift))
        orders.append(Purchase(company=firm, order_id=f"a{n}", product="Cloud", amount_fen=after, ordered_on=today - 20 * DAY))
    Purchase.objects.bulk_create(orders)
    return firms


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_director_reads_how_much_more_they_bought_and_what_came_of_the_cost(client, marketer, programme):
    found_firms(programme)
    client.force_login(marketer)
    page = text_of(client.get("/insights/pays/"))
    assert re.search(r"bought 50 % more than those of the control group \(between 4\d and 5\d %\)", page)
    found = payback.report(comparisons.choices()[0], 12)
    assert found.sizes == (80, 40)
    assert (found.before.days, found.after.days) == (BEGUN + 1, BEGUN + 1)
    assert found.before.last == found.after.first - DAY
    # 80 companies bought half as much again as 1,170 yuan each, of which 40 % stay; the club cost 100 yuan a month.
    assert found.payback
    assert found.payback.more[0] == pytest.approx(0.5 * 1_172.5 * 80)
    assert found.payback.cost_yuan == pytest.approx(100 * 12 * (BEGUN + 1) / 365.25)
    assert found.payback.percent
    assert found.payback.percent[0] == pytest.approx(100 * (0.4 * found.payback.more[0] / found.payback.cost_yuan - 1))
    assert f"{round(found.payback.percent[0]):,}" in page
    assert "It paid." in page
    assert "not a test" not in page.split("Compare with")[1].split("The answer")[1]


def test_chance_is_called_chance(client, marketer, programme):
    found_firms(programme, lift=1.0)
    client.force_login(marketer)
    page = text_of(client.get("/insights/pays/"))
    assert "No difference can be told yet" in page
    assert "more than those of the control group" not in page


def test_too_few_customers_are_said_to_be_too_few(client, marketer, programme):
    found_firms(programme, each=29)
    client.force_login(marketer)
    page = text_of(client.get("/insights/pays/"))
    assert "Not enough customers to tell yet : 58 companies beside 29. It takes 30 on each side." in page
    assert "Return on investment" not in page
    assert "A return is reckoned once there are customers enough." in page


def test_what_a_handful_of_companies_buy_is_not_shown(client, marketer, programme):
    found_firms(programme, each=2)
    client.force_login(marketer)
    page = text_of(client.get("/insights/pays/"))
    assert "Not enough customers to tell yet : 4 companies beside 2." in page
    assert "hidden: too few companies" in page
    # Not the groups' means, nor the months', nor what was influenced.
    assert "¥" not in page
    rows = list(csv.reader(client.get("/insights/pays.csv").content.decode("utf-8-sig").splitlines()))
    assert all(not any(row[4:]) for row in rows[1:])
    assert len(client.get("/insights/pays-by-month.csv").content.decode().splitlines()) == 1


def test_groups_that_are_not_what_was_drawn_are_not_compared(client, marketer, programme):
    found_firms(programme)
    Member.objects.filter(
        company__in=[firm for firm in Company.objects.all() if trials.is_left_out(programme, f"company:{firm.pk}")]
    ).delete()
    client.force_login(marketer)
    page = text_of(client.get("/insights/pays/"))
    assert "Nothing can be said" in page
    assert "What they bought" not in page
    assert len(client.get("/insights/pays.csv").content.decode().splitlines()) == 1


def test_without_a_lot_it_is_no_test_and_says_so(client, marketer, db):
    today = timezone.localdate()
    firms = Company.objects.bulk_create(Company(name=f"Firm {n}", purchased_on=today - 400 * DAY) for n in range(70))
    Purchase.objects.bulk_create(
        Purchase(company=firm, order_id=f"{n}", product="Cloud", amount_fen=90_000 + n % 2 * 30_000, ordered_on=today - 30 * DAY)
        for n, firm in enumerate(firms)
    )
    people(firms[1::2], days_ago=390)
    # A prospect of before is in neither group.
    Company.objects.create(name="Prospect")
    client.force_login(marketer)
    page = text_of(client.get("/insights/pays/?months=3"))
    assert "Members beside non-members; not a test." in page
    assert "Companies with a member bought 33 % more than companies without one" in page
    assert "A return is reckoned only from a test." in page
    assert "With a member 35 · Without a member 35" in page


def test_a_rules_own_control_group_is_compared_too(client, marketer, programme):
    Programme.objects.filter(pk=programme.pk).update(control_percent=0, control_starts_on=None)
    what = {"activity_kind": Activity.Kind.PURCHASED, "amount_points": 1, "control_percent": 40}
    starts_on = timezone.localdate() - 60 * DAY
    rule = Rule.objects.create(programme=programme, name="Order bonus", live=True, starts_on=starts_on, **what)
    firms = Company.objects.bulk_create(Company(name=f"F {n}", purchased_on=starts_on - 90 * DAY) for n in range(200))
    people(firms, days_ago=80)
    purchasing.record_purchase(firms[0], order_id="1", product="Cloud", amount_fen=100, ordered_on=timezone.localdate())
    client.force_login(marketer)
    assert "Control group of “Order bonus”" in client.get("/insights/pays/").content.decode()
    found = payback.report(comparisons.chosen(comparisons.choices(), f"rule-{rule.pk}"), 12)
    assert sum(found.sizes) == 200
    assert found.sizes[1] == sum(trials.arm_of(rule.pk, 40, f"company:{firm.pk}") == "control" for firm in firms)
    assert found.after == Span(starts_on, timezone.localdate())
    # What the club costs as a whole is no cost of a rule.
    assert found.payback
    assert found.payback.running_yuan == 0


def test_what_went_back_was_not_bought_and_who_joined_since_is_left_aside(programme):
    firms = found_firms(programme)
    first = Purchase.objects.get(order_id="a0")
    PurchaseReturn.objects.create(purchase=first, return_id="r", amount_fen=first.amount_fen, returned_on=timezone.localdate())
    Member.objects.filter(company=firms[1][0]).update(joined_at=timezone.now() - 5 * DAY)
    found = payback.report(comparisons.choices()[0], 12)
    assert sum(found.sizes) == 119
    assert found.joined_since == 1
    assert found.bought_yuan == pytest.approx(
        sum(
            order.amount_fen
            for order in Purchase.objects.filter(order_id__startswith="a").exclude(order_id="a0").select_related("company")
            if order.company_id != firms[1][0].pk and not trials.is_left_out(programme, f"company:{order.company_id}")
        )
        / 100
    )


def test_contracts_are_kept_by_those_that_run_on(programme):
    firms = found_firms(programme)
    found = {each.name: each.effect for each in payback.report(comparisons.choices()[0], 12).measures}
    # Of three, one ended yesterday.
    assert found["contract"].after[0] == pytest.approx(2 / 3, abs=0.02)
    assert found["again"].after == (1.0, 1.0)
    assert sum(found["contract"].count) == len(firms)


def test_what_is_bought_within_ninety_days_of_a_deed_is_influenced(programme):
    firms = found_firms(programme)
    mine = next(firm for firm, is_out in firms if not is_out)
    Activity.objects.create(
        member=mine.members.get(), company=mine, kind=Activity.Kind.REPLY_POSTED, cause="post:1", happened_at=timezone.now() - 60 * DAY
    )
    found = payback.report(comparisons.choices()[0], 12)
    assert found.influenced_yuan == Purchase.objects.get(company=mine, order_id__startswith="a").amount_fen / 100


@pytest.mark.parametrize("role", ["alice", "moderator", "observer", "researcher"])
def test_nobody_else_reads_what_customers_buy(client, request, role):
    client.force_login(request.getfixturevalue(role))
    for address in ("/insights/pays/", "/insights/pays.csv", "/insights/pays-by-month.csv"):
        assert client.get(address).status_code == 403


def test_the_figures_come_as_csv(client, marketer, programme):
    found_firms(programme)
    client.force_login(marketer)
    rows = list(csv.reader(client.get("/insights/pays.csv").content.decode("utf-8-sig").splitlines()))
    assert rows[0][2:4] == ["Test group: companies", "Control group: companies"]
    assert rows[1][2:4] == ["80", "40"]
    assert all(len(row) == len(rows[0]) for row in rows)
    months = client.get("/insights/pays-by-month.csv").content.decode("utf-8-sig").splitlines()
    assert len(months) >= 5


@pytest.mark.parametrize("asked", ["", "?with=nothing&months=99", "?with=club&months=3", "?with=others&months=24"])
def test_whatever_is_asked_for_costs_the_same_few_queries(client, marketer, programme, django_assert_max_num_queries, asked):
    found_firms(programme, each=3)
    client.force_login(marketer)
    client.get("/insights/pays/")
    with django_assert_max_num_queries(14):
        assert client.get(f"/zh-hans/insights/pays/{asked}").status_code == 200
