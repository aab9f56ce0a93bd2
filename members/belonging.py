"""What a member belongs to, as tags by which other parts let people in: `class:small_business`, `tier:gold`, `segment:12`.

Members know classes, companies, roles and segments; tiers live above and add theirs:

    belonging.tellers.append(tags_of_tier)      # in an AppConfig.ready(); member -> the tags it adds
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members import segments
from members.models import Company, Member, Segment

Teller = Callable[[Member], Iterable[str]]
# Kinds of tags, in the order in which people think of them; a tag is `kind:value`.
KINDS = ("role", "class", "stage", "company", "tier", "segment")
tellers: list[Teller] = []


@dataclass(frozen=True)
class Findable:
    """A kind of belonging whose members can be asked for. choices: its (value, name) pairs; members: who has a value."""

    choices: Callable[[], list[tuple[str, str]]]
    members: Callable[[str], QuerySet[Member]]


# Kinds that live above: kind → how to find them.
findable: dict[str, Findable] = {}


def tags_of(member: Member | AnonymousUser) -> frozenset[str]:
    """All tags of a member as of now; none for visitors. Asked once for each loaded member: a page's gates share the answer."""
    if not member.is_authenticated:
        return frozenset()
    known: frozenset[str] | None = member.__dict__.get("_tags")
    if known is None:
        known = member.__dict__["_tags"] = frozenset({*_own(member), *(tag for teller in tellers for tag in teller(member))})
    return known


def _own(member: Member) -> Iterable[str]:
    if company := member.company:
        yield from (
            f"class:{company.customer_class}",
            f"stage:{company.stage}",
            f"company:{company.pk}",
            f"role:company-{member.company_role}",
        )
    if member.is_staff:
        yield "role:staff"
    for name in member.groups.values_list("name", flat=True):
        yield f"role:{name.lower()}"
    yield from (f"segment:{pk}" for pk in segments.of(member))


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every tag that there is now, by kind, each with its name in the reader's language: what a form offers."""
    groups = Group.objects.order_by("name").values_list("name", flat=True)
    roles: list[tuple[str, Any]] = [(f"company-{value}", label) for value, label in Member.CompanyRole.choices]
    roles += [("staff", _("The club's own people")), *((name.lower(), name) for name in groups)]
    named: dict[str, tuple[Any, Iterable[tuple[Any, Any]]]] = {
        "role": (_("Role"), roles),
        "class": (_("Customer class"), Company.CustomerClass.choices),
        "stage": (_("Stage"), Company.Stage.choices),
        "company": (_("Company"), Company.objects.values_list("pk", "name")),
        "tier": (_("Tier"), findable["tier"].choices() if "tier" in findable else []),
        "segment": (_("Segment"), Segment.objects.values_list("pk", "name")),
    }
    return [(str(label), [(f"{kind}:{value}", str(name)) for value, name in pairs]) for kind, (label, pairs) in named.items()]
