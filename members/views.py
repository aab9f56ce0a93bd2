from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members import consenting, inviting, profiles
from members.forms import ConsentsForm, InvitationForm, ProfileForm
from members.models import Company, Consent, Invitation, Member
from members.signing_in import INVITATION_KEY


def _member(request: HttpRequest) -> Any:
    return request.user


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, which may be nothing where every box was left empty."""
    return request.POST if request.method == "POST" else None


@login_required
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user).select_related("company"), handle=handle)
    return render(request, "members/profile.html", {"member": member})


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    # A copy, so that a refused form does not change the name in the page's frame.
    member = Member.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        profiles.update(Member.objects.get(pk=member.pk), **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("members:settings")
    return render(request, "members/settings.html", {"form": form})


@login_required
def data(request: HttpRequest) -> HttpResponse:
    """What a member has agreed to, and the way to all that is held of them."""
    decisions = consenting.standing(_member(request))
    given = {purpose: decision.is_given for purpose, decision in decisions.items()}
    form = ConsentsForm(_sent(request), given=given)
    if request.method == "POST" and form.is_valid():
        consenting.decide(_member(request), form.cleaned_data)
        messages.success(request, _("Your decisions are kept."))
        return redirect("members:data")
    history = Consent.objects.filter(member=_member(request))[:50]
    return render(request, "members/data.html", {"form": form, "history": history})


@login_required
def company(request: HttpRequest) -> HttpResponse:
    """The page of a company's administrator: who belongs to it, and whom to invite."""
    return _company_page(request, InvitationForm())


def _company_page(request: HttpRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    own = _own_company(request)
    context = {
        "company": own,
        "form": form,
        "colleagues": own.members.filter(is_active=True).order_by("name", "id")[:200],
        "invitations": Invitation.objects.filter(company=own, accepted_by=None, expires_at__gt=timezone.now())[:50],
    }
    return render(request, "members/company.html", context, status=status)


def _own_company(request: HttpRequest) -> Company:
    """The company that the asker administers; to everybody else there is no such page."""
    member = _member(request)
    if member.company is None or member.company_role != Member.CompanyRole.ADMIN:
        raise Http404
    return member.company


@login_required
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    own, form = _own_company(request), InvitationForm(request.POST)
    if not form.is_valid():
        return _company_page(request, form, status=422)
    try:
        inviting.invite(form.cleaned_data["email"], invited_by=_member(request), company=own, locale=get_language() or "en")
    except inviting.Refused as refusal:
        form.add_error("email", str(refusal))
        return _company_page(request, form, status=422)
    messages.success(request, _("If this address is not in the club yet, an invitation is on its way."))
    return redirect("members:company")


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    inviting.withdraw(get_object_or_404(Invitation, pk=pk, company=_own_company(request)))
    return redirect("members:company")


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Follow a personal invitation: remember it for the sign-up, or say kindly that it is over."""
    found = Invitation.objects.select_related("company", "invited_by").filter(token=token).first()
    if found is None or not found.is_open:
        return render(request, "members/invitation_over.html", status=410 if found else 404)
    if request.user.is_authenticated:
        return redirect("/")
    request.session[INVITATION_KEY] = token
    return redirect("account_signup")
