"""The marketers' desk: rewards to hand over, a member's account, points given by hand."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members.models import Member
from points import adjusting, deferring, gifting, granting, loading, reading, redeeming, reviewing, shelving, statements
from points.forms import AdjustForm, CodesForm, PiecesForm
from points.gifting import GiftRefused
from points.models import Gift, Grant, Redemption, Review, Reward, VoucherCode
from points.redeeming import RewardRefused
from points.refusals import LedgerRefusal


@permission_required("points.view_redemption", raise_exception=True)
def redemptions(request: HttpRequest) -> HttpResponse:
    """Rewards that members wait for, oldest first, and those decided last."""
    rows = Redemption.objects.select_related("reward", "member__company", "decided_by")
    waiting = rows.filter(status=Redemption.Status.RESERVED).order_by("pk")[:200]
    decided = rows.exclude(status=Redemption.Status.RESERVED).order_by("-decided_at")[:50]
    return render(request, "points/office/redemptions.html", {"waiting": waiting, "decided": decided})


@require_POST
@permission_required("points.change_redemption", raise_exception=True)
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    redemption = get_object_or_404(Redemption, pk=pk)
    assert isinstance(request.user, Member)
    try:
        if verb == "return":
            _take_back(request, redemption)
        else:
            (redeeming.fulfil if verb == "fulfil" else redeeming.cancel)(redemption, by=request.user)
            messages.success(request, _("Done."))
    except RewardRefused as refusal:
        said = {
            "sold_out": _("No voucher code is left."),
            "left": _("The member has left the club: nobody can be given the points."),
        }
        messages.error(request, said.get(refusal.reason, _("This was already decided.")))
    return redirect("points_redemptions")


def _take_back(request: HttpRequest, redemption: Redemption) -> None:
    note = request.POST.get("note", "").replace("\0", "").strip()[:200]
    if not note:
        messages.error(request, _("Say why it came back: the next person reads it."))
        return
    assert isinstance(request.user, Member)
    redeeming.give_back(redemption, by=request.user, note=note, is_whole=request.POST.get("is_whole") == "yes")
    messages.success(request, _("Returned: the points are back where they came from."))


@permission_required("points.view_account", raise_exception=True)
def find(request: HttpRequest) -> HttpResponse:
    """Look a member's account up by name, handle or e-mail address."""
    from django.db.models import Q

    query = request.GET.get("q", "").replace("\0", "").strip()[:100]
    matches = Q(name__icontains=query) | Q(handle__icontains=query) | Q(email__iexact=query)
    found = Member.objects.filter(matches, erased_at=None).select_related("company").order_by("name", "pk")[:30] if query else []
    return render(request, "points/office/find.html", {"query": query, "found": found})


@permission_required("points.view_account", raise_exception=True)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """A member's account as a marketer sees it, and the form for goodwill."""
    member = get_object_or_404(Member.objects.select_related("company"), pk=pk)
    form = AdjustForm(request.POST or None, initial={"token": uuid.uuid4()})
    may_adjust = request.user.has_perm("points.add_transfer")  # type: ignore[union-attr]
    if request.method == "POST" and may_adjust and form.is_valid() and _adjust(request, member, form):
        return redirect("points_account", pk=pk)
    return render(request, "points/office/account.html", _account(request, member, form))


def _adjust(request: HttpRequest, member: Member, form: AdjustForm) -> bool:
    said = form.cleaned_data
    assert isinstance(request.user, Member)
    try:
        adjusting.adjust(member, points=said["points"], reason=said["reason"], by=request.user, reference=f"form:{said['token']}")
    except LedgerRefusal as refusal:
        form.add_error("points", _("There are not so many points.") if refusal.code == "insufficient-points" else str(refusal.says))
        return False
    messages.success(request, _("Done."))
    return True


def _account(request: HttpRequest, member: Member, form: AdjustForm) -> dict[str, Any]:
    assert isinstance(request.user, Member)
    wallet = statements.wallet_if_any(member)
    return {
        "member": member,
        "wallet": wallet,
        "tier": reading.tier_of(member),
        "debt": statements.debt_points(wallet),
        "origins": statements.origins(wallet),
        "lines": statements.lines(wallet, reader=request.user, most=100) if wallet else [],
        "form": form,
        "grants": granting.of(member),
        "held": deferring.of(member),
    }


@require_POST
@permission_required("points.change_redemption", raise_exception=True)
def use_voucher(request: HttpRequest, pk: int) -> HttpResponse:
    """A voucher that a rule gave was used: it is not taken back any more."""
    grant = get_object_or_404(Grant, pk=pk, kind=Grant.Kind.VOUCHER)
    if granting.use(grant):
        messages.success(request, _("Done."))
    else:
        messages.error(request, _("This voucher is void."))
    return redirect("points_account", pk=grant.member_id)


@permission_required("points.change_reward", raise_exception=True)
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Load a reward's voucher codes; a code that is there already changes nothing."""
    reward = get_object_or_404(Reward, pk=pk)
    form = CodesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = loading.load_codes(reward, form.cleaned_data["codes"])
        messages.success(request, _("%(count)s new codes.") % {"count": new})
        return redirect("points_codes", pk=pk)
    free = VoucherCode.objects.free(reward.pk).count()
    return render(request, "points/office/codes.html", {"reward": reward, "form": form, "free": free})


