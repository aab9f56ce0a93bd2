"""Items, answers and polls as the room is shown them. No member's name in any of it."""

from collections import Counter
from typing import Any

from focusgroups.models import Answer, Item, Seat


def item_shown(item: Item) -> dict[str, Any]:
    """What a participant may know of an item: never the moderators' note."""
    shown: dict[str, Any] = {"item": item.pk, "kind": item.kind, "text": item.text, "minutes": item.minutes}
    shown |= {"choices": item.choices, "max_choices": item.max_choices, "is_masked": item.is_masked}
    shown["is_revealed"] = item.revealed_at is not None
    if item.image_id and item.image:
        shown["image"] = {"url": item.image.file.url, "alt": item.image_alt, "width": item.image.width, "height": item.image.height}
    return shown


def answer_shown(answer: Answer, seat: Seat) -> dict[str, Any]:
    return {"seat": seat.pk, "name": seat.pseudonym, "role": seat.role, "item": answer.item_id, "answer": answer.pk, "body": answer.body}


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
    return {"item": item.pk, "answers": [answer_shown(answer, answer.seat) for answer in answers]}
