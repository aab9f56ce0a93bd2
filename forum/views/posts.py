"""What one does to a single post: react, accept, report."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from forum import quoting, reacting, reading, reporting, solving
from forum.forms import ReactionForm, ReportForm
from forum.models import Post
from forum.refusals import Refused
from forum.views.requests import MemberRequest, with_reason


def _found(request: MemberRequest, pk: int) -> Post:
    return get_object_or_404(Post.objects.visible_to(request.user).select_related("thread", "thread__board", "author"), pk=pk)


@require_GET
@login_required
def quotation(request: MemberRequest, pk: int) -> HttpResponse:
    """The Markdown that quotes a post, for a reply that is being written."""
    return HttpResponse(quoting.quotation(_found(request, pk)), content_type="text/plain; charset=utf-8")


@require_POST
@login_required
def reactions(request: MemberRequest, pk: int) -> HttpResponse:
    post = _found(request, pk)
    form = ReactionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    refusal = ""
    try:
        deed = reacting.withdraw_reaction if form.cleaned_data["withdraw"] else reacting.react
        deed(post, member=request.user, kind=form.cleaned_data["kind"])
    except Refused as refused:
        refusal = str(refused)
    if request.headers.get("HX-Request"):
        found = reading.reactions_to([post], request.user).get(post.pk, [])
        return render(request, "forum/_reactions.html", {"post": post, "reactions": found, "refusal": refusal})
    if refusal:
        messages.error(request, refusal)
    return redirect(post.get_absolute_url())


@require_POST
@login_required
def solution(request: MemberRequest, pk: int) -> HttpResponse:
    post = _found(request, pk)
    if not solving.may_decide(post.thread, request.user):
        raise Http404
    if solving.needs_reason(post.thread, request.user):
        return redirect(with_reason(post, "accept"))
    try:
        solving.accept(post, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(post.get_absolute_url())


@login_required
def report(request: MemberRequest, pk: int) -> HttpResponse:
    post = _found(request, pk)
    if post.author_id == request.user.pk:
        raise Http404
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reporting.report(post, reporter=request.user, kind=form.cleaned_data["kind"], note=form.cleaned_data["note"])
            messages.success(request, _("Thank you. The moderators will look at it."))
            return redirect(post.get_absolute_url())
        except Refused as refused:
            form.add_error(None, str(refused))
    return render(request, "forum/report.html", {"form": form, "post": post, "thread": post.thread}, status=422 if form.errors else 200)
