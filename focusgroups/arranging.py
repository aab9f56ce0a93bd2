"""A board and its threads in the order, and of the kind, that their reader asks for. Nothing of it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from focusgroups.boards import Post, Task, Thread
from focusgroups.models import Seat

OLDEST, NEWEST = "", "newest"
ALL, MINE, UNANSWERED, WAITING, DONE, COMING = "", "mine", "unanswered", "waiting", "done", "coming"
ORDERS = [(OLDEST, _("In their order")), (NEWEST, _("Newest first"))]


@dataclass(frozen=True)
class Wish:
    """What a reader asks to see: an order, and a kind among those that the page offers."""

    order: str
    show: str

    @property
    def query(self) -> str:
        """As an address says it, with its question mark; empty for the page as it comes."""
        said = [f"{name}={value}" for name, value in (("show", self.show), ("order", self.order)) if value]
        return "?" + "&".join(said) if said else ""


def wished(given: Any, kinds: Sequence[tuple[str, Any]]) -> Wish:
    """The wish in a page's address; what the page does not offer counts as nothing asked."""
    order, show = given.get("order", ""), given.get("show", "")
    return Wish(order if order == NEWEST else OLDEST, show if show in dict(kinds) else ALL)


def choices(wish: Wish, kinds: Sequence[tuple[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The kinds and orders as links: `label`, `query`, `is_chosen`."""
    shows = [{"label": label, "query": replace(wish, show=key).query or "?", "is_chosen": wish.show == key} for key, label in kinds]
    orders = [{"label": label, "query": replace(wish, order=key).query or "?", "is_chosen": wish.order == key} for key, label in ORDERS]
    return {"shows": shows, "orders": orders}


def kinds_of_tasks(seat: Seat) -> list[tuple[str, Any]]:
    if seat.is_staff:
        return [(ALL, _("All tasks")), (WAITING, _("Somebody’s answer is missing")), (COMING, _("To come"))]
    return [(ALL, _("All tasks")), (WAITING, _("Waiting for me")), (DONE, _("Answered"))]


def kinds_of_posts(seat: Seat) -> list[tuple[str, Any]]:
    """Observers look for what nobody took up, as moderators do."""
    unanswered = _("No moderator has replied") if seat.is_staff else _("Without a reply")
    own = [] if seat.role == Seat.Role.OBSERVER else [(MINE, _("With my words"))]
    return [(ALL, _("Everything")), (UNANSWERED, unanswered), *own]


def tasks(every: list[Task], wish: Wish) -> list[Task]:
    """`every` with `lacking` filled in for the staff."""
    fits = {
        WAITING: lambda task: task.state != "coming" and (bool(task.lacking) if task.lacking is not None else not task.is_answered),
        DONE: lambda task: task.is_answered,
        COMING: lambda task: task.state == "coming",
    }
    some = [task for task in every if wish.show == ALL or fits[wish.show](task)]
    return some[::-1] if wish.order == NEWEST else some


def thread(whole: Thread, wish: Wish, seat: Seat) -> Thread:
    """Answers go with all their replies. What is said to no answer waits for none, so it is not among the unanswered."""
    answers, posts = whole.answers, whole.posts
    if wish.show == MINE:
        answers = [each for each in answers if each.is_mine or any(reply.is_mine for reply in each.replies)]
        posts = [each for each in posts if each.is_mine]
    if wish.show == UNANSWERED:
        answers, posts = [each for each in answers if not each.is_mine and not _is_taken_up(each, seat)], []
    if wish.order == NEWEST:
        answers, posts = sorted(answers, key=_moved_at, reverse=True), posts[::-1]
    return replace(whole, answers=answers, posts=posts)


def _is_taken_up(answer: Post, seat: Seat) -> bool:
    replies = [reply for reply in answer.replies if not reply.is_withdrawn]
    return any(reply.role == Seat.Role.MODERATOR for reply in replies) if seat.is_staff else bool(replies)


def _moved_at(answer: Post) -> Any:
    """When something was last said to it: a reply brings an answer up."""
    return max([answer.at, *(reply.at for reply in answer.replies)])
