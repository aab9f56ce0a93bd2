"""Transfers by the file in the back office: looked at first, then done, with what became of each line; and out again by days."""

import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from points import files, filing
from points.forms import PeriodForm, TransferFileForm
from points.lapsing import end_of
from points.models import Transfer

SHOWN = 1_000


@permission_required("points.add_transfer", raise_exception=True)
def transfer_file(request: HttpRequest) -> HttpResponse:
    """A file as an upload, or as the text of the look that came before."""
    form = TransferFileForm(request.POST or None, request.FILES or None)
    report, is_look = None, False
    if request.method == "POST" and form.is_valid():
        is_look = "do" not in request.POST
        try:
            report = filing.take(files.read(form.cleaned_data["text"], form.cleaned_data["format"]), client="office", dry_run=is_look)
        except files.BadFile as error:
            form.add_error("file", str(error))
    today = timezone.localdate()
    shown: dict[str, Any] = {
        "form": form,
        "report": report,
        "is_look": is_look,
        "may_do": bool(report and report.counts["done"]),
        "period": PeriodForm(initial={"since": today.replace(day=1), "until": today}),
        "columns": files.COLUMNS,
    }
    return render(request, "points/office/file.html", shown, status=422 if form.errors else 200)


@require_safe
@permission_required("points.view_account", raise_exception=True)
def transfers_out(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return render(
            request, "points/office/file.html", {"form": TransferFileForm(), "period": form, "columns": files.COLUMNS}, status=422
        )
    said = form.cleaned_data
    rows = Transfer.objects.redeemable().filter(
        recorded_at__gte=end_of(said["since"] - datetime.timedelta(days=1)), recorded_at__lt=end_of(said["until"])
    )
    response = StreamingHttpResponse(files.export(rows, said["format"]), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="transfers-{said["since"]}-{said["until"]}.{said["format"]}"'
    return response


urlpatterns = [
    path("points/file/", transfer_file, name="points_file"),
    path("points/file/out/", transfers_out, name="points_file_out"),
]
