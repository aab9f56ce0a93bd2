"""Transfers as lines of CSV or NDJSON, both ways. Writes nothing but text."""

import contextlib
import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import ValidationError

from points.lapsing import last_day
from points.models import Transfer
from points.schemas import BatchItem

FORMATS = ("csv", "ndjson")
COLUMNS = [
    *("idempotency_key", "source", "target", "amount_points", "reason", "occurred_at", "pending", "expires_in_seconds", "lapses_on"),
    "metadata",
]
NEEDED = {"idempotency_key", "source", "target", "amount_points", "reason"}
EXPORTED = [*COLUMNS, "id", "kind", "recorded_at"]
MOST_LINES = 1_000


class BadFile(Exception):  # noqa: N818
    """The file as a whole cannot be read; says why."""


@dataclass
class Line:
    """A line of a file. item is None where it is not as it must be; problem then says why.

    exported_id   the transfer of which an export wrote it
    """

    number: int
    key: str
    item: BatchItem | None = None
    problem: str = ""
    exported_id: str = ""


@dataclass
class Result:
    """What became of a line: done, repeated (it was here before), refused or invalid."""

    number: int
    key: str
    outcome: str
    said: str = ""
    transfer: str = ""


@dataclass
class Report:
    results: list[Result] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        found = dict.fromkeys(("done", "repeated", "refused", "invalid"), 0)
        for result in self.results:
            found[result.outcome] += 1
        return found


def read(text: str, form: str, *, most: int = MOST_LINES) -> list[Line]:
    """The lines of a file, each checked by itself. Raises BadFile."""
    rows = _csv_rows(text) if form == "csv" else _ndjson_rows(text)
    found: list[Line] = []
    for number, row in rows:
        if len(found) == most:
            raise BadFile(_("At most %(most)s lines at a time.") % {"most": most})
        found.append(row if isinstance(row, Line) else _line(number, row))
    if not found:
        raise BadFile(_("There is no line in this file."))
    return found


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | Line]]:
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    try:
        names = {str(name).strip() for name in reader.fieldnames or []}
        if missing := NEEDED - names:
            raise BadFile(_("The first line names the columns; these are missing: %(names)s.") % {"names": ", ".join(sorted(missing))})
        for row in reader:
            said = {str(name).strip(): (value or "").strip() for name, value in row.items() if isinstance(value, str)}
            if any(said.values()):
                yield reader.line_num, _typed(said)
    except csv.Error as error:
        raise BadFile(_("Line %(line)s is not CSV: %(why)s.") % {"line": reader.line_num, "why": error}) from None


def _typed(row: dict[str, str]) -> dict[str, Any]:
    """A table's texts as the values they stand for; what is no number stays text and is refused at its field."""
    said: dict[str, Any] = {name: _unmarked(value) for name, value in row.items() if name in (*COLUMNS, "id") and value}
    for name in ("amount_points", "expires_in_seconds"):
        value = said.get(name, "")
        if value.isascii() and value.removeprefix("-").isdecimal() and len(value) < 19:
            said[name] = int(value)
    if "pending" in said:
        said["pending"] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(
            said["pending"].lower(), said["pending"]
        )
    if "metadata" in said:
        with contextlib.suppress(ValueError, RecursionError):
            said["metadata"] = json.loads(said["metadata"])
    return said


FORMULA = ("=", "+", "-", "@", "\t")


