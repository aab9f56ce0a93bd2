"""Gifts between members and the company's pool."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.models import Company, Member
from points import accounts, choices, gifting, reading
from points.forms import GiftForm
from points.gifting import GiftRefused
from points.models import Gift
from points.models.programme import DEFAULT_PROGRAMME
from points.refusals import InsufficientPoints


@login_required
def gifts(request: HttpRequest) -> HttpResponse:
    """What was given and what waits for an answer, and the form to give."""
    member = request.user
    assert isinstance(member, Member)
    chosen = choices.of(member, request.GET, spendable=True)
    if chosen is None:
        raise Http404
    form = GiftForm(request.POST or None, giver=member, initial={"token": uuid.uuid4(), "handle": request.GET.get("to", "")[:60]})
    if request.method == "POST" and form.is_valid() and _offer(request, member, form, chosen.programme):
        here = reverse("points:gifts")
        return redirect(f"{here}?{chosen.current.query}" if chosen.current.query else here)
    company = member.company
    rows = Gift.objects.visible_to(member).select_related("giver", "recipient", "company", "programme").order_by("-id")[:30]
    shown: dict[str, Any] = {
        "form": form,
        "chosen": chosen,
        "own_programme": DEFAULT_PROGRAMME,
        "balance": chosen.account.available if chosen.account else 0,
        "waiting": Gift.objects.to_decide(member).select_related("giver", "company", "programme")[:20],
        "rows": rows,
        "pool": reading.pool_balance(company, chosen.programme) if company else None,
        "programme": accounts.default_asset(chosen.programme).programme,
    }
    return render(request, "points/gifts.html", shown, status=422 if form.errors else 200)


def _offer(request: HttpRequest, member: Member, form: GiftForm, programme: str) -> bool:
    said = form.cleaned_data
    to: Member | Company = said["to"]
    try:
        gifting.offer(member, to=to, points=said["points"], message=said["message"], reference=str(said["token"]), programme=programme)
    except InsufficientPoints as refusal:
        form.add_error("points", _("You have %(available)s points.") % {"available": refusal.available})
        return False
    except GiftRefused as refusal:
        field, text = _why(refusal)
        form.add_error(field, text)
        return False
    messages.success(request, _("Offered. The points are held until the other side answers."))
    return True


def _why(refusal: GiftRefused) -> tuple[str | None, str]:
    return {
        "oneself": ("handle", _("You cannot give points to yourself.")),
        "nobody": ("handle", _("There is no such member.")),
        "left": (None, _("One side has left meanwhile. Who gave has the points back, or takes them back.")),
        "times": (None, _("At most %(most)s gifts a day.") % {"most": refusal.most}),
        "points": ("points", _("Today you can give %(most)s more points.") % {"most": refusal.most}),
    }.get(refusal.reason, (None, _("This was already decided.")))


@login_required
@require_POST
def decide(request: HttpRequest, public_id: uuid.UUID, verb: str) -> HttpResponse:
    """Accept, decline, or withdraw one's own."""
    member = request.user
    assert isinstance(member, Member)
    rows = Gift.objects.confirmable_by(member) if verb == "accept" else Gift.objects.visible_to(member)
    gift = get_object_or_404(rows, public_id=public_id)
    try:
        gift = (gifting.accept if verb == "accept" else gifting.refuse)(gift, by=member)
        if gift.status == Gift.Status.HELD:
            many = _("Many gifts came to you lately: somebody of the club looks at this one first.")
            messages.info(request, _("Somebody of the club looks at this gift first.") if "suspended" in gift.evidence else many)
        else:
            messages.success(request, _("Done."))
    except GiftRefused as refusal:
        messages.error(request, _why(refusal)[1])
    return redirect("points:gifts")
