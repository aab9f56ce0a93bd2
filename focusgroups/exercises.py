"""Items, answers and polls as the room is shown them. No member's name in any of it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from focusgroups import audiences
from focusgroups.models import Answer, Item, Seat
from focusgroups.refusals import Refused
from live.models import Event


def item_shown(item: Item) -> dict[str, Any]:
    """What a participant may know of an item: never the moderators' note."""
    shown: dict[str, Any] = {"item": item.pk, "kind": item.kind, "text": item.text, "minutes": item.minutes}
    shown |= {"choices": item.choices, "max_choices": item.max_choices, "is_masked": item.is_masked}
    if item.kind == Item.Kind.SORT:
        shown["piles"] = item.piles
    if item.kind == Item.Kind.NOTES:
        shown["columns"] = columns(item)
    if item.kind == Item.Kind.RATING:
        shown["scale_max"] = item.scale_max
    if item.link:
        shown["link"] = item.link
    if item.due_at:
        shown["due_at"] = item.due_at.isoformat()
    shown["is_revealed"] = item.revealed_at is not None
    if item.image_id and item.image:
        shown["image"] = {"url": item.image.file.url, "alt": item.image_alt, "width": item.image.width, "height": item.image.height}
    return shown


def section_shown(section: Item) -> dict[str, Any]:
    """A section while it runs: since when, and how many minutes it has."""
    minutes = (section.minutes + section.extra_minutes) if section.minutes else None
    return {"item": section.pk, "text": section.text, "began_at": section.posed_at and section.posed_at.isoformat(), "minutes": minutes}


def answer_shown(answer: Answer, seat: Seat) -> dict[str, Any]:
    shown = {"seat": seat.pk, "name": seat.pseudonym, "role": seat.role, "item": answer.item_id, "answer": answer.pk, "body": answer.body}
    return shown | ({"given": answer.given} if answer.given else {}) | answer.mark


# Of an answer, or of some of its notes or comments, that a moderator took out: by whom, when, and which places are empty for it.
MARKS = ("is_withdrawn", "is_hidden", "hidden_by", "hidden_at", "hidden_parts")


def written(item: Item, shown: dict[str, Any]) -> list[str]:
    """What its giver wrote of an answer as the room is shown it: its words, each note, or each comment; nothing where one only chooses."""
    given = shown.get("given") or {}
    if item.kind == Item.Kind.NOTES:
        return [note for note in given.get("notes", []) if note]
    if item.kind == Item.Kind.PINS:
        return [pin["comment"] for pin in given.get("pins", []) if pin.get("comment")]
    return [] if item.is_exercise or not shown.get("body") else [shown["body"]]


def counts_shown(poll: Item) -> dict[str, Any]:
    """How often each choice of a poll was taken, by its place, and by how many voters."""
    ballots = list(poll.answers.values_list("choices", flat=True))
    counts = Counter(choice for ballot in ballots for choice in ballot)
    return {"item": poll.pk, "counts": [counts[place] for place in range(len(poll.choices))], "voters": len(ballots)}


def revealed(item: Item) -> dict[str, Any]:
    """All that was answered to an item, for everybody."""
    if item.kind == Item.Kind.POLL:
        return counts_shown(item)
    answers = item.answers.select_related("seat").order_by("id")
    shown: dict[str, Any] = {"item": item.pk, "answers": [answer_shown(answer, answer.seat) for answer in answers]}
    if said := masked_messages(item):
        shown["messages"] = said
    return shown


def masked_messages(item: Item) -> list[dict[str, Any]]:
    """What was said so far under a board's task that hides its answers, by those who may read them."""
    name = audiences.stream(item.group_id, audiences.STAFF)
    said = Event.objects.filter(stream__name=name, kind="message", body__item=item.pk, body__is_masked=True).order_by("seq")
    stand = [body for body in said.values_list("body", flat=True) if not body.get("is_withdrawn")]
    return [{key: value for key, value in body.items() if key != "client_id"} for body in stand]


COLUMNS_MAX, TITLE_MAX = 8, 60


def columns(board: Item) -> list[dict[str, Any]]:
    """A board's columns in their order, `{"column": number, "title": words}`; those of the guide until a moderator changes one."""
    if board.board:
        return list(board.board["columns"])
    return [{"column": number, "title": title[:TITLE_MAX]} for number, title in enumerate(board.piles[:COLUMNS_MAX], start=1)]


def last_column(board: Item) -> int:
    """The highest number that a column of the board ever had."""
    return int(board.board["last"]) if board.board else len(columns(board))


