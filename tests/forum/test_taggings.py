"""Lists by tags are read in the order of an index, whatever becomes of their threads and however many there are."""

import json
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum import moderating, posting, reading, rearranging, rewriting, taggings, tags, unread
from forum.models import Board, Post, State, Tag, Tagging, Thread

WIDE = "wide"


def kept() -> list[tuple]:
    return list(Tagging.objects.order_by("pk").values_list("board_id", "is_open", "is_pinned", "place"))


def right() -> list[tuple]:
    rows = Tagging.objects.order_by("pk").values_list("thread__board_id", "thread__state", "thread__is_pinned", "thread__place")
    return [(board, state == State.VISIBLE, is_pinned, place) for board, state, is_pinned, place in rows]


def test_what_is_kept_beside_a_tag_follows_its_thread_whatever_is_done_with_it(square, open_board, thread, alice, bob, moderator):
    """Every deed that moves a thread, by its own way of writing."""
    board = Board.objects.get(pk=open_board.pk)
    first = posting.start_thread(square, author=alice, title="First", body="Ask.", tags=[WIDE, "odd"])
    second = posting.start_thread(square, author=alice, title="Second", body="Ask.", tags=[WIDE])
    answer = posting.reply(first, author=bob, body="An answer.")
    opening = thread.posts.get(no=1)
    Board.objects.filter(pk=square.pk).update(approval=Board.Approval.ALL)
    held = posting.reply(Thread.objects.get(pk=first.pk), author=bob, body="Another answer.")
    for deed in (
        lambda: rewriting.edit(opening, editor=alice, body=opening.body, tags=[WIDE]),
        lambda: moderating.set_pinned(first, True, by=moderator, reason="Read me"),
        lambda: moderating.move(first, board, by=moderator, reason="News"),
        lambda: moderating.hide_post(answer, by=moderator, reason="Look"),
        lambda: moderating.approve(held, by=moderator, reason="Fine"),
        lambda: moderating.hide_thread(second, by=moderator, reason="Look"),
        lambda: moderating.unhide_thread(second, by=moderator, reason="Fine"),
        lambda: rearranging.merge(second, first, by=moderator, reason="The same"),
        lambda: Thread.objects.filter(pk=first.pk).update(state=State.WITHDRAWN),
        lambda: Thread.objects.bulk_create([Thread(board=board, title="Third", author=alice)])[0].tags.set([Tag.objects.get(slug=WIDE)]),
    ):
        before = kept()
        deed()
        assert kept() == right()
        assert kept() != before


@pytest.mark.django_db(transaction=True)
def test_what_was_written_without_the_database_s_help_is_made_right_when_it_migrates(square, alice):
    first = posting.start_thread(square, author=alice, title="First", body="Ask.", tags=[WIDE])
    taggings.lift(connection)
    Tagging.objects.update(board=None, is_open=False, place=0)
    posting.reply(first, author=alice, body="More.")
    assert kept() != right()
    call_command("migrate", verbosity=0)
    assert kept() == right()
    posting.reply(first, author=alice, body="Still more.")
    assert kept() == right()


@pytest.fixture
def grown(square, open_board, staff_board, alice):
    """A club in which so many threads bear a tag: `grow(3_000)`; two thirds of them on a public board. Twice as many bear another."""
    tag, other = [Tag.objects.create(slug=slug, name=slug) for slug in (WIDE, "other")]

    def grow(number: int) -> None:
        boards = [open_board, open_board, square]
        made = Thread.objects.bulk_create(
            [Thread(board=boards[n % 3], title=f"T{n}", author=alice, highest_no=1) for n in range(number)], batch_size=500
        )
        posts = Post.objects.bulk_create(
            [Post(thread=thread, no=1, author=alice, body="Ask.", html="<p>Ask.</p>", excerpt="Ask.") for thread in made], batch_size=500
        )
        for thread, post in zip(made, posts, strict=True):
            thread.last_post = post
        Thread.objects.bulk_update(made, ["last_post"], batch_size=200)
        others = [Thread(board=square, title="Without", author=alice) for _n in range(2 * number)]
        borne = [*((thread, tag) for thread in made), *((thread, other) for thread in Thread.objects.bulk_create(others, batch_size=500))]
        Tagging.objects.bulk_create([Tagging(thread=thread, tag=each) for thread, each in borne], batch_size=500)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    return grow


