"""The club's reports on points: what is owed, how points are redeemed, which rules gave them. Each as a page and as CSV."""

import csv
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from points import charts, choices, reporting, trial_reports
from points.models import Programme
from points.models.programme import DEFAULT_PROGRAMME
from points.periods import in_our_time

RIGHT = "points.view_account"


class PeriodForm(forms.Form):
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}), validators=[in_our_time]
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}), validators=[in_our_time]
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("This is before the first day."))
        return said


@permission_required(RIGHT, raise_exception=True)
def liability(request: HttpRequest) -> HttpResponse:
    """Points that members hold, by the month in which they lapse."""
    programme, shown = _programme(request)
    owed, share = reporting.owed(programme), reporting.redeemed_share(programme)
    if _wants_csv(request):
        rows = [*owed.months, ("never", owed.never_points), ("reserved", owed.reserved_points), ("total", owed.total_points)]
        rows += [(f"held by rules until {month}", points) for month, points in owed.coming]
        return _csv("points-owed.csv", ["lapses_in", "points"], rows)
    context = shown | {
        "owed": owed,
        "months": [(charts.month_in_words(month), points) for month, points in owed.months],
        "coming": [(charts.month_in_words(month), points) for month, points in owed.coming],
        "chart": charts.bars([month for month, _points in owed.months], [points for _month, points in owed.months]),
        "cost": owed.total_points * owed.cost_fen / 100,
        "likely": owed.total_points * owed.cost_fen / 100 * share,
        "share": round(100 * share),
    }
    return render(request, "points/office/liability.html", context)


@permission_required(RIGHT, raise_exception=True)
def redemption(request: HttpRequest) -> HttpResponse:
    """The share of earned points that is redeemed within so many months."""
    programme, chosen = _programme(request)
    curve = reporting.redemption_curve(programme)
    rows = [
        (number, redeemed, earned, share) for number, ((redeemed, earned), share) in enumerate(zip(curve.points, curve.shares, strict=True))
    ]
    if _wants_csv(request):
        return _csv("redemption-curve.csv", ["months", "redeemed", "earned", "share"], rows)
    shown = [(number, redeemed, earned, 100 * share) for number, redeemed, earned, share in rows if earned]
    known = [row[3] / 100 for row in shown]
    context = chosen | {
        "rows": shown,
        "chart": charts.line(known),
        "curve": curve,
        "issued": reporting.issued_points(programme),
        "redeemed": reporting.redeemed_points(programme),
    }
    return render(request, "points/office/redemption.html", context)


@permission_required(RIGHT, raise_exception=True)
def by_rule(request: HttpRequest) -> HttpResponse:
    """Points given in a period by each rule."""
    programme, chosen = _programme(request)
    form = PeriodForm(request.GET or None)
    period = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = reporting.points_by_rule(period.get("since"), period.get("until"), programme=programme)
    if _wants_csv(request) and not form.errors:
        return _csv(
            "points-by-rule.csv",
            ["rule", "name", "awards", "members", "points"],
            [(r.rule, r.label, r.awards, r.members, r.points) for r in rows],
        )
    most = max((row.points for row in rows), default=0) or 1
    shown = [(row, max(0, round(100 * row.points / most))) for row in rows]
    context = chosen | {"form": form, "rows": shown, "total": sum(row.points for row in rows)}
    return render(request, "points/office/by_rule.html", context)


@permission_required(RIGHT, raise_exception=True)
def by_trial(request: HttpRequest) -> HttpResponse:
    """Rules with a control group: what the test group got beside what the control group would have got."""
    form = PeriodForm(request.GET or None)
    period = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = trial_reports.trials_of(period.get("since"), period.get("until"))
    if _wants_csv(request) and not form.errors:
        head = ["rule", "name", "group", "companies", "companies_with_points", "members", "awards", "points", "points_per_company"]
        sides = [(trial, name, side) for trial in found for name, side in (("test", trial.test), ("control", trial.control))]
        rows = [
            (t.rule.pk, t.rule.label, name, s.units, s.units_active, s.members, s.awards, s.points, f"{s.points_each:.3f}")
            for t, name, s in sides
        ]
        return _csv("test-and-control.csv", head, rows)
    return render(request, "points/office/by_trial.html", {"form": form, "trials": found, "enough": trial_reports.ENOUGH})


def _programme(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The programme that the address names, the club's own where it names none, and what the page shows of the choice. One query."""
    wanted = request.GET.get("programme") or DEFAULT_PROGRAMME
    found = list(Programme.objects.order_by("pk"))
    if wanted not in {programme.slug for programme in found}:
        raise Http404
    ways = [(programme.slug, choices.name_of(programme)) for programme in found]
    return wanted, {"programme": wanted, "programmes": ways if len(ways) > 1 else []}


def _wants_csv(request: HttpRequest) -> bool:
    return request.GET.get("format") == "csv"


def _csv(name: str, head: list[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """UTF-8 with a mark, as spreadsheets like it; a text that a spreadsheet would take for a formula is quoted."""
    response = HttpResponse(
        "\ufeff", content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t" else cell for cell in row] for row in rows)
    return response


urlpatterns = [
    path("points/reports/owed/", liability, name="points_liability"),
    path("points/reports/redemption/", redemption, name="points_redemption_curve"),
    path("points/reports/rules/", by_rule, name="points_by_rule"),
    path("points/reports/trials/", by_trial, name="points_by_trial"),
]
