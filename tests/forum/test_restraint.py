"""Held posts, watched words, the limits of the new, pauses with an end, appeals."""

import datetime

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from forum import (
    appealing,
    digesting,
    messaging,
    moderating,
    polling,
    posting,
    reporting,
    restricting,
    rewriting,
    solving,
    trusting,
    watching,
)
from forum.models import Appeal, Board, Message, ModerationAction, Review, State, Thread, Trust, WatchedWord
from forum.refusals import AppealedAlready, NotYours, SlowMode, TooManyLinks, WordRefused
from live import visitors
from members.models import Activity
from notifications.models import Notification
from tests.conftest import PASSWORD, in_role, member_of

DAY = datetime.timedelta(days=1)
POLL = polling.Question("Tea?", ["Yes", "No"])


@pytest.fixture
def newcomer(db):
    """Nobody's employee, joined a moment ago."""
    return member_of(None, "nora@new.example", "Nora New")


@pytest.fixture
def second_moderator(db):
    return in_role(member_of(None, "max@club.example", "Max the moderator", is_staff=True), "Moderators")


def counted(member) -> set[str]:
    return set(
        Activity.objects.filter(member=member, undone_by=None).exclude(kind__in=["undone", "registered"]).values_list("kind", flat=True)
    )


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
    assert [item["title"] for item in digesting.missed(mei, since=timezone.now() - DAY / 2)] == ["Held"]


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


def test_a_rejected_thread_counts_only_after_its_appeal_is_granted(square, newcomer, moderator, second_moderator):
    Board.objects.update(approval=Board.Approval.ALL)
    square.refresh_from_db()
    thread = posting.start_thread(square, author=newcomer, title="Buy", body="Buy this.")
    assert thread.state == State.PENDING
    action = moderating.reject(thread.posts.get(), by=moderator, reason="Advertising")
    assert counted(newcomer) == set()
    appeal = appealing.appeal(action, member=newcomer, words="It is a question.")
    with pytest.raises(AppealedAlready):
        appealing.appeal(action, member=newcomer, words="Again.")
    with pytest.raises(NotYours):
        appealing.decide(appeal, grant=True, by=moderator, reason="My own")
    appealing.decide(appeal, grant=True, by=second_moderator, reason="It is")
    thread.refresh_from_db()
    assert (thread.state, counted(newcomer)) == (State.VISIBLE, {"thread_started"})
    assert appealing.decide(appeal, grant=False, by=second_moderator, reason="Twice") is None


def test_the_author_appeals_on_their_page_and_reads_the_answer(client, thread, alice, bob, moderator, second_moderator):
    action = moderating.hide_thread(thread, by=moderator, reason="Off topic")
    client.force_login(alice)
    assert "Off topic" in client.get("/forum/decisions/").content.decode()
    assert client.post(f"/forum/decisions/{action.pk}/appeal/", {"words": ""}).status_code == 422
    client.post(f"/forum/decisions/{action.pk}/appeal/", {"words": "It is on topic."})
    client.post(f"/forum/decisions/{action.pk}/appeal/", {"words": "Once more."})
    assert Appeal.objects.get().words == "It is on topic."
    client.force_login(bob)
    assert client.get(f"/forum/decisions/{action.pk}/appeal/").status_code == 404
    appeal = f"/forum/moderation/appeals/{Appeal.objects.get().pk}/"
    assert client.get(appeal).status_code == 404
    client.force_login(moderator)
    assert client.post(appeal, {"verb": "grant_appeal", "reason": "Mine"}).status_code == 422
    client.force_login(second_moderator)
    assert "It is on topic." in client.get("/forum/moderation/").content.decode()
    client.post(appeal, {"verb": "refuse_appeal", "reason": "It is not"})
    client.force_login(alice)
    assert "Refused" in client.get("/forum/decisions/").content.decode()


