"""The pool's statement, for the company's administrators."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.models import Company, Member
from points import choices, periods, pools, statements
from points.models import Account
from points.tables import csv_line, safe_cell
from points.views import CSV_STEP, cursor_in


def _company(request: HttpRequest) -> Company:
    member = request.user
    assert isinstance(member, Member)
    if member.company is None or member.company_role != Member.CompanyRole.ADMIN:
        raise Http404
    return member.company


def _chosen(request: HttpRequest, company: Company) -> choices.Choices:
    chosen = choices.of(company, request.GET, spendable=True)
    if chosen is None:
        raise Http404
    return chosen


@login_required
@require_safe
def pool(request: HttpRequest) -> HttpResponse:
    """Balance as of any day, who put in and who spent, and every line."""
    company = _company(request)
    chosen = _chosen(request, company)
    account, before = chosen.account, cursor_in(request)
    period = periods.read(request.GET, account)
    found = pools.lines(account, period.bounds, before=before, most=statements.PAGE + 1) if account else []
    page = found[: statements.PAGE]
    shown: dict[str, Any] = {
        "company": company,
        "chosen": chosen,
        "account": account,
        "period": period,
        "query": periods.joined(chosen.current.query, period.query),
        "lines": page,
        "next": page[-1].seq if len(found) > len(page) else None,
        "shares": pools.shares(account, period.bounds) if account and before is None else [],
    }
    return render(request, "points/pool.html", shown)


@login_required
@require_safe
def pool_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every line, or those of a period, newest first."""
    account = _chosen(request, _company(request)).account
    period = periods.read(request.GET, account)
    response = StreamingHttpResponse(_csv_lines(account, period.bounds, get_language()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="pool.csv"'
    return response


def _csv_lines(account: Account | None, bounds: dict[str, Any], language: str | None) -> Iterator[str]:
    """Made while it is sent, when the page's language no longer holds. A mark leads, without which Excel misreads Chinese."""
    with translation.override(language):
        head = csv_line([_("Date"), _("Who"), _("Reason"), _("About"), _("Points"), _("Balance")])
    yield "\ufeff" + head
    before = None
    while account is not None:
        with translation.override(language):
            page = pools.lines(account, bounds, before=before, most=CSV_STEP)
            written = "".join(_csv_row(line) for line in page)
        if not page:
            return
        yield written
        before = page[-1].seq


def _csv_row(line: pools.Line) -> str:
    day = timezone.localtime(line.at).date().isoformat()
    texts = [safe_cell(pools.name_of(line.who)), safe_cell(line.what), safe_cell(line.title)]
    return csv_line([day, *texts, line.delta_points, line.balance_points])
