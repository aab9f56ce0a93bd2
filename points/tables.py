"""Lines of CSV files, made one at a time so that a long file needs no more memory than a short one."""

import csv
import io
from typing import Any


def csv_line(cells: list[Any]) -> str:
    """One line, ended as RFC 4180 asks."""
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def safe_cell(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\0") else text
