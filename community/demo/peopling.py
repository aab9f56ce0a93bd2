"""The firms and people of the demo: who they are, when they joined, what they bought."""

import datetime
import uuid
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from community.demo import accounts, library
from community.demo.club import Club
from members import activity, joining, purchasing, roles
from members.models import Activity, Company, Consent, Member, Segment

NAMESPACE = uuid.UUID("6f0b8a6e-9f0e-5d0f-8f37-1f5f6f1f6c1d")
CLUB_DOMAIN = "mingzhang.example"
GROUP_OF = {"marketer": roles.MARKETER, "researcher": roles.RESEARCHER, "moderator": roles.MODERATOR, "observer": roles.OBSERVER}
LAST = "admin"
STAFF = {"marketer", "researcher", "moderator", "admin", "staff"}
TERMS = "I have read the terms of the club and agree to them."


def note(club: Club) -> None:
    password = make_password(accounts.PASSWORD)
    for firm in library.toml("people/companies.toml")["company"]:
        _found_company(club, firm)
    for segment in library.toml("people/segments.toml")["segment"]:
        club.diary.note(club.moment(-400, "09:00"), partial(Segment.objects.create, **segment))
    for person in library.toml("people/members.toml")["member"]:
        at = club.moment(person["joined"], "08:30")
        club.joined[person["handle"]] = at
        if person.get("role") != LAST:
            club.diary.note(at, partial(_join, club, person, password, at))


def finish(club: Club) -> None:
    """The administrator comes last: a demo in which they are is complete."""
    person = next(person for person in library.toml("people/members.toml")["member"] if person.get("role") == LAST)
    _join(club, person, make_password(accounts.PASSWORD), club.joined[person["handle"]])


def always_the_same(name: str) -> uuid.UUID:
    """A public id that is the same in every demo."""
    return uuid.uuid5(NAMESPACE, name)


def _found_company(club: Club, firm: dict[str, Any]) -> None:
    fields = {key: firm[key] for key in ("name", "customer_class", "industry", "region", "size", "email_domain")}
    if "ends" in firm:
        fields["contract_ends_on"] = _date(club, firm["ends"])
    if "purchased" in firm:
        fields["purchased_on"] = _date(club, firm["purchased"])
    first = club.moment(min(firm.get("purchased", -300), -300), "08:00")

    def found() -> None:
        key = firm["key"]
        club.companies[key] = Company.objects.create(public_id=always_the_same(f"company:{key}"), created_at=first, **fields)

    club.diary.note(first, found)
    for number, (day, product, yuan) in enumerate(firm["purchases"], start=1):
        club.diary.note(club.moment(day, "16:00"), partial(_buy, club, firm["key"], number, day, product, yuan))
    if "renewed" in firm:
        club.diary.note(club.moment(firm["renewed"], "16:30"), partial(_speak_for, club, firm, Activity.Kind.RENEWED_ON_TIME, "renewed"))
    if "revenue_target_met" in firm:
        at = club.moment(firm["revenue_target_met"], "16:30")
        club.diary.note(at, partial(_speak_for, club, firm, Activity.Kind.REVENUE_TARGET_MET, "revenue_target_met"))


def _date(club: Club, day: int) -> datetime.date:
    return club.today + datetime.timedelta(days=day)


def _buy(club: Club, key: str, number: int, day: int, product: str, yuan: int) -> None:
    """An order, as the sales system would report it."""
    purchasing.record_purchase(
        club.companies[key], order_id=f"MZ-{key}-{number:02}", product=product, amount_fen=yuan * 100, ordered_on=_date(club, day)
    )


@transaction.atomic
def _speak_for(club: Club, firm: dict[str, Any], kind: Activity.Kind, what: str) -> None:
    company = club.companies[firm["key"]]
    speaker = _speaker(company)
    if speaker is None:
        return
    months = (firm[what] - firm["purchased"]) // 30
    activity.record(speaker, kind, cause=f"company:{company.pk}:{what}:1", title=company.name, details={"months": months})


def _speaker(company: Company) -> Member | None:
    members = company.members.filter(is_active=True).order_by("id")
    return members.filter(company_role=Member.CompanyRole.ADMIN).first() or members.first()


@transaction.atomic
def _join(club: Club, person: dict[str, Any], password: str, at: datetime.datetime) -> None:
    role = person.get("role", "")
    company = club.companies.get(person.get("company", ""))
    domain = company.email_domain if company else CLUB_DOMAIN
    member = Member.objects.create(
        public_id=always_the_same(f"member:{person['handle']}"),
        email=f"{person['handle']}@{domain}",
        password=password,
        company=company,
        company_role=Member.CompanyRole.ADMIN if role == "company_admin" else Member.CompanyRole.MEMBER,
        is_staff=role in STAFF,
        is_superuser=role == "admin",
        joined_at=at,
        **{key: person.get(key, "") for key in ("handle", "name", "phone", "job_title", "about", "locale")},
    )
    club.members[member.handle] = member
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    if role in GROUP_OF:
        member.groups.add(Group.objects.get(name=GROUP_OF[role]))
    _agree(member)
    if company:
        joining.confirm(member)


def _agree(member: Member) -> None:
    for purpose, wording in ((Consent.Purpose.TERMS, TERMS), (Consent.Purpose.RESEARCH, str(Consent.Purpose.RESEARCH.label))):
        Consent.objects.create(member=member, purpose=purpose, is_given=True, wording=wording, wording_version="1")
