"""Where a moderator reads every post before it is shown, an edit waits too: what was approved is what is read."""

import pytest

from forum import moderating, posting, rewriting, waiting
from forum.models import Board, HeldEdit, ModerationAction, Review, State, Trust
from members.models import Activity
from notifications.models import Notification
from tests.forum.test_waiting_edits import case_of, decided, edited, form, page_of

QUEUE = "/forum/moderation/"


@pytest.fixture
def read_first(square):
    square.approval = Board.Approval.ALL
    square.save()
    return square


@pytest.fixture
def approved(read_first, alice, bob, moderator):
    """Bob's reply on such a board, in Alice's thread, both approved."""
    thread = posting.start_thread(read_first, author=alice, title="Month-end", body="How do you close?", tags=["tax"])
    moderating.approve(thread.posts.get(), by=moderator, reason="Fine")
    thread.refresh_from_db()
    answer = posting.reply(thread, author=bob, body="By hand.")
    moderating.approve(answer, by=moderator, reason="Fine")
    answer.refresh_from_db()
    assert answer.state == State.VISIBLE
    return answer


def test_words_changed_after_approval_wait_and_the_approved_ones_stay(client, approved, alice, bob, mei, moderator):
    facts = Activity.objects.count()
    page = edited(client, approved, body=f"Buy my course, @{mei.handle}!", reason="Typo")
    assert "Your edit waits for a moderator" in page
    as_it_is, waits = page.split('class="notice waiting-edit"')
    assert "Buy my course" not in as_it_is
    assert "Buy my course" in waits
    assert (approved.body, approved.edit_count) == ("By hand.", 0)
    for reader in (alice, mei):
        assert "Buy my course" not in page_of(client, reader, approved)
    assert not Notification.objects.filter(member=mei, kind="mention").exists()
    client.force_login(moderator)
    queue = client.get(QUEUE).content.decode()
    assert "An edit waits, as posts do here" in queue
    assert "<del>By hand.</del>" in queue
    assert "<ins>Buy my course" in queue
    decided(client, moderator, approved, "refuse_edit")
    assert (approved.body, Activity.objects.count()) == ("By hand.", facts)
    assert Review.objects.filter(status="open").count() == 0


def test_an_approved_edit_is_shown_and_earns_and_costs_nothing(client, approved, bob, moderator):
    facts = Activity.objects.count()
    edited(client, approved, body="By hand, on the 25th.", reason="More exactly")
    decided(client, moderator, approved, "approve_edit")
    assert (approved.body, approved.edit_count, approved.revisions.get().editor) == ("By hand, on the 25th.", 1, bob)
    assert Activity.objects.count() == facts


@pytest.mark.parametrize("changed", [{"title": "Closing"}, {"tags": "tax, books"}, {"tags": ""}, {"body": "How?"}])
def test_title_tags_and_text_of_an_opening_wait(client, approved, alice, moderator, changed):
    opening = approved.thread.posts.get(no=1)
    edited(client, opening, **changed)
    thread = opening.thread
    thread.refresh_from_db()
    assert (thread.title, opening.body, [tag.name for tag in thread.tags.all()]) == ("Month-end", "How do you close?", ["tax"])
    assert waiting.waiting_of(opening)
    decided(client, moderator, opening, "approve_edit")
    assert waiting.waiting_of(opening) is None
    assert opening.edit_count == 1


def test_saving_what_the_post_says_already_waits_for_nobody(client, approved):
    edited(client, approved)
    edited(client, approved.thread.posts.get(no=1))
    assert not HeldEdit.objects.exists()
    assert not Review.objects.filter(status="open").exists()


def test_the_clubs_own_people_and_moderators_edit_at_once_and_other_boards_as_before(client, approved, open_board, bob, moderator):
    moderating.edit_post(approved, by=moderator, body="By hand, carefully.", reason="Clearer")
    own = posting.reply(approved.thread, author=moderator, body="Mine.")
    rewriting.edit(own, editor=moderator, body="Mine, changed.")
    elsewhere = posting.start_thread(open_board, author=bob, title="Tea", body="Which?").posts.get()
    edited(client, elsewhere, body="Which one?")
    assert elsewhere.body == "Which one?"
    assert not HeldEdit.objects.exists()


def test_where_first_posts_wait_the_new_edit_nothing_in_past_the_moderators_and_the_known_do(
    client, square, thread, newcomer, bob, moderator
):
    square.approval = Board.Approval.NEW
    square.save()
    post = posting.reply(thread, author=newcomer, body="Hello.")
    moderating.approve(post, by=moderator, reason="Welcome")
    post.refresh_from_db()
    edited(client, post, body="Buy my course!")
    assert (post.body, HeldEdit.objects.get().body) == ("Hello.", "Buy my course!")
    decided(client, moderator, post, "refuse_edit")
    Trust.objects.update_or_create(member=newcomer, defaults={"level": Trust.Level.KNOWN})
    edited(client, post, body="Hello all.")
    assert post.body == "Hello all."
    known = posting.reply(thread, author=bob, body="By hand.")
    edited(client, known, body="By machine.")
    assert known.body == "By machine."


def test_several_edits_and_posts_are_approved_together_as_they_were_read(client, approved, alice, bob, moderator):
    opening = approved.thread.posts.get(no=1)
    held = posting.reply(approved.thread, author=bob, body="And one more.")
    edited(client, approved, body="By hand, on the 25th.")
    edited(client, opening, body="How do you close, and when?")
    client.force_login(moderator)
    seen = [case.seen for case in client.get(QUEUE).context["page"].cases]
    assert len(seen) == 3
    edited(client, opening, body="Buy my course!")
    client.force_login(moderator)
    page = client.post(QUEUE, {"case": seen, "verb": "approve", "reason": "Fine"}, follow=True).content.decode()
    assert "2 cases decided" in page
    assert "1 case is left" in page
    for post in (approved, opening, held):
        post.refresh_from_db()
    assert (approved.body, opening.body, held.state) == ("By hand, on the 25th.", "How do you close?", State.VISIBLE)
    assert ModerationAction.objects.filter(verb="approve_edit", post=approved).exists()
    seen = [case.seen for case in client.get(QUEUE).context["page"].cases]
    client.post(QUEUE, {"case": seen, "verb": "reject", "reason": "An advert"})
    opening.refresh_from_db()
    assert (opening.body, opening.state, opening.thread.state) == ("How do you close?", State.VISIBLE, State.VISIBLE)
    assert HeldEdit.objects.get(body="Buy my course!").status == "refused"


def test_nobody_but_its_author_and_moderators_is_shown_what_waits(client, approved, mei, bob):
    edited(client, approved, body="Buy my course!")
    client.force_login(mei)
    for address in (case_of(approved), QUEUE):
        assert client.get(address).status_code in (403, 404)
    assert client.post(f"/forum/posts/{approved.pk}/edit/", form(approved, body="Mine")).status_code == 404
    for address in (f"/forum/posts/{approved.pk}/history/", "/forum/search/?q=course", "/forum/", f"/forum/posts/{approved.pk}/quotation/"):
        assert "Buy my course" not in client.get(address).content.decode()
