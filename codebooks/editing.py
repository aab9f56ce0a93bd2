"""Writing a codebook: new words, other words, and words that go."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from codebooks.models import Code, Codebook

CODES_MAX, DEPTH_MAX = 300, 6


class NotInTheBook(Exception):  # noqa: N818
    """The book cannot be changed so; `reason` names it for programs, `message` for people."""

    def __init__(self, reason: str, message: str | Promise) -> None:
        super().__init__(reason)
        self.reason, self.message = reason, message


@transaction.atomic
def book_of(owner: Any) -> Codebook:
    """The codebook of a study or a survey (of what has a `title` and a `codebook`), made now where it has none."""
    held = type(owner).objects.select_for_update(of=("self",)).get(pk=owner.pk)
    if held.codebook is None:
        held.codebook = Codebook.objects.create(title=held.title)
        held.save(update_fields=["codebook"])
    owner.codebook = held.codebook
    return owner.codebook


def add_code(codebook: Codebook, *, name: str, parent: Code | None = None, hue: int = 0, memo: str = "") -> Code:
    """A new word. Raises NotInTheBook where the name is taken, or the tree would grow too large."""
    if codebook.codes.count() >= CODES_MAX or (parent and _depth(parent) >= DEPTH_MAX):
        raise NotInTheBook("too-many", _("The codebook is large enough."))
    if parent and parent.codebook_id != codebook.pk:
        raise NotInTheBook("no-such-code", _("There is no such code."))
    try:
        with transaction.atomic():
            return Code.objects.create(codebook=codebook, name=name, parent=parent, hue=hue, memo=memo)
    except IntegrityError:
        raise NotInTheBook("name-taken", _("This name is taken.")) from None


def change_code(code: Code, *, name: str, parent: Code | None, hue: int, memo: str) -> Code:
    """Another name, place, colour or memo. Raises NotInTheBook where it would hang under itself, or the name is taken."""
    if parent and parent.codebook_id != code.codebook_id:
        raise NotInTheBook("no-such-code", _("There is no such code."))
    above = parent
    while above is not None:
        if above.pk == code.pk:
            raise NotInTheBook("under-itself", _("A code cannot hang under itself."))
        above = above.parent
    code.name, code.parent, code.hue, code.memo = name, parent, hue, memo
    try:
        with transaction.atomic():
            code.save()
    except IntegrityError:
        raise NotInTheBook("name-taken", _("This name is taken.")) from None
    return code


def remove_code(code: Code) -> None:
    """Take a word out, with what hangs under it. Raises NotInTheBook while something is marked with one of them.

    Whoever asks takes their own marks off first: those of another study or survey with the same book are not theirs to take.
    """
    try:
        with transaction.atomic():
            code.delete()
    except ProtectedError:
        raise NotInTheBook("in-use", _("Another study or survey has marks with this code; they must be taken off there first.")) from None


def _depth(code: Code) -> int:
    depth, above = 1, code.parent
    while above is not None:
        depth, above = depth + 1, above.parent
    return depth
