"""The pages of bringing somebody: one's own referrals and links, and the page a newcomer lands on."""

import io
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from referrals import linking, naming, reading
from referrals.forms import FORMS, NameForm
from referrals.models import Door, ReferralLink
from referrals.refusals import Refused

CODE_KEY = "referral_code"


@login_required
def index(request: HttpRequest) -> HttpResponse:
    return _page(request, {door: form() for door, form in FORMS.items()})


def _page(request: HttpRequest, forms: dict[Door, NameForm], status: int = 200) -> HttpResponse:
    links = reading.shared_links(request.user)  # type: ignore[arg-type]
    doors = [
        {"door": door, "form": form, "link": links.get(door), "address": links and _address(request, links.get(door))}
        for door, form in forms.items()
    ]
    page = reading.page_of(request.user, before=request.GET.get("before", ""))  # type: ignore[arg-type]
    context = {"doors": doors, "sought": reading.sought(get_language() or "en"), **page}
    return render(request, "referrals/index.html", context, status=status)


def _address(request: HttpRequest, link: ReferralLink | None) -> str:
    """A link as it is shared: without a language, so that it opens in the reader's."""
    return request.build_absolute_uri(f"/r/{link.code}") if link else ""


def _door(word: str) -> Door:
    if word not in Door.values:
        raise Http404
    return Door(word)


@login_required
@require_POST
def name(request: HttpRequest, door: str) -> HttpResponse:
    chosen = _door(door)
    form = FORMS[chosen](request.POST)
    if form.is_valid() and _named(request, form):
        messages.success(request, _("Thank you. If the club does not know this person yet, an invitation is on its way."))
        return redirect("referrals:index")
    return _page(request, {each: (form if each == chosen else kind()) for each, kind in FORMS.items()}, status=422)


def _named(request: HttpRequest, form: NameForm) -> bool:
    """Hand a checked form to the deed; what the deed refuses becomes an error at its field."""
    member: Any = request.user
    try:
        naming.name_somebody(member, form.door, locale=get_language() or "en", **form.contact)
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal))
    return form.is_valid()


@login_required
@require_POST
def make_link(request: HttpRequest, door: str) -> HttpResponse:
    linking.shared_link(request.user, _door(door))  # type: ignore[arg-type]
    return redirect("referrals:index")


@login_required
@cache_control(private=True, max_age=86_400)
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """A link of one's own as a QR code, drawn as SVG: dark on white in either theme, or no telephone reads it."""
    link = get_object_or_404(ReferralLink.objects.visible_to(request.user), code=code)  # type: ignore[arg-type]
    drawing = io.BytesIO()
    segno.make(_address(request, link), error="m").save(
        drawing, kind="svg", scale=4, border=3, dark="#211C15", light="#FFFFFF", xmldecl=False, nl=False
    )
    return HttpResponse(drawing.getvalue(), content_type="image/svg+xml")


def link(request: HttpRequest, code: str) -> HttpResponse:
    """Where a newcomer lands: who invites them, and the way in. The code is kept for the sign-up."""
    found = ReferralLink.objects.select_related("member").filter(code=code.lower()).first()
    if found is None or not found.is_open:
        return render(request, "referrals/link_over.html", {"was_there": found is not None}, status=410 if found else 404)
    if not request.user.is_authenticated:
        request.session[CODE_KEY] = found.code
    return render(request, "referrals/link.html", {"link": found, "is_own": found.member_id == request.user.pk})
