"""Back-tests in the back office: order one, watch it, read it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from members.models import Member
from points import backtesting, charts, reporting
from points.models import BackTest, Rule
from points.periods import in_our_time

MOST_WAITING = 5


class OrderForm(forms.Form):
    rule = forms.ModelChoiceField(
        Rule.objects.order_by("name", "pk"),
        label=gettext_lazy("Rule"),
        required=False,
        empty_label=gettext_lazy("– the rules as they are –"),
        help_text=gettext_lazy("Its latest version is tried, draft or not."),
    )
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


@permission_required("points.add_backtest", raise_exception=True)
def back_tests(request: HttpRequest) -> HttpResponse:
    """Order a back-test; those of before."""
    assert isinstance(request.user, Member)
    form = OrderForm(request.POST or None, initial={"rule": request.GET.get("rule")})
    if request.method == "POST" and form.is_valid():
        unfinished = BackTest.objects.filter(status__in=[BackTest.Status.WAITING, BackTest.Status.RUNNING]).count()
        if unfinished < MOST_WAITING:
            return redirect("points_back_test", pk=backtesting.order(by=request.user, **form.cleaned_data).pk)
        messages.error(request, _("Five back-tests are waiting already."))
    tests = BackTest.objects.select_related("rule", "asked_by").defer("result")[:30]
    return render(request, "points/office/back_tests.html", {"form": form, "tests": tests})


@permission_required("points.add_backtest", raise_exception=True)
def back_test(request: HttpRequest, pk: int) -> HttpResponse:
    """A back-test's result, or how far it is."""
    test = get_object_or_404(BackTest.objects.select_related("rule", "asked_by"), pk=pk)
    context: dict[str, Any] = {
        "test": test,
        "is_open": test.status in (BackTest.Status.WAITING, BackTest.Status.RUNNING),
        "is_failed": test.status == BackTest.Status.FAILED,
    }
    if test.status == BackTest.Status.DONE:
        context |= _shown(test.result)
    response = render(request, "points/office/back_test.html", context)
    if context["is_open"]:
        response["Refresh"] = "2"
    return response


def _shown(result: dict[str, Any]) -> dict[str, Any]:
    totals = result["totals"]
    months = sorted(set().union(*(each["months"] for each in totals)))
    brought = [
        (label, [each.get(name, 0) for each in totals], _difference(totals, name))
        for name, label in (
            ("qualifying", _("Qualifying points")),
            ("badges", _("Members given a badge")),
            ("vouchers", _("Vouchers")),
            ("lifts", _("Tiers lifted for a time")),
            ("notices", _("Members told by a notice")),
            ("held_points", _("Points held at first")),
        )
        if any(each.get(name) for each in totals)
    ]
    chart = charts.bars(months, *([each["months"].get(month, 0) for month in months] for each in totals))
    share = reporting.redeemed_share()
    # One of an earlier version says what a point cost instead.
    fen = [each["cost_fen"] if "cost_fen" in each else each["points"] * result["point_cost_fen"] for each in totals]
    costs = [_cost(each, share) for each in fen]
    chinese = get_language() == "zh-hans"
    rows = [
        {**row, "label": (chinese and row["name_zh"]) or row["name"], "difference": _difference(row["sets"], "points")}
        # What was asked about comes first.
        for row in sorted(result["rules"], key=lambda row: not row["is_draft"])
    ]
    asked = next((row["sets"][-1] for row in rows if row["is_draft"]), None)
    return {
        "result": result,
        "gave_nothing": asked is not None and not asked["awards"] and not asked["cut"],
        "totals": [{**each, "cost": cost} for each, cost in zip(totals, costs, strict=True)],
        "differences": {name: _difference(totals, name) for name in ("points", "awards", "members", "cut")}
        | ({f"cost_{name}": value for name, value in _cost(fen[1] - fen[0], share).items()} if len(fen) == 2 else {}),
        "rows": [row for row in rows if row["is_draft"] or any(each["awards"] or each["cut"] for each in row["sets"])],
        "brought": brought,
        "held": _held(totals),
        "months": [(charts.month_in_words(month), [each["months"].get(month, 0) for each in totals]) for month in months],
        "chart": chart,
        "share": round(100 * share),
    }


def _held(totals: list[dict[str, Any]]) -> list[tuple[str, list[int]]]:
    """What rules hold at the end of each month, until nothing is: (month in words, points in each set)."""
    changes = sorted(set().union(*(each.get("held", {}) for each in totals)))
    sums, rows = [0] * len(totals), []
    for month in charts.months_between(changes[0], changes[-1]) if changes else []:
        sums = [so_far + each.get("held", {}).get(month, 0) for so_far, each in zip(sums, totals, strict=True)]
        rows.append((charts.month_in_words(month), sums))
    return rows


def _difference(sets: list[dict[str, Any]], name: str) -> int | None:
    return sets[1][name] - sets[0][name] if len(sets) == 2 else None


def _cost(fen: int, share: float) -> dict[str, float]:
    """In yuan: if every point is redeemed, and if as large a share is as so far."""
    return {"all": fen / 100, "likely": fen * share / 100}


urlpatterns = [
    path("points/back-tests/", back_tests, name="points_back_tests"),
    path("points/back-tests/<int:pk>/", back_test, name="points_back_test"),
]
