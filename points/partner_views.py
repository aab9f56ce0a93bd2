"""The partner's portal: its own block, transactions, promotions and clearing statement, and nothing else."""

import csv
import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.models import Member
from points import accounts, partnering
from points.forms import PartnerFileForm, PartnerLineForm, SpendCodeForm
from points.models import JointPromotion, Partner
from points.partnering import LineRefused


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
    elif file.is_bound and file.is_valid():
        dry_run = file.cleaned_data["dry_run"]
        try:
            results = partnering.take_all(partner, partnering.read_file(file.cleaned_data["text"]), dry_run=dry_run)
        except LineRefused as refusal:
            file.add_error("file", str(refusal))
    shown: dict[str, Any] = {
        "partner": partner,
        "account": accounts.block_of(partner),
        "line": line,
        "file": file,
        "results": results,
        "dry_run": dry_run,
        "promotions": JointPromotion.objects.filter(partner=partner).select_related("rule")[:50],
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
    partnering.decide(found, by=request.user, is_approved=request.POST.get("verb") == "approve", note=note)
    messages.success(request, _("Done."))
    return redirect("points:partner")


@login_required
@require_safe
def clearing(request: HttpRequest, year: int, month: int, form: str = "") -> HttpResponse:
    """A month's clearing statement, as a page or as CSV."""
    partner = _partner(request)
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        raise Http404
    said = partnering.clearing(partner, year, month)
    if form != "csv":
        later = datetime.date(year + month // 12, month % 12 + 1, 1)
        around = {
            "earlier": datetime.date(year, month, 1) - datetime.timedelta(days=1),
            "later": later if later <= timezone.localdate() else None,
        }
        return render(request, "points/partner/clearing.html", said | around | {"partner": partner, "year": year, "month": month})
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="clearing-{year}-{month:02d}.csv"'
    writer = csv.writer(response)
    writer.writerow(["date", "reference", "kind", "points", "balance"])
    for row in said["rows"]:
        reference = row.transfer.reference
        safe = f"'{reference}" if reference[:1] in ("=", "+", "-", "@", "\t") else reference
        writer.writerow([row.at.date().isoformat(), safe, "earn" if row.delta < 0 else "burn", row.delta, row.balance_after])
    return response


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
