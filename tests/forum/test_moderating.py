"""What moderators do, and that it takes back and gives back exactly what was earned."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from forum import moderating, posting, reacting, reporting, restricting, solving
from forum.models import Board, ModerationAction, Review, State
from forum.refusals import BoardArchived, NotYours, Silenced, ThreadGone
from members.models import Activity
from notifications.models import Notification

KIND = Activity.Kind


def standing(member) -> list[tuple[str, str]]:
    """The deeds of a member that count now."""
    rows = Activity.objects.filter(member=member, undone_by=None).exclude(kind=KIND.UNDONE)
    return sorted((row.kind, row.cause.split("#")[0]) for row in rows if row.kind not in (KIND.REGISTERED,))


@pytest.fixture
def answer(thread, bob, alice, mei):
    """Bob's reply to Alice: accepted, and Mei has thanked for it."""
    post = posting.reply(thread, author=bob, body="Close on the 25th.")
    reacting.react(post, member=mei, kind="thanks")
    solving.accept(post, by=alice)
    return post


def test_hiding_a_reply_takes_back_all_it_earned_and_showing_it_gives_all_back(answer, thread, bob, moderator):
    before = standing(bob)
    assert {kind for kind, _cause in before} == {KIND.REPLY_POSTED, KIND.REACTION_RECEIVED, KIND.REPLY_ACCEPTED}
    moderating.hide_post(answer, by=moderator, reason="Under discussion")
    thread.refresh_from_db()
    assert standing(bob) == []
    assert (thread.reply_count, thread.solution_id) == (0, None)
    moderating.unhide_post(answer, by=moderator, reason="All fine")
    thread.refresh_from_db()
    assert standing(bob) == before
    assert (thread.reply_count, thread.solution_id, thread.last_post_id) == (1, answer.pk, answer.pk)


def test_acts_repeated_change_nothing(answer, thread, bob, moderator):
    moderating.hide_post(answer, by=moderator, reason="Once")
    assert moderating.hide_post(answer, by=moderator, reason="Twice") is None
    moderating.unhide_post(answer, by=moderator, reason="Back")
    assert moderating.unhide_post(answer, by=moderator, reason="Back again") is None
    moderating.set_locked(thread, True, by=moderator, reason="Done")
    assert moderating.set_locked(thread, True, by=moderator, reason="Done") is None
    assert ModerationAction.objects.count() == 3


def test_a_reaction_withdrawn_while_the_post_was_hidden_is_not_given_back(answer, bob, mei, moderator):
    moderating.hide_post(answer, by=moderator, reason="Look")
    reacting.withdraw_reaction(answer, member=mei, kind="thanks")
    moderating.unhide_post(answer, by=moderator, reason="Fine")
    assert KIND.REACTION_RECEIVED not in {kind for kind, _cause in standing(bob)}


def test_a_hidden_thread_is_gone_for_all_but_its_author_and_moderators(client, thread, alice, bob, moderator):
    moderating.hide_thread(thread, by=moderator, reason="Advertising")
    address = f"/forum/threads/{thread.pk}/"
    for who, status in ((bob, 404), (alice, 200), (moderator, 200)):
        client.force_login(who)
        assert client.get(address).status_code == status, who
    assert standing(alice) == []
    client.force_login(bob)
    assert client.post(address + "replies/", {"body": "Hello?"}).status_code == 404
    moderating.unhide_thread(thread, by=moderator, reason="A mistake")
    assert client.get(address).status_code == 200
    assert len(standing(alice)) == 1


def test_hidden_words_are_nowhere_for_others(client, answer, thread, charlie, moderator):
    moderating.hide_post(answer, by=moderator, reason="Wrong advice")
    client.force_login(charlie)
    for address in (f"/forum/threads/{thread.pk}/", "/forum/", "/forum/boards/square/", "/forum/search/?q=25th"):
        assert "Close on the 25th" not in client.get(address).content.decode(), address
    assert client.get(f"/forum/posts/{answer.pk}/history/").status_code == 404
    assert client.post(f"/forum/posts/{answer.pk}/reactions/", {"kind": "like"}).status_code == 404


def test_every_act_needs_a_moderator_and_a_reason(thread, alice, marketer, moderator):
    for nobody in (alice, marketer):
        with pytest.raises(NotYours):
            moderating.set_locked(thread, True, by=nobody, reason="Mine")
    with pytest.raises(ValueError, match="reason"):
        moderating.set_locked(thread, True, by=moderator, reason="  ")
    thread.refresh_from_db()
    assert not thread.is_locked


@pytest.mark.parametrize("address", ["moderation/", "moderation/log/", "threads/{pk}/moderation/", "posts/{post}/moderation/"])
def test_the_moderators_pages_are_theirs(client, thread, alice, marketer, moderator, address):
    address = "/forum/" + address.format(pk=thread.pk, post=thread.posts.get().pk)
    for who, status in ((alice, 404), (marketer, 404), (moderator, 200)):
        client.force_login(who)
        assert client.get(address).status_code == status, who


def test_a_moderator_locks_moves_and_hides_in_the_browser(client, thread, alice, moderator):
    other = Board.objects.create(slug="other", name="Other")
    client.force_login(moderator)
    address = f"/forum/threads/{thread.pk}/moderation/"
    assert client.post(address, {"verb": "lock", "reason": ""}).status_code == 422
    assert client.post(address, {"verb": "move", "reason": "Here"}).status_code == 422
    client.post(address, {"verb": "lock", "reason": "Settled"})
    client.post(address, {"verb": "move", "reason": "Fits better", "board": other.pk})
    client.post(f"/forum/posts/{thread.posts.get().pk}/moderation/", {"verb": "hide_post", "reason": "Off it goes"})
    thread.refresh_from_db()
    assert (thread.is_locked, thread.board, thread.state) == (True, other, State.HIDDEN)
    assert "Fits better" in client.get("/forum/moderation/log/").content.decode()
    told = Notification.objects.filter(member=alice, kind=Notification.Kind.MODERATION)
    assert [row.details["reason"] for row in told.order_by("id")] == ["Settled", "Fits better", "Off it goes"]


