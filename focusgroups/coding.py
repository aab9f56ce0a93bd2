"""Marking what was said with the words of a study's codebook, and picking quotes for the report."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from codebooks import editing
from codebooks.models import Code, Codebook
from codebooks.trees import with_below
from focusgroups import audiences, wordings
from focusgroups.models import Coding, Group, Quote, Remains, Study
from focusgroups.refusals import Refused
from focusgroups.transcripts import SPOKEN
from live.models import Event
from members.models import Member

QUOTES_MAX = 500


@transaction.atomic
def choose_book(study: Study, codebook: Codebook) -> None:
    """Take another book, which may be that of a survey. Raises Refused once something is marked by the words of the first."""
    study = Study.objects.select_for_update().get(pk=study.pk)
    is_marked = Coding.objects.filter(group__study=study).exists() or Remains.objects.filter(group__study=study).exclude(marks=[]).exists()
    if study.codebook_id != codebook.pk and is_marked:
        raise Refused("in-use", _("Something is marked with the codes of this book already."))
    study.codebook = codebook
    study.save(update_fields=["codebook"])


@transaction.atomic
def remove_code(study: Study, code: Code) -> None:
    """Take a word out of the book with this study's marks. Raises NotInTheBook where another study or a survey has marks with it."""
    Coding.objects.filter(group__study=study, code_id__in=with_below(study.codes, code.pk)).delete()
    editing.remove_code(code)


@transaction.atomic
def mark(
    group: Group, *, coder: Member, code: Code, stream: str, seq: int, words: str = "", start: int | None = None, memo: str = ""
) -> Coding:
    """Say that a code fits what stands under a number of a stream (`all`, `staff`): these words of it, or all of it where none are given.

    start   where the words stand, in characters, where they stand there more than once
    The same again is the mark that is there already. Raises Refused for words that are not there, for what nobody said, in a rehearsal.
    """
    if group.is_rehearsal:
        raise Refused("rehearsal", _("Nothing of a rehearsal is analysed."))
    if code.codebook_id != group.study.codebook_id:
        raise Refused("no-such-code", _("There is no such code."))
    event = Event.objects.select_for_update().filter(stream__name=audiences.stream(group.pk, stream), seq=seq, kind__in=SPOKEN).first()
    text = wordings.text_of(event) if event else ""
    if event is None or not text or stream not in (audiences.ALL, audiences.STAFF):
        raise Refused("no-such-line", _("There is nothing to mark."))
    start, end = _place(text, words, start)
    coding, _is_new = Coding.objects.get_or_create(
        code=code, event=event, coder=coder, start=start, end=end, defaults={"group": group, "quoted": text[start:end], "memo": memo}
    )
    return coding


def _place(text: str, words: str, start: int | None) -> tuple[int, int]:
    if not words:
        return 0, len(text)
    if start is not None and text[start : start + len(words)] == words:
        return start, start + len(words)
    found = text.find(words)
    if found < 0:
        raise Refused("not-said", _("These words do not stand in this line."))
    return found, found + len(words)


def unmark(group: Group, *, coder: Member, coding_id: int) -> None:
    """Take one's own mark back."""
    Coding.objects.filter(pk=coding_id, group=group, coder=coder).delete()


def pick(coding: Coding, *, by: Member, segment: str = "", note: str = "") -> Quote:
    """Put a coded stretch on the board of quotes, once."""
    study = coding.group.study
    name = str(coding.event.body.get("name", ""))
    if (there := study.quotes.filter(text=coding.quoted, name=name, group=coding.group).first()) is not None:
        return there
    if study.quotes.count() >= QUOTES_MAX:
        raise Refused("too-many", _("The board is full."))
    fields = {"group": coding.group, "code": coding.code, "text": coding.quoted, "name": name, "segment": segment}
    return Quote.objects.create(study=study, note=note, picked_by=by, **fields)
