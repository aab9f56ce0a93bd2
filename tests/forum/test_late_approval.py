"""What had to wait for a moderator appears late: in lists, counts, notices and letters as what is new."""

import datetime

from django.utils import timezone

from forum import (
    appealing,
    digesting,
    moderating,
    posting,
)
from forum.models import Board, Review, State, Thread
from notifications.models import Notification
from tests.forum.counting import counted

DAY = datetime.timedelta(days=1)


def test_the_first_post_of_somebody_new_waits_earns_nothing_and_is_read_by_nobody(client, square, thread, newcomer, bob, moderator):
    Board.objects.update(approval=Board.Approval.NEW)
    thread.board.refresh_from_db()
    post = posting.reply(thread, author=newcomer, body="Hello, I am new.")
    thread.refresh_from_db()
    assert (post.state, thread.reply_count, counted(newcomer)) == (State.PENDING, 0, set())
    client.force_login(bob)
    page = client.get(f"/forum/threads/{thread.pk}/").content.decode()
    assert "I am new" not in page
    assert "waits for a moderator" in page
    client.force_login(moderator)
    queue = client.get("/forum/moderation/").content.decode()
    assert "I am new" in queue
    assert "How do you close your books?" in queue
    client.post(f"/forum/moderation/{Review.objects.get().pk}/", {"verb": "approve", "reason": "Welcome"})
    thread.refresh_from_db()
    assert (thread.reply_count, thread.last_post, counted(newcomer)) == (1, post, {"reply_posted"})
    assert posting.reply(thread, author=bob, body="I am known.").state == State.VISIBLE


def unread_here(client, member) -> dict[str, int]:
    """What the board's page, the list of what is unread there and the first page say is unread to a member; they agree."""
    client.force_login(member)
    page = client.get("/forum/boards/square/").context["page"].threads
    shown = {thread.title: thread.unread_count for thread in page if thread.unread_count}
    assert {thread.title for thread in client.get("/forum/boards/square/?show=unread").context["page"].threads} == set(shown)
    index = client.get("/forum/").context["boards"]
    assert [row["unread"] for row in index if row["board"].slug == "square"] == [len(shown)]
    return shown


def test_what_is_approved_after_all_was_marked_as_read_is_unread_when_it_appears(client, square, thread, newcomer, alice, bob, moderator):
    Board.objects.update(approval=Board.Approval.ALL)
    thread.board.refresh_from_db()
    held = posting.start_thread(Board.objects.get(), author=newcomer, title="Held", body="Hello.")
    answer = posting.reply(thread, author=newcomer, body="An answer that waits.")
    Board.objects.update(approval=Board.Approval.NOBODY)
    later = posting.start_thread(Board.objects.get(), author=alice, title="Later", body="Ask.")
    client.force_login(bob)
    client.get(f"/forum/threads/{thread.pk}/")
    client.post("/forum/boards/square/read/")
    assert unread_here(client, bob) == {}
    client.force_login(moderator)
    for post in (held.posts.get(), answer):
        client.post(f"/forum/moderation/{post.reviews.get().pk}/", {"verb": "approve", "reason": "Fine"})
    assert unread_here(client, bob) == {"Held": 1, thread.title: 1}
    assert unread_here(client, newcomer) == {"Later": 1}, "not their own, which they wrote"
    client.force_login(bob)
    client.get(f"/forum/threads/{held.pk}/")
    assert unread_here(client, bob) == {thread.title: 1}
    client.post("/forum/boards/square/read/")
    assert unread_here(client, bob) == {}
    posting.reply(later, author=alice, body="News.")
    assert set(unread_here(client, bob)) == {"Later"}


def test_what_is_approved_late_stands_in_the_lists_where_new_threads_stand(client, square, thread, newcomer, alice, moderator):
    def listed(path="/forum/boards/square/"):
        return [found.title for found in client.get(path).context["page"].threads]

    Board.objects.update(approval=Board.Approval.ALL)
    held = [posting.start_thread(Board.objects.get(), author=newcomer, title=f"Held {n}", body=f"Hello {n}.") for n in range(2)]
    Board.objects.update(approval=Board.Approval.NOBODY)
    posting.start_thread(Board.objects.get(), author=alice, title="Later", body="Ask.")
    client.force_login(moderator)
    assert listed() == ["Later", thread.title]
    for found in reversed(held):
        client.post(f"/forum/moderation/{found.posts.get().reviews.get().pk}/", {"verb": "approve", "reason": "Fine"})
    client.force_login(alice)
    assert listed() == ["Held 0", "Held 1", "Later", thread.title]
    places = list(Thread.objects.order_by("-place").values_list("place", flat=True))
    assert len(set(places)) == 4
    assert [listed(f"/forum/boards/square/?before={place}")[:1] for place in places] == [["Held 1"], ["Later"], [thread.title], []]
    news = posting.reply(thread, author=alice, body="News.")
    assert listed() == [thread.title, "Held 0", "Held 1", "Later"]
    client.force_login(moderator)
    moderating.hide_post(news, by=moderator, reason="A mistake")
    assert listed() == ["Held 0", "Held 1", "Later", thread.title]


def test_what_was_held_before_somebody_joined_and_appears_afterwards_is_in_their_digest(client, square, newcomer, alice, mei, moderator):
    Board.objects.update(approval=Board.Approval.ALL)
    held = posting.start_thread(Board.objects.get(), author=newcomer, title="Held", body="Hello.")
    old = timezone.now() - 3 * DAY
    held.posts.update(created_at=old)
    Thread.objects.update(created_at=old, last_post_at=old)
    mei.joined_at = timezone.now() - DAY
    mei.save()
    assert digesting.missed(mei, since=timezone.now() - DAY / 2) == []
    moderating.approve(held.posts.get(), by=moderator, reason="Fine")
    assert unread_here(client, mei) == {"Held": 1}
    assert [item["subject"] for item in digesting.missed(mei, since=timezone.now() - DAY / 2)] == [f"post:{held.posts.get().pk}"]


def test_a_refused_post_that_is_shown_after_all_is_news_once(client, square, thread, newcomer, alice, bob, moderator, second_moderator):
    Board.objects.update(approval=Board.Approval.ALL)
    thread.board.refresh_from_db()
    answer = posting.reply(thread, author=newcomer, body=f"An answer for @{bob.handle}.")
    client.force_login(bob)
    client.get(f"/forum/threads/{thread.pk}/")
    client.post("/forum/boards/square/read/")
    action = moderating.reject(answer, by=moderator, reason="Advertising")
    told = Notification.objects.filter(member=bob, kind="mention")
    assert (unread_here(client, bob), told.count()) == ({}, 0)
    appealing.decide(appealing.appeal(action, member=newcomer, words="It is none."), grant=True, by=second_moderator, reason="True")
    assert (unread_here(client, bob), told.count()) == ({thread.title: 1}, 1)
    client.get(f"/forum/threads/{thread.pk}/")
    moderating.hide_post(answer, by=moderator, reason="Rude")
    moderating.unhide_post(answer, by=moderator, reason="It is not")
    assert (unread_here(client, bob), told.count()) == ({}, 1)
