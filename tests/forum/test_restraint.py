"""Watched words, and pauses with an end."""

import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from forum import (
    appealing,
    messaging,
    moderating,
    polling,
    posting,
    restricting,
    rewriting,
    trusting,
    watching,
)
from forum.models import Appeal, ModerationAction, Review, Series, State, Tag, Thread, WatchedWord
from forum.refusals import NotYours, SlowMode, TooManyLinks, WordRefused
from live import visitors
from tests.conftest import PASSWORD

DAY = datetime.timedelta(days=1)


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


def test_slow_mode_asks_for_a_pause(thread, bob, moderator):
    moderating.set_slow(thread, 60, by=moderator, reason="Heated")
    first = posting.reply(thread, author=bob, body="One")
    with pytest.raises(SlowMode):
        posting.reply(thread, author=bob, body="Two")
    type(first).objects.filter(pk=first.pk).update(created_at=timezone.now() - datetime.timedelta(seconds=61))
    assert posting.reply(thread, author=bob, body="Two").no == 3


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


def test_the_silenced_neither_react_nor_vote_and_read_why(client, square, thread, alice, bob, moderator):
    post = thread.posts.get()
    asked = polling.start_thread_with_poll(square, polling.Question("Tea?", ["Yes", "No"]), author=alice, title="Tea", body="Or not?")
    poll = asked.posts.get().poll
    client.force_login(bob)
    client.post(f"/forum/posts/{post.pk}/reactions/", {"kind": "thanks"})
    restricting.silence(bob, by=moderator, until=timezone.now() + DAY, reason="Calm down")
    address = f"/forum/posts/{post.pk}/reactions/"
    in_place = client.post(address, {"kind": "like"}, headers={"HX-Request": "true"}).content.decode()
    assert "no posts, messages, votes or reactions" in in_place
    plainly = client.post(address, {"kind": "like"}, follow=True).content.decode()
    assert "no posts, messages, votes or reactions" in plainly
    voted = client.post(f"/forum/polls/{poll.pk}/votes/", {"option": str(poll.options.first().pk)}, follow=True).content.decode()
    assert "no posts, messages, votes or reactions" in voted
    assert list(post.reactions.values_list("kind", flat=True)) == ["thanks"]
    assert not poll.voters.exists()
    client.post(address, {"kind": "thanks", "withdraw": "on"})
    assert not post.reactions.exists(), "what one gave one may take back"
    restricting.lift_silence(bob, by=moderator, reason="Calm")
    client.post(address, {"kind": "like"})
    assert post.reactions.get().kind == "like"


def test_a_word_is_replaced_in_the_tags_that_a_member_types(client, square, alice, moderator):
    WatchedWord.objects.create(word="darn", action="replace", replacement="dear")
    WatchedWord.objects.create(word="发票", action="replace", replacement="票据")
    cache.clear()
    thread = posting.start_thread(square, author=alice, title="Books", body="Ask.", tags=["darn ledger", "代开发票", "tax"])
    assert [tag.name for tag in thread.tags.all()] == ["dear ledger", "tax", "代开票据"]
    client.force_login(alice)
    sent = {"title": "Books", "body": "Ask.", "tags": "tax, Darn books", "reason": "", "based_on": "0"}
    assert client.post(f"/forum/posts/{thread.posts.get().pk}/edit/", sent).status_code == 302
    assert {tag.name for tag in thread.tags.all()} == {"dear books", "tax"}
    assert not Tag.objects.filter(name__icontains="darn").exists()
    in_disguise = posting.start_thread(square, author=alice, title="Tea", body="Ask.", tags=["d4rn"])
    assert in_disguise.state == State.PENDING
    moderating.add_tags(thread, ["darn ledger"], by=moderator, reason="As the staff say it")
    again = sent | {"body": "Asked.", "tags": "tax, dear books, darn ledger", "based_on": "1"}
    client.post(f"/forum/posts/{thread.posts.get().pk}/edit/", again)
    assert {tag.name for tag in thread.tags.all()} == {"dear books", "tax", "darn ledger"}, "what a moderator tagged stays"


def test_the_title_of_a_series_passes_the_watch_list(client, alice):
    for word, action in (("代开发票", "refuse"), ("casino", "hold"), ("darn", "replace")):
        WatchedWord.objects.create(word=word, action=action, replacement="dear" if action == "replace" else "")
    cache.clear()
    client.force_login(alice)
    for series in ("代-开发票", "darn ledgers", "casino nights"):
        client.post("/blogs/new/", {"title": series[:2], "body": "A morning.", "entry-series": series})
    assert set(Series.objects.values_list("title", flat=True)) == {"dear ledgers", "casino nights"}
    assert [(review.cause, review.remark) for review in Review.objects.all()] == [("words", "casino")]
