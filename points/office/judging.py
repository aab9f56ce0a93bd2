"""The second person's desk: versions of rules that wait, each beside the one in force."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Revision

from members.models import Member
from points import approving, wording
from points.approving import ApprovalRefused
from points.models import Approval, Rule

MUTE = {"latest_revision", "live_revision", "live", "has_unpublished_changes", "first_published_at", "last_published_at", "expired"}


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(choices=[("approve", "approve"), ("return", "return")])
    note = forms.CharField(label=gettext_lazy("A word to the author"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("verdict") == "return" and not said.get("note"):
            self.add_error("note", _("Say what should be different."))
        return said


@permission_required("points.publish_rule", raise_exception=True)
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first, and what was decided last."""
    rows = Approval.objects.select_related("rule", "asked_by", "decided_by")
    waiting = rows.filter(verdict=Approval.Verdict.WAITING).order_by("pk")[:100]
    decided = rows.exclude(decided_by=None).order_by("-decided_at")[:30]
    return render(request, "points/office/approvals.html", {"waiting": waiting, "decided": decided})


@permission_required("points.publish_rule", raise_exception=True)
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """One version beside the one in force, in both languages, and the decision."""
    row = get_object_or_404(Approval.objects.select_related("rule__programme", "rule__segment", "asked_by", "decided_by"), pk=pk)
    revision = get_object_or_404(Revision, pk=row.revision_id)
    form = VerdictForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decide(request, row, form.cleaned_data):
        return redirect("points_approvals")
    assert isinstance(request.user, Member)
    draft = revision.as_object()
    live = row.rule if row.rule.live else None
    context = {
        "approval": row,
        "draft": draft,
        "words": wording.in_both_languages(draft),
        "live_words": wording.in_both_languages(live) if live else [],
        "changes": changes(live, draft) if live else [],
        "why_not": approving.why_not(row, revision, by=request.user),
        "form": form,
    }
    return render(request, "points/office/approval.html", context)


def _decide(request: HttpRequest, row: Approval, said: dict[str, str]) -> bool:
    assert isinstance(request.user, Member)
    try:
        if said["verdict"] == "approve":
            approving.approve(row, by=request.user)
            messages.success(request, _("Approved."))
        else:
            approving.send_back(row, by=request.user, note=said["note"])
            messages.success(request, _("Sent back."))
    except ApprovalRefused as refusal:
        messages.error(request, str(refusal))
        return False
    return True


def changes(live: Rule, draft: Rule) -> list[tuple[str, Any, Any]]:
    """(field, as it is, as it would be) where the two differ, as a person reads them."""
    found = []
    for field in Rule._meta.concrete_fields:
        before, after = getattr(live, field.attname), getattr(draft, field.attname)
        if field.name not in MUTE and before != after:
            found.append((str(field.verbose_name), wording.of_field(live, field), wording.of_field(draft, field)))
    return found


urlpatterns = [
    path("points/approvals/", approvals, name="points_approvals"),
    path("points/approvals/<int:pk>/", approval, name="points_approval"),
]
