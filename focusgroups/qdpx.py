"""A study as a REFI-QDA project (.qdpx): what NVivo, ATLAS.ti, MAXQDA and QualCoder open.

A ZIP with `project.qde` (XML, namespace urn:QDA-XML:project:1.0, version 1.5 of the standard at qdasoftware.org) and a text file for each
group. Positions are counted in Unicode characters of that file. People are the room's names; coders are called by number.
"""

import datetime
import io
import uuid
import zipfile
from collections import defaultdict
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.conf import settings
from django.utils.translation import gettext as _

from focusgroups import audiences, findings
from focusgroups.models import Coding, Group, Seat, Study
from focusgroups.printable import printable

NAMESPACE = "urn:QDA-XML:project:1.0"
COLOURS = (
    "#B3382C", "#C46A1B", "#A8851C", "#6F8A1E", "#2F7D4F", "#1F7F80",
    "#2B6CA3", "#4A57A8", "#7A4E9E", "#A3457F", "#6B5B4B", "#5A6670",
)  # fmt: skip


def project(study: Study) -> bytes:
    """The whole file."""
    made = _Project(study)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", made.xml())
        for guid, text in made.texts.items():
            archive.writestr(f"Sources/{guid}.txt", text.encode())
    return out.getvalue()


class _Project:
    def __init__(self, study: Study) -> None:
        self.study = study
        self.texts: dict[str, str] = {}
        self.made_at = _moment(datetime.datetime.now(datetime.UTC))
        self.codings = list(Coding.objects.filter(group__study=study).select_related("event__stream").order_by("id"))
        coders = sorted({coding.coder_id for coding in self.codings})
        self.users = {coder: self.guid("user", coder) for coder in coders}
        self.selections: dict[int, list[str]] = defaultdict(list)

    def guid(self, kind: str, key: object) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.SITE_URL}/groups/studies/{self.study.pk}/{kind}/{key}")).upper()

    def xml(self) -> bytes:
        about = {"name": printable(self.study.title), "origin": "Clubroom", "creationDateTime": self.made_at}
        root = Element("Project", {"xmlns": NAMESPACE, **about})
        users = SubElement(root, "Users")
        for place, guid in enumerate(self.users.values(), start=1):
            SubElement(users, "User", guid=guid, name=_("Coder") + f" {place}")
        self._codebook(root)
        variables = SubElement(root, "Variables")
        SubElement(variables, "Variable", guid=self.guid("variable", "segment"), name=_("Segment"), typeOfVariable="Text")
        sources = Element("Sources")
        for group in self.study.groups.filter(is_rehearsal=False).order_by("pk"):
            self._source(sources, group)
        self._cases(root)
        root.append(sources)
        if self.study.purpose:
            SubElement(root, "Description").text = printable(self.study.purpose)
        # A list without entries is not allowed; one that is left out is.
        for part in list(root):
            if part.tag != "Description" and not len(part):
                root.remove(part)
        indent(root)
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8")

    def _codebook(self, root: Element) -> None:
        branches = findings.codebook(self.study)
        if not branches:
            return
        codes = SubElement(SubElement(root, "CodeBook"), "Codes")
        stack: list[Element] = [codes]
        for branch in branches:
            del stack[branch.depth + 1 :]
            code = branch.code
            name, colour = printable(code.name), COLOURS[code.hue % len(COLOURS)]
            element = SubElement(stack[-1], "Code", guid=self.guid("code", code.pk), name=name, isCodable="true", color=colour)
            if code.memo:
                SubElement(element, "Description").text = printable(code.memo)
            stack.append(element)

    def _source(self, sources: Element, group: Group) -> None:
        places, text = laid_out(group)
        if not text:
            return
        guid = self.guid("source", group.pk)
        self.texts[guid] = text
        path, name = f"internal://{guid}.txt", printable(group.title)
        source = SubElement(sources, "TextSource", guid=guid, name=name, plainTextPath=path, creationDateTime=self.made_at)
        for coding in self.codings:
            stream = coding.event.stream.name
            label = stream.rpartition(":")[2]
            begins = places.get((label, coding.event.seq))
            if coding.group_id == group.pk and begins is not None and stream == audiences.stream(group.pk, label):
                self._selection(source, coding, begins)

    def _selection(self, source: Element, coding: Coding, begins: int) -> None:
        user, moment = self.users[coding.coder_id], _moment(coding.at)
        guid = self.guid("selection", coding.pk)
        self.selections[coding.event.body.get("seat", 0)].append(guid)
        signed = {"creatingUser": user, "creationDateTime": moment}
        where = {"startPosition": str(begins + coding.start), "endPosition": str(begins + coding.end)}
        selection = SubElement(source, "PlainTextSelection", {"guid": guid, "name": printable(coding.quoted[:60]), **where, **signed})
        if coding.memo:
            SubElement(selection, "Description").text = printable(coding.memo)
        mark = SubElement(selection, "Coding", {"guid": self.guid("coding", coding.pk), **signed})
        SubElement(mark, "CodeRef", targetGUID=self.guid("code", coding.code_id))

    def _cases(self, root: Element) -> None:
        cases = SubElement(root, "Cases")
        seats = Seat.objects.filter(group__study=self.study, group__is_rehearsal=False, role=Seat.Role.PARTICIPANT)
        for seat in seats.exclude(consented_at=None).select_related("group"):
            case = SubElement(cases, "Case", guid=self.guid("case", seat.pk), name=printable(f"{seat.pseudonym} ({seat.group.title})"))
            value = SubElement(case, "VariableValue")
            SubElement(value, "VariableRef", targetGUID=self.guid("variable", "segment"))
            SubElement(value, "TextValue").text = printable(seat.segment)
            for guid in self.selections[seat.pk]:
                SubElement(case, "SelectionRef", targetGUID=guid)


def laid_out(group: Group) -> tuple[dict[tuple[str, int], int], str]:
    """A group's talk as one text, a line of it each, and where each line's words begin: (stream, number) → character.

    With what was whispered, which coders mark too; without what stayed behind the glass.
    """
    places: dict[tuple[str, int], int] = {}
    text = ""
    for line in findings.lines_of(group):
        if line.is_staff:
            continue
        text += (f"({_('private')}) " if line.is_private else "") + (f"{printable(line.name)}: " if line.name else "— ")
        places[line.stream, line.seq] = len(text)
        text += printable(line.text) + "\n"
    return places, text


def _moment(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
