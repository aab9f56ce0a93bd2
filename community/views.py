"""The few pages that belong to no part: choices of light and language, errors, machine-read files."""

import datetime
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST

from community import erasing, holding
from community.addresses import in_language
from community.frame import THEMES
from members import profiles
from members.forms import LeaveForm
from members.models import Member
from points.reading import left_behind

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> str:
    wish = request.POST.get("next") or request.META.get("HTTP_REFERER") or "/"
    return wish if url_has_allowed_host_and_scheme(wish, {request.get_host()}, request.is_secure()) else "/"


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the visitor's system says; kept in a cookie so that no page flashes."""
    response = HttpResponseRedirect(_back(request))
    theme = request.POST.get("theme", "")
    response.set_cookie("theme", theme if theme in THEMES else "auto", max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """The same page in the other language; a member's mails follow."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseRedirect(_back(request))
    response = HttpResponseRedirect(in_language(_back(request), language))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    if isinstance(request.user, Member):
        profiles.update(request.user, locale=language)
    return response


@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /django-admin/",
        "Disallow: /accounts/",
        "Disallow: /api/",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@cache_control(max_age=24 * 3600)
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that are not ours, such as the API's."""
    return HttpResponseRedirect(static("community/seal.svg"))


@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    icon = {"src": static("community/seal.svg"), "sizes": "any", "type": "image/svg+xml"}
    about = {"name": settings.CLUB_NAME, "short_name": settings.CLUB_NAME, "start_url": "/", "display": "minimal-ui"}
    about |= {"background_color": "#FBF8F2", "theme_color": "#A8281C"}
    return JsonResponse({**about, "icons": [icon]}, content_type="application/manifest+json")


@cache_control(max_age=3600)
def security_contact(request: HttpRequest) -> HttpResponse:
    lines = [
        f"Contact: {settings.SITE_URL}/contact/",
        f"Expires: {_midnight_in_half_a_year():%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, zh",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _midnight_in_half_a_year() -> datetime.datetime:
    """The file is served anew every day, and so never runs out."""
    return (timezone.now() + datetime.timedelta(days=183)).replace(hour=0, minute=0, second=0)


def style(request: HttpRequest) -> HttpResponse:
    """Every part of the vocabulary on one page, for whoever writes pages (DEBUG only)."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "community/style.html")


def error_page(request: HttpRequest, page: str) -> HttpResponse:
    """An error page for looking at (DEBUG only): `/dev/style/404/`."""
    if not settings.DEBUG or page not in ("400", "403", "403_csrf", "404", "413", "429", "500", "503"):
        raise Http404
    return _error(request, page, 200)


def _error(request: HttpRequest, page: str, status: int) -> HttpResponse:
    """A whole page, or where htmx puts the answer into a page, only its words."""
    is_part = request.headers.get("HX-Request") == "true"
    context = {"frame": "errors/_part.html" if is_part else "errors/base.html"}
    return render(request, f"errors/{page}.html", context, status=status)


@login_required
@require_POST
@never_cache
def own_data(request: HttpRequest) -> HttpResponse:
    """All that the club holds of whoever asks, as a ZIP."""
    member: Any = request.user
    response = HttpResponse(holding.as_zip(member), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{member.handle}.zip"'
    return response


@login_required
@reauthentication_required
@never_cache
def leave_club(request: HttpRequest) -> HttpResponse:
    """A member's own way out: the club forgets them at once. Who works for the club hands over first."""
    member: Any = request.user
    form = LeaveForm(request.POST or None)
    is_of_the_house = member.is_staff or member.groups.exists()
    if request.method == "POST" and not is_of_the_house and form.is_valid():
        erasing.erase(member)
        logout(request)
        messages.success(request, _("You have left the club, and it has forgotten you. Thank you for the time you gave it."))
        return redirect(in_language("/", get_language() or settings.LANGUAGE_CODE))
    context = {"form": form, "is_of_the_house": is_of_the_house, "left_behind": left_behind(member)}
    return render(request, "members/leave.html", context, status=200 if request.method == "GET" else 422)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _error(request, "400", 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _error(request, "403", 403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid CSRF token: mostly a page left open over a sign-in."""
    return _error(request, "403_csrf", 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _error(request, "404", 404)


def too_many(request: HttpRequest) -> HttpResponse:
    return _error(request, "429", 429)


def too_long(request: HttpRequest) -> HttpResponse:
    """More than one request may bring; drawn before anything of it is read, and so before anybody is known."""
    return _alone("413", 413)


def server_error(request: HttpRequest) -> HttpResponse:
    return _alone("500", 500)


def busy(request: HttpRequest) -> HttpResponse:
    """The database does not answer, or others kept it too long."""
    response = _alone("503", 503)
    response["Retry-After"] = "5"
    return response


def _alone(name: str, status: int) -> HttpResponse:
    """Drawn without request and context processors, which may be what broke; in plain words where even templates are."""
    try:
        body: str = render_to_string(f"errors/{name}.html")
    except Exception:
        body = SERVER_ERROR
    return HttpResponse(body, status=status)


SERVER_ERROR = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Something broke</title><h1>Something broke</h1>'
    '<p><a href="/">Back to the club</a></p>'
    '<h1 lang="zh-Hans">出了点问题</h1><p lang="zh-Hans"><a href="/zh-hans/">返回俱乐部首页</a></p></html>'
)
