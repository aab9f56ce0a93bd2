"""Boards for some: by class, stage, tier, segment, company or role, as `members.belonging` names them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q

from forum.permissions import is_moderator, tier_of
from members import belonging
from members.models import Member

if TYPE_CHECKING:
    from forum.models import Board

# Whether any board is exclusive, and any from a tier on. A stale "no" hides such boards a little longer and never opens one.
ANY = "forum:exclusive-boards"
TIERED = "forum:tiered-boards"


def admits(member: Member | AnonymousUser, need: str) -> Q:
    """Boards that everybody may enter, and those whose admissions this member meets, as a filter on boards."""
    if not _are_any():
        return Q(is_exclusive=False)
    return Q(is_exclusive=False) | Q(pk__in=_admitting(member, need))


def lets(board: "Board", member: Member | AnonymousUser, need: str) -> bool:
    """Whether a board's admissions for this need let the member in; a board without any lets everybody."""
    if not board.is_exclusive or is_moderator(member) or (board.owner_id and board.owner_id == member.pk):
        return True
    tags = list(board.admissions.filter(need=need).values_list("tag", flat=True))
    return meets(tags, belonging.tags_of(member))


def that_let(boards: Iterable["Board"], member: Member | AnonymousUser, need: str) -> list["Board"]:
    """Those of some boards that let the member in, as `lets` says of one; two queries, and only where one of them is exclusive."""
    boards = list(boards)
    are_free = is_moderator(member) or not any(board.is_exclusive for board in boards)
    admitting = set() if are_free else set(_admitting(member, need))
    return [board for board in boards if are_free or not board.is_exclusive or board.pk in admitting]


def meets(wanted: list[str], tags: frozenset[str]) -> bool:
    """Of each kind that is wanted at least one; nothing wanted, everybody let in."""
    kinds: dict[str, bool] = {}
    for tag in wanted:
        kind = tag.split(":", 1)[0]
        kinds[kind] = kinds.get(kind, False) or tag in tags
    return all(kinds.values())


@transaction.atomic
def admit_only(board: "Board", **tags: list[str]) -> None:
    """Set whom a board admits: `read=["tier:gold"], reply=["class:enterprise"]`. Nothing at all opens it to its whole audience."""
    from forum.models import Admission

    board.admissions.all().delete()
    Admission.objects.bulk_create([Admission(board=board, need=need, tag=tag) for need, wanted in tags.items() for tag in wanted])
    _set_exclusive(board, any(tags.values()))


def look_again(board: "Board") -> None:
    """After one of its admissions was written, changed or deleted by itself."""
    _set_exclusive(board, board.admissions.exists())


def _set_exclusive(board: "Board", is_exclusive: bool) -> None:
    board.is_exclusive = is_exclusive
    board.save(update_fields=["is_exclusive"])


def of_tier(member: Member) -> Q:
    """Boards that the member's tier opens, as a filter on boards; where no board asks for a tier, nobody's is looked up."""
    if not _known(TIERED, min_tier__isnull=False):
        return Q(min_tier=None)
    return Q(min_tier=None) | Q(min_tier__lte=tier_of(member))


def forget() -> None:
    cache.delete_many([ANY, TIERED])
    transaction.on_commit(lambda: cache.delete_many([ANY, TIERED]))


def _are_any() -> bool:
    return _known(ANY, is_exclusive=True)


def _known(key: str, **wanted: bool) -> bool:
    from forum.models import Board

    known: bool | None = cache.get(key)
    if known is None:
        known = Board.objects.filter(**wanted).exists()
        cache.set(key, known, 60)
    return known


def _admitting(member: Member | AnonymousUser, need: str) -> list[int]:
    from forum.models import Admission, Board

    wanted: dict[int, list[str]] = {pk: [] for pk in Board.objects.filter(is_exclusive=True).values_list("pk", flat=True)}
    for board, tag in Admission.objects.filter(need=need).values_list("board_id", "tag"):
        wanted.setdefault(board, []).append(tag)
    tags = belonging.tags_of(member)
    return [board for board, its in wanted.items() if meets(its, tags)]
