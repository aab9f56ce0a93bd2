"""Trust is earned and lost; what the new may not do yet."""

import datetime

import pytest
from django.utils import timezone

from forum import (
    posting,
    reporting,
    trusting,
)
from forum.models import Appeal, ModerationAction, Review, State, Trust
from forum.refusals import TooManyLinks


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
