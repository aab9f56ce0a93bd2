"""What an edit changed: shown within long lines, for titles too, and at a bounded cost."""

import time

from forum import markup, posting, rewriting
from forum.differences import Comparison


def test_a_changed_sign_of_a_chinese_paragraph_is_the_only_thing_marked():
    before = "我们在每月二十五号结账，财务部只需要半天。" * 20
    [(sign, pieces)] = Comparison().changes(before, before.replace("半天", "一天", 1)) or []
    assert sign == "~"
    assert [piece for piece in pieces if piece[0] != " "] == [("-", "半"), ("+", "一")]


def test_lines_after_the_four_hundredth_are_compared_too():
    before = "\n".join(f"{n}" for n in range(600))
    changes = Comparison().changes(before, f"{before}\nlast") or []
    assert changes[-1] == ("+", [("+", "last")])
    assert len(changes) == 601


def test_what_is_left_of_both_is_each_text():
    before, after = "one\ntwo\n\nthree", "one\n2\nthree\nfour"
    changes = Comparison().changes(before, after) or []
    assert [line[0][1] for sign, line in changes if sign in " -"] == before.split("\n")
    assert [line[0][1] for sign, line in changes if sign in " +"] == after.split("\n")


def test_a_page_compares_only_so_much():
    def loop() -> float:
        start = time.process_time()
        sum(n * n % 7 for n in range(1_000_000))
        return time.process_time() - start

    before, after = ("\n".join(f"{word} {n % 7} {'x' * 12}" for n in range(400)) for word in ("a", "b"))
    assert len(before) < markup.MAX_CHARACTERS
    comparison, start, pace = Comparison(), time.process_time(), loop()
    results = [comparison.changes(before, after) for _edit in range(50)]
    assert results[0]
    assert results[-1] is None
    assert time.process_time() - start < 20 * pace


def test_the_history_shows_the_title_that_was_and_says_what_is_too_long_to_compare(client, alice, square):
    long = ["\n".join(f"{word}{n}" for n in range(1_500)) for word in ("a", "b")]
    thread = posting.start_thread(square, author=alice, title="Month-end", body=long[0])
    rewriting.edit(thread.posts.get(), editor=alice, body=long[1], title="Year-end")
    client.force_login(alice)
    page = client.get(f"/forum/posts/{thread.posts.get().pk}/history/").content.decode()
    assert "<del>Month-end</del><ins>Year-end</ins>" in page
    assert "Too long to compare" in page
    assert "a1499" in page
