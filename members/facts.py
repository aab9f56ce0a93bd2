"""What a segment or a rule may ask about a member and the member's company."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.conditions import Field
from members.models.company import Company, stage_on
from members.models.member import Member
from members.ready import Ready


class Who(NamedTuple):
    """A member's facts as a condition reads them; what hangs on a company is None for who has none."""

    locale: str
    company_role: str
    job_title: str
    joined_at: datetime.datetime
    customer_class: str | None
    size: str | None
    industry: str | None
    region: str | None
    purchased_on: datetime.date | None
    contract_ends_on: datetime.date | None
    company_id: int | None


COLUMNS = (
    "locale",
    "company_role",
    "job_title",
    "joined_at",
    *(f"company__{name}" for name in ("customer_class", "size", "industry", "region", "purchased_on", "contract_ends_on")),
    "company_id",
)
KNOWN = 200


def _said_of_companies(name: str) -> list[str]:
    return list(Company.objects.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()[:KNOWN])


LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
FIELDS = {
    field.name: field
    for field in (
        Field("member.locale", _("Member’s language"), "choice", lambda: LANGUAGES),
        Field("member.company_role", _("Role in the company"), "choice", lambda: Member.CompanyRole.choices),
        Field("member.job_title", _("Job title"), "text"),
        Field("member.days", _("Days in the club"), "number"),
        Field("company.customer_class", _("Customer class"), "choice", lambda: Company.CustomerClass.choices),
        Field("company.size", _("Company size"), "choice", lambda: Company.Size.choices),
        Field("company.industry", _("Industry"), "text", known=lambda: _said_of_companies("industry")),
        Field("company.region", _("Region"), "text", known=lambda: _said_of_companies("region")),
        Field("company.stage", _("Care stage"), "choice", lambda: Company.Stage.choices),
    )
}


def who(member: Member) -> Who:
    return Who(*Member.objects.filter(pk=member.pk).values_list(*COLUMNS).get())


_OF = Ready(lambda pks: Member.objects.filter(pk__in=pks).values_list("pk", *COLUMNS))


def of(members: Iterable[int]) -> dict[int, Who]:
    """Facts of the members of these few ids, in one query."""
    return {row[0]: Who(*row[1:]) for row in _OF.all(pks=list(members))}


def everybody(members: Iterable[int] | None = None) -> dict[int, Who]:
    """Facts of the members of these ids, or of all, in one query."""
    rows = Member.objects.all() if members is None else Member.objects.filter(pk__in=members)
    return {row[0]: Who(*row[1:]) for row in rows.values_list("pk", *COLUMNS).iterator(chunk_size=5_000)}


def getter(name: str) -> Callable[[Who, datetime.date], Any]:
    """The reader of a field: of a member's facts, on a day."""
    if name == "member.days":
        return lambda who, day: (day - timezone.localtime(who.joined_at).date()).days
    if name == "company.stage":
        return lambda who, day: None if who.company_id is None else stage_on(who.purchased_on, who.contract_ends_on, day)
    if name not in FIELDS:
        return lambda who, day: None
    index = Who._fields.index(name.partition(".")[2])
    return lambda who, day: who[index]
