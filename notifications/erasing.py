from live.models import Stream
from members.models import Member
from notifications.models import EmailOut, Notification


def erase(member: Member) -> None:
    """What a member was told goes, with the mails that told it."""
    Notification.objects.filter(member=member).delete()
    EmailOut.objects.filter(member=member).delete()
    EmailOut.objects.filter(to__iexact=member.email).delete()
    Stream.objects.filter(name=f"member:{member.pk}").delete()
