"""A task of a board as a form of ordinary controls, so that it can be done without a script. Reads what `exercises.checked` takes."""

from typing import Any

from django.http import QueryDict

from focusgroups.models import Answer, Item

Kind = Item.Kind
PINS_SHOWN = 3


def given(item: Item, sent: QueryDict) -> dict[str, Any]:
    """`given`, `choices` and `body` of a task's form. What cannot be read is left out, and the deed says what is wrong."""
    match item.kind:
        case Kind.POLL:
            return {"choices": [int(place) for place in sent.getlist("choice") if _is_number(place)]}
        case Kind.RANKING:
            return {"given": {"order": _order(item, sent)}}
        case Kind.RATING:
            return {"given": {"rating": _number(sent.get("rating"))}}
        case Kind.SORT:
            return {"given": {"piles": [_number(sent.get(f"card-{place}")) for place in range(len(item.choices))]}}
        case Kind.PINS:
            return {"given": {"pins": _pins(sent)}}
        case Kind.NOTES:
            return {"given": {"notes": [line.strip() for line in sent.get("notes", "").splitlines() if line.strip()]}}
    return {"body": sent.get("body", "").strip()}


def _is_number(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdecimal() and len(text) < 6


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _is_number(text) else None


def _order(item: Item, sent: QueryDict) -> list[int]:
    """Choices by the place each was given; two in one place keep the guide's order, so that nobody has to count."""
    places = [(_number(sent.get(f"place-{choice}")) or len(item.choices), choice) for choice in range(len(item.choices))]
    return [choice for _place, choice in sorted(places)]


def _pins(sent: QueryDict) -> list[dict[str, Any]]:
    made = []
    for across, down, comment in zip(sent.getlist("x"), sent.getlist("y"), sent.getlist("comment"), strict=False):
        if _is_number(across) and _is_number(down):
            made.append({"x": int(across) * 10, "y": int(down) * 10, "comment": comment})
    return made


def shown(item: Item, mine: Answer | None) -> dict[str, Any]:
    """The form's controls with what was given before: `choices`, `piles`, `steps`, `pins`, `notes`, `body`."""
    own = mine.given if mine else {}
    order = own.get("order", [])
    piles = own.get("piles", [None] * len(item.choices))
    pins = [{**pin, "x": pin["x"] // 10, "y": pin["y"] // 10} for pin in own.get("pins", [])]
    return {
        "choices": [
            {
                "text": text,
                "is_chosen": bool(mine) and place in (mine.choices if mine else []),
                "place": order.index(place) + 1 if place in order else place + 1,
                "pile": piles[place] if place < len(piles) else None,
            }
            for place, text in enumerate(item.choices)
        ],
        "piles": item.piles,
        "steps": range(1, item.scale_max + 1),
        "rating": own.get("rating"),
        "pins": pins + [{"x": "", "y": "", "comment": ""}] * max(1, PINS_SHOWN - len(pins)),
        "notes": "\n".join(note for note in own.get("notes", []) if note),
        "body": mine.body if mine else "",
    }