@pytest.mark.parametrize(
    ("word", "text", "is_seen"),
    [
        ("代开发票", "本公司代 开-发_票，价格优惠", True),
        ("代开发票", "代\u200b开发票", True),
        ("代开发票", "发票代开", False),
        ("casino", "Best C\uff21SINO here", True),
        ("casino", "c4sin0 tonight", True),
        ("casino", "casinos", False),
        ("casino*", "casinos", True),
        ("free money", "FREE   money", True),
        ("ass", "a class of assets", False),
        ("积分套现", "积分 / 套现", True),
    ],
)
def test_a_watched_word_is_found_however_it_is_spelt(word, text, is_seen):
    assert bool(watching.seen_in(text, [(word, "hold")])) == is_seen


def test_what_the_lists_do(thread, bob, moderator):
    for word, action in (("代开发票", "refuse"), ("casino", "hold"), ("cheap", "flag"), ("darn", "replace")):
        WatchedWord.objects.create(word=word, action=action, replacement="****" if action == "replace" else "")
    cache.clear()
    with pytest.raises(WordRefused):
        posting.reply(thread, author=bob, body="可以代 开发票")
    assert posting.reply(thread, author=bob, body="A casino night").state == State.PENDING
    flagged = posting.reply(thread, author=bob, body="So cheap!")
    assert (flagged.state, flagged.reviews.get().remark) == (State.VISIBLE, "cheap")
    mild = posting.reply(thread, author=bob, body="That darn ledger")
    assert mild.body == "That **** ledger"
    with pytest.raises(WordRefused):
        rewriting.edit(mild, editor=bob, body="代开发票")
    assert posting.reply(thread, author=moderator, body="What casino means").state == State.VISIBLE


def test_no_other_door_lets_in_what_a_post_is_refused_for(square, alice, bob, newcomer):
    for word, action in (("代开发票", "refuse"), ("darn", "replace")):
        WatchedWord.objects.create(word=word, action=action, replacement="****" if action == "replace" else "")
    cache.clear()
    with pytest.raises(WordRefused):
        messaging.start(alice, to=[bob], title="Hello", body="代-开-发-票")
    with pytest.raises(WordRefused):
        posting.start_thread(square, author=alice, title="Fine", body="Fine words", tags=["代开发票"])
    with pytest.raises(WordRefused):
        polling.start_thread_with_poll(
            square, polling.Question("Which?", ["Tea", "代开发票"]), author=alice, title="Fine", body="Fine words"
        )
    assert not Thread.objects.filter(title="Fine").exists()
    with pytest.raises(TooManyLinks):
        messaging.start(newcomer, to=[bob], title="Look", body=" ".join(f"https://{n}.example" for n in range(9)))
    talk = messaging.start(alice, to=[bob], title="Hello", body="Fine words")
    with pytest.raises(WordRefused):
        messaging.say(talk, author=bob, body="代开发票")
    assert posting.start_thread(square, author=alice, title="Plain", body="That darn ledger").posts.get().body == "That **** ledger"
    assert posting.start_thread(square, author=alice, title="In disguise", body="That d4rn ledger").state == State.PENDING


def test_the_new_have_few_links_and_say_nothing_that_another_new_one_said(thread, newcomer, bob, settings):
    links = "\n".join(f"https://x.example/{number}" for number in range(9))
    with pytest.raises(TooManyLinks):
        posting.reply(thread, author=newcomer, body=links)
    assert posting.reply(thread, author=newcomer, body=links[:60]).reviews.get().cause == "links"
    assert posting.reply(thread, author=bob, body=links).state == State.VISIBLE
    posting.reply(thread, author=bob, body="The very same long words of praise.")
    copy = posting.reply(thread, author=newcomer, body="The very same LONG words of praise!")
    assert (copy.state, copy.reviews.get().cause) == (State.PENDING, "duplicate")


def test_haste_of_the_new_is_held_and_repetition_refused(client, thread, newcomer, settings):
    settings.FORUM_PACING = True
    client.force_login(newcomer)
    codes = [client.post(f"/forum/threads/{thread.pk}/replies/", {"body": f"A quick word, {n}"}).status_code for n in range(5)]
    assert codes == [302, 302, 302, 429, 429]
    newcomer.posts.update(body="Exactly what I said before, word by word.")
    Trust.objects.create(member=newcomer, level=1, is_fixed=True)
    assert client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "Exactly what I said before, word by word."}).status_code == 409


