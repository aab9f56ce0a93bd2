"""Counting a large selection over several looks at a page: what was read is kept for a while, and the next look reads on from there."""

import datetime
import time
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language

from surveys import analysing
from surveys.analysing import Counted, Selection
from surveys.crosstabs import Crossing
from surveys.judging import digest_of
from surveys.models import Questionnaire

AT_ONCE = 4_000  # readings that no page hesitates to do
SECONDS = 1.5  # that one look reads
KEPT_SECONDS = 900


@dataclass
class _Kept:
    began_at: datetime.datetime
    total: int
    counted: Counted


class Patience:
    """What one look at a page may read. Its `count` stands for `analysing.count_selected`.

    is_unfinished   then what it counted is not the whole, and not to be shown
    read, total     readings, of all that was to be counted
    as_of           when the counting of something large began; None where all was read just now
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.until = time.monotonic() + (SECONDS if seconds is None else seconds)
        self.read = self.total = 0
        self.has_read = self.is_unfinished = False
        self.as_of: datetime.datetime | None = None

    def count(
        self,
        questionnaire: Questionnaire,
        selection: Selection,
        outline: dict[str, Any],
        *,
        margins: dict[str, dict[str, float]] | None = None,
        crossing: Crossing | None = None,
        tell: Any = None,
    ) -> Counted:
        """Raises NoWeights."""
        margins = questionnaire.margins if margins is None else margins
        key = _key(questionnaire, selection, outline, margins, crossing)
        kept: _Kept | None = cache.get(key)
        if kept is None:
            total = selection.readings * analysing.of_members(questionnaire, selection).count()
            if total <= AT_ONCE:
                return analysing.count_selected(questionnaire, selection, outline, margins=margins, crossing=crossing, tell=tell)
            kept = _Kept(timezone.now(), total, Counted(crossing))
        counted = kept.counted
        began_with = counted.read
        # One step at least, so that looks come to an end however slow all else is.
        while not counted.is_done and (not self.has_read or time.monotonic() < self.until):
            analysing.read_on(counted, questionnaire, selection, outline, margins)
            self.has_read = True
        if counted.read != began_with or counted.is_done:
            cache.set(key, kept, KEPT_SECONDS)
        self.read, self.total = self.read + min(counted.read, kept.total), self.total + kept.total
        self.is_unfinished = self.is_unfinished or not counted.is_done
        self.as_of = min(self.as_of or kept.began_at, kept.began_at)
        return counted


def _key(
    questionnaire: Questionnaire, selection: Selection, outline: dict[str, Any], margins: dict[str, Any], crossing: Crossing | None
) -> str:
    """Of all that the counts depend on but the answers themselves, which are told as of when they were read."""
    segment = selection.segment
    what = {
        "survey": [questionnaire.pk, questionnaire.version.digest if questionnaire.version else "", questionnaire.equivalents],
        "asked": [[question["type"], question["value_name"]] for question in outline["questions"]],
        "of": [selection.customer_class, selection.locale, selection.answers, [segment.pk, segment.condition] if segment else None],
        "margins": margins if selection.is_weighted else None,
        # A table holds its words.
        "crossed": [crossing.row["name"], crossing.column["name"], get_language()] if crossing else None,
    }
    return f"surveys.counted.people:{digest_of(what)}"
