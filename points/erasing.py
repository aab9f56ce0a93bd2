from members.models import Member
from points.models import AccountOwner


def erase(member: Member) -> None:
    """The account stays in the books; whose it was goes."""
    AccountOwner.objects.filter(member=member).delete()