def test_slow_mode_asks_for_a_pause(thread, bob, moderator):
    moderating.set_slow(thread, 60, by=moderator, reason="Heated")
    first = posting.reply(thread, author=bob, body="One")
    with pytest.raises(SlowMode):
        posting.reply(thread, author=bob, body="Two")
    type(first).objects.filter(pk=first.pk).update(created_at=timezone.now() - datetime.timedelta(seconds=61))
    assert posting.reply(thread, author=bob, body="Two").no == 3


def test_trust_is_earned_by_deeds_lost_by_upheld_reports_and_set_by_moderators(thread, newcomer, moderator):
    assert trusting.level_of(newcomer) == 0
    deeds = trusting.Deeds
    assert trusting.earned(deeds(posts=1, days=1, threads_read=3, age_days=1)) == 1
    assert trusting.earned(deeds(posts=10, days=5, threads_read=20, reactions=3, age_days=14)) == 2
    assert trusting.earned(deeds(posts=99, days=50, threads_read=200, reactions=50, age_days=90)) == 3
    assert trusting.earned(deeds(posts=99, days=50, threads_read=200, reactions=50, age_days=90, upheld=2)) == 0
    posting.reply(thread, author=newcomer, body="Hello")
    assert list(trusting.recompute_all())
    assert Trust.objects.get(member=newcomer).deeds["posts"] == 1
    trusting.set_level(newcomer, 2, by=moderator, reason="An old friend")
    list(trusting.recompute_all())
    assert trusting.level_of(newcomer) == 2


def test_trust_lost_by_an_upheld_report_comes_back_with_its_appeal(client, thread, bob, mei, moderator, second_moderator):
    post = posting.reply(thread, author=bob, body="Buy this.")
    reporting.report(post, reporter=mei, kind="spam")
    assert trusting.level_of(bob) == Trust.Level.KNOWN
    client.force_login(moderator)
    client.post(f"/forum/moderation/{post.reviews.get().pk}/", {"verb": "hide_post", "reason": "Advertising"})
    assert (trusting.level_of(bob), Trust.objects.get(member=bob).deeds["upheld"]) == (Trust.Level.NEW, 1)
    client.force_login(bob)
    action = ModerationAction.objects.get(verb="hide_post")
    client.post(f"/forum/decisions/{action.pk}/appeal/", {"words": "It is my answer."})
    client.force_login(second_moderator)
    client.post(f"/forum/moderation/appeals/{Appeal.objects.get().pk}/", {"verb": "grant_appeal", "reason": "It is"})
    review = post.reviews.get()
    assert (review.status, review.decided_by, review.note) == ("dismissed", second_moderator, "It is")
    assert (trusting.level_of(bob), Trust.objects.get(member=bob).deeds["upheld"]) == (Trust.Level.KNOWN, 0)


def test_a_burst_of_somebody_new_is_held(client, thread, newcomer, bob, settings):
    address = f"/forum/threads/{thread.pk}/replies/"
    for author in (newcomer, bob):
        for number in range(5):
            posting.reply(thread, author=author, body=f"Word {number}")
    # As fast as the pace allows.
    settings.FORUM_PACING = True
    for author in (newcomer, bob):
        client.force_login(author)
        assert client.post(address, {"body": "One more"}).status_code == 302
    assert [(post.author, post.state) for post in thread.posts.filter(body="One more").order_by("no")] == [
        (newcomer, State.PENDING),
        (bob, State.VISIBLE),
    ]
    assert Review.objects.get().cause == "burst"
    newcomer.posts.update(created_at=timezone.now() - datetime.timedelta(minutes=6))
    client.force_login(newcomer)
    client.post(address, {"body": "And later"})
    assert thread.posts.get(body="And later").state == State.VISIBLE


