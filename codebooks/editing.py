"""Writing a codebook: new words, other words, and words that go."""

from collections.abc import Mapping
from typing import Any, NoReturn

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from codebooks.models import Code, Codebook
from members import meanwhile

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


@transaction.atomic
def change_code(code: Code, *, seen: Mapping[str, str] | None = None, **fields: Any) -> Code:
    """Another name, parent, hue or memo.

    seen   marks (`members.meanwhile`) of the code as it was when the change was begun
    Raises NotInTheBook where it would hang under itself, or the name is taken; ChangedMeanwhile where others changed the same.
    """
    # One at a time, or two who move opposite ways would hang two codes under each other.
    Codebook.objects.select_for_update().get(pk=code.codebook_id)
    parent = Code.objects.filter(pk=fields["parent"].pk).first() if fields.get("parent") else None
    if parent and parent.codebook_id != code.codebook_id:
        raise NotInTheBook("no-such-code", _("There is no such code."))
    above = parent
    while above is not None:
        if above.pk == code.pk:
            raise NotInTheBook("under-itself", _("A code cannot hang under itself."))
        above = above.parent
    code = Code.objects.select_for_update(of=("self",)).filter(pk=code.pk).first() or _gone()
    now = {name: code.parent_id if name == "parent" else getattr(code, name) for name in fields}
    written = meanwhile.settled(fields, now, seen or {})
    for name, value in written.items():
        setattr(code, name, value)
    try:
        with transaction.atomic():
            code.save(update_fields=list(written))
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


def _gone() -> NoReturn:
    raise NotInTheBook("no-such-code", _("There is no such code."))


def _depth(code: Code) -> int:
    depth, above = 1, code.parent
    while above is not None:
        depth, above = depth + 1, above.parent
    return depth
