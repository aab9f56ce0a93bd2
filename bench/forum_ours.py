"""Our forum as a stack of the benchmark: its settings (the club's own) and its deeds."""

import os
import threading
import time

os.environ["DATABASE_URL"] = os.environ["BENCH_DATABASE"]
os.environ |= {
    "SECRET_KEY": "bench",
    "DEBUG": "false",
    "SECURE_SSL_REDIRECT": "false",
    "SECURE_COOKIES": "false",
    "RATE_LIMITS_OFF": "true",
}
os.environ |= {"ALLOWED_HOSTS": "testserver", "DATABASE_POOL_SIZE": "0", "REDIS_URL": ""}

from bench import forum_words
from community.settings import *  # noqa: F403

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
BATCH = 5_000


def fill(*, threads: int, posts: int, long: int, marks: int) -> None:
    from django.db.models import F

    from forum.models import Board, Post, Thread
    from members.models import Member

    if Board.objects.filter(slug="bench").exists():
        return
    names = [f"m{number:03}" for number in range(400)]
    people = Member.objects.bulk_create(
        [Member(email=f"{n}@bench.example", handle=n, name=n, password="!", joined_at="2020-01-01T00:00Z") for n in names]
    )
    board = Board.objects.create(slug="filling", name="Bench", audience="public")
    subjects = [Thread(board=board, title=f"{forum_words.text(-n)[:60]} {n}", author=people[n % 400]) for n in range(threads)]
    made = Thread.objects.bulk_create(subjects, batch_size=BATCH)
    _tag(made)
    plan = forum_words.lengths(threads, posts, long)
    batch: list = []
    number = 0
    # As threads grow in life: one post in each, then the next, so that last posts lie spread.
    for no in range(1, max(plan) + 1):
        for thread, length in zip(made, plan, strict=True):
            if no > length:
                continue
            number += 1
            words = forum_words.text(number)
            post = Post(thread=thread, no=no, author=people[number % 400], body=words, html=f"<p>{words}</p>\n", excerpt=words[:200])
            thread.highest_no, thread.reply_count = no, no - 1
            batch.append(post)
            if len(batch) == BATCH:
                _write(batch)
                batch = []
        if no == 40:
            plan = [length if length > 40 else 0 for length in plan]
            made, plan = [t for t, n in zip(made, plan, strict=True) if n], [n for n in plan if n]
    _write(batch)
    _link()
    Thread.objects.filter(last_post=None).update(reply_count=F("reply_count"))
    Board.objects.filter(pk=board.pk).update(slug="bench")


def _tag(threads: list) -> None:
    """Three tags on each thread: a frequent one (every fourth thread), one of forty and one of a thousand."""
    from forum.models import Tag, Thread

    tags = Tag.objects.bulk_create([Tag(slug=f"tag-{n:04}", name=f"tag {n:04}") for n in range(1_044)])
    borne = [(thread, tags[n]) for at, thread in enumerate(threads) for n in (at % 4, 4 + at % 40, 44 + at % 1_000)]
    through = Thread.tags.through
    through.objects.bulk_create([through(thread=thread, tag=tag) for thread, tag in borne], batch_size=BATCH)


def _write(batch: list) -> None:
    from django.db import connection, transaction

    from forum.models import Post
    from forum.tokens import tokens

    with transaction.atomic():
        rows = Post.objects.bulk_create(batch)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy("COPY forum_search (post_id, words) FROM STDIN") as copy:
                    for row in rows:
                        words = tokens(row.body)
                        copy.write_row((row.pk, " ".join(f"'{word}':{place}" for place, word in enumerate(words, 1))))
            else:
                cursor.executemany(
                    "INSERT INTO forum_search (rowid, words) VALUES (%s, %s)", [(row.pk, " ".join(tokens(row.body))) for row in rows]
                )


