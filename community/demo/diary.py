"""What happens in the demo and when, carried out in the order of time across all parts."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils import translation

from community.demo import clock


@dataclass(order=True)
class Entry:
    at: datetime.datetime
    number: int
    deed: Callable[[], object] = field(compare=False)


class Diary:
    """Entries may be noted in any order; of two with the same moment the first noted happens first."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def note(self, at: datetime.datetime, deed: Callable[[], object]) -> None:
        self.entries.append(Entry(at, len(self.entries), deed))

    def carry_out(self) -> Iterator[int]:
        """Do every deed at its moment, in English as the parts keep addresses. Yields how many are done."""
        with translation.override("en"):
            for done, entry in enumerate(sorted(self.entries), start=1):
                with clock.set_to(entry.at):
                    entry.deed()
                yield done
