"""Search within what one may read, in Chinese and Latin, the same on both databases."""

import pytest

from forum import blogging, moderating, posting, rewriting, searching, solving
from forum.excerpts import excerpt, marked
from forum.models import Post
from forum.tokens import fold, phrases, tokens

TEXTS = [
    "我们在每月二十五号结账，财务部只需要半天。",
    "积分商城里的茶具很好，用友ERP系统导出的发票也能上传。",
    "续签合同的时候，请先看会员等级和增值税。",
    "The export of invoices drops the tax column; renewal is due in March.",
    "ＥＲＰ全角 ２０２６年 and half-width カタカナ ｶﾀｶﾅ 한국어 검색",
    "一个字：茶。累积。",
]


@pytest.fixture
def texts(square, alice):
    thread = posting.start_thread(square, author=alice, title="月末与发票 Month-end", body="开头。")
    return [posting.reply(thread, author=alice, body=text) for text in TEXTS]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("财务", [0]), ("积分", [1]), ("续签", [2]), ("会员等级", [2]), ("增值税", [2]), ("商城", [1]), ("分商", [1]),
        ("用友ERP", [1]), ("友ERP系", [1]), ("erp系统", [1]), ("ERP", [1, 4]), ("全角 2026", [4]),
        ("茶", [1, 5]), ("积", [1, 5]), ("累积", [5]),
        ("invoice", [3]), ('"tax column"', [3]), ('"column tax"', []), ("renewal march", [3]), ("renewal April", []),
        ("カタカナ", [4]), ("검색", [4]), ("财会", []), ("部只需要半天", [0]),
    ],
)  # fmt: skip
def test_words_and_parts_of_words_are_found(texts, bob, query, found):
    hits = searching.find(bob, query).hits
    assert sorted(TEXTS.index(hit.post.body) for hit in hits if hit.post.no > 1) == found


def test_every_part_of_a_chinese_text_finds_it(texts, bob):
    text = TEXTS[1]
    run = "用友ERP系统导出的发票也能上传"
    for start in range(len(run)):
        for end in range(start + 2, min(start + 7, len(run)) + 1):
            piece = run[start:end]
            if piece[0].isascii() and start and run[start - 1].isascii():
                continue  # the middle of a Latin word is not looked for
            assert text in [hit.post.body for hit in searching.find(bob, piece).hits], piece


def test_titles_are_found_and_marked(texts, bob):
    hit = searching.find(bob, "发票").hits[-1]
    assert hit.post.no == 1
    assert ("发票", True) in hit.title


def test_the_last_words_of_the_longest_chinese_post_are_found(texts, bob):
    post = posting.reply(texts[0].thread, author=bob, body="积分" * 8_190 + "末尾发票")
    assert post in [hit.post for hit in searching.find(bob, "末尾").hits]


@pytest.mark.parametrize("before", ["等等…", "㈱①", "ｶﾞ", "cafe\u0301 ", "ﬁ "])
def test_a_character_that_folds_to_more_or_fewer_leaves_the_marks_where_they_belong(before):
    text = before * 80 + "发票在这里" + before
    assert marked(text, [["发票"]]) == [(before * 80, False), ("发票", True), ("在这里" + before, False)]
    pieces = excerpt(text, [["发票"]])
    assert pieces[0] == ("…", False)
    assert ("发票", True) in pieces


@pytest.mark.parametrize(
    "query",
    ["", "   ", '"', '""', "***", "a:b OR c*", "NEAR(a b)", "'); DROP TABLE x;--", "&|!<->:*", "x" * 500, "茶 " * 40, "\0", "-财务"],
)
def test_no_query_breaks_the_search(texts, client, bob, query):
    searching.find(bob, query)
    client.force_login(bob)
    assert client.get("/forum/search/", {"q": query}).status_code == 200


def test_search_keeps_to_what_may_be_read(client, harbour_board, alice, bob, charlie, moderator):
    thread = posting.start_thread(harbour_board, author=alice, title="绝密", body="内部价格")
    assert searching.find(bob, "内部").hits
    assert not searching.find(charlie, "内部").hits
    moderating.hide_thread(thread, by=moderator, reason="x")
    assert not searching.find(bob, "内部").hits


