"""A board over several days as somebody in it may read it: its tasks, and what was said under each. Read only."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from focusgroups import audiences, exercises
from focusgroups.models import Answer, Group, Item, Seat
from focusgroups.moderating import POSABLE
from focusgroups.wordings import EDITED
from live.models import Event

SHOWN = 2_000


@dataclass
class Task:
    """state: coming, open, late (its time is over, answers are still taken). lacking: for the staff, whose answer is missing."""

    item: Item
    state: str
    is_answered: bool
    answers: int
    posts: int
    lacking: list[Seat] | None = None


def tasks(seat: Seat) -> list[Task]:
    """A board's tasks in their order; those to come are for the staff. How many answered is told to whoever may read it."""
    items = seat.group.items.filter(kind__in=POSABLE).select_related("image")
    if not seat.is_staff:
        items = items.exclude(posed_at=None)
    items = items.annotate(given=Count("answers"), own=Count("answers", filter=Q(answers__seat=seat.pk)))
    posts = _posts(seat)
    made = []
    for item in items.order_by("posed_at", "sort_order", "id") if not seat.is_staff else items:
        may_read = seat.is_staff or bool(item.own) or not item.hides_answers
        made.append(Task(item, state_of(item), bool(item.own), item.given if may_read else 0, posts.get(item.pk, 0)))
    return made


def state_of(item: Item) -> str:
    if item.posed_at is None:
        return "coming"
    return "late" if item.due_at and item.due_at <= timezone.now() else "open"


def _heard(seat: Seat) -> Q:
    return Q(stream__name__in=audiences.streams_of(seat).values())


def _posts(seat: Seat) -> dict[int, int]:
    """item → how many messages stand under it, for this reader."""
    rows = Event.objects.filter(_heard(seat), kind__in=("message", "reveal"), body__has_key="item").order_by("id").values_list("body", "id")
    found: dict[int, set[str]] = {}
    for body, pk in rows[: SHOWN * 10]:
        for said in body.get("messages", []) if "answers" in body or "messages" in body else [body]:
            if said.get("is_withdrawn"):
                continue
            found.setdefault(said.get("item", 0), set()).add(said.get("post") or str(pk))
    return {item: len(posts) for item, posts in found.items()}


def matrix(group: Group, items: list[Item]) -> list[tuple[Seat, list[str]]]:
    """For the staff: each participant and, task by task, `done`, `late`, `missing`, or `coming`."""
    rows = Answer.objects.filter(item__in=items).values_list("item_id", "seat_id", "at")
    given = {(item, seat): at for item, seat, at in rows}
    people = group.seats.filter(role=Seat.Role.PARTICIPANT, removed_at=None).exclude(consented_at=None)
    return [(seat, [_mark(item, given.get((item.pk, seat.pk))) for item in items]) for seat in people]


def note_lacking(tasks: list[Task], rows: list[tuple[Seat, list[str]]]) -> None:
    """Task by task, those of the matrix who have not answered what is up."""
    for place, task in enumerate(tasks):
        task.lacking = [seat for seat, marks in rows if marks[place] == "missing"]


def _mark(item: Item, at: datetime.datetime | None) -> str:
    if at is not None:
        return "late" if item.due_at and at > item.due_at else "done"
    return "coming" if item.posed_at is None else "missing"


@dataclass
class Post:
    """A message, a whisper or an answer. `given` is an exercise's; `replies` are of an answer.

    answer   its number, or of a reply that of what it replies to
    post     under which name a message is told to several, where its task hides the answers
    parts   the notes or comments that an answer is made of, each of which may be taken out by itself
    place   of the reader's own message: the stream's label and its number there, which is what may be edited and taken back
    """

    seat: int
    name: str
    role: str
    body: str
    at: datetime.datetime
    hue: int = 0
    answer: int | None = None
    is_answer: bool = False
    post: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    is_private: bool = False
    is_staff: bool = False
    is_mine: bool = False
    is_edited: bool = False
    is_withdrawn: bool = False
    is_hidden: bool = False
    to_name: str = ""
    place: tuple[str, int] | None = None
    edits: int = 0
    may_be_edited: bool = False
    may_be_withdrawn: bool = False
    may_be_hidden: bool = False
    parts: list[str] = field(default_factory=list)
    replies: list["Post"] = field(default_factory=list)

    @property
    def number(self) -> str:
        """Of its place, as a form sends it."""
        return str(self.place[1]) if self.place else ""


@dataclass
class Thread:
    """What stands under a task for one reader: answers with their replies, and what was said to none of them."""

    answers: list[Post]
    posts: list[Post]
    counts: list[tuple[str, int]]
    voters: int


