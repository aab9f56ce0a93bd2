"""The focus groups of the demo: one that was held, with every word, one with free seats, and a board in its second day."""

import datetime
import re
import uuid
from functools import partial
from typing import Any

from codebooks import editing
from codebooks.models import Code
from community.demo import boarding, library
from community.demo.club import Club
from community.demo.peopling import always_the_same
from focusgroups import attending, audiences, discussing, moderating, seating, transcripts, wordings
from focusgroups import coding as marking
from focusgroups.models import Group, Item, Seat, Study
from live.models import Event

LEAST_SECONDS, SECONDS_A_LETTER = 18, 1.1


class Room:
    """One group while it is built: who sits under which name, and what stands before the room."""

    def __init__(self, club: Club, name: str, head: dict[str, Any]) -> None:
        self.club, self.name, self.head = club, name, head
        self.moderator = head["moderator"]
        self.handles = {pseudonym: handle for handle, pseudonym in head["participants"]} | {"nadia": self.moderator}
        self.turn = 0
        self.sockets: dict[int, uuid.UUID] = {}

    @property
    def group(self) -> Group:
        return Group.objects.get(title=self.head["title"])

    def by(self, name: str) -> dict[str, Any]:
        """Whose turn it is, with the turn's own client_id."""
        self.turn += 1
        return {"member": self.club.members[self.handles[name]], "client_id": self._key()}

    def _key(self) -> uuid.UUID:
        return always_the_same(f"group:{self.name}:{self.turn}")


def note(club: Club) -> None:
    for name, head, text in library.documents("groups"):
        room = Room(club, name, head)
        starts = club.moment(head["day"], head["time"])
        invited = min(starts - datetime.timedelta(days=10), club.moment(-3, "10:00"))
        club.diary.note(invited, partial(_convene, room, starts))
        for place, (handle, _pseudonym) in enumerate(head["participants"]):
            at = club.not_before(handle, invited + datetime.timedelta(hours=2 + place))
            club.diary.note(at, partial(_agree, room, handle))
        if head.get("kind") == Group.Kind.BOARD:
            boarding.note(room, text)
        elif head.get("open"):
            club.diary.note(club.moment(-1, "17:30"), partial(_open_early, room))
        else:
            _note_talk(room, starts, text)


def _convene(room: Room, starts: datetime.datetime) -> None:
    head, members = room.head, room.club.members
    moderator = members[room.moderator]
    study = Study.objects.create(title=head["study"], purpose=head["purpose"], created_by=moderator)
    group = Group.objects.create(
        study=study,
        starts_at=starts,
        ends_at=starts + datetime.timedelta(minutes=head["minutes"]),
        open_seats=head.get("open_seats", 0),
        kind=head.get("kind", Group.Kind.LIVE),
        edit_minutes=1440 if head.get("kind") == Group.Kind.BOARD else 5,
        **{key: head[key] for key in ("title", "description", "language")},
    )
    for place, item in enumerate(head["item"]):
        Item.objects.create(group=group, sort_order=place, **boarding.task_of(room.club, item))
    seating.invite(group, member=moderator, role=Seat.Role.MODERATOR, is_told=False)
    for handle in head["observers"]:
        seating.invite(group, member=members[handle], role=Seat.Role.OBSERVER, by=moderator, pseudonym=members[handle].name)
    for handle, pseudonym in head["participants"]:
        seating.invite(group, member=members[handle], by=moderator, pseudonym=pseudonym)


def _agree(room: Room, handle: str) -> None:
    seating.consent(room.group.seats.get(member=room.club.members[handle]))


def _note_talk(room: Room, starts: datetime.datetime, text: str) -> None:
    diary, at = room.club.diary, starts
    diary.note(starts - datetime.timedelta(minutes=5), partial(_come_in, room))
    for line in text.splitlines():
        at += datetime.timedelta(seconds=LEAST_SECONDS + int(SECONDS_A_LETTER * len(line)))
        diary.note(at, partial(_speak, room, line))
    diary.note(at + datetime.timedelta(minutes=3), partial(_close, room))
    if room.head.get("code"):
        diary.note(at + datetime.timedelta(days=1), partial(_code, room))


def _come_in(room: Room) -> None:
    group = room.group
    room.sockets = {seat.pk: attending.be_here(seat.pk) for seat in group.seats.all()}
    moderating.change_status(group.pk, status=Group.Status.OPEN, **room.by("nadia"))


def _open_early(room: Room) -> None:
    """The room of a group to come stands open: whoever takes a seat may look around and say hello."""
    moderating.change_status(room.group.pk, status=Group.Status.OPEN, **room.by("nadia"))
    discussing.say(room.group.pk, body=room.head["welcome"], item=None, **room.by("nadia"))
    moderating.pose_next(room.group.pk, **room.by("nadia"))


def _speak(room: Room, line: str) -> None:
    """One line of the transcript: `name: words`, `! name: a whisper`, `> next`, `> probe`, `> vote name 1,2`."""
    group = room.group
    if line == "> next":
        moderating.pose_next(group.pk, **room.by("nadia"))
    elif line == "> probe":
        item = group.items.filter(kind=Item.Kind.PROBE, posed_at=None).first()
        moderating.pose(group.pk, item=item and item.pk, **room.by("nadia"))
    elif found := re.fullmatch(r"> vote (\S+) ([\d,]+)", line):
        choices = [int(choice) for choice in found[2].split(",")]
        discussing.vote(group.pk, item=group.current_item_id or 0, choices=choices, **room.by(found[1]))
    elif line.startswith("! "):
        name, _colon, body = line.removeprefix("! ").partition(": ")
        moderating.probe(group.pk, seat=group.seats.get(pseudonym=name).pk, body=body, **room.by("nadia"))
    else:
        name, _colon, body = line.partition(": ")
        discussing.say(group.pk, body=body, item=group.current_item_id, **room.by(name))


def _close(room: Room) -> None:
    group = room.group
    for seat_id, socket in room.sockets.items():
        attending.be_gone(seat_id, socket)
    moderating.change_status(group.pk, status=Group.Status.CLOSED, **room.by("nadia"))
    for seat in group.seats.filter(role=Seat.Role.PARTICIPANT):
        attending.confirm(seat, by=room.club.members[room.moderator])


def _code(room: Room) -> None:
    """The day after, the moderator reads it again with a codebook, and puts some of it on the board of quotes."""
    group, coder = room.group, room.club.members[room.moderator]
    book = editing.book_of(group.study)
    codes: dict[str, Code] = {}
    for code in room.head["code"]:
        codes[code["name"]] = editing.add_code(
            book, name=code["name"], parent=codes.get(code.get("under", "")), hue=code["hue"], memo=code["memo"]
        )
    said = Event.objects.filter(stream__name=audiences.stream(group.pk, audiences.ALL), kind__in=transcripts.SPOKEN).order_by("seq")
    spoken = {event.seq: wordings.text_of(event) for event in said}
    for mark in room.head["mark"]:
        seq = next(seq for seq, text in spoken.items() if mark["words"] in text)
        coding = marking.mark(group, coder=coder, code=codes[mark["code"]], stream=audiences.ALL, seq=seq, words=mark["words"])
        if "quote" in mark:
            marking.pick(coding, by=coder, note=mark["quote"])
