"""A board may give authors a time for editing, and a moment in which a slip leaves no trace."""

import datetime

import pytest
from django.utils import timezone

from forum import moderating, posting, reacting, reporting, solving
from forum.models import Board, Post, PostRevision

OVER = "On this board a post can be edited for 2 hours after it was written."


@pytest.fixture
def answer(thread, bob):
    return posting.reply(thread, author=bob, body="Close on the 25th.")


def age(post, **ago) -> None:
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - datetime.timedelta(**ago))


def test_without_a_limit_one_edits_at_any_time_and_readers_see_that_it_was(client, thread, answer, bob, mei):
    age(answer, days=900)
    client.force_login(bob)
    assert client.post(f"/forum/posts/{answer.pk}/edit/", {"body": "Close on the 26th."}).status_code == 302
    client.force_login(mei)
    assert f'href="/forum/posts/{answer.pk}/history/"' in client.get(f"/forum/threads/{thread.pk}/").content.decode()


def test_when_the_time_is_over_the_author_is_told_so_and_keeps_what_they_typed(client, thread, answer, square, bob):
    Board.objects.update(edit_minutes=120)
    here, edit = f"/forum/threads/{thread.pk}/", f"/forum/posts/{answer.pk}/edit/"
    age(answer, minutes=119)
    client.force_login(bob)
    assert f'href="{edit}"' in client.get(here).content.decode()
    assert client.get(edit).status_code == 200
    assert client.post(edit, {"body": "In time."}).status_code == 302
    age(answer, minutes=121)
    assert f'href="{edit}"' not in client.get(here).content.decode()
    assert OVER in client.get(edit, follow=True).content.decode()
    late = client.post(edit, {"body": "Too late."})
    assert late.status_code == 409
    assert OVER in late.content.decode()
    assert "Too late." in late.content.decode()
    assert Post.objects.get(pk=answer.pk).body == "In time."
    chinese = client.post(f"/zh-hans{edit}", {"body": "Too late."}).content.decode()
    assert "2 小时" in chinese
    Board.objects.update(edit_minutes=45)
    assert "45 minutes" in client.post(edit, {"body": "Too late."}).content.decode()
    assert client.post(f"/forum/posts/{answer.pk}/withdraw/").status_code == 302
    assert Post.objects.get(pk=answer.pk).state == "withdrawn", "one's words can be taken back at any time"


def test_moderators_edit_their_own_and_others_posts_at_any_time(client, thread, answer, moderator):
    Board.objects.update(edit_minutes=1)
    own = posting.reply(thread, author=moderator, body="Read the guide.")
    for post in (answer, own):
        age(post, days=30)
    client.force_login(moderator)
    assert client.post(f"/forum/posts/{own.pk}/edit/", {"body": "Read the new guide."}).status_code == 302
    assert client.post(f"/forum/posts/{answer.pk}/edit/", {"body": "Close early.", "reason": "Wrong day"}).status_code == 302
    assert set(Post.objects.filter(no__gt=1).values_list("body", flat=True)) == {"Read the new guide.", "Close early."}


def corrected(client, post, author) -> bool:
    """Whether an edit of the author's own is kept in no history."""
    client.force_login(author)
    before = PostRevision.objects.count()
    assert client.post(f"/forum/posts/{post.pk}/edit/", {"body": f"{post.body} Corrected."}).status_code == 302
    post.refresh_from_db()
    assert post.body.endswith("Corrected.")
    return PostRevision.objects.count() == before


def test_a_slip_put_right_at_once_leaves_no_earlier_version(client, thread, square, bob, mei):
    Board.objects.update(grace_seconds=300)
    post = posting.reply(thread, author=bob, body="Close on the 52th.")
    assert corrected(client, post, bob)
    assert corrected(client, post, bob)
    client.force_login(mei)
    page = client.get(f"/forum/threads/{thread.pk}/").content.decode()
    assert ">edited<" not in page
    assert "Corrected. Corrected." in page
    age(post, seconds=301)
    assert not corrected(client, post, bob)


def answered(post, thread, alice, mei, **_cast):
    posting.reply(thread, author=mei, body="Thank you.")


def reacted(post, mei, **_cast):
    reacting.react(post, member=mei)


def accepted(post, alice, **_cast):
    solving.accept(post, by=alice)


def reported(post, mei, **_cast):
    reporting.report(post, reporter=mei, kind="rude")


@pytest.mark.parametrize("deed", [answered, reacted, accepted, reported])
def test_what_somebody_answered_reacted_to_accepted_or_reported_keeps_what_it_said(client, thread, bob, alice, mei, deed):
    Board.objects.update(grace_seconds=300)
    post = posting.reply(Post.objects.get(no=1).thread, author=bob, body="Close on the 25th.")
    deed(post=post, thread=thread, alice=alice, mei=mei)
    assert not corrected(client, post, bob)
    client.force_login(mei)
    assert ">edited<" in client.get(f"/forum/threads/{thread.pk}/").content.decode()


def test_a_moderator_s_edit_is_always_kept(thread, answer, moderator):
    Board.objects.update(grace_seconds=300)
    moderating.edit_post(Post.objects.get(pk=answer.pk), by=moderator, body="Close early.", reason="Wrong day")
    assert PostRevision.objects.get().body == "Close on the 25th."


def test_marketers_set_both_times_for_a_board_within_bounds(client, square, marketer):
    client.force_login(marketer)
    form = client.get(f"/admin/snippets/forum/board/edit/{square.pk}/")
    assert b"edit_minutes" in form.content
    square.edit_minutes, square.grace_seconds = 0, 3_601
    with pytest.raises(Exception, match=r"edit_minutes|grace_seconds"):
        square.full_clean()