def thread(seat: Seat, item: Item) -> Thread:
    """At most SHOWN events of it."""
    rows = Event.objects.filter(_heard(seat), kind__in=("answer", "message", "probe", "reveal", EDITED), body__item=item.pk).order_by("id")
    labels = {name: label for label, name in audiences.streams_of(seat).items()}
    hues = dict(seat.group.seats.values_list("pk", "hue"))
    answers: dict[int, Post] = {}
    posts: dict[str, Post] = {}
    by_number: dict[tuple[str, int], Post] = {}
    values = rows.values_list("pk", "kind", "stream__name", "seq", "body", "at", "rewritten_at")
    for pk, kind, stream, seq, body, at, rewritten_at in values[:SHOWN]:
        if kind == EDITED and (stands := by_number.get((stream, body["target"]))):
            stands.body, stands.is_edited, stands.edits = body["body"], True, stands.edits + 1
            stands.may_be_edited = stands.may_be_edited and stands.edits < seat.group.edits_max and rewritten_at is None
        is_staff = stream.endswith(f":{audiences.STAFF}")
        given = [body] if kind == "answer" else body.get("answers", []) if kind == "reveal" else []
        said = [body] if kind in ("message", "probe") else body.get("messages", []) if kind == "reveal" else []
        for each in given:
            earlier = answers.get(each["answer"])
            answers[each["answer"]] = post = _post(seat, each, earlier.at if earlier and kind == "reveal" else at, hues)
            _note_answer(seat, post, item)
        for each in said:
            post = _post(seat, each, at, hues)
            post.is_private = kind == "probe" or bool(each.get("is_private"))
            post.is_staff = is_staff and not post.is_private and not each.get("is_masked")
            kept = posts.setdefault(each.get("post") or (f"{post.seat}:{post.body}" if post.is_private and post.body else str(pk)), post)
            if kind == "message":
                by_number[stream, seq] = kept
                kept.place = kept.place or (labels[stream], seq)
                _note_what_may_be_done(seat, kept, is_masked=bool(each.get("is_masked")), is_rewritten=rewritten_at is not None)
    rest: list[Post] = []
    for post in sorted(posts.values(), key=lambda each: each.at):
        under = answers.get(post.answer) if post.answer else None
        (under.replies if under else rest).append(post)
    # In the order they were first given, whenever this reader was told of them.
    return Thread([answers[pk] for pk in sorted(answers)], rest, *_counts(seat, item))


def _post(seat: Seat, body: dict[str, Any], at: datetime.datetime, hues: dict[int, int]) -> Post:
    whose = body.get("seat", 0)
    return Post(
        seat=whose,
        name=body.get("name", ""),
        role=body.get("role", ""),
        body=body.get("body", ""),
        at=at,
        hue=hues.get(whose, 0),
        answer=body.get("answer"),
        post=body.get("post", ""),
        given=body.get("given") or {},
        is_mine=whose == seat.pk,
        is_withdrawn=bool(body.get("is_withdrawn")),
        is_hidden=bool(body.get("is_hidden")),
        to_name=body.get("to_name", ""),
    )


def _note_answer(seat: Seat, post: Post, item: Item) -> None:
    post.is_answer = True
    parts = exercises.written(item, {"body": post.body, "given": post.given})
    post.parts = list(dict.fromkeys(parts)) if post.given else []
    post.may_be_hidden = seat.is_moderator and not post.is_withdrawn and bool(parts)


def _note_what_may_be_done(seat: Seat, post: Post, *, is_masked: bool, is_rewritten: bool) -> None:
    """As `correcting`, `withdrawing` and `hiding` will judge it; they have the last word."""
    group = seat.group
    until = post.at + datetime.timedelta(minutes=group.edit_minutes)
    may_speak = group.status == group.Status.OPEN or (seat.is_staff and not group.is_closed)
    if post.is_mine and not post.is_withdrawn and may_speak and not seat.is_muted and group.edits_max and timezone.now() < until:
        post.may_be_withdrawn = True
        post.may_be_edited = not is_masked and not is_rewritten
    post.may_be_hidden = seat.is_moderator and not post.is_mine and not post.is_withdrawn


def _counts(seat: Seat, item: Item) -> tuple[list[tuple[str, int]], int]:
    """Of a poll, for those who may read it: (choice, times), and how many voted."""
    if item.kind != Item.Kind.POLL:
        return [], 0
    if item.hides_answers and not seat.is_staff and not item.answers.filter(seat=seat).exists():
        return [], 0
    counted = exercises.counts_shown(item)
    return list(zip(item.choices, counted["counts"], strict=True)), counted["voters"]
