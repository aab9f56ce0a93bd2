"""Looking for members by what their profile says of them."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from members.models import Member

FOUND_MOST, WORDS_MOST = 12, 6


def find_members(query: str, *, asker: Member | AnonymousUser) -> list[Member]:
    """Up to FOUND_MOST members whose name, handle, job or company holds every word of the query, by name; none for visitors. One query."""
    words = query.replace('"', " ").replace("@", " ").split()[:WORDS_MOST]
    if not words or not isinstance(asker, Member):
        return []
    rows = Member.objects.visible_to(asker).filter(is_active=True, erased_at=None)
    for word in words:
        places = ("name", "handle", "job_title", "company__name")
        holds = Q()
        for place in places:
            holds |= Q(**{f"{place}__icontains": word})
        rows = rows.filter(holds)
    return list(rows.select_related("company").order_by("name", "pk")[:FOUND_MOST])
