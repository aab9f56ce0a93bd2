"""Bulk for measuring: members, threads and posts by the thousand, written as rows and not as deeds, so that they earn nothing."""

import datetime
from collections.abc import Callable, Iterator
from functools import cache

from django.db import transaction
from django.utils import timezone

from community.demo.peopling import always_the_same
from forum import indexing, markup
from forum.models import Board, Post, Thread
from members.models import Company, Member

BATCH = 1_000
SUBJECTS = ("month-end closing", "negative stock", "barcode labels", "invoice matching", "月末结账", "库存盘点", "发票匹配", "权限设置")
WORDS = (
    "We had the same with {subject} and solved it by asking the warehouse first.",
    "关于{subject}，我们的做法是先关库存期间，再核算成本。",
    "Which report do you use to check {subject}? Ours shows nothing before the third.",
    "{subject}这一步最好放在第一天，最后一天就来不及了。",
)


def pour(*, members: int, threads: int, posts: int, say: Callable[[str], None]) -> None:
    """Add so many of each. Posts are spread over the new threads, or over all where there are none; each thread has one at least."""
    _members(members)
    say(f"{members} members of bulk")
    made = _threads(threads)
    say(f"{threads} threads of bulk")
    _posts(max(0, posts - threads), made)
    say(f"{posts} posts of bulk")


def _batches(count: int) -> Iterator[range]:
    for start in range(0, count, BATCH):
        yield range(start, min(count, start + BATCH))


def _members(count: int) -> None:
    companies = list(Company.objects.order_by("id")[:8])
    first = Member.objects.count()
    for batch in _batches(count):
        names = [f"bulk-{first + number:07}" for number in batch]
        rows = [
            Member(
                public_id=always_the_same(name),
                email=f"{name}@bulk.example",
                handle=name,
                name=f"Member {name[5:]}",
                password="!",  # noqa: S106 -- nobody signs in as one of these
                company=companies[number % len(companies)],
            )
            for number, name in zip(batch, names, strict=True)
        ]
        Member.objects.bulk_create(rows)


def _threads(count: int) -> list[int]:
    boards = list(Board.objects.boards().order_by("id"))
    authors = list(Member.objects.order_by("id").values_list("id", flat=True)[:5_000])
    now, made = timezone.now(), []
    for batch in _batches(count):
        rows = [
            Thread(
                board=boards[number % len(boards)],
                title=f"{SUBJECTS[number % len(SUBJECTS)]} ({number + 1})",
                author_id=authors[number * 7 % len(authors)],
                created_at=now - datetime.timedelta(minutes=count - number),
            )
            for number in batch
        ]
        made += [thread.pk for thread in Thread.objects.bulk_create(rows)]
        _write(rows)
    return made


def _posts(count: int, made: list[int]) -> None:
    threads = made or list(Thread.objects.order_by("id").values_list("id", flat=True))
    for batch in _batches(count):
        chosen = Thread.objects.in_bulk({threads[number * 13 % len(threads)] for number in batch})
        _write([chosen[threads[number * 13 % len(threads)]] for number in batch])


@transaction.atomic
def _write(threads: list[Thread]) -> None:
    """One more post for each of these threads (one may come several times), with its place in the search."""
    authors = list(Member.objects.order_by("id").values_list("id", flat=True)[:5_000])
    rows = [_next_post(thread, authors) for thread in threads]
    for post in Post.objects.bulk_create(rows):
        indexing.put(post, title=post.thread.title if post.no == 1 else "", text=post.body)
        post.thread.last_post, post.thread.last_post_at = post, post.created_at
    changed = {thread.pk: thread for thread in threads}.values()
    Thread.objects.bulk_update(changed, ["highest_no", "reply_count", "last_post", "last_post_at"], batch_size=200)


def _next_post(thread: Thread, authors: list[int]) -> Post:
    thread.highest_no += 1
    thread.reply_count = thread.highest_no - 1
    number = thread.pk * 31 + thread.highest_no
    body = WORDS[number % len(WORDS)].format(subject=SUBJECTS[number % len(SUBJECTS)])
    author = thread.author_id if thread.highest_no == 1 else authors[number % len(authors)]
    moment = thread.created_at + datetime.timedelta(seconds=thread.highest_no)
    return Post(thread=thread, no=thread.highest_no, author_id=author, body=body, html=_html(body), excerpt=body[:200], created_at=moment)


@cache
def _html(body: str) -> str:
    return markup.render(body, handles=set())
