"""The text that `pg_dump` writes, put into a small database of its own, so that an archive of any size can be asked without PostgreSQL."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

BEGINS = re.compile(r'COPY (?:"?\w+"?\.)?"?(\w+)"? \((.*)\) FROM stdin;\n?$')
ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)", re.DOTALL)
LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
A_BATCH = 2_000

# Of which tables which columns; the first of those named "id" or like "…_id" may be asked for quickly.
Tables = Mapping[str, Sequence[str]]


def fill(database: sqlite3.Connection, lines: Iterable[str], tables: Tables) -> set[str]:
    """Read a dump into tables of the same names; columns that it lacks are empty. Returns the names of the tables that it had."""
    for name, columns in tables.items():
        described = ", ".join(f'"{column}" {_kind(column)}' for column in columns)
        database.execute(f"CREATE TABLE {name} ({described})")
    found, rest = set(), iter(lines)
    for line in rest:
        begins = BEGINS.match(line)
        if begins and begins[1] in tables:
            found.add(begins[1])
            _copy(database, begins[1], [column.strip(' "') for column in begins[2].split(",")], rest, tables[begins[1]])
    for name, columns in tables.items():
        for column in columns:
            if column.endswith("_id") or column == "id":
                database.execute(f"CREATE INDEX {name}_{column} ON {name} ({column})")
    database.commit()
    return found


def _kind(column: str) -> str:
    return "INTEGER" if column.endswith(("id", "_number", "rank", "type")) else "TEXT"


def _copy(database: sqlite3.Connection, table: str, given: list[str], lines: Iterator[str], wanted: Sequence[str]) -> None:
    places = [given.index(column) if column in given else None for column in wanted]
    insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(wanted))})"  # noqa: S608 - names of our own
    batch: list[list[str | None]] = []
    for line in lines:
        if line.rstrip("\r\n") == "\\.":
            break
        values = line.rstrip("\r\n").split("\t")
        batch.append([_value(values[place]) if place is not None and place < len(values) else None for place in places])
        if len(batch) == A_BATCH:
            database.executemany(insert, batch)
            batch.clear()
    database.executemany(insert, batch)


def _value(text: str) -> str | None:
    if text == "\\N":
        return None
    return ESCAPE.sub(_letter, text) if "\\" in text else text


def _letter(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    return chr(int(code, 8)) if code[0] in "01234567" else LETTERS.get(code, code)
