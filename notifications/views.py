"""The pages of what a member was told, and of what they want to be told."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from members import asking
from members.models import ContactPreference, Member
from notifications import letters, marking, preferring, reading
from notifications.forms import PreferencesForm
from notifications.models import Digest
from notifications.wishes import wishes_of


def _member(request: HttpRequest) -> Any:
    return request.user


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, which may be nothing where every box was left empty."""
    return request.POST if request.method == "POST" else None


@login_required
def index(request: HttpRequest) -> HttpResponse:
    only_unread = request.GET.get("show") == "unread"
    page = reading.page_of(_member(request), before=request.GET.get("before", ""), only_unread=only_unread)
    return render(request, "notifications/index.html", page)


@login_required
@require_POST
def mark_read(request: HttpRequest, pk: int) -> HttpResponse:
    if not marking.mark_read(_member(request), pk):
        raise Http404
    return redirect("notifications:index")


@login_required
@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    marking.mark_all_read(_member(request))
    return redirect("notifications:index")


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    member = _member(request)
    digest, asked_most = preferring.digest_of(member), asking.wish_of(member)
    form = PreferencesForm(_sent(request), wishes=wishes_of(member), digest=digest, asked_most=asked_most)
    if request.method == "POST" and form.is_valid():
        preferring.prefer(member, form.wishes)
        if rhythm := form.cleaned_data["digest"]:
            preferring.set_digest(member, rhythm)
        asking.wish(member, form.cleaned_data["asked_most"])
        messages.success(request, _("Your wishes are saved."))
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})


@csrf_exempt  # Mail programs post here without a page of ours (RFC 8058); the signed word is the authority.
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one kind of mail, or all mail to an address outside the club: asked first, or at once from a mail program."""
    try:
        said = signing.loads(token, salt=letters.SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    if request.method == "POST":
        _stop(said)
    return render(request, "notifications/stop.html", {"is_done": request.method == "POST", "is_member": len(said) == 2})


def _stop(said: list[Any]) -> None:
    if len(said) == 1:
        preferring.mute_address(said[0])
        return
    member = Member.objects.filter(pk=said[0]).first()
    if member and said[1] == letters.DIGEST:
        preferring.set_digest(member, Digest.Rhythm.NEVER)
    elif member:
        preferring.prefer(member, {(ContactPreference.Channel.EMAIL, said[1]): False})
