"""Moderators' notes on members."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forum import remarking
from forum.case_forms import NoteForm
from forum.models import MemberNote
from forum.views.requests import MemberRequest, insist_on_moderator
from members.models import Member


@require_POST
@login_required
def add(request: MemberRequest, handle: str) -> HttpResponse:
    insist_on_moderator(request)
    member = get_object_or_404(Member, handle=handle, erased_at=None)
    form = NoteForm(request.POST)
    if form.is_valid():
        remarking.remark(member, form.cleaned_data["words"], by=request.user)
        messages.success(request, _("The note is kept."))
    else:
        messages.error(request, " ".join(map(str, form.errors["words"])))
    return redirect("forum:moderate_member", handle)


@require_POST
@login_required
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    insist_on_moderator(request)
    row = get_object_or_404(MemberNote.objects.select_related("member"), pk=pk)
    reason = request.POST.get("reason", "").strip()[:500]
    if reason:
        remarking.remove(row, by=request.user, reason=reason)
        messages.success(request, _("The note is removed."))
    else:
        messages.error(request, _("Say why: it stays in the log."))
    return redirect("forum:moderate_member", row.member.handle)
