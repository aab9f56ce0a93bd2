"""The partner's portal: its own block, transactions, promotions and clearing statement, and nothing else."""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.models import Member
from points import accounts, agreeing, partnering, wording
from points.forms import PartnerFileForm, PartnerLineForm, SpendCodeForm
from points.models import JointPromotion, Partner
from points.partnering import LineRefused
from points.tables import csv_line, safe_cell

LINES_ON_A_PAGE = 200


def _partner(request: HttpRequest) -> Partner:
    partner = partnering.partner_of(request.user)
    if partner is None:
        raise Http404
    return partner


@login_required
def portal(request: HttpRequest) -> HttpResponse:
    """Balance and limit, a transaction by hand or a file of them, promotions that wait."""
    partner = _partner(request)
    line = PartnerLineForm(request.POST if "one" in request.POST else None)
    file = PartnerFileForm(request.POST if "many" in request.POST else None, request.FILES if "many" in request.POST else None)
    results: list[partnering.Result] = []
    dry_run = False
    if line.is_bound and line.is_valid():
        results = partnering.take_all(partner, [{key: str(value) for key, value in line.cleaned_data.items()}], dry_run=False)
        if results[0].outcome == "refused":
            line.add_error(None, results[0].said)
        else:
            # The next one is typed into an empty form.
            line = PartnerLineForm(initial={"kind": line.cleaned_data["kind"]})
    elif file.is_bound and file.is_valid():
        dry_run = file.cleaned_data["dry_run"]
        try:
            results = partnering.take_all(partner, partnering.read_file(file.cleaned_data["text"]), dry_run=dry_run)
        except LineRefused as refusal:
            file.add_error("file", str(refusal))
    account = accounts.block_of(partner)
    shown: dict[str, Any] = {
        "partner": partner,
        "account": account,
        "left": account.available + partner.credit_limit_points,
        "counts": Counter(result.outcome for result in results),
        "line": line,
        "file": file,
        "results": results,
        "dry_run": dry_run,
        "promotions": [(each, wording.in_both_languages(each.version)) for each in agreeing.proposals(partner)],
        "now": timezone.localtime(),
    }
    return render(request, "points/partner/portal.html", shown, status=422 if line.errors or file.errors else 200)


@login_required
@require_POST
def promotion(request: HttpRequest, pk: int) -> HttpResponse:
    partner = _partner(request)
    found = get_object_or_404(JointPromotion, pk=pk, partner=partner)
    assert isinstance(request.user, Member)
    note = request.POST.get("note", "").replace("\0", "")
    try:
        digest = request.POST.get("version", "")
        agreeing.decide(found, by=request.user, is_approved=request.POST.get("verb") == "approve", digest=digest, note=note)
        messages.success(request, _("Done."))
    except agreeing.ChangedMeanwhile:
        messages.error(request, _("The promotion was changed meanwhile. Read it again, then decide."))
    return redirect("points:partner")


@login_required
@require_safe
def clearing(request: HttpRequest, year: int, month: int, form: str = "") -> HttpResponseBase:
    """A month's clearing statement, as a page or as CSV."""
    partner = _partner(request)
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        raise Http404
    said = partnering.clearing(partner, year, month)
    if form != "csv":
        later = datetime.date(year + month // 12, month % 12 + 1, 1)
        after = request.GET.get("after", "")
        rows = said["rows"].filter(seq__gt=int(after)) if after.isdecimal() and len(after) < 18 else said["rows"]
        found = list(rows[: LINES_ON_A_PAGE + 1])
        around = {
            "rows": found[:LINES_ON_A_PAGE],
            "next": found[LINES_ON_A_PAGE - 1].seq if len(found) > LINES_ON_A_PAGE else None,
            "earlier": datetime.date(year, month, 1) - datetime.timedelta(days=1),
            "later": later if later <= timezone.localdate() else None,
        }
        return render(request, "points/partner/clearing.html", said | around | {"partner": partner, "year": year, "month": month})
    response = StreamingHttpResponse(_clearing_lines(said["rows"]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="clearing-{year}-{month:02d}.csv"'
    return response


def _clearing_lines(rows: Any) -> Iterator[str]:
    """Every line of the month, made as it is sent; days are the club's."""
    yield csv_line(["date", "reference", "kind", "points", "balance"])
    for row in rows.iterator(chunk_size=1_000):
        day = timezone.localtime(row.at).date().isoformat()
        yield csv_line([day, safe_cell(row.transfer.reference), partnering.kind_of(row), row.delta, row.balance_after])


@login_required
def pay(request: HttpRequest) -> HttpResponse:
    """A member makes the code with which a partner takes points."""
    assert isinstance(request.user, Member)
    form = SpendCodeForm(request.POST or None)
    code = ""
    if request.method == "POST" and form.is_valid():
        code = partnering.make_code(request.user, most_points=form.cleaned_data["points"])
    shown = {"form": form, "code": code, "minutes": partnering.CODE_MINUTES}
    return render(request, "points/pay.html", shown, status=422 if form.errors else 200)
