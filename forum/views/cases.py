"""The moderators' queue: cases that wait, narrowed and page by page; one case with its whole text; several decided alike."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from forum import cases, deciding, differences, waiting
from forum.case_forms import CasesForm, ReasonForm, TogetherForm
from forum.models import Review
from forum.noting import Verb
from forum.views.requests import MemberRequest, insist_on_moderator, number

# What each decision of a case is called where it is taken.
CALLED: dict[Verb, Any] = {
    Verb.APPROVE: lazy("Approve: show it"),
    Verb.REJECT: lazy("Do not show it"),
    Verb.HIDE_POST: lazy("Hide the post"),
    Verb.APPROVE_EDIT: lazy("Approve the edit: the post says this from now on"),
    Verb.REFUSE_EDIT: lazy("Do not approve the edit: the post stays as it is"),
    Verb.DISMISS: lazy("Leave it, the report is dismissed"),
}


@login_required
def queue(request: MemberRequest) -> HttpResponse:
    insist_on_moderator(request)
    narrowing = CasesForm(request.GET, boards=cases.boards(request.GET.get("board", "")))
    narrowing.is_valid()
    wanted = narrowing.cleaned_data
    together = TogetherForm(request.POST or None)
    if request.method == "POST" and together.is_valid():
        _decide_together(request, together)
        return redirect(_back(wanted))
    kind, after = wanted.get("kind", ""), number(request, "after")
    context = {
        "form": narrowing,
        "together": together,
        "chosen": request.POST.getlist("case"),
        "kinds": _kinds(wanted),
        "kind": kind,
        "query": _query(wanted),
        "is_narrowed": any(wanted.get(name) for name in wanted if name != "kind"),
        "page": cases.Page() if kind == "appeals" else cases.page(_wanted(wanted), after),
    }
    if kind == "appeals" or not (kind or after or context["is_narrowed"]):
        context["appeals"], context["next_appeal"] = cases.appeals(after if kind else None)
    return render(request, "forum/queue.html", context, status=422 if together.errors else 200)


def _wanted(asked: dict[str, Any]) -> cases.Wanted:
    return cases.Wanted(
        kind=asked.get("kind", ""),
        board=asked.get("board", ""),
        reason=asked.get("reason", ""),
        older_days=asked.get("age"),
        author=asked.get("author", ""),
        oldest_first=asked.get("order") == "oldest",
    )


def _query(asked: dict[str, Any], **other: Any) -> str:
    return urlencode({name: value for name, value in {**asked, **other}.items() if value})


def _back(asked: dict[str, Any]) -> str:
    """The queue again, narrowed as it was."""
    query = _query(asked)
    return f"{reverse('forum:queue')}?{query}" if query else reverse("forum:queue")


def _kinds(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """A chip for each kind of which something waits, and for the chosen one."""
    waiting = cases.kinds()
    named = [(cause.value, cause.label) for cause in Review.Cause] + [("appeals", _("Appeals"))]
    chips = [{"value": "", "label": _("All"), "n": sum(waiting.values()), "query": _query(asked, kind="")}]
    return chips + [
        {"value": value, "label": label, "n": waiting.get(value, 0), "query": _query(asked, kind=value)}
        for value, label in named
        if waiting.get(value) or asked.get("kind") == value
    ]


def _decide_together(request: MemberRequest, form: TogetherForm) -> None:
    seen = [deciding.Seen(*map(int, each.split("."))) for each in dict.fromkeys(form.cleaned_data["case"])]
    decided = deciding.decide_together(seen, form.cleaned_data["verb"], by=request.user, reason=form.cleaned_data["reason"])
    if decided:
        text = ngettext("%(n)s case decided, and noted in the log.", "%(n)s cases decided, and noted in the log.", decided)
        messages.success(request, text % {"n": decided})
    if left := len(seen) - decided:
        text = ngettext(
            "%(n)s case is left: it changed meanwhile, or this decision does not fit it.",
            "%(n)s cases are left: they changed meanwhile, or this decision does not fit them.",
            left,
        )
        messages.warning(request, text % {"n": left})


@login_required
def decide(request: MemberRequest, pk: int) -> HttpResponse:
    """A case with its whole text, what stands around it and what is known of its author; uphold the reports or dismiss them."""
    insist_on_moderator(request)
    rows = Review.objects.select_related("post__thread__board", "post__author__company", "post__reply_to__author", "decided_by")
    review = get_object_or_404(rows, pk=pk)
    narrowing = CasesForm(request.GET, boards=cases.boards(request.GET.get("board", "")))
    narrowing.is_valid()
    post, is_open = review.post, review.status == Review.Status.OPEN
    held = waiting.waiting_of(post) if is_open else None
    if held:
        held.post = post
    form = ReasonForm(request.POST or None, verbs=[(verb, CALLED[verb]) for verb in deciding.verbs_for(post, held)]) if is_open else None
    if request.method == "POST" and (form is None or form.is_valid()):
        verb, reason = (form.cleaned_data["verb"], form.cleaned_data["reason"]) if form else ("", "")
        if form and deciding.decide(review, verb, by=request.user, reason=reason, held=_held_as_read(request)):
            messages.success(request, _("Decided, and noted in the log."))
        else:
            messages.warning(request, _("This case was decided, or its post changed, meanwhile."))
        return redirect(_back(narrowing.cleaned_data))
    context = {
        "form": form,
        "review": review,
        "post": post,
        "thread": post.thread,
        "back": _back(narrowing.cleaned_data),
        "reports": review.reports.select_related("reporter")[: cases.MOST_REPORTS],
        **cases.around(post),
        "author": cases.author_of(review),
        "held": held,
        "versions": [cases.change_by(held, differences.Comparison())] if held else [],
    }
    return render(request, "forum/case.html", context, status=422 if form and form.errors else 200)


def _held_as_read(request: MemberRequest) -> int | None:
    """The edit that stood on the page on which was decided."""
    value = request.POST.get("held", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None