def test_an_edited_post_is_found_by_its_new_words_only(thread, alice, bob):
    post = posting.reply(thread, author=alice, body="旧的说法")
    rewriting.edit(post, editor=alice, body="新的说法")
    assert not searching.find(bob, "旧的").hits
    assert searching.find(bob, "新的").hits


def test_filters_narrow_the_search(client, thread, open_board, alice, bob, charlie):
    answer = posting.reply(thread, author=bob, body="With tea and patience.")
    posting.start_thread(open_board, author=charlie, title="Tea", body="Which tea?", tags=["drinks"])
    client.force_login(alice)

    def authors(**wanted):
        found = client.get("/forum/search/", {"q": "tea", **wanted}).context["found"]
        return sorted(hit.post.author.handle for hit in found.hits)

    assert authors() == sorted([bob.handle, charlie.handle])
    assert authors(author=f"@{bob.handle}") == [bob.handle]
    assert authors(board=open_board.pk) == [charlie.handle]
    assert authors(tag="drinks") == [charlie.handle]
    solving.accept(answer, by=alice)
    assert authors(solved="yes") == [bob.handle]
    assert authors(solved="no") == [charlie.handle]


def test_results_come_in_pages_without_overlap(square, alice, bob):
    thread = posting.start_thread(square, author=alice, title="Many", body="start")
    for number in range(45):
        posting.reply(thread, author=alice, body=f"needle {number}")
    seen, before = [], None
    while True:
        found = searching.find(bob, "needle", before=before)
        seen += [hit.post.no for hit in found.hits]
        before = found.next_before
        if not before:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 45


def test_tokens_are_pairs_and_an_end():
    assert tokens("积分商城") == ["积分", "分商", "商城", "城"]
    assert tokens("Ｔea茶") == ["tea", "茶"]
    assert phrases('"a b" 积分') == [["a", "b"], ["积分"]]
    assert fold("ＥＲＰ") == "erp"


def test_an_excerpt_shows_the_place_and_marks_it():
    text = "x " * 100 + "our 积分商城 opens" + " y" * 200
    pieces = excerpt(text, phrases("积分商城"))
    assert ("积分商城", True) in pieces
    assert pieces[0][0].startswith("…")
    assert sum(len(piece) for piece, _hit in pieces) <= 230
    assert marked("<b>积分</b>", phrases("积分")) == [("<b>", False), ("积分", True), ("</b>", False)]


def test_days_bound_what_is_found(texts, client, bob):
    client.force_login(bob)
    for number, post in enumerate(texts):
        Post.objects.filter(pk=post.pk).update(created_at=f"2026-03-0{number + 1}T12:00:00+08:00")

    def found(**asked):
        page = client.get("/forum/search/", {"q": "的"} | asked)
        return {hit.post.pk for hit in page.context["found"].hits if hit.post.no > 1}

    everything = found()
    assert everything == {texts[1].pk, texts[2].pk}
    assert found(since="2026-03-03") == {texts[2].pk}
    assert found(until="2026-03-02") == {texts[1].pk}
    assert found(since="2026-03-02", until="2026-03-02") == {texts[1].pk}
    turned = client.get("/forum/search/", {"q": "的", "since": "2026-03-04", "until": "2026-03-02"})
    assert "The last day comes before the first." in turned.content.decode()
    assert turned.context["found"] is None
    assert client.get("/forum/search/", {"q": "的", "since": "tomorrow"}).context["found"] is None


def test_the_best_come_first_where_asked_and_only_what_one_may_read(texts, client, alice, bob, moderator):
    client.force_login(bob)
    thread = texts[0].thread
    full = posting.reply(thread, author=alice, body="Renewal: renewal before renewal.")
    passing = posting.reply(thread, author=alice, body="We spoke of much else that day, and at the very end, briefly, of a renewal.")
    hidden = posting.reply(thread, author=alice, body="Renewal renewal renewal renewal.")
    moderating.hide_post(hidden, by=moderator, reason="Not for all")
    best = [hit.post.pk for hit in searching.find(bob, "renewal", best_first=True).hits]
    newest = [hit.post.pk for hit in searching.find(bob, "renewal").hits]
    assert best.index(full.pk) < best.index(passing.pk)
    assert newest.index(passing.pk) < newest.index(full.pk)
    assert set(best) == set(newest)
    assert hidden.pk not in best
    page = client.get("/forum/search/", {"q": "renewal", "order": "best"})
    assert [hit.post.pk for hit in page.context["found"].hits] == best


