"""Polls, bookmarks, following tags and members, ignoring, being seen."""

import datetime

import pytest
from django.utils import timezone

from forum import following, keeping, polling, posting, presence, reacting, reading, regarding, tallies
from forum.models import Ballot, Bookmark, Level, Poll, Presence, Thread, ThreadMember, Voter
from notifications.models import Notification

QUESTION = {
    "poll-question": "Which day?",
    "poll-options": "Monday\n Tuesday \nMonday\n\nFriday",
    "poll-kind": "single",
    "poll-results": "always",
}


def told(member) -> list[str]:
    return sorted(Notification.objects.filter(member=member).exclude(kind="welcome").values_list("kind", flat=True))


@pytest.fixture
def poll(square, alice):
    """Alice's public poll on the square."""
    question = polling.Question("Which day?", ["Monday", "Tuesday", "Friday"], is_secret=False)
    return polling.start_thread_with_poll(square, question, author=alice, title="Meeting", body="When?").posts.get().poll


def options(poll) -> list[int]:
    return list(poll.options.values_list("pk", flat=True))


def test_a_thread_is_started_with_a_poll_and_voted_in(client, alice, bob, square):
    client.force_login(alice)
    words = {"title": "Meeting", "body": "When?", **QUESTION, "poll-is_secret": "on"}
    answer = client.post("/forum/boards/square/new/", words)
    poll = Poll.objects.get()
    assert [option.text for option in poll.options.all()] == ["Monday", "Tuesday", "Friday"]
    client.force_login(bob)
    page = client.post(f"/forum/polls/{poll.pk}/votes/", {"option": options(poll)[1]}, follow=True).content.decode()
    assert "1 · 100 %" in page
    assert Ballot.objects.get().member is None
    assert Voter.objects.get().member == bob
    again = client.post(f"/forum/polls/{poll.pk}/votes/", {"option": options(poll)[0]}, follow=True).content.decode()
    assert "nobody can look your vote up" in again
    assert Ballot.objects.count() == 1
    assert answer.status_code == 302


@pytest.mark.parametrize("wrong", [{"poll-options": "Only one"}, {"poll-question": ""}, {"poll-closes_at": "2020-01-01T10:00"}])
def test_half_a_poll_is_refused_at_its_field_and_nothing_is_lost(client, alice, square, wrong):
    client.force_login(alice)
    answer = client.post("/forum/boards/square/new/", {"title": "Meeting", "body": "Much typing.", **QUESTION, **wrong})
    assert answer.status_code == 422
    assert answer.context["extra"].errors
    assert "Much typing." in answer.content.decode()
    assert not Thread.objects.exists()


def test_a_public_vote_bears_a_name_and_can_be_changed(client, bob, poll):
    client.force_login(bob)
    for option in options(poll)[:2]:
        client.post(f"/forum/polls/{poll.pk}/votes/", {"option": option})
    shown = polling.shown(poll, bob, is_open=True)
    assert [(line.votes, line.names) for line in shown.lines] == [(0, []), (1, ["Bob Lin"]), (0, [])]


@pytest.mark.parametrize("wrong", [[], ["0"], ["x"], ["first", "second"], ["999999999999"]])
def test_a_ballot_names_options_of_its_poll_and_one_where_one_is_asked(client, bob, poll, wrong):
    client.force_login(bob)
    names = {"first": options(poll)[0], "second": options(poll)[1]}
    client.post(f"/forum/polls/{poll.pk}/votes/", {"option": [names.get(word, word) for word in wrong]})
    assert not Ballot.objects.exists()


def test_a_closed_poll_and_one_that_may_not_be_read_take_no_votes(client, alice, bob, charlie, poll, harbour_board):
    client.force_login(bob)
    assert client.post(f"/forum/polls/{poll.pk}/close/").status_code == 404
    client.force_login(alice)
    client.post(f"/forum/polls/{poll.pk}/close/")
    client.post(f"/forum/polls/{poll.pk}/votes/", {"option": options(poll)[0]})
    ours = (
        polling.start_thread_with_poll(harbour_board, polling.Question("?", ["a", "b"]), author=alice, title="Ours", body="x")
        .posts.get()
        .poll
    )
    client.force_login(charlie)
    assert client.post(f"/forum/polls/{ours.pk}/votes/", {"option": options(ours)[0]}).status_code == 404
    assert not Ballot.objects.exists()


