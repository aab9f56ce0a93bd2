"""Merging, splitting, giving a post its right author: numbers, links, what is unread, and points through the ledger."""

import re

import pytest

from forum import following, moderating, posting, reacting, rearranging, solving, unread
from forum.models import State, Thread, ThreadMember
from forum.refusals import NotYours, ThreadGone, ThreadMerged
from members.models import Activity
from points import accruing
from points.models import Transfer
from tests.forum.test_moderating import standing

KIND = Activity.Kind


def earned(member) -> int:
    """What the ledger holds for a member after every deed is weighed: points in less points out."""
    for _progress in accruing.weigh_missed():
        pass
    rows = Transfer.objects.exclude(kind="pending")
    came = sum(rows.filter(target__owner__member=member).values_list("amount_points", flat=True))
    went = sum(rows.filter(source__owner__member=member).values_list("amount_points", flat=True))
    return came - went


@pytest.fixture
def double(square, alice, bob, mei):
    """Alice's second thread about the same, with Bob's answer that she accepted and Mei liked."""
    thread = posting.start_thread(square, author=alice, title="Closing again", body="Same question.")
    answer = posting.reply(thread, author=bob, body="On the 25th, see the guide.")
    reacting.react(answer, member=mei)
    solving.accept(answer, by=alice)
    thread.refresh_from_db()
    return thread


def test_merging_appends_the_posts_and_old_links_find_them(client, thread, double, alice, charlie, moderator):
    posting.reply(thread, author=charlie, body="First of the thread that stays.")
    rearranging.merge(double, thread, by=moderator, reason="Asked twice")
    thread.refresh_from_db()
    assert list(thread.posts.values_list("no", flat=True)) == [1, 2, 3, 4]
    assert (thread.highest_no, thread.reply_count, thread.reaction_count) == (4, 3, 1)
    assert thread.solution.body.startswith("On the 25th")
    client.force_login(charlie)
    assert client.get(f"/forum/threads/{double.pk}/")["Location"].endswith(f"/forum/threads/{thread.pk}/?post=3#post-3")
    assert client.get(f"/forum/threads/{double.pk}/?post=2")["Location"].endswith(f"/forum/threads/{thread.pk}/?post=4#post-4")
    assert client.get(f"/forum/threads/{thread.pk}/?post=4").status_code == 200
    assert "Closing again" not in client.get("/forum/boards/square/").content.decode()
    with pytest.raises(ThreadMerged):
        posting.reply(double, author=charlie, body="Too late for this one.")
    assert rearranging.merge(double, thread, by=moderator, reason="Again") is None


def test_a_merged_opening_counts_as_a_reply_and_everything_else_stays(thread, double, alice, bob, moderator):
    before, bobs = standing(alice), standing(bob)
    rearranging.merge(double, thread, by=moderator, reason="Asked twice")
    opening = thread.posts.get(no=2)
    assert set(before) - set(standing(alice)) == {(KIND.THREAD_STARTED, opening.cause)}
    assert set(standing(alice)) - set(before) == {(KIND.REPLY_POSTED, opening.cause)}
    assert standing(bob) == bobs
    assert earned(bob) > 0


def test_an_acceptance_whose_question_is_anothers_goes_with_its_mark(square, double, bob, charlie, moderator):
    other = posting.start_thread(square, author=charlie, title="Mine", body="Charlie asks.")
    with_solution = earned(bob)
    rearranging.merge(double, other, by=moderator, reason="Together")
    other.refresh_from_db()
    assert other.solution is None
    assert KIND.REPLY_ACCEPTED not in {kind for kind, _cause in standing(bob)}
    assert earned(bob) < with_solution


def test_merging_keeps_what_is_unread_right(charlie, thread, double, bob, mei, moderator):
    following.read_up_to(thread, member=mei, no=1)
    following.read_up_to(double, member=mei, no=2)
    following.read_up_to(thread, member=charlie, no=1)
    rearranging.merge(double, thread, by=moderator, reason="Asked twice")
    new = {who.pk: unread.with_unread(Thread.objects.filter(pk=thread.pk), who).get().unread_count for who in (mei, charlie, bob)}
    assert new == {mei.pk: 0, charlie.pk: 2, bob.pk: 3}


def test_a_post_merged_away_a_moment_ago_is_hidden_and_thanked_where_it_stands_now(thread, double, charlie, moderator):
    looked_up = double.posts.get(no=2)
    rearranging.merge(double, thread, by=moderator, reason="Asked twice")
    reacting.react(looked_up, member=charlie)
    thread.refresh_from_db()
    assert (thread.reply_count, thread.reaction_count) == (2, 2)
    moderating.hide_post(looked_up, by=moderator, reason="Wrong")
    thread.refresh_from_db()
    assert (thread.reply_count, thread.solution, thread.last_post.no) == (1, None, 2)
    double.refresh_from_db()
    assert (double.reply_count, double.reaction_count, double.last_post) == (0, 0, None)


