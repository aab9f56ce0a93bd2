"""What one does to a single private message: quote, change, report; and the moderators' page of those reported."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from forum import messaging, quoting, rewording, writing
from forum.forms import DecisionForm, ReportForm, RewordForm
from forum.models import Message, MessageReport
from forum.permissions import is_moderator
from forum.refusals import Refused, TooFast
from forum.views.pictures import with_files
from forum.views.requests import MemberRequest

ON_A_PAGE = 30


@require_GET
@login_required
def quotation(request: MemberRequest, pk: int) -> HttpResponse:
    """The Markdown that quotes a message, for an answer that is being written."""
    message = get_object_or_404(Message.objects.visible_to(request.user).select_related("author"), pk=pk)
    return HttpResponse(quoting.quotation(message), content_type="text/plain; charset=utf-8")


@login_required
def reword(request: MemberRequest, pk: int) -> HttpResponse:
    rows = Message.objects.visible_to(request.user).filter(author=request.user, is_hidden=False)
    message = get_object_or_404(rows.select_related("conversation"), pk=pk)
    data, problem = with_files(request)
    form = RewordForm(data, initial={"body": message.body, "based_on": message.edit_count})
    preview, status = "", 422 if request.method == "POST" else 200
    if problem:
        form.add_error("body", problem)
    if form.is_valid() and "preview" in request.POST:
        preview, status = writing.rendered(form.cleaned_data["body"]), 200
    elif form.is_valid():
        try:
            rewording.reword(message, author=request.user, **form.cleaned_data)
            return redirect(message)
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 429 if isinstance(refused, TooFast) else 409
    context = {"form": form, "message": message, "preview": preview, "may_reword": rewording.may_reword(message, request.user)}
    return render(request, "forum/message_edit.html", context, status=status)


@login_required
def report(request: MemberRequest, pk: int) -> HttpResponse:
    rows = Message.objects.visible_to(request.user).exclude(author=request.user)
    message = get_object_or_404(rows.select_related("conversation", "author"), pk=pk)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            messaging.report(message, reporter=request.user, kind=form.cleaned_data["kind"], note=form.cleaned_data["note"])
            messages.success(request, _("Thank you. The moderators will look at it."))
            return redirect(message.conversation)
        except Refused as refused:
            form.add_error(None, str(refused))
    return render(request, "forum/message_report.html", {"form": form, "message": message}, status=422 if form.errors else 200)


@login_required
def reported(request: MemberRequest) -> HttpResponse:
    """For moderators: the messages that were shown to them, and nothing around them."""
    if not is_moderator(request.user):
        raise Http404
    rows = MessageReport.objects.filter(decision=MessageReport.Decision.OPEN).select_related(
        "message", "message__author", "message__author__company", "reporter"
    )
    rows = rows.prefetch_related("message__revisions")
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        one = get_object_or_404(MessageReport, pk=number_in(request.POST.get("report", "")))
        if form.is_valid():
            messaging.decide(one, by=request.user, hide=form.cleaned_data["hide"] == "yes", reason=form.cleaned_data["reason"])
            return redirect("forum:reported_messages")
    return render(request, "forum/reported.html", {"rows": rows[:ON_A_PAGE], "form": form}, status=422 if form.errors else 200)


def number_in(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
