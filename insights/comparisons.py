"""What is laid beside what: companies that were drawn to be left out beside the others, or members' companies beside those of none."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from insights.periods import Span
from points import trials
from points.models import Programme, Rule
from points.models.programme import DEFAULT_PROGRAMME
from points.trials import Arm

CLUB, OTHERS = "club", "others"
EARLIEST = datetime.date(1970, 1, 1)


@dataclass(frozen=True)
class Comparison:
    """percent: of the companies in the control group, 0 where nobody was drawn. begun_on, ended_on: of the groups, both included."""

    key: str
    programme: Programme
    rule: Rule | None = None
    percent: int = 0
    begun_on: datetime.date | None = None
    ended_on: datetime.date | None = None

    @property
    def is_random(self) -> bool:
        """Whether chance alone decided who is in which group, so that what differs later has one cause."""
        return self.percent > 0

    def arm_of(self, company: int) -> Arm:
        """The group of a company of the club; NONE for one that says nothing of this comparison."""
        unit = f"company:{company}"
        if self.key == CLUB:
            return Arm.CONTROL if trials.is_left_out(self.programme, unit) else Arm.TEST
        if self.rule is None or (not self.rule.keeps_a_promise and trials.is_left_out(self.programme, unit)):
            return Arm.NONE
        return trials.arm_of(self.rule.pk, self.percent, unit)

    def windows(self, n: int) -> tuple[Span, Span]:
        """The time after, at most n months and never before the groups began, and as many days before they did."""
        last = min(timezone.localdate(), self.ended_on or datetime.date.max)
        count = last.year * 12 + last.month - n
        first = max(datetime.date(count // 12, count % 12 + 1, 1), self.begun_on or datetime.date.min)
        after = Span(first, last)
        return after.before(self.begun_on or first), after


def choices() -> list[Comparison]:
    """Every comparison that can be made today, the most telling first: the club's, those of rules, and what is no test. Two queries."""
    today = timezone.localdate()
    programme = Programme.objects.get(slug=DEFAULT_PROGRAMME)
    rules = Rule.objects.exclude(control_percent=0).select_related("programme").order_by("pk")
    found = [_of_rule(rule) for rule in rules]
    begun = [each for each in found if each.begun_on and each.begun_on <= min(today, each.ended_on or today)]
    if programme.control_percent and programme.control_starts_on and programme.control_starts_on <= today:
        ends_on = programme.control_ends_on
        begun.insert(0, Comparison(CLUB, programme, None, programme.control_percent, programme.control_starts_on, ends_on))
    return [*begun, Comparison(OTHERS, programme)]


def _of_rule(rule: Rule) -> Comparison:
    published = timezone.localdate(rule.first_published_at) if rule.first_published_at else None
    # A rule may say that it began before there were customers.
    begun = max((max(day, EARLIEST) for day in (rule.starts_on, published) if day), default=None)
    return Comparison(f"rule-{rule.pk}", rule.programme, rule, rule.control_percent, begun, rule.ends_on)


def chosen(found: list[Comparison], key: str) -> Comparison:
    """The one that a visitor asks for; the most telling for anything else."""
    return next((each for each in found if each.key == key), found[0])