def _unmarked(text: str) -> str:
    """As it was before `_cell` marked it as text."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text


def _ndjson_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | Line]]:
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        # What an export says beyond the order is left aside, so that it can be read again; the id tells that it was.
        aside = set(EXPORTED) - {*COLUMNS, "id"}
        known = {name: value for name, value in row.items() if name not in aside} if isinstance(row, dict) else None
        yield number, known if known is not None else Line(number, "", problem=_("This line is no JSON object."))


def _line(number: int, row: dict[str, Any]) -> Line:
    key, exported_id = str(row.get("idempotency_key", ""))[:100], str(row.pop("id", ""))
    try:
        return Line(number, key, BatchItem.model_validate(row), exported_id=exported_id)
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'line'}: {_worded(each)}" for each in error.errors()[:5])
        return Line(number, key, problem=said)


# What the schema's own checks say is English; these are their kinds, in the reader's words.
_WORDS = {
    "missing": gettext_lazy("is missing"),
    "int_type": gettext_lazy("is no whole number"),
    "bool_type": gettext_lazy("is neither true nor false"),
    "greater_than": gettext_lazy("has to be greater than %(gt)s"),
    "less_than_equal": gettext_lazy("is at most %(le)s"),
    "string_too_short": gettext_lazy("is empty"),
    "string_too_long": gettext_lazy("has at most %(max_length)s characters"),
    "extra_forbidden": gettext_lazy("is not known here"),
    "timezone_aware": gettext_lazy("is a moment without its time zone"),
    "datetime_from_date_parsing": gettext_lazy("is no moment, such as 2026-11-10T12:00:00+08:00"),
    "datetime_parsing": gettext_lazy("is no moment, such as 2026-11-10T12:00:00+08:00"),
    "date_from_datetime_parsing": gettext_lazy("is no day, such as 2026-11-10"),
    "date_parsing": gettext_lazy("is no day, such as 2026-11-10"),
    "dict_type": gettext_lazy("is no JSON object"),
}


# What our own checks in the schema say.
OURS = (
    gettext_noop("holds half of a character"),
    gettext_noop("holds a null character"),
    gettext_noop("lies outside of 1990 to 2100"),
    gettext_noop("is no JSON that can be kept"),
    gettext_noop("expires_in_seconds is for a pending transfer"),
)


def _worded(error: Any) -> str:
    if error["type"] == "value_error":
        said = str(error["ctx"]["error"])
        return _(said) if said in OURS else said
    words = _WORDS.get(error["type"], gettext_lazy("is not as it has to be"))
    return str(words) % error.get("ctx", {})


def results(report: Report, form: str) -> str:
    """What became of each line, as a file of the same kind."""
    rows = [{"line": each.number, "idempotency_key": each.key, "outcome": each.outcome, "said": each.said, "id": each.transfer}
            for each in report.results]  # fmt: skip
    return "".join(_lines(rows, ["line", "idempotency_key", "outcome", "said", "id"], form))


def export(rows: QuerySet[Transfer], form: str) -> Iterator[str]:
    """Transfers as lines of a file that `read` takes again; settlements and reversals too, by their kind. Streams."""
    found = rows.select_related("source", "target", "note").order_by("id").iterator(chunk_size=2_000)
    yield from _lines((_exported(row) for row in found), EXPORTED, form)


def _exported(row: Transfer) -> dict[str, Any]:
    note = getattr(row, "note", None)
    return {
        "idempotency_key": row.reference,
        "source": row.source.code,
        "target": row.target.code,
        "amount_points": row.amount_points,
        "reason": row.reason,
        "occurred_at": row.effective_at.isoformat(),
        "pending": row.kind == Transfer.Kind.PENDING,
        "expires_in_seconds": round((row.times_out_at - row.recorded_at).total_seconds()) if row.times_out_at else None,
        "lapses_on": last_day(row.lapses_at).isoformat() if row.lapses_at else None,
        "metadata": note.metadata if note else {},
        "id": str(row.public_id),
        "kind": row.kind,
        "recorded_at": row.recorded_at.isoformat(),
    }


def _lines(rows: Iterable[dict[str, Any]], names: list[str], form: str) -> Iterator[str]:
    if form == "ndjson":
        yield from (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        yield _drained(out)
        writer.writerow([_cell(row[name]) for name in names])
    yield _drained(out)


def _drained(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _cell(value: Any) -> str:
    """As a table shows it; what a spreadsheet would take for a formula is marked as text."""
    if value is None or value == {}:
        return ""
    text = (
        json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict)
        else str(value).lower()
        if value is True or value is False
        else str(value)
    )
    return f"'{text}" if text[:1] in FORMULA else text