def test_a_result_for_voters_is_hidden_until_one_has_voted(alice, bob, square):
    question = polling.Question("?", ["a", "b"], results=Poll.Results.VOTED)
    poll = polling.start_thread_with_poll(square, question, author=alice, title="T", body="x").posts.get().poll
    polling.vote(poll, member=alice, options=options(poll)[:1])
    assert [line.votes for line in polling.shown(poll, bob, is_open=True).lines] == [0, 0]
    assert [line.votes for line in polling.shown(poll, alice, is_open=True).lines] == [1, 0]


def test_ranked_votes_are_given_by_places(client, bob, charlie, square, alice):
    question = polling.Question("?", ["a", "b", "c"], kind=Poll.Kind.RANKED, is_secret=False)
    poll = polling.start_thread_with_poll(square, question, author=alice, title="T", body="x").posts.get().poll
    first, second, third = options(poll)
    client.force_login(bob)
    client.post(f"/forum/polls/{poll.pk}/votes/", {f"place-{third}": "1", f"place-{first}": "2"})
    assert list(Ballot.objects.get().choices.order_by("rank").values_list("option", flat=True)) == [third, first]
    client.force_login(charlie)
    client.post(f"/forum/polls/{poll.pk}/votes/", {f"place-{first}": "1", f"place-{second}": "1"})
    assert Ballot.objects.count() == 1


def test_the_run_off_gives_the_last_ones_votes_on():
    ballots = [[1], [1], [1], [1], [2, 3], [2, 3], [2, 3], [3, 2], [3, 2]]
    rounds = tallies.runoff(ballots, [1, 2, 3])
    assert [each.out for each in rounds] == [(3,), ()]
    assert rounds[-1].votes == {1: 4, 2: 5}


@pytest.mark.parametrize(("ballots", "votes"), [([], {1: 0, 2: 0}), ([[1], [2]], {1: 1, 2: 1})])
def test_a_tie_or_an_empty_urn_elects_nobody(ballots, votes):
    assert tallies.runoff(ballots, [1, 2]) == [tallies.Round(votes, ())]


def test_a_bookmark_is_kept_noted_reminded_of_and_let_go(client, bob, charlie, thread):
    post = thread.posts.get()
    client.force_login(bob)
    client.post(f"/forum/posts/{post.pk}/bookmark/", {"keep": "1"})
    today = timezone.localdate()
    client.post(f"/forum/posts/{post.pk}/bookmark/", {"note": "For Monday", "remind_on": today.isoformat()})
    assert "For Monday" in client.get("/forum/bookmarks/").content.decode()
    assert (keeping.remind_due(today - datetime.timedelta(1)), keeping.remind_due(today), keeping.remind_due(today)) == (0, 1, 0)
    assert told(bob) == ["reminder"]
    client.force_login(charlie)
    assert "For Monday" not in client.get("/forum/bookmarks/").content.decode()
    client.force_login(bob)
    client.post(f"/forum/posts/{post.pk}/bookmark/", {"remove": "1"})
    assert not Bookmark.objects.exists()


def test_nobody_is_reminded_of_what_they_may_no_longer_read(harbour_board, alice, bob, pine):
    post = posting.start_thread(harbour_board, author=alice, title="Ours", body="x").posts.get()
    keeping.keep(post, member=bob, remind_on=timezone.localdate())
    bob.company = pine
    bob.save()
    assert keeping.remind_due() == 0
    assert not reading.kept(bob)[0]


def test_whoever_watches_a_tag_or_a_member_hears_of_new_threads_once(client, square, alice, bob, charlie):
    first = posting.start_thread(square, author=alice, title="One", body="x", tags=["tax"])
    client.force_login(bob)
    client.post("/forum/tags/tax/follow/", {"level": "watch"})
    client.post(f"/forum/members/{alice.handle}/regard/", {"level": "watch"})
    regarding.follow_tag(first.tags.get(), member=charlie, level=Level.TRACK)
    second = posting.start_thread(square, author=alice, title="Two", body="x", tags=["tax"])
    assert told(bob) == ["reply"]
    assert told(charlie) == []
    followers = ThreadMember.objects.filter(thread=second, level=Level.TRACK)
    assert set(followers.values_list("member", flat=True)) == {bob.pk, charlie.pk}
    assert [thread.pk for thread in reading.unread_threads(charlie)] == [second.pk]


def test_a_tag_of_a_board_one_may_not_read_tells_nothing(harbour_board, square, alice, charlie):
    tag = posting.start_thread(square, author=alice, title="One", body="x", tags=["tax"]).tags.get()
    regarding.follow_tag(tag, member=charlie, level=Level.WATCH)
    thread = posting.start_thread(harbour_board, author=alice, title="Ours", body="x", tags=["tax"])
    assert told(charlie) == []
    assert not ThreadMember.objects.filter(thread=thread, member=charlie).exists()


