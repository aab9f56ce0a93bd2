"""All tags, and what one of them is on."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from forum import page_cache, reading, regarding, tags
from forum.forms import LevelForm
from forum.models import Level, TagMember
from forum.views.requests import MemberRequest, number


@page_cache.for_visitors
def index(request: HttpRequest) -> HttpResponse:
    part, after = request.GET.get("q", "").strip().lstrip("#")[:40], request.GET.get("after", "")[:40]
    context = {"page": tags.page(request.user, after=after, part=part), "part": part, "is_later": bool(after)}
    if not part and not after:
        context["popular"] = tags.popular(request.user)
    return render(request, "forum/tags.html", context | {"most": tags.MOST_COUNTED})


@page_cache.for_visitors
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(tags.known_to(request.user), slug=slug)
    page = reading.with_tag(found, request.user, before=number(request, "before"))
    own = TagMember.objects.filter(member=request.user, tag=found).first() if request.user.is_authenticated else None
    return render(request, "forum/tag.html", {"tag": found, "page": page, "level": own.level if own else Level.NORMAL, "levels": Level})


@require_POST
@login_required
def follow_tag(request: MemberRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(tags.known_to(request.user), slug=slug)
    form = LevelForm(request.POST)
    if form.is_valid():
        regarding.follow_tag(found, member=request.user, level=Level(form.cleaned_data["level"]))
    return redirect(found)
