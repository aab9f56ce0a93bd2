from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from members import profiles
from members.forms import ProfileForm
from members.models import Invitation, Member
from members.signing_in import INVITATION_KEY


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


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Follow a personal invitation: remember it for the sign-up, or say kindly that it is over."""
    found = Invitation.objects.select_related("company", "invited_by").filter(token=token).first()
    if found is None or not found.is_open:
        return render(request, "members/invitation_over.html", status=410 if found else 404)
    if request.user.is_authenticated:
        return redirect("/")
    request.session[INVITATION_KEY] = token
    return redirect("account_signup")
