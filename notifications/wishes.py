"""What members want to hear of, and how: a table of kinds and channels with the club's defaults where a member has said nothing."""

from collections.abc import Mapping

from members.models import ContactPreference, Member
from members.ready import Ready
from notifications.models import Notification

Channel = ContactPreference.Channel
Kind = Notification.Kind

# Everything is told on the site; mails are for what somebody waits for.
MAILED_UNLESS_REFUSED = {
    Kind.REPLY,
    Kind.MENTION,
    Kind.SOLUTION,
    Kind.POINTS_LAPSING,
    Kind.REWARD,
    Kind.PARTNER,
    Kind.SURVEY_INVITATION,
    Kind.GROUP_INVITATION,
    Kind.REFERRAL_PROGRESS,
    Kind.EVENT,
    Kind.MODERATION,
    Kind.MESSAGE,
    Kind.REMINDER,
    Kind.FEATURE,
}

Wishes = Mapping[tuple[str, str], bool]


def default(channel: str, kind: str) -> bool:
    return channel == Channel.SITE or kind in MAILED_UNLESS_REFUSED


_DEFAULTS = {(channel, kind): default(channel, kind) for channel in Channel.values for kind in Kind.values}
_SAID = Ready(lambda member: ContactPreference.objects.filter(member=member).values_list("channel", "purpose", "is_wanted"))


def wishes_of(member: Member) -> Wishes:
    """(channel, kind) → wanted, for every channel and kind. One query."""
    said = {(channel, purpose): wanted for channel, purpose, wanted in _SAID.all(member=member.pk)}
    return _DEFAULTS | {key: wanted for key, wanted in said.items() if key in _DEFAULTS}


def wants(member: Member, channel: str, kind: str) -> bool:
    said = ContactPreference.objects.filter(member=member, channel=channel, purpose=kind).values_list("is_wanted", flat=True).first()
    return default(channel, kind) if said is None else said
