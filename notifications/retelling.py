"""What members were told says other words from now on."""

from collections.abc import Iterable

from notifications.models import Notification


def retell(kind: Notification.Kind, *, cause: str, members: Iterable[int], excerpt: str) -> None:
    """Change the words that members were told with, on the site and in mail that has not gone out; in the caller's transaction.

    members   the ids of whoever may have been told
    """
    told = list(Notification.objects.filter(member__in=list(members), kind=kind, cause=cause))
    for row in told:
        row.details["excerpt"] = excerpt
    Notification.objects.bulk_update(told, ["details"])
