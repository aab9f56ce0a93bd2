"""CSV tables as other systems export them, read row by row with the line each stood on."""

import csv
import datetime
import io
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from members.moments import YEARS, is_in_our_time

LONGEST_FILE = 50 * 1024 * 1024


class BadRow(Exception):  # noqa: N818
    """What is wrong with a row, in words for whoever made the file."""


def rows(path: Path, *, required: set[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, column → text) for each row; UTF-8 with or without a mark, or GB18030 as Excel in China writes it.

    Raises BadRow where the file cannot be read or lacks a column, and OSError where there is none.
    """
    if path.stat().st_size > LONGEST_FILE:
        raise BadRow(f"the file is longer than {LONGEST_FILE // 2**20} MiB")
    text = _decode(path.read_bytes())
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    names = {name.strip() for name in reader.fieldnames or []}
    if missing := required - names:
        raise BadRow(f"the columns {', '.join(sorted(missing))} are missing; there are {', '.join(sorted(names)) or 'none'}")
    try:
        for row in reader:
            yield reader.line_num, {(name or "").strip(): (value or "").strip() for name, value in row.items() if isinstance(value, str)}
    except csv.Error as error:
        raise BadRow(f"line {reader.line_num}: {error}") from error


def _decode(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRow("the file is neither UTF-8 nor GB18030")


def needed(row: dict[str, str], name: str, *, longest: int) -> str:
    if not (text := row.get(name, "")):
        raise BadRow(f"{name} is empty")
    return limited(text, name, longest=longest)


def limited(text: str, name: str, *, longest: int) -> str:
    if len(text) > longest:
        raise BadRow(f"{name} is longer than {longest} characters")
    if "\0" in text:
        raise BadRow(f"{name} holds a null character")
    return text


def day(text: str, name: str) -> datetime.date:
    try:
        found = datetime.date.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise BadRow(f"{name} must be a day as YYYY-MM-DD, not {text!r}") from error
    if not is_in_our_time(found):
        raise BadRow(f"{name} lies outside of {YEARS[0]} to {YEARS[1] - 1}: {text!r}")
    return found


def fen(row: dict[str, str]) -> int:
    """The amount as whole fen: column amount_fen, or amount_yuan with at most two decimals."""
    text, scale = (row["amount_fen"], 1) if row.get("amount_fen") else (row.get("amount_yuan", ""), 100)
    try:
        amount = Decimal(text) * scale
    except InvalidOperation as error:
        raise BadRow(f"the amount is no number: {text!r}") from error
    if not amount.is_finite() or amount != amount.to_integral_value() or not 0 <= amount < 10**15:
        raise BadRow(f"the amount must be whole fen, not negative: {text!r}")
    return int(amount)
