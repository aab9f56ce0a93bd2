"""A rule's budget: how much of it is given. Inside the weighing's transaction; the row makes awards of one rule queue."""

from django.db.models import F, Sum

from points.models import Accrual, Budget, Rule


def take(rule: Rule, points: int) -> bool:
    """Take points from what is left. Returns False, and takes nothing, where they do not fit."""
    assert rule.budget_points is not None
    _open(rule)
    left = Budget.objects.filter(rule=rule, given_points__lte=rule.budget_points - points)
    return left.update(given_points=F("given_points") + points) == 1


def give_back(rule: Rule, points: int) -> None:
    """What was taken back from a member may be given again."""
    _open(rule)
    Budget.objects.filter(rule=rule, given_points__gte=points).update(given_points=F("given_points") - points)


def given(rule: Rule) -> int:
    """Points that stand, those under review, held by their rule and those that could not be taken back among them."""
    standing = (Accrual.Outcome.AWARDED, Accrual.Outcome.HELD, Accrual.Outcome.DEFERRED, Accrual.Outcome.KEPT)
    return int(Accrual.objects.filter(rule=rule, outcome__in=standing).aggregate(sum=Sum("amount_points"))["sum"] or 0)


def _open(rule: Rule) -> None:
    """A budget laid over a rule that was running already starts with what it gave."""
    if not Budget.objects.filter(rule=rule).exists():
        Budget.objects.get_or_create(rule=rule, defaults={"given_points": given(rule)})