def test_a_thread_merged_away_is_not_shown_again(client, thread, double, moderator):
    rearranging.merge(double, thread, by=moderator, reason="Asked twice")
    client.force_login(moderator)
    address = f"/forum/threads/{double.pk}/moderation/"
    assert "unhide_thread" not in client.get(address).content.decode()
    assert client.post(address, {"verb": "unhide_thread", "reason": "Back"}).status_code == 422
    assert moderating.unhide_thread(double, by=moderator, reason="Back") is None


def test_splitting_numbers_anew_and_every_reader_keeps_their_place(client, thread, bob, charlie, mei, moderator):
    for number in range(2, 7):
        posting.reply(thread, author=[bob, charlie][number % 2], body=f"Number {number}")
    following.read_up_to(thread, member=mei, no=4)
    before = standing(bob)
    new = rearranging.split(thread, [3, 5, 6], title="Another matter", by=moderator, reason="Off the subject")
    assert list(new.posts.values_list("no", "body")) == [(1, "Number 3"), (2, "Number 5"), (3, "Number 6")]
    thread.refresh_from_db()
    assert (thread.highest_no, thread.reply_count, new.highest_no, new.reply_count) == (6, 2, 3, 2)
    assert ThreadMember.objects.get(thread=new, member=mei).last_read_no == 1
    # Five and six went away: nothing is left for Mei to read here.
    assert ThreadMember.objects.get(thread=thread, member=mei).last_read_no == 6
    assert standing(bob) == before
    client.force_login(mei)
    assert client.get(f"/forum/threads/{thread.pk}/?post=5")["Location"].endswith(f"/forum/threads/{new.pk}/?post=2#post-2")
    assert posting.reply(thread, author=bob, body="Seven").no == 7
    for numbers in ([1], [99], []):
        with pytest.raises(NotYours):
            rearranging.split(thread, numbers, title="No", by=moderator, reason="No")


def test_another_author_takes_all_the_points_and_hiding_takes_them_from_nobody_else(double, bob, charlie, mei, moderator):
    answer = double.posts.get(no=2)
    bobs, charlies = earned(bob), earned(charlie)
    worth = bobs - 0
    rearranging.change_author(answer, charlie, by=moderator, reason="Written at Bob's desk")
    answer.refresh_from_db()
    assert standing(bob) == []
    assert {kind for kind, _cause in standing(charlie)} == {KIND.REPLY_POSTED, KIND.REACTION_RECEIVED, KIND.REPLY_ACCEPTED}
    assert (earned(bob), earned(charlie)) == (0, charlies + worth)
    moderating.hide_post(answer, by=moderator, reason="Look")
    assert (earned(bob), earned(charlie)) == (0, charlies)
    moderating.unhide_post(answer, by=moderator, reason="Fine")
    assert (earned(bob), earned(charlie)) == (0, charlies + worth)
    moderating.hide_thread(double, by=moderator, reason="Look at all of it")
    rearranging.change_author(answer, bob, by=moderator, reason="It was Bob after all")
    assert (earned(bob), earned(charlie)) == (worth, charlies), "in a hidden thread too"
    rearranging.change_author(double.posts.get(no=1), mei, by=moderator, reason="Her question")
    moderating.unhide_thread(double, by=moderator, reason="Fine")
    assert (earned(bob), earned(charlie)) == (worth, charlies)


def test_nobody_is_left_with_a_reaction_or_an_acceptance_of_their_own(double, alice, mei, moderator):
    answer = double.posts.get(no=2)
    rearranging.change_author(answer, mei, by=moderator, reason="Mei wrote it")
    assert KIND.REACTION_RECEIVED not in {kind for kind, _cause in standing(mei)}
    rearranging.change_author(answer, alice, by=moderator, reason="Alice wrote it herself")
    assert KIND.REPLY_ACCEPTED not in {kind for kind, _cause in standing(alice)}


LINE = re.compile(r"<tr>\s*<td><time.*?</td>\s*<td>(?:<a [^>]*>)?([^<]+).*?<td class=\"numeric[^>]*>([+−]?\d+)</td>", re.DOTALL)
WRITTEN, THANKED, ACCEPTED = "Reply posted", "Reaction received", "Reply accepted as solution"


def statement(client, member, prefix="") -> tuple[list[tuple[str, int]], int]:
    """What a member reads at /points/: every line with its reason and points, the oldest first, and the balance."""
    client.force_login(member)
    page = client.get(f"{prefix}/points/").content.decode()
    balance = re.search(r'points-balance-value">(\d+)<', page)[1]
    return [(reason, int(points.replace("−", "-"))) for reason, points in reversed(LINE.findall(page))], int(balance)


