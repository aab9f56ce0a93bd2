"""A member's promotions: what runs, what must be joined, what has been."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.models import Member
from points import badges, enrolling, granting, wording
from points.models import Rule


@login_required
@require_safe
def promotions(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Member)
    offers = [(offer, wording.of_rule(offer.rule, is_for_members=True)) for offer in enrolling.offers(request.user)]
    return render(
        request, "points/promotions.html", {"offers": offers, "badges": badges.badges_of(request.user), "grants": granting.of(request.user)}
    )


@login_required
@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, Member)
    rule = get_object_or_404(Rule, pk=pk, is_promotion=True)
    try:
        enrolling.join(rule, member=request.user)
    except enrolling.NotOffered:
        raise Http404 from None
    messages.success(request, _("You are in: what you do from now on counts."))
    return redirect("points:promotions")