@pytest.mark.parametrize("what", ["tag", "author"])
def test_a_muted_tag_or_author_is_never_news_unless_the_thread_is_followed(square, alice, bob, what):
    thread = posting.start_thread(square, author=alice, title="One", body="x", tags=["tax"])
    assert reading.latest_threads(bob)[0].unread_count == 1
    if what == "tag":
        regarding.follow_tag(thread.tags.get(), member=bob, level=Level.MUTE)
    else:
        regarding.follow_member(alice, member=bob, level=Level.MUTE)
    assert reading.latest_threads(bob)[0].unread_count == 0
    following.follow_thread(thread, member=bob, level=Level.WATCH)
    assert reading.latest_threads(bob)[0].unread_count == 1


def test_the_ignored_call_in_vain_and_are_folded_away(client, thread, alice, bob):
    client.force_login(alice)
    client.post(f"/forum/members/{bob.handle}/regard/", {"ignore": "on"})
    posting.reply(thread, author=bob, body=f"@{alice.handle} Look!", reply_to=thread.posts.get(no=1))
    reacting.react(thread.posts.get(no=1), member=bob)
    assert told(alice) == []
    page = client.get(f"/forum/threads/{thread.pk}/").content.decode()
    assert "You ignore this member" in page
    client.post(f"/forum/members/{bob.handle}/regard/", {"ignore": "off", "back": "1"})
    assert "You ignore this member" not in client.get(f"/forum/threads/{thread.pk}/").content.decode()
    assert client.post(f"/forum/members/{alice.handle}/regard/", {"ignore": "on"}).status_code == 404


def test_presence_is_seen_by_members_and_never_of_whoever_hides_it(client, thread, alice, bob):
    client.force_login(alice)
    client.get(f"/forum/threads/{thread.pk}/")
    client.force_login(bob)
    assert "Here now" in client.get(f"/forum/threads/{thread.pk}/").content.decode()
    assert "Here now" in client.get(f"/members/{alice.handle}/").content.decode()
    presence.hide(alice, True)
    client.force_login(alice)
    client.get(f"/forum/threads/{thread.pk}/")
    assert Presence.objects.get(member=alice).seen_at is None
    client.force_login(bob)
    for address in (f"/forum/threads/{thread.pk}/", f"/members/{alice.handle}/"):
        assert "Here now" not in client.get(address).content.decode()


def test_a_thread_once_opened_is_no_news_on_any_device(client, thread, alice, bob):
    from live.models import Event

    reply = posting.reply(thread, author=bob, body=f"@{alice.handle}")
    reacting.react(thread.posts.get(no=1), member=bob)
    client.force_login(alice)
    assert Notification.objects.filter(member=alice, read_at=None).exclude(kind="welcome").count() == 2
    client.get(f"/forum/threads/{thread.pk}/")
    assert not Notification.objects.filter(member=alice, read_at=None).exclude(kind="welcome").exists()
    event = Event.objects.filter(stream__name=f"member:{alice.pk}").order_by("-seq").first()
    assert (event.kind, event.body) == ("read", {"n": 2})
    assert reply.no == 2


@pytest.mark.parametrize(("typed", "found"), [("b", ["bob-lin"]), ("Lin", ["bob-lin"]), ("梅", ["mei"]), ("zz", [])])
def test_members_are_completed_by_handle_and_name(client, alice, bob, mei, typed, found):
    handles = [mei.handle if handle == "mei" else handle for handle in found]
    client.force_login(alice)
    assert [item["handle"] for item in client.get("/forum/members/", {"q": typed}).json()["items"]] == handles


def test_visitors_complete_nobody(client, bob):
    assert client.get("/forum/members/", {"q": "b"}).status_code == 302


@pytest.mark.parametrize("address", ["/forum/bookmarks/", "/forum/followed/", "/forum/messages/", "/forum/messages/new/", "/forum/emoji/"])
@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_ones_own_pages_open_in_both_languages(client, bob, address, prefix):
    client.force_login(bob)
    assert client.get(prefix + address).status_code == 200


def test_what_one_follows_names_no_board_that_one_may_not_read_any_more(client, harbour_board, pine, bob):
    client.force_login(bob)
    client.post("/forum/boards/harbour/follow/", {"level": "watch"})
    assert "Harbour only" in client.get("/forum/followed/").content.decode()
    harbour_board.name = "Who leaves next"
    harbour_board.save()
    type(bob).objects.filter(pk=bob.pk).update(company=pine)
    page = client.get("/forum/followed/").content.decode()
    assert "Who leaves next" not in page
    assert "/forum/boards/harbour/" not in page