def test_the_log_is_only_added_to(thread, moderator):
    action = moderating.set_pinned(thread, True, by=moderator, reason="Read this")
    with pytest.raises(TypeError):
        action.save()
    with pytest.raises(TypeError):
        action.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ModerationAction.objects.update(reason="Something else")


def test_reports_meet_in_one_case_and_are_decided_once(client, thread, bob, mei, moderator):
    post = thread.posts.get()
    for reporter in (bob, bob, mei):
        client.force_login(reporter)
        client.post(f"/forum/posts/{post.pk}/report/", {"kind": "spam", "note": "An advert"})
    review = Review.objects.get()
    assert (review.report_count, review.reports.count()) == (2, 2)
    client.force_login(moderator)
    assert "An advert" in client.get("/forum/moderation/").content.decode()
    client.post(f"/forum/moderation/{review.pk}/", {"verb": "dismiss", "reason": "It is not"})
    review.refresh_from_db()
    assert (review.status, review.note) == ("dismissed", "It is not")
    reporting.report(post, reporter=bob, kind="rude")
    again = Review.objects.get(status="open")
    client.post(f"/forum/moderation/{again.pk}/", {"verb": "hide_post", "reason": "Now it is"})
    thread.refresh_from_db()
    again.refresh_from_db()
    assert (thread.state, again.status) == (State.HIDDEN, "upheld")


def test_nobody_reports_or_rewards_themselves(thread, alice):
    post = thread.posts.get()
    with pytest.raises(NotYours):
        reporting.report(post, reporter=alice, kind="spam")
    with pytest.raises(NotYours):
        reacting.react(post, member=alice)


def test_a_silenced_member_reads_and_does_not_write(client, thread, bob, moderator):
    restricting.silence(bob, by=moderator, until=timezone.now() + datetime.timedelta(days=1), reason="Cool down")
    with pytest.raises(Silenced):
        posting.reply(thread, author=bob, body="But…")
    client.force_login(bob)
    assert client.get(f"/forum/threads/{thread.pk}/").status_code == 200
    restricting.lift_silence(bob, by=moderator, reason="Cooled")
    assert posting.reply(thread, author=bob, body="Thanks.").no == 2


def test_a_moderators_edit_needs_a_reason_and_stays_in_the_history(client, answer, bob, moderator):
    client.force_login(moderator)
    address = f"/forum/posts/{answer.pk}/edit/"
    assert client.post(address, {"body": "Close on the 26th.", "reason": ""}).status_code == 422
    client.post(address, {"body": "Close on the 26th.", "reason": "The date was wrong"})
    answer.refresh_from_db()
    assert answer.body == "Close on the 26th."
    assert answer.revisions.get().body == "Close on the 25th."
    assert ModerationAction.objects.get(verb="edit_post").member == bob


def test_accepting_another_reply_takes_the_first_ones_credit_back(answer, thread, alice, bob, charlie):
    other = posting.reply(thread, author=charlie, body="On the 20th.")
    solving.accept(other, by=alice)
    assert KIND.REPLY_ACCEPTED not in {kind for kind, _cause in standing(bob)}
    solving.accept(answer, by=alice)
    assert KIND.REPLY_ACCEPTED in {kind for kind, _cause in standing(bob)}
    solving.unaccept(thread, by=alice)
    assert KIND.REPLY_ACCEPTED not in {kind for kind, _cause in standing(bob)}
    with pytest.raises(NotYours):
        solving.accept(answer, by=charlie)


def test_accepting_ones_own_reply_earns_nothing(thread, alice):
    own = posting.reply(thread, author=alice, body="Found it.")
    solving.accept(own, by=alice)
    assert not Activity.objects.filter(kind=KIND.REPLY_ACCEPTED).exists()


def test_on_an_archived_board_a_solution_stays_and_nobody_is_offered_to_change_it(client, square, answer, thread, alice, bob, moderator):
    type(square).objects.update(is_archived=True)
    client.force_login(alice)
    assert "unaccept" not in client.get(f"/forum/threads/{thread.pk}/").content.decode()
    page = client.post(f"/forum/threads/{thread.pk}/unaccept/", follow=True)
    assert "This board is archived" in page.content.decode()
    client.force_login(moderator)
    assert "unaccept" not in client.get(f"/forum/posts/{answer.pk}/moderation/").content.decode()
    with pytest.raises(BoardArchived):
        solving.unaccept(thread, by=moderator, reason="It does not work")
    thread.refresh_from_db()
    assert thread.solution_id == answer.pk
    assert KIND.REPLY_ACCEPTED in {kind for kind, _cause in standing(bob)}


def test_a_solution_that_is_not_shown_is_not_unmarked(answer, thread, alice, moderator):
    moderating.hide_thread(thread, by=moderator, reason="Looked into")
    with pytest.raises(ThreadGone):
        solving.unaccept(thread, by=alice)
    moderating.unhide_thread(thread, by=moderator, reason="It is well")
    solving.unaccept(thread, by=alice)
    thread.refresh_from_db()
    assert thread.solution_id is None
