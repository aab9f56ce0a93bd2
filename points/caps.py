"""Limits of what many get together: a company's members, or everybody; and a member's within a year.

Pure. A rule says them as {"company:awards:week": 5, "all:points:ever": 10000}: whose, what is counted, within which time.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WHOSE = {"member": gettext_lazy("One member"), "company": gettext_lazy("One company"), "all": gettext_lazy("Everybody")}
COUNTED = {"awards": gettext_lazy("times"), "points": gettext_lazy("points")}
TIMES = {
    "day": gettext_lazy("a day"),
    "week": gettext_lazy("a week"),
    "month": gettext_lazy("a month"),
    "year": gettext_lazy("a year"),
    "ever": gettext_lazy("in all"),
}
MOST = 2_000_000_000
# A member's other limits are fields of their own.
NAMES = [":".join(each) for each in product(WHOSE, COUNTED, TIMES) if each[0] != "member" or each[2] == "year"]


class Cap(NamedTuple):
    """At most so many awards, or points, of one member, company or of all, within one day, week, month, year or ever."""

    whose: str
    counted: str
    time: str
    most: int


class Unit(NamedTuple):
    """Whose an award is: a member, and the company that they belong to today."""

    member: int
    company: int | None


def of(said: dict[str, int]) -> tuple[Cap, ...]:
    return tuple(Cap(*_parted(name), most) for name, most in sorted(said.items()))


def _parted(name: str) -> tuple[str, str, str]:
    whose, counted, time = name.split(":")
    return whose, counted, time


def problem_of(said: Any) -> str:
    """What is wrong with them, in the reader's language; empty where nothing is."""
    if not isinstance(said, dict) or not said.keys() <= set(NAMES):
        return _("There is no such limit.")
    for name, most in said.items():
        if type(most) is not int or not 1 <= most <= MOST:
            return _("“%(limit)s”: give a whole number from 1 to %(most)s.") % {"limit": label_of(name), "most": f"{MOST:,}"}
    return ""


def label_of(name: str) -> str:
    """Such as "One company, points a week"."""
    whose, counted, time = _parted(name)
    return _("%(whose)s, %(counted)s %(time)s") % {"whose": WHOSE[whose], "counted": COUNTED[counted], "time": TIMES[time]}


def row_of(whose: str, counted: str) -> str:
    """Such as "One company, points"."""
    return _("%(whose)s, %(counted)s") % {"whose": WHOSE[whose], "counted": COUNTED[counted]}


def in_words(said: dict[str, int]) -> Iterator[str]:
    """Each as a part of the sentence that a rule is."""
    texts = {
        ("member", "awards"): _("at most %(most)s %(time)s"),
        ("member", "points"): _("at most %(most)s points %(time)s"),
        ("company", "awards"): _("at most %(most)s %(time)s for the members of one company together"),
        ("company", "points"): _("at most %(most)s points %(time)s for the members of one company together"),
        ("all", "awards"): _("at most %(most)s %(time)s for everybody together"),
        ("all", "points"): _("at most %(most)s points %(time)s for everybody together"),
    }
    for name in NAMES:
        if name in said:
            whose, counted, time = _parted(name)
            yield texts[whose, counted] % {"most": said[name], "time": TIMES[time]}


def week_of(day: datetime.date) -> int:
    """The number of a week, Monday to Sunday."""
    return (day.toordinal() - 1) // 7


def month_of(day: datetime.date) -> int:
    return day.year * 12 + day.month


NUMBER_OF: dict[str, Callable[[datetime.date], int]] = {
    "day": datetime.date.toordinal,
    "week": week_of,
    "month": month_of,
    "year": lambda day: day.year,
    "ever": lambda day: 0,
}


def whose_of(whose: str, unit: Unit) -> tuple[str, int]:
    """Who shares a limit with this member. A member without a company is one of their own."""
    if whose == "all":
        return "all", 0
    return ("company", unit.company) if whose == "company" and unit.company else ("member", unit.member)


class Together:
    """Counts what many got, by time, and says what of the next award their limits leave.

    limited   (with whom a rule shares its limits, its own limits) of each rule that is counted here
    """

    def __init__(self, limited: Iterable[tuple[str, tuple[Cap, ...]]]) -> None:
        self._wanted: dict[str, set[tuple[str, str, str]]] = {}
        for sharing, caps in limited:
            if caps:
                self._wanted.setdefault(sharing, set()).update(cap[:3] for cap in caps)
        self._sums: dict[Any, int] = {}

    def counts(self, sharing: str) -> bool:
        return sharing in self._wanted

    def left(self, sharing: str, caps: tuple[Cap, ...], amount: int, day: datetime.date, unit: Unit) -> int:
        """Points that are left of an amount."""
        for cap in caps:
            room = cap.most - self._sums.get(self._key(sharing, cap.whose, cap.counted, cap.time, day, unit), 0)
            if room <= 0:
                return 0
            amount = min(amount, room) if cap.counted == "points" else amount
        return amount

    def add(self, sharing: str, amount: int, day: datetime.date, unit: Unit) -> None:
        if amount:
            for whose, counted, time in self._wanted.get(sharing, ()):
                key = self._key(sharing, whose, counted, time, day, unit)
                self._sums[key] = self._sums.get(key, 0) + (amount if counted == "points" else 1)

    @staticmethod
    def _key(sharing: str, whose: str, counted: str, time: str, day: datetime.date, unit: Unit) -> tuple[Any, ...]:
        return sharing, whose, counted, time, NUMBER_OF[time](day), whose_of(whose, unit)
