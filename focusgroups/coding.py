"""Marking what was said with the words of a study's codebook, and picking quotes for the report."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from focusgroups import audiences
from focusgroups.models import Code, Coding, Group, Quote, Study
from focusgroups.refusals import Refused
from focusgroups.transcripts import SPOKEN
from live.models import Event
from members.models import Member

CODES_MAX, DEPTH_MAX, QUOTES_MAX = 300, 6, 500


def add_code(study: Study, *, name: str, parent: Code | None = None, hue: int = 0, memo: str = "") -> Code:
    """A new word of the codebook. Raises Refused where the name is taken, or the tree would grow too large."""
    if study.codes.count() >= CODES_MAX or (parent and _depth(parent) >= DEPTH_MAX):
        raise Refused("too-many", _("The codebook is large enough."))
    if parent and parent.study_id != study.pk:
        raise Refused("no-such-code", _("There is no such code."))
    try:
        with transaction.atomic():
            return Code.objects.create(study=study, name=name, parent=parent, hue=hue, memo=memo)
    except IntegrityError:
        raise Refused("name-taken", _("This name is taken.")) from None


def change_code(code: Code, *, name: str, parent: Code | None, hue: int, memo: str) -> Code:
    """Another name, place, colour or memo. Raises Refused where it would hang under itself, or the name is taken."""
    above = parent
    while above is not None:
        if above.pk == code.pk:
            raise Refused("under-itself", _("A code cannot hang under itself."))
        above = above.parent
    code.name, code.parent, code.hue, code.memo = name, parent, hue, memo
    try:
        with transaction.atomic():
            code.save()
    except IntegrityError:
        raise Refused("name-taken", _("This name is taken.")) from None
    return code


def _depth(code: Code) -> int:
    depth, above = 1, code.parent
    while above is not None:
        depth, above = depth + 1, above.parent
    return depth


@transaction.atomic
def mark(
    group: Group, *, coder: Member, code: Code, stream: str, seq: int, words: str = "", start: int | None = None, memo: str = ""
) -> Coding:
    """Say that a code fits what stands under a number of a stream (`all`, `staff`): these words of it, or all of it where none are given.

    start   where the words stand, in characters, where they stand there more than once
    The same again is the mark that is there already. Raises Refused for words that are not there, and for what nobody said.
    """
    if code.study_id != group.study_id:
        raise Refused("no-such-code", _("There is no such code."))
    event = Event.objects.select_for_update().filter(stream__name=audiences.stream(group.pk, stream), seq=seq, kind__in=SPOKEN).first()
    text = str(event.body.get("body", "")) if event else ""
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
    study = coding.code.study
    name = str(coding.event.body.get("name", ""))
    if (there := study.quotes.filter(text=coding.quoted, name=name, group=coding.group).first()) is not None:
        return there
    if study.quotes.count() >= QUOTES_MAX:
        raise Refused("too-many", _("The board is full."))
    fields = {"group": coding.group, "code": coding.code, "text": coding.quoted, "name": name, "segment": segment}
    return Quote.objects.create(study=study, note=note, picked_by=by, **fields)
