"""Signs that a set of answers was not given with care. Signs, not verdicts: a researcher decides."""

from typing import Any

from django.utils.translation import gettext_lazy as _

SPEEDER, STRAIGHT_LINER, CONTRADICTORY, DUPLICATE = "speeder", "straight_liner", "contradictory", "duplicate"
NAMES = {
    SPEEDER: _("answered in haste"),
    STRAIGHT_LINER: _("the same in every row"),
    CONTRADICTORY: _("contradicts itself"),
    DUPLICATE: _("the same as another"),
}
FAST_SHARE = 0.2  # of the time that the survey says it takes
ROWS_TO_TELL = 4
ANSWERS_TO_TELL = 5  # shorter surveys are answered alike by honest people


def flags(outline: dict[str, Any], data: dict[str, Any], *, seconds_spent: int | None, minutes: int) -> list[str]:
    """The signs found: `speeder`, `straight_liner`."""
    found = []
    if seconds_spent is not None and seconds_spent < minutes * 60 * FAST_SHARE:
        found.append(SPEEDER)
    if any(is_straight(data.get(question["value_name"])) for question in outline["questions"] if question["type"] == "matrix"):
        found.append(STRAIGHT_LINER)
    return found


def is_straight(rows: Any) -> bool:
    """Whether a matrix of at least four rows has the same answer in each."""
    return isinstance(rows, dict) and len(rows) >= ROWS_TO_TELL and len({str(value) for value in rows.values()}) == 1
