"""The customers who say little and order: a hundred and fifty firms, so that a test has groups to compare and every stage is lived in.

What they bought before the test began is written as rows, as another system's history would be; since then each order is a deed.
"""

import datetime
import random
from dataclasses import dataclass
from functools import partial
from typing import Any

from community.demo import library
from community.demo.club import Club
from community.demo.peopling import always_the_same
from members import purchasing
from members.models import Activity, Company, Member, Purchase
from points import trials
from points.models import Programme, Rule, Transfer
from points.models.programme import DEFAULT_PROGRAMME

QUIET = "quiet-"
FOUNDED = -299
LATEST = -400
EVERY_DAYS = 56
# What the club and its bonus do to an order here, and how evenly firms order.
CLUB_LIFT, BONUS_LIFT, SPREAD = 1.18, 1.05, 0.12
NEWCOMERS = 12
# When contracts end: a few have, some are to be renewed, most run on.
ENDS = ((-130, -20), (-4, 95), (-4, 95), (96, 180), *[(181, 700)] * 9)


@dataclass
class Firm:
    """orders: (day, product, yuan before the bonus does anything)."""

    number: int
    name: str
    industry: str
    customer_class: str
    first: int
    ends: int
    has_member: bool
    orders: list[tuple[int, str, int]]


def note(club: Club) -> None:
    said = library.toml("people/quiet.toml")
    firms = [_firm(said, number) for number in range(len(said["places"]) * len(said["trades"]))]
    begins = said["test"]["begins"]
    club.diary.note(club.moment(FOUNDED, "12:00"), partial(_found, club, said, firms))
    club.diary.note(club.moment(begins, "00:00"), partial(_begin, club, said["test"], said["bonus"]))
    for firm in firms:
        for number, (day, product, yuan) in enumerate(firm.orders):
            if firm.has_member and day >= begins:
                club.diary.note(club.moment(day, "16:00"), partial(_order, club, firm, number, day, product, yuan))


def _firm(said: dict[str, Any], number: int) -> Firm:
    dice = random.Random(number)  # noqa: S311 -- the same every time
    place, trade = said["places"][number % len(said["places"])], said["trades"][number % len(said["trades"])]
    customer_class = "key_account" if number % 7 == 3 else "consumer" if number % 10 == 9 else "small_business"
    is_new = number % NEWCOMERS == 5
    first = dice.choice((-20, -9, -50, -80, -110)) if is_new else dice.randint(-1100, LATEST)
    low, high = said["yuan"][customer_class]
    usual = dice.randint(low, high)
    lines = dice.sample(said["products"], dice.choice((1, 2, 2)))
    days = range(first, 0, EVERY_DAYS)
    ends = first + 365 if is_new else dice.randint(*dice.choice(ENDS))
    orders = [(min(-1, day + dice.randint(-9, 9)) if day != first else day, dice.choice(lines), _about(usual, dice)) for day in days]
    return Firm(
        number,
        name=f"{place[0]}{trade[0]} {place[1]} {trade[1]}",
        industry=trade[2],
        customer_class=customer_class,
        first=first,
        ends=ends,
        has_member=not is_new and number % 4 != 1,
        orders=[order for order in orders if order[0] <= ends],
    )


def _about(usual: int, dice: random.Random) -> int:
    return round(usual * max(0.4, dice.gauss(1, SPREAD)) / 100) * 100


def _date(club: Club, day: int) -> datetime.date:
    return club.today + datetime.timedelta(days=day)