def carried(made: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """Notes given anew lie where a moderator laid the same words before."""
    lay = dict(zip(earlier.get("notes", []), earlier.get("columns") or [], strict=False))
    places = [lay.get(note) for note in made["notes"]]
    return {**made, "columns": places} if any(places) else made


NOTES_MAX, PINS_MAX, WORDS_MAX, EDGE = 20, 10, 300, 1000


def checked(item: Item, given: Any) -> dict[str, Any]:
    """What was given to an exercise, in the form in which it is kept. Raises Refused for what does not fit the item.

    ranking   {"order": [2, 0, 1]}: every choice's place once, best first
    rating    {"rating": 4}: 1 .. scale_max
    sort      {"piles": [0, 1, None]}: for each card the pile it lies on, None for those left over
    pins      {"pins": [{"x": 500, "y": 250, "comment": "here"}]}: thousandths of the picture's width and height
    notes     {"notes": ["a thought", ...]}
    """
    given = given if isinstance(given, dict) else {}
    kinds = Item.Kind
    makers: dict[str, Any] = {kinds.RANKING: _order, kinds.RATING: _rating, kinds.SORT: _piles, kinds.PINS: _pins, kinds.NOTES: _notes}
    if item.kind not in makers:
        return {}
    made = makers[item.kind](item, given)
    if made is None:
        raise Refused("bad-answer", _("This answer does not fit the exercise."))
    return made


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _order(item: Item, given: dict[str, Any]) -> dict[str, Any] | None:
    order, count = given.get("order"), len(item.choices)
    is_whole = isinstance(order, list) and len(order) == count and all(_whole(place, 0, count - 1) for place in order)
    return {"order": order} if is_whole and len(set(order)) == count else None  # type: ignore[arg-type]


def _rating(item: Item, given: dict[str, Any]) -> dict[str, Any] | None:
    return {"rating": given["rating"]} if _whole(given.get("rating"), 1, item.scale_max) else None


def _piles(item: Item, given: dict[str, Any]) -> dict[str, Any] | None:
    piles, last = given.get("piles"), len(item.piles) - 1
    if not isinstance(piles, list) or len(piles) != len(item.choices) or all(pile is None for pile in piles):
        return None
    return {"piles": piles} if all(pile is None or _whole(pile, 0, last) for pile in piles) else None


def _pins(item: Item, given: dict[str, Any]) -> dict[str, Any] | None:
    pins = given.get("pins")
    if not isinstance(pins, list) or not 1 <= len(pins) <= PINS_MAX or not all(isinstance(pin, dict) for pin in pins):
        return None
    if not all(_whole(pin.get("x"), 0, EDGE) and _whole(pin.get("y"), 0, EDGE) and _is_words(pin.get("comment", "")) for pin in pins):
        return None
    return {"pins": [{"x": pin["x"], "y": pin["y"], "comment": pin.get("comment", "").strip()} for pin in pins]}


def _notes(item: Item, given: dict[str, Any]) -> dict[str, Any] | None:
    notes = given.get("notes")
    if not isinstance(notes, list) or not 1 <= len(notes) <= NOTES_MAX:
        return None
    return {"notes": [note.strip() for note in notes]} if all(_is_words(note) and note.strip() for note in notes) else None


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= WORDS_MAX and "\x00" not in value


GONE = "[…]"


def in_words(item: Item, given: dict[str, Any], *, hidden: Sequence[int] = ()) -> str:
    """What was given, as a line of the transcript. `hidden`: the places of notes or comments that a moderator took out."""
    if "order" in given:
        return " > ".join(item.choices[place] for place in given["order"])
    if "rating" in given:
        return f"{given['rating']} / {item.scale_max}"
    if "piles" in given:
        laid = {
            pile: [card for card, on in zip(item.choices, given["piles"], strict=True) if on == place]
            for place, pile in enumerate(item.piles)
        }
        return "; ".join(f"{pile}: {', '.join(cards)}" for pile, cards in laid.items() if cards)
    if "pins" in given:
        said = [GONE if place in hidden else pin["comment"] for place, pin in enumerate(given["pins"])]
        pins = zip(given["pins"], said, strict=True)
        return "; ".join(f"({pin['x'] / 10:.0f} %, {pin['y'] / 10:.0f} %) {comment}".strip() for pin, comment in pins)
    return "\n".join(f"· {GONE if place in hidden else note}" for place, note in enumerate(given.get("notes", [])))
