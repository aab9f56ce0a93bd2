"""What the front page shows: what is new in every part of the club, and what waits for the one who looks."""

import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count, Subquery
from django.http import HttpRequest
from django.utils import timezone

from cms.calendar import next_event
from cms.gates import closed_paths
from cms.models import HomePage
from cms.shelf import contents, latest_issue
from focusgroups.models import Group, Seat
from forum import reading as forum
from forum.models import Thread
from members.models import Member
from notifications.models import Notification
from notifications.reading import page_of
from points.models import Account
from points.reading import Reach, offered_to
from surveys import reading as surveys

STORIES_SHOWN, THREADS_SHOWN, SURVEYS_SHOWN, REPLIES_SHOWN, REWARDS_SHOWN = 3, 5, 2, 3, 3
REWARDS_READ = 60
FACES_SHOWN, FIGURES_KEPT_SECONDS = 8, 600
NEW_FOR = datetime.timedelta(days=1)


def front(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """The parts of the home page, each ready to be shown; the number of queries does not grow with the club."""
    member, closed = request.user, closed_paths(request.user)
    issue = latest_issue(page.locale_id, member, closed=closed)
    threads = forum.latest_threads(member, THREADS_SHOWN)
    shown = {
        "issue": issue,
        "stories": contents(issue, member, closed=closed)[:STORIES_SHOWN] if issue else [],
        "event": next_event(page.locale_id, member, closed=closed),
        "threads": threads,
    }
    return shown | (_waiting(member) if isinstance(member, Member) else {"faces": _faces(threads), "figures": _figures()})


def _faces(threads: list[Thread]) -> list[Member]:
    """Who has written in these threads, each once: what a visitor reads below anyway."""
    writers = [each for thread in threads for each in (thread.last_post and thread.last_post.author, thread.author) if each]
    return list({writer.pk: writer for writer in writers}.values())[:FACES_SHOWN]


def _figures() -> dict[str, int]:
    """How large the club is, for visitors; counted anew every ten minutes."""

    def counted() -> dict[str, int]:
        customers = Member.objects.filter(is_active=True, is_staff=False, erased_at=None).order_by()
        size = customers.aggregate(members=Count("pk"), companies=Count("company", distinct=True))
        return size | {"solved": Thread.objects.visible_to(AnonymousUser()).exclude(solution=None).count()}

    return cache.get_or_set("front-figures", counted, FIGURES_KEPT_SECONDS) or counted()


def _waiting(member: Member) -> dict[str, Any]:
    """What waits for a member: surveys, a group, news from others, rewards near."""
    return {
        "surveys": surveys.waiting_for(member, SURVEYS_SHOWN),
        "seat": _group_seat(member),
        "told": _news(member),
        "reaches": _reaches(member),
        "is_new": member.joined_at > timezone.now() - NEW_FOR,
    }


def _group_seat(member: Member) -> Seat | None:
    """The member's seat in a focus group that is open now, or else planned."""
    seats = Seat.objects.admitted(member).exclude(group__status=Group.Status.CLOSED).select_related("group")
    found = list(seats.order_by("-group_id")[:10])
    return next((seat for seat in found if seat.group.status == Group.Status.OPEN), found[0] if found else None)


def _reaches(member: Member) -> list[Reach]:
    """The dearest reward that the member's points buy, and the next ones; the balance comes with the rewards in one query."""
    wallet = Account.objects.redeemable().filter(code=f"member:{member.public_id}").order_by()
    rewards = offered_to(member).order_by("price_points", "id")
    rows = rewards.annotate(posted=Subquery(wallet.values("posted")[:1]), held=Subquery(wallet.values("held")[:1]))[:REWARDS_READ]
    reaches = [Reach(reward, (reward.posted or 0) - (reward.held or 0)) for reward in rows]
    had = [reach for reach in reaches if not reach.missing_points]
    return (had[-1:] + [reach for reach in reaches if reach.missing_points])[:REWARDS_SHOWN]


def _news(member: Member) -> list[Any]:
    """Unread replies, mentions and invitations; what only says thank you waits at the bell."""
    told = page_of(member, only_unread=True)["told"]
    kinds = (Notification.Kind.REPLY, Notification.Kind.MENTION, Notification.Kind.SOLUTION, Notification.Kind.EVENT)
    return [each for each in told if each.row.kind in kinds and not each.is_gone][:REPLIES_SHOWN]
