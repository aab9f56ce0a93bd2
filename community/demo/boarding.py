"""The demo's board over several days: tasks by the clock, answers, votes, and what was said to them."""

import re
from functools import partial
from typing import Any

from community.demo.club import Club
from focusgroups import attending, discussing, tending

# `-2 10:05 name 1: an answer`, `-2 11:15 name 1 > other: said to it`, `-2 13:20 name 2 = 1,2` for a vote.
LINE = re.compile(
    r"(?P<day>-?\d+) (?P<time>\d\d:\d\d) (?P<name>\S+) (?P<task>\d+)(?: > (?P<under>[^\s:]+))?"
    r"(?:: (?P<body>.+)| = (?P<choices>[\d,]+))"
)


def task_of(club: Club, item: dict[str, Any]) -> dict[str, Any]:
    """A line of the guide with its moments: `opens = [-2, "08:30"]`."""
    moments = {f"{name}_at": club.moment(*item[name]) for name in ("opens", "due") if name in item}
    return {key: value for key, value in item.items() if key not in ("opens", "due")} | moments


def note(room: Any, text: str) -> None:
    """Tasks go up when they open; the club does the same every minute."""
    club, opened = room.club, {tuple(item["opens"]) for item in room.head["item"]}
    for day, time in sorted(opened):
        if day <= 0:
            club.diary.note(club.moment(day, time), tending.tend)
    for line in text.splitlines():
        found = LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"not a line of a board: {line}")
        club.diary.note(club.moment(int(found["day"]), found["time"]), partial(_do, room, found))


def _do(room: Any, found: "re.Match[str]") -> None:
    group, name = room.group, found["name"]
    item = group.items.order_by("sort_order")[int(found["task"]) - 1]
    if found["choices"]:
        discussing.vote(group.pk, item=item.pk, choices=[int(place) - 1 for place in found["choices"].split(",")], **room.by(name))
    elif found["under"]:
        answer = item.answers.get(seat__pseudonym=found["under"])
        discussing.say(group.pk, body=found["body"], to="all", item=item.pk, answer=answer.pk, **room.by(name))
    else:
        discussing.answer(group.pk, body=found["body"], item=item.pk, **room.by(name))
    attending.was_here(group.seats.select_related("group").get(member=room.club.members[room.handles[name]]))
