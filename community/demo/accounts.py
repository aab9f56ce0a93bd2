"""Who may sign in to see the demo club, in which role."""

from typing import Any

from community.demo import library
from members.models import Member

# One password for everybody, on purpose: the demo is to be walked through by whoever installs it, and holds nobody's data.
PASSWORD = "clubroom-demo-2026"  # noqa: S105
HIDDEN = {"", "staff"}
ORDER = ("customer", "company_admin", "marketer", "researcher", "moderator", "observer", "admin", "partner")
OURSELVES = "Mingzhang Software 明账软件"


def is_there() -> bool:
    """Whether the demo club is there, and complete: its administrator joins last."""
    return Member.objects.filter(public_id=_public_id("shen-mu")).exists()


def listed() -> list[dict[str, Any]]:
    """`[{"role", "email", "password", "name", "company"}]`, customers first; empty without a demo."""
    people = [person for person in library.toml("people/members.toml")["member"] if person.get("role", "") not in HIDDEN]
    members = Member.objects.select_related("company").in_bulk([_public_id(person["handle"]) for person in people], field_name="public_id")
    found = [_line(person["role"], members[key]) for person in people if (key := _public_id(person["handle"])) in members]
    return sorted(found, key=lambda line: ORDER.index(line["role"]))


def _line(role: str, member: Member) -> dict[str, Any]:
    company = member.company.name if member.company else OURSELVES
    return {"role": role, "email": member.email, "password": PASSWORD, "name": member.display_name, "company": company}


def _public_id(handle: str) -> Any:
    from community.demo.peopling import always_the_same

    return always_the_same(f"member:{handle}")