def statement_of(client, address: str) -> str:
    """The one that reads the list of a page."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    found = [query["sql"] for query in queries if 'ORDER BY "forum_thread_tags"' in query["sql"]]
    assert len(found) == 1, found
    return found[0]


def read_by(sql: str) -> tuple[str, int]:
    """The plan of a statement, and on PostgreSQL how many rows its busiest step has read."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return "\n".join(row[3] for row in cursor.fetchall()), 0
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        plan = json.dumps(cursor.fetchone()[0])
        return plan, int(max(float(each) for each in re.findall(r'"(?:Actual Rows|Rows Removed by Filter)": ([0-9.]+)', plan)))


@pytest.mark.parametrize(
    ("address", "index"),
    [
        ("/forum/boards/news/?tags=wide", "forum_tagging_on_board"),
        ("/forum/boards/news/?tags=wide&before={before}", "forum_tagging_on_board"),
        ("/forum/tags/wide/", "forum_tagging_newest"),
        ("/forum/tags/wide/?before={before}", "forum_tagging_newest"),
        ("/forum/tags/wide/feed/", "forum_tagging_begun"),
    ],
)
def test_a_page_of_a_frequent_tag_reads_no_more_of_many_threads_than_of_few(client, grown, charlie, address, index):
    grown(900)
    if "feed" not in address:
        client.force_login(charlie)
    before = Thread.objects.order_by("-place").values_list("place", flat=True)[400]
    _plan, read_of_few = read_by(statement_of(client, address.format(before=before)))
    grown(2_100)
    plan, read_of_many = read_by(statement_of(client, address.format(before=before)))
    assert index in plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan
    assert '"Node Type": "Sort"' not in plan
    assert read_of_many <= min(read_of_few, 100)


def test_a_narrowed_board_shows_its_pinned_threads_first_and_leaves_nothing_out(client, grown, open_board, alice, moderator, monkeypatch):
    monkeypatch.setattr("forum.reading.THREADS_ON_A_PAGE", 7)
    grown(60)
    for thread in Thread.objects.filter(board=open_board)[3:6]:
        moderating.set_pinned(thread, True, by=moderator, reason="Read me")
    for thread in Thread.objects.filter(board=open_board)[20:24]:
        moderating.hide_thread(thread, by=moderator, reason="Look")
    wide = [tags.of_slugs([WIDE])[0]]
    here = unread.board_with_own(Board.objects.all(), alice).get(pk=open_board.pk)
    seen, before = [], None
    while True:
        pinned, page = reading.on_board(here, None, alice, borne=wide, before=before)
        seen += [*(thread.pk for thread in pinned), *(thread.pk for thread in page.threads)]
        before = page.next_before
        if before is None:
            break
    right = Thread.objects.open().filter(board=open_board, tags__slug=WIDE).order_by("-is_pinned", "-place")
    assert seen == list(right.values_list("pk", flat=True))
    assert len(seen) == 36


def test_the_feed_of_a_tag_has_the_newest_threads_that_visitors_may_read(client, grown, open_board, staff_board, alice, moderator):
    grown(90)
    hidden = Thread.objects.filter(board=open_board).last()
    moderating.hide_thread(hidden, by=moderator, reason="Look")
    entries = re.findall(r"<title>(T[0-9]+)</title>", client.get("/forum/tags/wide/feed/").content.decode())
    shown = Thread.objects.filter(board=open_board, state=State.VISIBLE).order_by("-pk").values_list("title", flat=True)
    assert entries == list(shown[:30])
    assert client.get("/forum/tags/nobody/feed/").status_code == 404