def test_a_suspended_member_is_out_by_every_door_and_in_again_at_the_end(client, thread, bob, moderator, second_moderator):
    client.force_login(bob)
    key = client.cookies["sessionid"].value
    assert visitors.signed_in(key) == bob
    with pytest.raises(NotYours):
        restricting.suspend(second_moderator, by=moderator, until=timezone.now() + DAY, reason="No")
    restricting.suspend(bob, by=moderator, until=timezone.now() + DAY, reason="Threats")
    assert visitors.signed_in(key) is None
    assert client.get("/forum/drafts/").status_code == 302
    assert client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "Still here"}).status_code == 302
    assert thread.posts.count() == 1
    told = client.post("/accounts/login/", {"login": bob.email, "password": PASSWORD})
    assert (told.status_code, "Threats" in told.content.decode()) == (403, True)
    assert client.get("/forum/drafts/").status_code == 302
    token = appealing.token_of(ModerationAction.objects.get(verb="suspend"))
    assert client.post(f"/forum/appeals/{token}/", {"words": "I am sorry."}).status_code == 200
    assert client.get("/forum/appeals/nonsense/").status_code == 404
    appealing.decide(Appeal.objects.get(), grant=True, by=second_moderator, reason="Forgiven")
    assert client.post("/accounts/login/", {"login": bob.email, "password": PASSWORD}).status_code == 302
    restricting.suspend(bob, by=moderator, until=timezone.now() + DAY, reason="Again")
    bob.suspended_until = timezone.now() - DAY
    bob.save()
    client.force_login(bob)
    assert client.get("/forum/drafts/").status_code == 200


def test_moderators_restrict_on_the_members_page(client, bob, moderator, alice):
    address = f"/forum/moderation/members/{bob.handle}/"
    client.force_login(alice)
    assert client.get(address).status_code == 404
    client.force_login(moderator)
    assert client.post(address, {"verb": "silence", "reason": "No end"}).status_code == 422
    client.post(address, {"verb": "silence", "days": "3", "reason": "Cool down"})
    assert restricting.in_force(bob).reason == "Cool down"
    page = client.get(address).content.decode()
    assert "Silenced until" in page
    client.post(address, {"verb": "lift", "reason": "Cooled"})
    client.post(address, {"verb": "set_trust", "level": "2", "reason": "Helpful"})
    assert (restricting.in_force(bob), trusting.level_of(bob)) == (None, 2)
    assert Thread.objects.count() == 0


@pytest.fixture
def reported(alice, bob):
    talk = messaging.start(alice, to=[bob], title="About Friday", body="Something rude.")
    return messaging.report(talk.messages.get(), reporter=bob, kind="rude")


def test_a_hidden_message_is_in_the_log_and_comes_back_by_an_appeal(client, reported, alice, moderator, second_moderator):
    messaging.decide(reported, by=moderator, hide=True, reason="Rude")
    action = ModerationAction.objects.get(verb="hide_message")
    assert (action.member, action.actor, action.reason) == (alice, moderator, "Rude")
    client.force_login(alice)
    assert reverse("forum:appeal", args=[action.pk]) in client.get("/forum/decisions/").content.decode()
    appeal = appealing.appeal(action, member=alice, words="A joke between us.")
    client.force_login(second_moderator)
    page = client.get(reverse("forum:decide_appeal", args=[appeal.pk])).content.decode()
    assert "Something rude." in page
    assert "Message hidden" in client.get("/forum/moderation/log/").content.decode()
    appealing.decide(appeal, grant=True, by=second_moderator, reason="It is one")
    assert not Message.objects.get().is_hidden
    assert ModerationAction.objects.filter(verb="unhide_message", member=alice).exists()


def test_a_message_that_is_left_is_in_the_log_alone(client, reported, alice, moderator):
    messaging.decide(reported, by=moderator, hide=False, reason="Not rude")
    messaging.decide(reported, by=moderator, hide=False, reason="Not rude")
    assert ModerationAction.objects.get().verb == "leave_message"
    client.force_login(alice)
    assert "Not rude" not in client.get("/forum/decisions/").content.decode()


