"""A transcript as a file: text, table, Word document, subtitles, JSON. Names are the room's own in every one of them."""

import csv
import datetime
import html
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from focusgroups.models import Group
from focusgroups.printable import printable
from focusgroups.transcripts import Line
from notifications import calendar

LONGEST_CUE = datetime.timedelta(seconds=20)


@dataclass(frozen=True)
class Document:
    """What a file is made of. `proof` says how whole the record is: "1..N complete, head H"."""

    group: Group
    lines: list[Line]
    proof: str

    @property
    def by_the_clock_of(self) -> str:
        """Whose clock the lines are told by: members of a club live in many zones, and a room's page goes by each reader's own."""
        moment = self.lines[0].at if self.lines else timezone.now()
        return _("Times by the clock of %(zone)s") % {"zone": calendar.in_words(moment)[1]}


def as_text(document: Document) -> bytes:
    """A plain file to read: a head, then a line for each event."""
    head = [document.group.title, _("Transcript under the names of the room"), document.by_the_clock_of, document.proof, ""]
    body = [f"[{_clock(line)}] {_mark(line)}{line.name + ': ' if line.name else '— '}{line.text}{_edited(line)}" for line in document.lines]
    return "\n".join([*head, *body, ""]).encode()


def as_csv(document: Document) -> bytes:
    """A table for a spreadsheet, with a byte order mark so that Excel reads Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["stream", "seq", "at", "kind", "role", "name", "private", "item", "text", "edits"])
    for line in document.lines:
        row = [
            line.stream,
            line.seq,
            line.at.isoformat(),
            line.kind,
            line.role,
            line.name,
            int(line.is_private),
            line.item or "",
            line.text,
            line.edits,
        ]
        writer.writerow([_harmless(cell) for cell in row])
    return ("\ufeff" + out.getvalue()).encode()


def as_json(document: Document) -> bytes:
    """`group`, `proof` and `lines`, the fields of a line as in the table."""
    made = [
        {"stream": line.stream, "seq": line.seq, "at": line.at.isoformat(), "kind": line.kind, "role": line.role, "name": line.name}
        | {"is_private": line.is_private, "is_staff": line.is_staff, "item": line.item, "text": line.text}
        | ({"edits": line.edits, "earlier": list(line.earlier)} if line.edits else {})
        | ({"hidden_at": _iso(line.hidden_at)} | ({"hidden_by": line.hidden_by} if line.hidden_by else {}) if line.hidden_at else {})
        for line in document.lines
    ]
    group = document.group
    head = {"title": group.title, "language": group.language, "opened_at": _iso(group.opened_at), "closed_at": _iso(group.closed_at)}
    return json.dumps({"group": head, "proof": document.proof, "lines": made}, ensure_ascii=False, indent=1).encode()


def as_vtt(document: Document) -> bytes:
    """Subtitles (WebVTT) from the group's first line on: each stands until the next is said, 20 seconds at most."""
    spoken = [line for line in document.lines if line.name]
    start = spoken[0].at if spoken else timezone.now()
    cues = ["WEBVTT", ""]
    for place, line in enumerate(spoken):
        until = spoken[place + 1].at if place + 1 < len(spoken) else line.at + LONGEST_CUE
        until = max(line.at + datetime.timedelta(seconds=1), min(until, line.at + LONGEST_CUE))
        said = "\n".join(part for part in line.text.splitlines() if part.strip())
        text = html.escape(f"{_mark(line)}{said}{_edited(line)}", quote=False).replace("-->", "→")
        cues += [str(place + 1), f"{_stamp(line.at - start)} --> {_stamp(until - start)}", f"<v {_voice(line.name)}>{text}", ""]
    return "\n".join(cues).encode()


def as_docx(document: Document) -> bytes:
    """A Word document: heading, then the talk, a paragraph a line, names in bold, what was put before the room as headings."""
    import docx

    made = docx.Document()
    made.core_properties.author = ""
    made.core_properties.title = printable(document.group.title)
    made.add_heading(printable(document.group.title), 0)
    made.add_paragraph(_("Transcript under the names of the room"))
    made.add_paragraph(document.by_the_clock_of)
    made.add_paragraph(document.proof).style = "Subtitle"
    for line in document.lines:
        if line.kind == "item":
            made.add_heading(printable(line.text), 2)
            continue
        paragraph = made.add_paragraph()
        paragraph.add_run(f"{timezone.localtime(line.at):%H:%M:%S}  ").font.size = docx.shared.Pt(8)
        if line.name:
            paragraph.add_run(f"{printable(line.name)}: ").bold = True
        words = paragraph.add_run(printable(f"{_mark(line)}{line.text}"))
        if line.edits:
            paragraph.add_run(_edited(line)).font.size = docx.shared.Pt(8)
        words.italic = not line.name or line.is_private or line.is_staff
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


FORMATS: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "txt": ("text/plain; charset=utf-8", as_text),
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
    "vtt": ("text/vtt; charset=utf-8", as_vtt),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", as_docx),
}


def _harmless(cell: Any) -> Any:
    """A cell that a spreadsheet would run as a formula is made text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _iso(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _voice(name: str) -> str:
    return html.escape(name.replace("\n", " "), quote=False)


def _stamp(since: datetime.timedelta) -> str:
    milliseconds = max(0, round(since.total_seconds() * 1000))
    return f"{milliseconds // 3_600_000:02}:{milliseconds // 60_000 % 60:02}:{milliseconds // 1000 % 60:02}.{milliseconds % 1000:03}"


def _clock(line: Line) -> str:
    return timezone.localtime(line.at).strftime("%Y-%m-%d %H:%M:%S")


def _edited(line: Line) -> str:
    return f" ({_('edited')})" if line.edits else ""


def _mark(line: Line) -> str:
    return f"({_('private')}) " if line.is_private else f"({_('back room')}) " if line.is_staff else ""
