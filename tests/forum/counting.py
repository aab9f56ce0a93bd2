"""What counts of somebody's deeds."""

from members.models import Activity


def counted(member) -> set[str]:
    return set(
        Activity.objects.filter(member=member, undone_by=None).exclude(kind__in=["undone", "registered"]).values_list("kind", flat=True)
    )
