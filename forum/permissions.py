"""Who counts as what in the forum. Everything finer stands in the gates of the models."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from members.models import Member

MODERATE = "forum.moderate_forum"


def is_moderator(member: "Member | AnonymousUser") -> bool:
    """Moderators are among the club's own people, so that a customer's page asks the database nothing."""
    return bool(member.is_authenticated and member.is_staff and member.has_perm(MODERATE))


def tier_of(member: "Member | AnonymousUser") -> Any:
    """A member's tier as a number, or an expression of one; 0 for none.

    Tiers live in a part that the forum may not import: settings name the function.
    """
    path = getattr(settings, "TIER_RANK_OF_MEMBER", "")
    if not path or not member.is_authenticated:
        return 0
    rank_of: Callable[[object], Any] = import_string(path)
    return rank_of(member)
