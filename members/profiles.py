"""A member's own description of themselves, and how complete it is."""

from typing import Any

from django.db import transaction

from members import activity
from members.models import Activity, Member

EDITABLE = ("name", "phone", "job_title", "about", "locale", "time_zone")


@transaction.atomic
def update(member: Member, **fields: Any) -> Member:
    """Change a member's own profile. Raises ValueError for a field that is not theirs to change."""
    foreign = set(fields) - set(EDITABLE)
    if foreign:
        raise ValueError(f"not part of a profile: {', '.join(sorted(foreign))}")
    for name, value in fields.items():
        setattr(member, name, value)
    member.save(update_fields=list(fields))
    record_completeness(member)
    return member


def record_completeness(member: Member) -> None:
    """Log a profile that is partly complete (a name and one way to reach the person) or complete (name, phone, e-mail), each once."""
    cause, url = f"member:{member.pk}", member.get_absolute_url()
    if member.name and (member.phone or member.email):
        activity.record(member, Activity.Kind.PROFILE_PARTLY_COMPLETED, cause=cause, url=url)
    if member.name and member.phone and member.email:
        activity.record(member, Activity.Kind.PROFILE_COMPLETED, cause=cause, url=url)