def test_a_moderator_says_why_they_decide_which_reply_solved_it(client, thread, alice, bob, charlie, moderator, second_moderator):
    answer, other = (posting.reply(thread, author=author, body=f"{author.name} knows.") for author in (bob, charlie))
    client.force_login(alice)
    client.post(f"/forum/posts/{answer.pk}/solution/")
    assert not ModerationAction.objects.exists()
    client.force_login(moderator)
    asked = client.post(f"/forum/posts/{other.pk}/solution/")
    thread.refresh_from_db()
    assert (asked.status_code, thread.solution) == (302, answer)
    assert client.get(asked["Location"]).context["form"]["verb"].value() == "accept"
    client.post(asked["Location"], {"verb": "accept", "reason": "Alice told me"})
    thread.refresh_from_db()
    assert thread.solution == other
    assert set(ModerationAction.objects.values_list("verb", "member", "reason")) == {
        ("unaccept", bob.pk, "Alice told me"),
        ("accept", alice.pk, "Alice told me"),
    }
    with pytest.raises(ValueError, match="reason"):
        solving.unaccept(thread, by=moderator)
    assert "reply_accepted" not in counted(bob)
    appeal = appealing.appeal(ModerationAction.objects.get(verb="unaccept"), member=bob, words="She chose mine.")
    appealing.decide(appeal, grant=True, by=second_moderator, reason="She did")
    thread.refresh_from_db()
    assert thread.solution == answer
    assert "reply_accepted" in counted(bob)


def test_an_appeal_does_not_choose_against_whoever_asked(thread, alice, bob, charlie, moderator, second_moderator):
    answer, other = (posting.reply(thread, author=author, body=f"{author.name} knows.") for author in (bob, charlie))
    solving.accept(answer, by=alice)
    solving.unaccept(thread, by=moderator, reason="It does not work")
    solving.accept(other, by=alice)
    appeal = appealing.appeal(ModerationAction.objects.get(verb="unaccept"), member=bob, words="It works.")
    appealing.decide(appeal, grant=True, by=second_moderator, reason="It does")
    thread.refresh_from_db()
    assert thread.solution == other


def test_a_moderator_says_why_they_close_a_poll_and_an_appeal_opens_it(client, square, alice, moderator, second_moderator):
    thread = polling.start_thread_with_poll(square, POLL, author=alice, title="Tea", body="Or not?")
    poll = thread.posts.get().poll
    client.force_login(moderator)
    asked = client.post(f"/forum/polls/{poll.pk}/close/")
    poll.refresh_from_db()
    assert not poll.is_closed
    client.post(asked["Location"], {"verb": "close_poll", "reason": "Settled"})
    poll.refresh_from_db()
    assert poll.is_closed
    action = ModerationAction.objects.get(verb="close_poll")
    assert (action.member, action.reason) == (alice, "Settled")
    with pytest.raises(ValueError, match="reason"):
        polling.close(polling.ask(posting.start_thread(square, author=alice, title="x", body="y").posts.get(), POLL), by=moderator)
    appealing.decide(appealing.appeal(action, member=alice, words="It is not."), grant=True, by=second_moderator, reason="True")
    poll.refresh_from_db()
    assert not poll.is_closed


def test_a_preview_replaces_the_words_that_the_post_will_have_replaced(client, thread, alice, bob, moderator):
    WatchedWord.objects.create(word="crap", action="replace", replacement="tea")
    cache.clear()  # the list was looked at when the thread was started
    client.force_login(bob)
    said = {"body": "What **crap** this is."}
    assert "What <strong>tea</strong> this is." in client.post("/forum/preview/", said).content.decode()
    plainly = client.post(f"/forum/threads/{thread.pk}/replies/", said | {"preview": "1"}).content.decode()
    assert "What <strong>tea</strong> this is." in plainly
    assert "What **crap** this is." in plainly, "what was typed stays in the form"
    assert "<strong>crap</strong>" in client.post("/forum/preview/?as_typed=1", said).content.decode(), (
        "private words are shown as they are sent"
    )
    client.force_login(moderator)
    assert "<strong>crap</strong>" in client.post("/forum/preview/", said).content.decode(), "nobody replaces the words of the staff"
