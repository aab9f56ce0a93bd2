"""What quotas ask of a member: plain facts, and whether a tier or a saved segment has them. As it is today, unless it was kept before."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from members import belonging, segments
from members.models import Company, Member, Segment

MEMBER = "member."
FACTS = ("locale", "customer_class", "company_size", "stage", "tier", "segment")
# One has many of these, or changes them: each that is asked is a fact by itself, kept as `tier:gold`, true or not.
BELONGING = ("tier", "segment")


def asked_of_member(wants: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(the fact's name, what it must be) of each condition of a cell that asks of the member."""
    for name, wanted in wants.items():
        fact = name.removeprefix(MEMBER)
        if name.startswith(MEMBER):
            yield (f"{fact}:{wanted}", True) if fact in BELONGING else (fact, wanted)


def facts_of(member: Member, names: Iterable[str]) -> dict[str, Any]:
    """These facts as they are today; "" where a member or their company has none."""
    return {name: _belongs(member, name) if ":" in name else _plain(member, name) for name in names}


def _plain(member: Member, name: str) -> str:
    if name == "locale":
        return member.locale
    company = member.company
    if company is None or name not in FACTS:
        return ""
    return str({"customer_class": company.customer_class, "company_size": company.size}.get(name) or company.stage)


def _belongs(member: Member, name: str) -> bool:
    return members_with(name).filter(pk=member.pk).exists()


def members_with(name: str) -> QuerySet[Member]:
    """Who belongs to `tier:SLUG` or `segment:SLUG` today; nobody where there is none any more."""
    kind, _colon, slug = name.partition(":")
    if kind == "tier":
        return belonging.findable["tier"].members(slug) if slug in fact_values("tier") else Member.objects.none()
    segment = Segment.objects.filter(slug=slug).first()
    return segments.members_of(segment) if segment else Member.objects.none()


def fact_values(name: str) -> list[str]:
    """What a fact of a member can be."""
    return [value for value, _label in fact_choices(name)]


def fact_choices(name: str) -> list[tuple[str, str]]:
    """(value, words in the reader's language) of all that a fact of a member can be."""
    known = {"customer_class": Company.CustomerClass, "company_size": Company.Size, "stage": Company.Stage}
    if name == "locale":
        return [(str(value), str(label)) for value, label in Member._meta.get_field("locale").choices or []]
    if name == "tier":
        return belonging.findable["tier"].choices() if "tier" in belonging.findable else []
    if name == "segment":
        return [(segment.slug, segment.label) for segment in Segment.objects.all()]
    return [(str(value), str(label)) for value, label in known[name].choices] if name in known else []
