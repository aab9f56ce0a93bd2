"""Tags: all of them, the popular, and lists narrowed by several."""

import itertools
import re

import pytest
from django.contrib.auth.models import AnonymousUser

from forum import moderating, posting, reading, searching, tags
from forum.models import Board, Post, Tag, Thread


@pytest.fixture
def tagged(square, open_board, harbour_board, alice):
    """Threads on three boards: 发票 everywhere, month-end on the square and the company's board, secret on the company's alone."""
    for board, title, names in (
        (open_board, "Public", ["发票"]),
        (square, "One", ["发票", "Month end"]),
        (square, "Two", ["month end"]),
        (harbour_board, "Ours", ["发票", "Month end", "secret"]),
    ):
        posting.start_thread(board, author=alice, title=title, body="Ask.", tags=names)


def counted(client) -> dict[str, int]:
    return {tag.name: tag.n for tag in client.get("/forum/tags/").context["page"].tags}


def popular(client) -> list[str]:
    return [tag.name for tag in client.get("/forum/").context["popular"]]


def test_tags_are_named_and_counted_for_what_one_may_read(client, tagged, alice, charlie, moderator):
    for who, named, often in (
        (None, {"发票": 1}, ["发票"]),
        (charlie, {"发票": 2, "Month end": 2}, ["Month end", "发票"]),
        (alice, {"发票": 3, "Month end": 3, "secret": 1}, ["Month end", "发票", "secret"]),
    ):
        if who:
            client.force_login(who)
        assert counted(client) == named
        assert popular(client) == often
        assert ("secret" in client.get("/forum/tags/").content.decode()) == ("secret" in named)
    moderating.hide_thread(Thread.objects.get(title="Ours"), by=moderator, reason="Rude")
    assert counted(client) == {"发票": 2, "Month end": 2}
    assert popular(client) == ["Month end", "发票"]


def test_every_tag_is_reached_page_by_page_and_found_by_a_part_of_its_name(client, square, alice, bob, monkeypatch):
    monkeypatch.setattr(tags, "ON_A_PAGE", 2)
    for names in (["b", "a", "增值税"], ["c", "增值"]):
        posting.start_thread(square, author=alice, title="Tags", body="Ask.", tags=names)
    client.force_login(bob)
    address, seen = "/forum/tags/", []
    while address:
        page = client.get(address)
        seen += [tag.name for tag in page.context["page"].tags]
        found = re.search(r'rel="next" href="([^"]*)"', page.content.decode())
        address = f"/forum/tags/{found[1]}" if found else ""
    assert seen == ["a", "b", "c", "增值", "增值税"]
    assert {tag.name for tag in client.get("/forum/tags/?q=增值").context["page"].tags} == {"增值", "增值税"}
    assert "No tag of this kind" in client.get("/forum/tags/?q=nothing").content.decode()


def test_a_count_stops_where_nobody_counts_any_more(client, tagged, charlie, monkeypatch):
    monkeypatch.setattr(tags, "MOST_COUNTED", 2)
    client.force_login(charlie)
    assert "2+" in client.get("/forum/tags/").content.decode()


def titles(client, address: str) -> set[str]:
    return {thread.title for thread in client.get(address).context["page"].threads}


def test_a_board_is_narrowed_by_several_tags_with_its_other_choices(client, charlie, tagged):
    client.force_login(charlie)
    here = "/forum/boards/square/"
    assert titles(client, f"{here}?tags=month end") == {"One", "Two"}
    assert titles(client, f"{here}?tags=%23Month-End，发票") == {"One"}
    assert titles(client, f"{here}?tags=month-end&show=solved") == set()
    assert titles(client, f"{here}?tags=month-end&show=unread") == {"One", "Two"}
    assert titles(client, f"{here}?tags=secret") == titles(client, f"{here}?tags=month-end,nobody-made-it") == set()
    assert titles(client, f"{here}?tags=a,b,c,d,e,f") == {"One", "Two"}, "six are too many, and narrow nothing"
    page = client.get(f"{here}?tags=month-end,发票&show=unread").content.decode()
    assert "At most five tags." in client.get(f"{here}?tags=a,b,c,d,e,f").content.decode()
    assert "?show=unread&amp;tags=month-end" in page, "each tag can be let go"
    assert client.get("/forum/boards/harbour/?tags=secret").status_code == 404