@permission_required("points.change_reward", raise_exception=True)
def pieces(request: HttpRequest, pk: int) -> HttpResponse:
    """Put pieces of a reward on the shelf, or take them from it: never by a version of the reward, which may be of another day."""
    reward = get_object_or_404(Reward, pk=pk)
    form = PiecesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _move_pieces(request, reward, form):
        return redirect("points_pieces", pk=pk)
    aside = reward.set_aside.filter(until__gt=timezone.now()).count()
    found = {"reward": reward, "form": form, "aside": aside}
    return render(request, "points/office/pieces.html", found, status=422 if form.errors else 200)


def _move_pieces(request: HttpRequest, reward: Reward, form: PiecesForm) -> bool:
    if form.cleaned_data["is_uncounted"]:
        shelving.count_no_more(reward)
        messages.success(request, _("Done."))
        return True
    try:
        left = shelving.move_pieces(reward, form.cleaned_data["pieces"])
    except RewardRefused:
        form.add_error("pieces", _("There are not so many pieces on the shelf."))
        return False
    messages.success(request, ngettext("%(count)s piece is on the shelf.", "%(count)s pieces are on the shelf.", left) % {"count": left})
    return True


@permission_required("points.view_review", raise_exception=True)
def reviews(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Awards that look like gaming, with the reason; a person releases or refuses each, and says why."""
    if request.method == "POST" and pk and request.user.has_perm("points.change_review"):  # type: ignore[union-attr]
        _review(request, get_object_or_404(Review, pk=pk))
        return redirect("points_reviews")
    rows = Review.objects.select_related("accrual__member__company", "accrual__rule", "accrual__activity", "decided_by")
    waiting = list(rows.filter(status=Review.Status.WAITING).order_by("pk")[:200])
    decided = list(rows.exclude(status=Review.Status.WAITING).order_by("-decided_at")[:30])
    assert isinstance(request.user, Member)
    statements.call_as_now((review.accrual.activity for review in [*waiting, *decided]), request.user)
    gifts = Gift.objects.select_related("giver__company", "recipient__company", "company", "decided_by")
    shown = {
        "waiting": waiting,
        "decided": decided,
        "gifts": gifts.filter(status=Gift.Status.HELD).order_by("pk")[:200],
        "gifts_decided": gifts.exclude(evidence={}).exclude(status=Gift.Status.HELD).order_by("-decided_at")[:30],
    }
    return render(request, "points/office/reviews.html", shown)


@require_POST
@permission_required("points.change_review", raise_exception=True)
def review_gift(request: HttpRequest, pk: int) -> HttpResponse:
    """Release or refuse a gift that was held: very many came to one member, or who gives is suspended."""
    gift = get_object_or_404(Gift, pk=pk)
    assert isinstance(request.user, Member)
    note = request.POST.get("note", "").replace("\0", "").strip()[:500]
    is_released = request.POST.get("verb") == "release"
    if not is_released and not note:
        messages.error(request, _("Say why in the note: the next person reads it."))
        return redirect("points_reviews")
    try:
        (gifting.release if is_released else gifting.turn_down)(gift, by=request.user, note=note)
        messages.success(request, _("Done."))
    except GiftRefused as refusal:
        left = _("One side has left meanwhile: refuse it, and the points go back to who gave.")
        messages.error(request, left if refusal.reason == "left" else _("This was already decided."))
    return redirect("points_reviews")


def _review(request: HttpRequest, review: Review) -> None:
    assert isinstance(request.user, Member)
    note = request.POST.get("note", "").replace("\0", "").strip()[:500]
    if request.POST.get("verb") != "release" and not note:
        messages.error(request, _("Say why in the note: the next person reads it."))
        return
    try:
        (reviewing.release if request.POST.get("verb") == "release" else reviewing.refuse)(review, by=request.user, note=note)
        messages.success(request, _("Done."))
    except LedgerRefusal:
        messages.error(request, _("This was already decided."))


urlpatterns = [
    path("points/redemptions/", redemptions, name="points_redemptions"),
    path("points/redemptions/<int:pk>/fulfil/", decide, {"verb": "fulfil"}, name="points_fulfil"),
    path("points/redemptions/<int:pk>/cancel/", decide, {"verb": "cancel"}, name="points_cancel"),
    path("points/redemptions/<int:pk>/return/", decide, {"verb": "return"}, name="points_return"),
    path("points/reviews/gifts/<int:pk>/", review_gift, name="points_review_gift"),
    path("points/reviews/", reviews, name="points_reviews"),
    path("points/reviews/<int:pk>/", reviews, name="points_review"),
    path("points/accounts/", find, name="points_accounts"),
    path("points/accounts/<int:pk>/", account, name="points_account"),
    path("points/grants/<int:pk>/use/", use_voucher, name="points_use_voucher"),
    path("points/rewards/<int:pk>/codes/", codes, name="points_codes"),
    path("points/rewards/<int:pk>/pieces/", pieces, name="points_pieces"),
]