def test_a_tag_is_a_filter_of_the_form_and_written_as_people_write_it(client, square, alice, bob):
    posting.start_thread(square, author=alice, title="Tea one", body="Green tea.", tags=["Year end"])
    posting.start_thread(square, author=alice, title="Tea two", body="Black tea.")
    client.force_login(bob)
    page = client.get("/forum/search/", {"q": "tea", "tag": "#Year end"})
    assert [hit.post.thread.title for hit in page.context["found"].hits] == ["Tea one"]
    assert 'name="tag" value="#Year end"' in page.content.decode()


def test_one_may_search_on_boards_or_in_blogs_only(client, square, alice, bob):
    posting.start_thread(square, author=alice, title="On the board", body="Green tea.")
    blogging.post_entry(alice, title="In the blog", body="Black tea.")
    client.force_login(bob)
    titles = {
        where: {hit.post.thread.title for hit in client.get("/forum/search/", {"q": "tea", "where": where}).context["found"].hits}
        for where in ("", "boards", "blogs")
    }
    assert titles == {"": {"On the board", "In the blog"}, "boards": {"On the board"}, "blogs": {"In the blog"}}


@pytest.mark.parametrize("query", ["close", "close 发票", '"we close"', "clos"])
def test_a_frequent_word_and_what_begins_with_it_are_found_from_the_newest_on_page_by_page(
    texts, bob, alice, moderator, query, monkeypatch
):
    said = ["We close 发票", "we closed the 发票", "Closely, 发票", "no 发票", "we disclose 发票", "close we 发票票", "we closest 票发"]
    written = [posting.reply(texts[0].thread, author=alice, body=said[n % len(said)]) for n in range(28)]
    moderating.hide_post(written[20], by=moderator, reason="Spam.")
    monkeypatch.setattr(searching, "RESULTS", 3)
    pages = {}
    for through in (1_000, 0):
        monkeypatch.setattr(searching, "READ_THROUGH", through)
        found, before = [], None
        while True:
            page = searching.find(bob, query, before=before)
            found += [hit.post.pk for hit in page.hits]
            if (before := page.next_before) is None:
                break
        pages[through] = found
    assert pages[1_000] == pages[0]
    assert len(pages[0]) >= 8


def test_an_author_is_a_handle_or_a_name_and_with_an_author_or_a_tag_no_word_is_needed(client, square, open_board, alice, bob):
    posting.start_thread(square, author=alice, title="One", body="With tea.", tags=["Month-end"])
    posting.start_thread(open_board, author=bob, title="Two", body="Tea as well.")

    def found(**asked):
        answer = client.get("/forum/search/", asked).context["found"]
        return [hit.post.thread.title for hit in answer.hits] if answer else None

    client.force_login(bob)
    assert (
        found(q="tea", author=alice.name) == found(q="tea", author=alice.name[:3]) == found(q="tea", author=f"@{alice.handle}") == ["One"]
    )
    assert found(author=alice.name) == found(tag="month-end") == ["One"]
    assert found(author=bob.handle, order="best") == ["Two"]
    assert found(author="Nobody of this name") == found(q="***", tag="month-end") == found(author="@") == []
    assert found(solved="no") is None
    client.logout()
    assert found(author=bob.handle) == ["Two"]
    assert found(author=bob.name) == found(tag="month-end") == []


def test_everything_by_an_author_comes_in_pages(client, square, alice, bob):
    for number in range(searching.RESULTS + 1):
        posting.start_thread(square, author=alice, title=f"Thread {number}", body="So.")
    client.force_login(bob)
    first = searching.find(bob, "", author=alice.handle)
    assert len(first.hits) == searching.RESULTS
    assert [hit.post.thread.title for hit in searching.find(bob, "", author=alice.handle, before=first.next_before).hits] == ["Thread 0"]
    assert f"?author={alice.handle}" in client.get(alice.get_absolute_url()).content.decode()
