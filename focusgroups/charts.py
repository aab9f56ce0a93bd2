"""What came of an exercise as a page draws it: how long each bar is, and where a pin lies on its picture."""

from typing import Any

from focusgroups.models import Item

WIDTH = 1000


def drawn(outcome: dict[str, Any]) -> dict[str, Any]:
    """The outcome of `findings.outcomes` with what its chart needs.

    bars     (words, value, largest length, length): of a ranking the best place has the longest bar
    height   of a picture that is 1,000 wide; `points` are its pins with `top` in the same measure
    """
    item, made = outcome["item"], dict(outcome)
    is_ranking = item.kind == Item.Kind.RANKING
    made["bars"] = [(text, value, most, most + 1 - value if is_ranking else value) for text, value, most in outcome.get("rows", [])]
    image = item.image
    made["height"] = round(WIDTH * image.height / image.width) if image else WIDTH
    made["points"] = [{**pin, "top": round(pin["y"] * made["height"] / WIDTH)} for pin in outcome.get("pins", [])]
    return made
