"""The reports that defend the budget: does the club pay, and how are customers cared for at every stage."""

from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from insights import comparisons, payback, periods, stages, uplift
from insights.charts import lines, whisker
from insights.comparisons import CLUB, Comparison
from insights.files import as_csv
from insights.payback import Report
from insights.returns import INFLUENCED_DAYS
from insights.uplift import Effect
from members.models import Company

# What the books cost is for those who read the reports on points.
RIGHT = "points.view_account"
# Who may look at orders in the back office; others learn no single company's.
SEES_ORDERS = "members.view_purchase"
RENEWALS_SHOWN = 50
# Half of the width of the bars of intervals, in percent.
SCALES = (20, 50, 100, 200)


@login_required
@permission_required(RIGHT, raise_exception=True)
@require_safe
def pays(request: HttpRequest) -> HttpResponse:
    """Members beside a control group: what they buy, and what came of what the club cost."""
    ways, found, n = _asked(request)
    scale = _scale(found)
    shown: dict[str, Any] = {
        "report": found,
        "way": found.comparison,
        "ways": [(each.key, _name(each)) for each in ways],
        "is_club": found.comparison.key == CLUB,
        "groups": _groups(found.comparison),
        "months": n,
        "choices": periods.CHOICES,
        "enough": uplift.ENOUGH,
        "influenced_days": INFLUENCED_DAYS,
        "influenced_percent": 100 * (found.influenced_yuan or 0.0) / found.bought_yuan if found.bought_yuan else 0.0,
        "scale": scale,
        "measures": [(each, _whisker(each.effect, scale)) for each in found.measures],
        "by_class": [(each, _whisker(each.effect, scale)) for each in found.by_class],
        "by_age": [(each, _whisker(each.effect, scale)) for each in found.by_age],
        "chart": _chart(found),
    }
    return render(request, "insights/pays.html", shown)


@login_required
@permission_required(RIGHT, raise_exception=True)
@require_safe
def pays_table(request: HttpRequest) -> HttpResponse:
    """Every figure of the report for a spreadsheet; shares as 0 to 1, money in yuan."""
    _ways, found, _n = _asked(request)
    test, control = _groups(found.comparison)
    before, after = _("before"), _("after")
    sides = [f"{group}, {when}" for when in (before, after) for group in (test, control)]
    head = [_("Measure"), _("Kind of customers"), f"{test}: {_('companies')}", f"{control}: {_('companies')}", *sides]
    head += [_("Difference"), _("Low"), _("High"), _("Difference in percent"), _("Low"), _("High")]
    rows = [] if found.is_mismatched else [_row(each.label, _("all"), each.effect) for each in found.measures]
    for part in () if found.is_mismatched else (*found.by_class, *found.by_age):
        rows.append(_row(found.measures[0].label, part.label, part.effect))
    return as_csv("pays", head, rows)


@login_required
@permission_required(RIGHT, raise_exception=True)
@require_safe
def pays_by_month(request: HttpRequest) -> HttpResponse:
    """What a company of each group bought in each whole month, in yuan."""
    _ways, found, _n = _asked(request)
    months = [] if found.is_mismatched else found.months
    return as_csv("pays-by-month", [_("Month"), *_groups(found.comparison)], [[f"{m.first:%Y-%m}", m.test, m.control] for m in months])


def _asked(request: HttpRequest) -> tuple[list[Comparison], Report, int]:
    n = periods.chosen(request.GET.get("months", ""))
    ways = comparisons.choices()
    return ways, payback.report(comparisons.chosen(ways, request.GET.get("with", "")), n), n


def _name(way: Comparison) -> str:
    if way.key == CLUB:
        return _("Control group of the whole club")
    return _("Control group of “%(rule)s”") % {"rule": way.rule.label} if way.rule else _("Companies without a member (not a test)")


def _groups(way: Comparison) -> tuple[str, str]:
    return (_("Test group"), _("Control group")) if way.is_random else (_("With a member"), _("Without a member"))


def _row(label: Any, kind: Any, effect: Effect) -> list[Any]:
    test, control = effect.sides
    percent = effect.percent or (None, None, None)
    # What a difference of hidden means is, is hidden too.
    difference = None if None in (test[1], control[1]) else effect.difference
    return [label, kind, *effect.count, test[0], control[0], test[1], control[1], difference, effect.low, effect.high, *percent]


def _scale(found: Report) -> int:
    """Half of the bars' width: wide enough for what decides."""
    ends = [abs(end) for each in found.measures if each.effect.percent for end in each.effect.percent]
    return next((scale for scale in SCALES if scale >= max(ends, default=0)), SCALES[-1])


def _whisker(effect: Effect, scale: int) -> Any:
    return whisker(effect.percent, scale=scale) if effect.percent else None


def _chart(found: Report) -> Any:
    if len(found.months) < 2:
        return None
    begun = found.comparison.begun_on or found.after.first
    turn = next((place for place, month in enumerate(found.months) if month.first >= begun), None)
    return lines([[month.test for month in found.months], [month.control for month in found.months]], turn)


@login_required
@permission_required(RIGHT, raise_exception=True)
@require_safe
def care(request: HttpRequest) -> HttpResponse:
    """Who is in which care stage, what they heard, did and bought, and whose renewal is near."""
    n = periods.chosen(request.GET.get("months", ""))
    found = stages.report(n)
    shown: dict[str, Any] = {
        "report": found,
        "months": n,
        "choices": periods.CHOICES,
        "customers": sum(row.companies for row in found.rows if row.stage not in (Company.Stage.PROSPECT, stages.OVER)),
        "renewals": found.renewals[:RENEWALS_SHOWN],
        "late_days": stages.LATE_DAYS,
        "sees_orders": request.user.has_perm(SEES_ORDERS),
    }
    return render(request, "insights/care.html", shown)


@login_required
@permission_required(RIGHT, raise_exception=True)
@require_safe
def care_table(request: HttpRequest) -> HttpResponse:
    """The stages for a spreadsheet."""
    found = stages.report(periods.chosen(request.GET.get("months", "")))
    head = [_("Stage"), _("Companies"), _("with a member"), _("heard from the club"), _("Touches"), _("took part"), _("Contributions")]
    head += [_("ordered"), _("Bought, in yuan"), _("Product lines")]
    rows = [
        [r.label, r.companies, r.with_member, r.told, r.touches, r.active, r.deeds, r.buying, r.seen_yuan, r.products] for r in found.rows
    ]
    return as_csv("care", head, rows)


@login_required
@permission_required(RIGHT, raise_exception=True)
@require_safe
def renewals(request: HttpRequest) -> HttpResponse:
    """Every contract whose renewal is near, for a spreadsheet."""
    found = stages.report(periods.chosen(request.GET.get("months", "")))
    head = [_("Company"), _("Contract ends"), _("Days"), _("Due"), _("Last heard from the club"), _("Last took part")]
    rows: list[list[Any]] = [[r.customer.name, r.customer.contract_ends_on, r.days, r.mark, r.told_on, r.active_on] for r in found.renewals]
    if request.user.has_perm(SEES_ORDERS):
        head.append(_("Bought, in yuan"))
        rows = [[*row, each.yuan] for row, each in zip(rows, found.renewals, strict=True)]
    return as_csv("renewals", head, rows)