def test_every_act_stands_on_the_members_statement_with_what_it_took_and_gave(client, thread, double, alice, bob, charlie, moderator):
    answer = double.posts.get(no=2)

    def act(where, **form):
        client.force_login(moderator)
        assert client.post(f"/forum/{where}/moderation/", form | {"reason": "As agreed"}).status_code == 302
        earned(bob)

    def fresh(member, before):
        """The lines, which add up to what the balance says, and those since."""
        lines, balance = statement(client, member)
        assert sum(points for _reason, points in lines) == balance
        assert lines[: len(before)] == before
        return lines, sorted(lines[len(before) :])

    earned(bob)
    bobs, _balance = statement(client, bob)
    worth = dict(bobs)
    assert set(worth) >= {WRITTEN, THANKED, ACCEPTED}
    everything = sorted((reason, worth[reason]) for reason in (WRITTEN, THANKED, ACCEPTED))
    taken = [(f"Taken back: {reason}", -points) for reason, points in everything]
    given = [(f"Given back: {reason}", points) for reason, points in everything]

    act(f"posts/{answer.pk}", verb="hide_post")
    bobs, new = fresh(bob, bobs)
    assert new == taken
    act(f"posts/{answer.pk}", verb="unhide_post")
    bobs, new = fresh(bob, bobs)
    assert new == given
    assert "退回：" in " ".join(reason for reason, _points in statement(client, bob, "/zh-hans")[0])

    charlies, _balance = statement(client, charlie)
    act(f"posts/{answer.pk}", verb="change_author", handle=charlie.handle)
    bobs, new = fresh(bob, bobs)
    assert new == taken
    charlies, new = fresh(charlie, charlies)
    assert new == everything

    alices, _balance = statement(client, alice)
    act(f"threads/{double.pk}", verb="merge", into=str(thread.pk))
    alices, new = fresh(alice, alices)
    assert new == [(WRITTEN, worth[WRITTEN]), ("Taken back: Thread started", -dict(alices)["Thread started"])]
    assert fresh(charlie, charlies)[1] == []

    client.force_login(charlie)
    client.post(f"/forum/posts/{answer.pk}/withdraw/")
    earned(bob)
    charlies, new = fresh(charlie, charlies)
    assert new == taken
    # A withdrawn post is no moderator's to give back.
    client.force_login(moderator)
    assert client.post(f"/forum/posts/{answer.pk}/moderation/", {"verb": "unhide_post", "reason": "Back"}).status_code == 422
    assert fresh(charlie, charlies)[1] == []


def test_only_moderators_rearrange_and_never_blogs_or_what_is_hidden(thread, double, bob, alice, moderator):
    post = thread.posts.get()
    for deed in (
        lambda by: rearranging.merge(double, thread, by=by, reason="Mine"),
        lambda by: rearranging.split(double, [2], title="Mine", by=by, reason="Mine"),
        lambda by: rearranging.change_author(post, bob, by=by, reason="Mine"),
    ):
        with pytest.raises(NotYours):
            deed(bob)
    moderating.hide_thread(double, by=moderator, reason="Away")
    with pytest.raises(ThreadGone):
        rearranging.merge(double, thread, by=moderator, reason="No")
    assert double.__class__.objects.get(pk=double.pk).state == State.HIDDEN


def test_a_moderator_does_all_of_it_in_the_browser(client, thread, double, charlie, moderator):
    client.force_login(moderator)
    address = f"/forum/threads/{double.pk}/moderation/"
    assert client.post(address, {"verb": "split", "reason": "No title", "numbers": "2"}).status_code == 422
    assert client.post(address, {"verb": "split", "reason": "Apart", "numbers": "2", "title": "Apart"}).status_code == 302
    apart = Thread.objects.get(title="Apart")
    client.post(
        f"/forum/threads/{apart.pk}/moderation/", {"verb": "merge", "reason": "Here", "into": f"http://club/forum/threads/{thread.pk}/"}
    )
    client.post(address, {"verb": "slow", "seconds": "60", "reason": "Calm"})
    moved = thread.posts.get(no=2)
    client.post(f"/forum/posts/{moved.pk}/moderation/", {"verb": "change_author", "handle": charlie.handle, "reason": "Charlie's"})
    moved.refresh_from_db()
    double.refresh_from_db()
    assert (moved.author, double.slow_seconds) == (charlie, 60)
    log = client.get("/forum/moderation/log/").content.decode()
    assert all(words in log for words in ("Posts split off", "Merged into another thread", "Author changed", "Slow mode set"))
