"""What notifications are about, as their reader may read it now: asked when they are shown, never kept with them.

So a notice shows no words that were hidden, withdrawn, edited or moved out of its reader's sight since it was written.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from members.models import Member


@dataclass(frozen=True)
class Subject:
    """A thing that its reader may open.

    excerpt   its first words; empty where it has none, or none for this reader
    hushed    whether it has words that are not for this reader: hidden, withdrawn, or of somebody whom they ignore
    place     where it stands, in the reader's language; path: without a language
    """

    title: str
    path: str
    excerpt: str = ""
    lang: str = ""
    author: str = ""
    place: str = ""
    hushed: bool = False


Teller = Callable[[list[int], Member], dict[int, Subject]]
OF_CAUSE = re.compile(r"([a-z]+):(\d+)(?=$|[^\w])", re.ASCII)


def named_by(cause: str) -> str:
    """What the cause of a deed is about: `post:17` of `post:17:by:5`, `post:17~1` or `post:17#2`; "" where there is nobody to ask."""
    found = OF_CAUSE.match(cause)
    return found[0] if found and found[1] in settings.SUBJECTS else ""


def of(names: Iterable[str], reader: Member) -> dict[str, Subject]:
    """Subjects by their names, such as `post:17`; those that the reader may not open are not among them. One query a kind.

    The parts that they belong to may not be imported from here: settings name for each kind the function that is asked.
    """
    wanted: dict[str, list[int]] = {}
    for name in sorted(set(filter(None, names))):
        kind, _colon, pk = name.partition(":")
        if kind in settings.SUBJECTS and pk.isdecimal():
            wanted.setdefault(kind, []).append(int(pk))
    found: dict[str, Subject] = {}
    for kind, ids in wanted.items():
        ask: Teller = import_string(settings.SUBJECTS[kind])
        found |= {f"{kind}:{pk}": subject for pk, subject in ask(ids, reader).items()}
    return found
