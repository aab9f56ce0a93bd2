"""What pages of other parts show of the forum."""

import datetime
from functools import cache
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from forum import excerpts, presence, reading, regarding
from forum.models import BoardLevel, Level, Post, Presence, Reaction, Regard, State
from forum.tokens import phrases
from members.models import Member
from members.moments import naturaltime

register = template.Library()


def _asker(context: dict[str, Any]) -> Member | AnonymousUser:
    request = context.get("request")
    return getattr(request, "user", None) or AnonymousUser()


# What stands in a drawn stencil for what each post fills in.
POST, NO, THREAD, CSRF = "@post@", "@no@", "@thread@", "@csrf@"


@register.simple_tag(takes_context=True)
def post_acts(context: dict[str, Any], shown: reading.ShownPost) -> SafeString:
    """What the signed-in reader may do with a post: drawn once for every mixture of circumstances, filled in for each post."""
    post = shown.post
    stencil = _acts(
        get_language() or "",
        bool(context["may_reply"]),
        bool(context["may_solve"]),
        bool(context["moderates"]),
        *(shown.is_own, shown.may_edit, shown.is_solution, shown.is_bookmarked, post.opens_thread, post.state == State.VISIBLE),
    )
    filled = stencil.replace(POST, str(post.pk)).replace(NO, str(post.no)).replace(THREAD, str(post.thread_id))
    return mark_safe(filled.replace(CSRF, str(context["csrf_token"])))


@cache
def _acts(
    language: str,
    may_reply: bool,
    may_solve: bool,
    moderates: bool,
    is_own: bool,
    may_edit: bool,
    is_solution: bool,
    is_bookmarked: bool,
    opens_thread: bool,
    is_visible: bool,
) -> str:
    """Named by its language, that of the page, besides the circumstances."""
    kinds = [(value, str(name)) for value, name in Reaction.Kind.choices]
    context: dict[str, Any] = {"may_reply": may_reply, "may_solve": may_solve, "moderates": moderates, "is_visible": is_visible}
    context |= {"post": {"pk": POST, "no": NO, "opens_thread": opens_thread}, "thread": {"pk": THREAD}, "csrf_token": CSRF}
    context |= {"shown": {"is_own": is_own, "may_edit": may_edit, "is_solution": is_solution, "is_bookmarked": is_bookmarked}}
    return render_to_string("forum/_post_acts.html", context | {"reaction_kinds": kinds, "forum_url": reverse("forum:index")})


@register.inclusion_tag("forum/_latest.html", takes_context=True)
def latest_threads(context: dict[str, Any], n: int = 5) -> dict[str, Any]:
    """The newest n threads that the visitor may read, as a list."""
    return {"threads": reading.latest_threads(_asker(context), n)}


@register.inclusion_tag("forum/_unread.html", takes_context=True)
def unread_threads(context: dict[str, Any], n: int = 5) -> dict[str, Any]:
    """Threads in which the member has something unread, those they follow first."""
    return {"threads": reading.unread_threads(_asker(context), n)}


@register.inclusion_tag("forum/_member_posts.html", takes_context=True)
def member_posts(context: dict[str, Any], member: Member, n: int = 10) -> dict[str, Any]:
    """A member's newest posts that the visitor may read."""
    asker = _asker(context)
    posts = reading.posts_by(member, asker, n)
    return {"posts": posts, "member": member, "is_ignored": bool(posts) and member.pk in regarding.ignored_by(asker)}


@register.inclusion_tag("forum/_member_blog.html", takes_context=True)
def member_blog(context: dict[str, Any], member: Member) -> dict[str, Any]:
    """A member's newest blog entries and the way to the others; for a member without one, the means to begin, on their own page."""
    asker = _asker(context)
    return {"threads": reading.newest_entries(member, asker), "is_own": asker.pk == member.pk}


@register.inclusion_tag("forum/_repute.html")
def repute_of(member: Member) -> dict[str, Any]:
    """A member's reputation as a figure, and what it is made of."""
    return {"repute": reading.repute_of(member), "weighs": reading.SOLUTION_WEIGHS}


@register.inclusion_tag("forum/_embed.html", takes_context=True)
def thread_embed(context: dict[str, Any], pk: int) -> dict[str, Any]:
    """A thread as an article shows it: its title, opening and last reply. Nothing for whoever may not read it."""
    return {"thread": reading.listed_one(pk, _asker(context))}


@register.inclusion_tag("forum/_featured.html", takes_context=True)
def featured_entries(context: dict[str, Any], n: int = 3) -> dict[str, Any]:
    """Members' blog entries that the magazine shows."""
    return {"threads": reading.featured_entries(_asker(context), n)}


@register.inclusion_tag("forum/_regard.html", takes_context=True)
def regard_of(context: dict[str, Any], member: Member) -> dict[str, Any]:
    """How the visitor follows another member, with the means to change it, and whether that member is here."""
    asker = _asker(context)
    if not asker.is_authenticated or asker.pk == member.pk or not member.is_active:
        return {"other": None}
    own = Regard.objects.filter(member=asker, other=OuterRef("pk"))
    here = Presence.objects.filter(member=OuterRef("pk"), seen_at__gt=timezone.now() - presence.HERE_FOR)
    asked = {"level": Subquery(own.values("level")), "is_ignored": Subquery(own.values("is_ignored")), "is_here": Exists(here)}
    row = Member.objects.filter(pk=member.pk).values(**asked).get()
    request = context.get("request")
    return {
        "other": member,
        "row": row,
        "level": row["level"] or Level.NORMAL,
        "levels": Level,
        "is_here": row["is_here"],
        "request": request,
    }


@register.filter
def reaction_name(kind: str) -> str:
    return str(Reaction.Kind(kind).label)


@register.filter
def level_name(level: str) -> str:
    return str(BoardLevel(level).label)


@register.filter
def state_name(state: str) -> str:
    return str(State(state).label)


@register.filter
def replies(n: int) -> str:
    return ngettext("%(n)s reply", "%(n)s replies", n) % {"n": n}


@register.filter
def marked(text: str, query: str) -> SafeString:
    """A text with the words that were searched for marked."""
    pieces = excerpts.marked(text, phrases(query))
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", words) if is_found else words,) for words, is_found in pieces))


@register.filter
def ago(moment: datetime.datetime) -> SafeString:
    """A moment as how long ago it was, with the moment itself for machines."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(timespec="seconds"), naturaltime(moment))


@register.filter
def post_label(post: Post) -> str:
    """What a screen reader calls a post."""
    return gettext("Post %(no)s by %(name)s") % {"no": post.no, "name": post.author.display_name}


# A spoiler opens where it is focused, so a keyboard has to reach it, script or none; `forum.markup` lets nobody write such a tag by hand.
SPOILER, REACHABLE_SPOILER = '<span class="spoiler">', '<span class="spoiler" tabindex="0">'


@register.filter
def rendered(html: str) -> SafeString:
    """HTML that `forum.markup` made and judged; nothing else goes through this filter. A keyboard reaches its spoilers."""
    return mark_safe(html.replace(SPOILER, REACHABLE_SPOILER))