def test_a_narrowed_board_goes_on_to_its_next_page(client, square, alice, monkeypatch):
    monkeypatch.setattr("forum.reading.THREADS_ON_A_PAGE", 2)
    for number in range(5):
        posting.start_thread(square, author=alice, title=f"T{number}", body="Ask.", tags=["odd"] if number % 2 else ["even", "number"])
    client.force_login(alice)
    page = client.get("/forum/boards/square/?tags=even,number")
    following = re.search(r'rel="next" href="(\?[^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    assert titles(client, f"/forum/boards/square/{following}") == {"T0"}


def test_search_takes_several_tags(client, tagged, charlie):
    def found(**wanted):
        return {hit.post.thread.title for hit in client.get("/forum/search/", wanted).context["found"].hits}

    client.force_login(charlie)
    assert found(tag="month end") == {"One", "Two"}
    assert found(tag="month end, 发票") == found(q="ask", tag="#发票,Month-end") == {"One"}
    assert found(tag="month end, secret") == set()


def test_lists_of_tags_ask_little_whatever_their_number(
    client, square, alice, bob, django_assert_num_queries, django_assert_max_num_queries
):
    for number in range(12):
        posting.start_thread(square, author=alice, title=f"T{number}", body="Ask.", tags=[f"t{number}-{n}" for n in range(5)])
    assert Tag.objects.count() == len(tags.page(alice).tags) == 60
    with django_assert_num_queries(1):
        assert len(tags.popular(alice)) == tags.POPULAR
    with django_assert_num_queries(1):
        tags.page(alice)
    client.force_login(bob)
    for address, most in (("/forum/tags/", 7), ("/forum/boards/square/?tags=t3-1,t3-2", 7)):
        client.get(address)
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
    assert Board.objects.count() == 1


@pytest.fixture
def many(square, harbour_board, staff_board, alice, moderator):
    """Forty-eight threads on three boards, each with replies that came later: all with the tag wide, every third with the tag odd."""
    boards = [square, square, harbour_board, staff_board]
    made = [
        posting.start_thread(
            boards[n % 4],
            author=moderator if n % 4 == 3 else alice,
            title=f"T{n}",
            body="Ask.",
            tags=["wide"] + ["odd"] * (n % 3 == 0),
        )
        for n in range(48)
    ]
    for n in range(60):
        posting.reply(made[n * 7 % 48], author=moderator, body=f"Reply {n}.")
    moderating.hide_thread(made[4], by=moderator, reason="Rude")
    moderating.hide_post(Post.objects.filter(thread=made[8]).last(), by=moderator, reason="Rude")
    return made


def walked(find, key) -> list:
    """What all pages together hold, in their order."""
    seen, before = [], None
    while True:
        rows, before = find(before)
        seen += [key(row) for row in rows]
        if before is None:
            return seen


@pytest.mark.parametrize("frequent", [3, 500])
def test_a_frequent_tag_is_read_newest_first_with_nothing_left_out(many, alice, charlie, moderator, monkeypatch, frequent):
    monkeypatch.setattr("forum.tags.FREQUENT", frequent)
    monkeypatch.setattr("forum.searching.NEWEST", 8)
    monkeypatch.setattr("forum.searching.OF_EARLIER_PAGES", 30)
    monkeypatch.setattr("forum.searching.RESULTS", 6)
    for asker, slugs in itertools.product(
        (alice, charlie, moderator, AnonymousUser()), (["wide"], ["odd"], ["odd", "wide"], ["wide", "odd"])
    ):

        def found(before, asker=asker, slugs=slugs):
            page = searching.find(asker, "", tags=slugs, before=before)
            return page.hits, page.next_before

        right = Post.objects.visible_to(asker).open().order_by("-pk")
        for slug in slugs:
            right = right.filter(thread__tags__slug=slug)
        assert walked(found, lambda hit: hit.post.pk) == list(right.values_list("pk", flat=True))

        def listed(before, asker=asker, slugs=slugs):
            page = reading.with_tag(Tag.objects.get(slug=slugs[0]), asker, before=before)
            return page.threads, page.next_before

        right = Thread.objects.visible_to(asker).open().filter(tags__slug=slugs[0]).order_by("-place")
        assert walked(listed, lambda thread: thread.pk) == list(right.values_list("pk", flat=True))


def test_a_frequent_tag_asks_little(client, many, alice, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("forum.tags.FREQUENT", 3)
    monkeypatch.setattr("forum.searching.NEWEST", 25)
    client.force_login(alice)
    for address, most in (("/forum/tags/wide/", 8), ("/forum/search/?tag=wide", 9)):
        client.get(address)
        with django_assert_max_num_queries(most):
            assert "T" in client.get(address).content.decode()


def test_a_tag_of_what_one_may_not_read_is_as_one_that_nobody_has_made(client, tagged, alice, charlie):
    client.force_login(charlie)
    for address in ("/forum/tags/secret/", "/forum/tags/nobody-made-it/", "/forum/tags/secret/feed/", "/forum/tags/nobody-made-it/feed/"):
        assert client.get(address).status_code == 404, address
    assert client.post("/forum/tags/secret/follow/", {"level": "watch"}).status_code == 404
    client.force_login(alice)
    assert "#secret" in client.get("/forum/tags/secret/").content.decode()
    assert client.post("/forum/tags/secret/follow/", {"level": "watch"}).status_code == 302
    Thread.objects.filter(tags__slug="secret").update(state="hidden")
    assert client.get("/forum/tags/secret/").status_code == 200, "whoever follows it can let it go"


TAG = re.compile(r'<a class="list-tag" href="([^"]+)">#([^<]+)</a>')


def test_rows_of_every_list_name_a_threads_tags_and_lead_to_them(client, charlie, tagged, square, alice):
    client.force_login(charlie)
    for address in ("/forum/", "/forum/?show=unread", square.get_absolute_url(), "/forum/tags/month-end/"):
        rows = re.findall(r'<li class="list-item.*?</li>', client.get(address).content.decode(), re.DOTALL)
        row = next((each for each in rows if ">One</a>" in each), "")
        assert [name for _where, name in TAG.findall(row)] == ["Month end", "发票"], address
        assert [client.get(where).status_code for where, _name in TAG.findall(row)] == [200, 200]
    posting.start_thread(square, author=alice, title="Bare", body="No tag.")
    row = next(each for each in client.get(square.get_absolute_url()).content.decode().split('<li class="list-item') if ">Bare</a>" in each)
    assert not TAG.search(row)


def test_a_tags_name_of_signs_is_shown_as_it_is(client, square, alice):
    posting.start_thread(square, author=alice, title="Signs", body="Ask.", tags=["<b>&x\x1ey", "日本語 \x1f2"])
    client.force_login(alice)
    page = client.get(square.get_absolute_url()).content.decode()
    assert [name for _where, name in TAG.findall(page)] == ["&lt;b&gt;&amp;x y", "日本語 2"]