def _link() -> None:
    """Counters and last posts, as deeds would have left them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forum_thread SET last_post_id = p.last, highest_no = p.n, reply_count = p.n - 1 FROM "
            "(SELECT thread_id, max(id) AS last, count(*) AS n FROM forum_post GROUP BY thread_id) p WHERE p.thread_id = forum_thread.id"
        )
        cursor.execute("ANALYZE")


def client():
    from django.test import Client

    from forum import trusting
    from forum.models import Level, Thread, ThreadMember
    from members.models import Member

    # As the forum's own rounds and deeds would have left them: the writer is known, the thread's author hears of replies.
    trusting.weigh(Member.objects.get(handle="m000"))
    answered = Thread.objects.filter(board__slug="bench").order_by("pk")[7]
    ThreadMember.objects.update_or_create(thread=answered, member=answered.author, defaults={"level": Level.WATCH})
    visitor = Client()
    visitor.force_login(Member.objects.get(handle="m000"), backend=AUTHENTICATION_BACKENDS[0])  # noqa: F405
    return visitor


def page(name: str):
    from forum.models import Thread

    _points_follow(name == "reply and its points")
    rows = Thread.objects.filter(board__slug="bench")
    short, long = rows.order_by("pk")[:2]
    if name == "board deep":
        deep = rows.order_by("place").values_list("place", flat=True)[40]
        return "GET", f"/forum/boards/bench/?before={deep}", None, 30
    if name in ("reply", "reply and its points"):
        return "POST", f"/forum/threads/{rows.order_by('pk')[7].pk}/replies/", {"body": "We had the same, 财务部 solved it. {n}"}, 0
    return {
        "board first": ("GET", "/forum/boards/bench/", None, 30),
        "thread of 10": ("GET", f"/forum/threads/{short.pk}/", None, 0),
        "long thread first": ("GET", f"/forum/threads/{long.pk}/", None, 20),
        "long thread last": ("GET", f"/forum/threads/{long.pk}/?page={long.last_page}", None, 20),
        "unread list": ("GET", "/forum/boards/bench/?show=unread", None, 30),
        "search": ("GET", "/forum/search/?q=财务", None, 20),
        "forum index": ("GET", "/forum/", None, 20),
        "unread on all boards": ("GET", "/forum/?show=unread", None, 30),
        "all tags": ("GET", "/forum/tags/", None, 60),
        "board by two tags": ("GET", "/forum/boards/bench/?tags=tag-0000,tag-0004", None, 30),
        "search by two tags": ("GET", "/forum/search/?q=财务&tag=tag-0000,tag-0004", None, 20),
    }[name]


def _points_follow(do_they: bool) -> None:
    """Whether what others make of an activity (points, referrals) is part of the request; the activity itself always is."""
    from members.activity import recorded

    _listening.extend(recorded.receivers)
    recorded.receivers = list(dict.fromkeys(_listening)) if do_they else []
    recorded.sender_receivers_cache.clear()


_listening: list = []


def kept(*, client, cpu_ms) -> dict:
    from django.test import Client

    from forum import page_cache

    visitor, times = Client(), 10
    visitor.get("/forum/boards/bench/")
    before = cpu_ms()
    for _time in range(times):
        page_cache.forget()
        assert visitor.get("/forum/boards/bench/").status_code == 200
    made = (cpu_ms() - before) / times
    before = cpu_ms()
    for _time in range(times * 10):
        visitor.get("/forum/boards/bench/")
    return {"made_ms": made, "kept_ms": (cpu_ms() - before) / times / 10}


def recall(*, client, cpu_ms) -> dict:
    from django.db import connection

    from forum import searching
    from forum.models import Post
    from forum.tokens import phrases
    from members.models import Member

    asker = Member.objects.get(handle="m000")
    said = []
    for word in forum_words.SOUGHT:
        true = set(Post.objects.filter(body__icontains=word).values_list("pk", flat=True))
        found = set(searching._matching(Post.objects.visible_to(asker).open(), phrases(word)).values_list("pk", flat=True))
        times = []

        def timed(execute, sql, params, many, context, times=times):
            before = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                times.append((time.perf_counter() - before) * 1_000)

        for _time in range(5):
            with connection.execute_wrapper(timed):
                searching.find(asker, word)
        said.append(
            {"word": word, "true": len(true), "recall": len(true & found) / max(1, len(true)), "sql_ms": sorted(times)[len(times) // 2]}
        )
    return {"words": said}


def marks(*, client, cpu_ms, n: int) -> dict:
    """Read marks of other members, as many as n, and the table as the database's own upkeep leaves it some time later."""
    from django.db import connection

    from forum.models import Thread, ThreadMember
    from members.models import Member

    before = ThreadMember.objects.count()
    threads = list(Thread.objects.order_by("pk").values_list("pk", flat=True))
    people = list(Member.objects.filter(handle__startswith="m").order_by("-pk").values_list("pk", flat=True)[:399])
    left = n - before
    for member in people:
        if left <= 0:
            break
        rows = [ThreadMember(member_id=member, thread_id=pk, last_read_no=3) for pk in threads[:left]]
        ThreadMember.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        left -= len(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE forum_threadmember" if connection.vendor == "sqlite" else "VACUUM ANALYZE forum_threadmember")
    return {"before": before, "after": ThreadMember.objects.count()}


def crowd(*, client, cpu_ms, n: int) -> dict:
    from django.db import connection

    from forum import posting
    from forum.models import Thread
    from members.models import Member

    thread = Thread.objects.filter(board__slug="bench").order_by("pk")[9]
    people = list(Member.objects.filter(handle__startswith="m").order_by("pk")[1 : n + 1])
    errors: list[str] = []
    start = threading.Barrier(n)

    def reply(member) -> None:
        try:
            start.wait()
            posting.reply(thread, author=member, body="At once.")
        except Exception as error:
            errors.append(repr(error))
        finally:
            connection.close()

    before = time.monotonic()
    crowd = [threading.Thread(target=reply, args=[member]) for member in people]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    numbers = list(thread.posts.order_by("no").values_list("no", flat=True))
    return {"errors": len(errors), "is_gap_free": numbers == list(range(1, len(numbers) + 1)), "seconds": time.monotonic() - before}
