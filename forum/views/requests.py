from typing import cast

from django.contrib.auth.middleware import get_user
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from forum.models import Post
from forum.permissions import is_moderator
from members.models import Member


class MemberRequest(HttpRequest):
    """What a view behind `login_required` gets; only ever a type."""

    user: Member  # type: ignore[assignment]


def asker(request: MemberRequest) -> Member:
    """The member, for deeds that look at them dozens of times: `request.user` is a proxy, which takes longer each time."""
    return cast("Member", get_user(request))


def insist_on_moderator(request: MemberRequest) -> None:
    """Whoever is no moderator finds nothing here."""
    if not is_moderator(request.user):
        raise Http404


def number(request: HttpRequest, name: str) -> int | None:
    """A key from the address, None where it is none: addresses are typed and cut by all sorts of hands."""
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def with_reason(post: Post, verb: str) -> str:
    """Where a moderator says why they decide for another: the page of their acts on the post, this one chosen."""
    return f"{reverse('forum:moderate_post', args=[post.pk])}?verb={verb}"


def may_edit(request: MemberRequest, pk: int) -> Post:
    """A post whose words the asker may change: their own, or any for a moderator. Raises Http404."""
    posts = Post.objects.visible_to(request.user).select_related("thread", "thread__board", "author")
    if not is_moderator(request.user):
        posts = posts.filter(author=request.user)
    return get_object_or_404(posts, pk=pk)
