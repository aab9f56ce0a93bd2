"""Whether a group's record is whole, stream by stream; and how it ended, where it was deleted when its time was over."""

import datetime
from dataclasses import dataclass

from focusgroups import audiences
from focusgroups.models import Remains
from live import chain
from live.models import Event, Stream
from members.models import Activity


@dataclass(frozen=True)
class Deleted:
    """A stream whose words were deleted under retention: how many events it had, and the head that it had then.

    skeleton   what still stands there: numbers, kinds and links of what the room and the staff heard; None of a single member's
    """

    stream: str
    on: datetime.date
    count: int
    head: str
    was_whole: bool
    skeleton: chain.Proof | None
    is_same_head: bool = True

    @property
    def is_whole(self) -> bool:
        return self.was_whole and self.is_same_head and (self.skeleton is None or self.skeleton.is_whole)

    @property
    def found(self) -> str:
        was = f"it was {'1..' + str(self.count) + ' complete' if self.was_whole else 'BROKEN'}, head {self.head or '-'}"
        now = (
            ""
            if self.skeleton is None
            else "; its numbers and links are still in place"
            if self.is_whole
            else "; what is left of it is BROKEN"
        )
        return f"recording deleted under retention on {self.on.isoformat()}; {was}{now}"

    def __str__(self) -> str:
        return f"{self.stream}: {self.found}"


Proof = chain.Proof | Deleted


def of(group_id: int) -> list[Proof]:
    """A proof for each of the group's streams, in the order of their names."""
    if left := _remains(group_id):
        return [_deleted(left, ended) for ended in left.record]
    names = Stream.objects.filter(name__startswith=audiences.stream(group_id, "")).order_by("name")
    return [chain.prove(name) for name in names.values_list("name", flat=True)]


def labelled(group_id: int) -> list[tuple[str, Proof]]:
    """The same under labels that name nobody: `all`, `staff`, and single members' as `private 1` and on.

    Those are in the order of their heads, which tells nothing of whose they are.
    """
    prefix = audiences.stream(group_id, "")
    ended = [(proof.stream.removeprefix(prefix), proof) for proof in of(group_id)]
    shared = [(label, proof) for label, proof in ended if label in (audiences.ALL, audiences.STAFF)]
    own = sorted((proof for label, proof in ended if label not in (audiences.ALL, audiences.STAFF)), key=lambda proof: proof.head)
    return shared + [(f"private {place}", proof) for place, proof in enumerate(own, start=1)]


def public(group_id: int) -> Proof:
    """Of what the whole room heard."""
    if left := _remains(group_id):
        return next((_deleted(left, ended) for ended in left.record if ended["stream"] == audiences.ALL), chain.Proof(audiences.ALL))
    return chain.prove(audiences.stream(group_id, audiences.ALL))


def _remains(group_id: int) -> Remains | None:
    return Remains.objects.filter(group=group_id).first()


def _deleted(left: Remains, ended: dict[str, object]) -> Deleted:
    label, count, head = str(ended["stream"]), int(str(ended["count"])), str(ended["head"])
    name = audiences.stream(left.group_id, label)
    is_public = label in (audiences.ALL, audiences.STAFF)
    skeleton = chain.prove(name) if is_public else None
    is_same = True
    if is_public and count:
        is_same = Event.objects.filter(stream__name=name, seq=count).values_list("digest", flat=True).first() == head
    shown = name if is_public else f"{audiences.stream(left.group_id, '')}{label}"
    return Deleted(shown, left.deleted_at.date(), count, head, bool(ended["is_whole"]), skeleton, is_same)


@dataclass(frozen=True)
class Attendance:
    """How many took part, of a group that knows nobody any more; `awarded` is counted anew in the log of what members did."""

    left: Remains
    awarded: int

    @property
    def is_whole(self) -> bool:
        return self.awarded == self.left.confirmed

    def __str__(self) -> str:
        left = self.left
        counts = (
            f"{left.participants} agreed, {left.came} came, {left.confirmed} confirmed; {self.awarded} awards of {left.points_each} points"
        )
        return f"attendance: {counts} in the log of deeds{'' if self.is_whole else ' (BROKEN)'}"


def attendance(group_id: int) -> Attendance | None:
    """None while the group's own seats say it. Each award is a deed that the log takes once for a member and a group."""
    left = _remains(group_id)
    if left is None:
        return None
    awarded = Activity.objects.filter(kind=Activity.Kind.GROUP_ATTENDED, cause__startswith=f"group:{group_id}:member:").count()
    return Attendance(left, awarded)