def _found(club: Club, said: dict[str, Any], firms: list[Firm]) -> None:
    Company.objects.bulk_create(
        Company(
            public_id=always_the_same(f"company:{QUIET}{firm.number}"),
            name=firm.name,
            customer_class=firm.customer_class,
            industry=firm.industry,
            region=said["regions"][firm.number % len(said["regions"])],
            size=Company.Size.MORE if firm.customer_class == "key_account" else Company.Size.UP_TO_49,
            purchased_on=_date(club, firm.first),
            contract_ends_on=_date(club, firm.ends),
            created_at=club.moment(max(firm.first, LATEST), "08:00"),
        )
        for firm in firms
    )
    club.companies |= {f"{QUIET}{firm.number}": company for firm, company in zip(firms, _of_quiet(firms), strict=True)}
    Member.objects.bulk_create(_person(club, said, firm) for firm in firms if firm.has_member)
    begins = said["test"]["begins"]
    Purchase.objects.bulk_create(
        Purchase(
            company=club.companies[f"{QUIET}{firm.number}"],
            order_id=f"MZ-Q{firm.number:03}-{number:02}",
            product=product,
            amount_fen=yuan * 100,
            ordered_on=_date(club, day),
            recorded_at=club.moment(day, "16:00"),
        )
        for firm in firms
        for number, (day, product, yuan) in enumerate(firm.orders)
        if day < begins or not firm.has_member
    )


def _of_quiet(firms: list[Firm]) -> list[Company]:
    found = Company.objects.in_bulk([firm.name for firm in firms], field_name="name")
    return [found[firm.name] for firm in firms]


def _person(club: Club, said: dict[str, Any], firm: Firm) -> Member:
    """Somebody who reads and orders. Nobody signs in as one of these."""
    surname, given = said["surnames"][firm.number % len(said["surnames"])], said["given"][firm.number // len(said["surnames"]) % 10]
    handle = f"{surname[1]}-{given[1]}-{firm.number}"
    return Member(
        public_id=always_the_same(f"member:{handle}"),
        email=f"{handle}@quiet.example",
        handle=handle,
        name=f"{surname[0]}{given[0]}",
        password="!",  # noqa: S106
        company=club.companies[f"{QUIET}{firm.number}"],
        locale="zh-hans",
        joined_at=club.moment(-520 + firm.number, "10:00"),
    )


def _begin(club: Club, test: dict[str, Any], bonus: dict[str, Any]) -> None:
    programme, begins_on, ends_on = _programme(), _date(club, test["begins"]), _date(club, test["ends"])
    programme.margin_percent, programme.running_cost_fen = test["margin_percent"], test["running_cost_yuan"] * 100
    programme.control_percent, programme.control_starts_on, programme.control_ends_on = test["control_percent"], begins_on, ends_on
    while any(_is_left_out(programme, company) for key, company in club.companies.items() if not key.startswith(QUIET)):
        programme.control_draw += 1
    programme.save()
    Rule.objects.create(
        programme=programme,
        name=bonus["name"],
        name_zh=bonus["name_zh"],
        activity_kind=Activity.Kind.PURCHASED,
        origin=Transfer.Origin.PURCHASE,
        amount_points=1,
        per_field="amount",
        per_size=bonus["each_yuan"],
        control_percent=bonus["control_percent"],
        starts_on=begins_on,
        ends_on=ends_on,
    )


def _programme() -> Programme:
    return Programme.objects.get(slug=DEFAULT_PROGRAMME)


def _is_left_out(programme: Programme, company: Company) -> bool:
    return trials.is_left_out(programme, f"company:{company.pk}")


def _order(club: Club, firm: Firm, number: int, day: int, product: str, yuan: int) -> None:
    company = club.companies[f"{QUIET}{firm.number}"]
    lift = 1.0
    if not _is_left_out(_programme(), company):
        rule = Rule.objects.get(activity_kind=Activity.Kind.PURCHASED)
        is_paid = trials.arm_of(rule.pk, rule.control_percent, f"company:{company.pk}") == trials.Arm.TEST
        lift = CLUB_LIFT * (BONUS_LIFT if is_paid else 1.0)
    order_id = f"MZ-Q{firm.number:03}-{number:02}"
    purchasing.record_purchase(
        company, order_id=order_id, product=product, amount_fen=round(yuan * lift) * 100, ordered_on=_date(club, day)
    )
