"""Tables for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse


def as_csv(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A file of this name; texts that a spreadsheet would take for a formula are quoted, numbers are kept to three places."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    # Without this mark Excel reads Chinese as something else.
    response.write("\ufeff")
    csv.writer(response).writerows([head, *([_cell(value) for value in row] for row in rows)])
    return response


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    # A number may be negative; what is text, and no number, is made harmless.
    if isinstance(value, int) or value is None:
        return value
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
