"""Before a group: guides to start from, kept from one group for the next, and rehearsing a group before its participants come."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from focusgroups import seating
from focusgroups.models import Group, Guide, GuideLine, Item, Seat, TemplateLine
from focusgroups.refusals import Refused
from members.models import Member

ASKED = (
    "kind", "text", "note", "minutes", "options", "categories", "scale_max", "link", "max_choices", "is_masked", "image_id", "image_alt",
)  # fmt: skip
LINES_MAX = 200


def _asked(line: GuideLine) -> dict[str, object]:
    return {name: getattr(line, name) for name in ASKED}


@transaction.atomic
def lay_out(guide: Guide, group: Group) -> list[Item]:
    """Put a copy of a guide's lines behind those that a group has. On a board a line's day becomes its time.

    Raises Refused for a group that has ended, or would have too many lines.
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    lines, there = list(guide.lines.all()), group.items.count()
    if group.is_closed:
        raise Refused("closed", _("This group has ended."))
    if there + len(lines) > LINES_MAX:
        raise Refused("too-many", _("A guide has at most %(count)d lines.") % {"count": LINES_MAX})
    last = group.items.order_by("-sort_order").first()
    first = last.sort_order + 1 if last else 0
    items = [Item(group=group, sort_order=first + place, **_asked(line), **_times(line, group)) for place, line in enumerate(lines)]
    return Item.objects.bulk_create(items)


def _times(line: TemplateLine, group: Group) -> dict[str, datetime.datetime]:
    if line.day is None or group.starts_at is None or not group.is_board:
        return {}
    opens_at = group.starts_at + datetime.timedelta(days=line.day - 1)
    return {"opens_at": opens_at, "due_at": opens_at + datetime.timedelta(days=1)}


@transaction.atomic
def keep_guide(group: Group, *, title: str) -> Guide:
    """Make a guide to start from of a group's own: what was asked on the spot is in it, what became of it is not."""
    guide = Guide.objects.create(title=title[:200])
    lines = [
        TemplateLine(guide=guide, sort_order=place, day=_day(item, group), **_asked(item)) for place, item in enumerate(group.items.all())
    ]
    TemplateLine.objects.bulk_create(lines)
    return guide


def _day(item: Item, group: Group) -> int | None:
    if item.opens_at is None or group.starts_at is None:
        return None
    return min(60, max(1, (item.opens_at - group.starts_at).days + 1))


@transaction.atomic
def rehearse(group: Group, *, by: Member) -> Group:
    """A room with the same guide to try it in: the moderators sit in it already, colleagues are invited as participants.

    Nothing of it is drawn from, reminded of, analysed or paid. Raises Refused for a rehearsal of a rehearsal.
    """
    if group.is_rehearsal:
        raise Refused("rehearsal", _("This is the rehearsal."))
    title = _("Rehearsal: %(title)s") % {"title": group.title}
    room = Group.objects.create(
        study=group.study,
        title=title[:200],
        description=group.description,
        language=group.language,
        kind=group.kind,
        starts_at=group.starts_at if group.is_board else None,
        incentive_points=0,
        takes_pictures=group.takes_pictures,
        edit_minutes=group.edit_minutes,
        edits_max=group.edits_max,
        consent_text=group.consent_text,
        consent_version=group.consent_version,
        is_rehearsal=True,
    )
    for item in group.items.all():
        Item.objects.create(group=room, sort_order=item.sort_order, opens_at=item.opens_at, due_at=item.due_at, **_asked(item))
    moderators = group.seats.filter(role=Seat.Role.MODERATOR, removed_at=None).select_related("member")
    for member in {seat.member for seat in moderators} | {by}:
        seating.invite(room, member=member, role=Seat.Role.MODERATOR, is_told=False)
    return room
