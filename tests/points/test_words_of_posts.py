"""A statement and a notice of points call a thread what its reader may read of it now, whatever it was called when they were earned."""

import datetime
import importlib

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone

from forum import moderating, posting, reacting, rewriting
from forum.models import Board
from notifications import mailing, preferring
from notifications.models import Notification
from points import accruing, reading
from points.models import Accrual, Review

TITLE, SECRET = "Month-end closing", "We sell the yard"


@pytest.fixture
def square(db):
    return Board.objects.create(slug="square", name="The square")


@pytest.fixture
def desk(harbour):
    return Board.objects.create(slug="harbour", name="Harbour only", audience=Board.Audience.COMPANY, company=harbour)


def weigh_all() -> None:
    for _progress in accruing.weigh_missed():
        pass


@pytest.fixture
def earned(square, alice, charlie):
    """Charlie's reply in Alice's thread, which she liked, with what both earned and were told."""
    thread = posting.start_thread(square, author=alice, title=TITLE, body="How?")
    answer = posting.reply(thread, author=charlie, body="By hand.")
    reacting.react(answer, member=alice)
    weigh_all()
    assert reading.balance_of(charlie)
    return answer


PLACES = ("/points/", "/points/statement.csv", "/notifications/", "/")


def read(client, member, place) -> str:
    client.force_login(member)
    page = client.get(place)
    return (page.getvalue() if page.streaming else page.content).decode()


def everywhere(client, member) -> str:
    return "".join(read(client, member, place) for place in PLACES[:3])


def test_both_say_what_the_thread_is_called_now(client, earned, charlie, moderator):
    for place in PLACES[:3]:
        assert TITLE in read(client, charlie, place), place
    opening = earned.thread.posts.get(no=1)
    moderating.edit_post(opening, by=moderator, body="How?", title="Closing in two days", reason="Clearer")
    for place in PLACES[:3]:
        page = read(client, charlie, place)
        assert "Closing in two days" in page, place
        assert TITLE not in page, place


def hidden(thread, moderator, desk):
    moderating.hide_thread(thread, by=moderator, reason="Private")


def moved(thread, moderator, desk):
    moderating.move(thread, desk, by=moderator, reason="Theirs alone")


@pytest.mark.parametrize("taken_away", [hidden, moved])
def test_neither_names_nor_links_a_thread_that_its_reader_may_not_open_any_more(client, earned, charlie, moderator, desk, taken_away):
    before = reading.balance_of(charlie)
    taken_away(earned.thread, moderator, desk)
    weigh_all()
    Notification.objects.exclude(kind="points_earned").delete()
    for place in PLACES:
        page = read(client, charlie, place)
        assert TITLE not in page, place
        assert f"/forum/threads/{earned.thread_id}/" not in page, place
    assert "Reply posted" in read(client, charlie, "/points/"), "what for is still said, and every line stays"
    assert "You earned" in read(client, charlie, "/notifications/")
    assert len(read(client, charlie, "/points/statement.csv").splitlines()) >= 3
    assert reading.balance_of(charlie) <= before


def test_a_thread_that_goes_with_its_withdrawn_opening_is_named_to_its_author_alone(client, square, alice, bob):
    thread = posting.start_thread(square, author=alice, title=SECRET, body="Soon.")
    weigh_all()
    rewriting.withdraw(thread.posts.get(), author=alice)
    weigh_all()
    assert SECRET in everywhere(client, alice)
    assert SECRET not in everywhere(client, bob)


def test_a_marketer_reads_in_an_account_what_a_marketer_may_read(client, earned, charlie, marketer, moderator, harbour, desk):
    assert TITLE in read(client, marketer, f"/admin/points/accounts/{charlie.pk}/")
    moderating.move(earned.thread, desk, by=moderator, reason="Theirs alone")
    page = read(client, marketer, f"/admin/points/accounts/{charlie.pk}/")
    assert "Reply posted" in page
    assert TITLE not in page


def test_who_looks_at_a_suspicious_award_reads_no_title_that_they_may_not(client, earned, charlie, marketer, moderator, desk):
    Review.objects.create(accrual=Accrual.objects.filter(member=charlie).earliest("pk"), reason="burst")
    assert TITLE in read(client, marketer, "/admin/points/reviews/")
    moderating.move(earned.thread, desk, by=moderator, reason="Theirs alone")
    page = read(client, marketer, "/admin/points/reviews/")
    assert charlie.name in page
    assert TITLE not in page


def test_a_machine_is_told_what_the_member_may_read(call, earned, charlie, moderator, desk):
    address = f"/members/{charlie.public_id}/statement"
    assert {line["title"] for line in call("get", address).json()["lines"]} == {TITLE}
    moderating.move(earned.thread, desk, by=moderator, reason="Theirs alone")
    assert {line["title"] for line in call("get", address).json()["lines"]} == {""}


def test_points_for_replies_in_one_thread_are_told_together_by_where_they_stand(square, alice, charlie):
    thread, other = (posting.start_thread(square, author=alice, title=TITLE, body=f"How {n}?") for n in range(2))
    for number in range(3):
        last = posting.reply(thread, author=charlie, body=f"So {number}.")
    posting.reply(other, author=charlie, body="And here.")
    weigh_all()
    rows = Notification.objects.filter(member=charlie, kind="points_earned").order_by("pk")
    assert [(row.details["points"], row.title) for row in rows] == [(3, ""), (1, "")]
    assert rows[0].subject == f"post:{last.pk}"


def test_a_letter_about_points_names_no_thread_that_is_gone(square, alice, bob, charlie, moderator, desk):
    for member in (bob, charlie):
        preferring.prefer(member, {("email", "points_earned"): True})
    thread = posting.start_thread(square, author=alice, title=TITLE, body="How?")
    for member in (bob, charlie):
        posting.reply(thread, author=member, body="By hand.")
    weigh_all()
    moderating.move(thread, desk, by=moderator, reason="Theirs alone")
    mail.outbox.clear()
    mailing.send_due(timezone.now() + datetime.timedelta(hours=1))
    letters = {letter.to[0]: letter.body for letter in mail.outbox if "You earned" in letter.body}
    assert TITLE in letters[bob.email], "of whose company the board is"
    assert TITLE not in letters[charlie.email]


def test_rows_of_before_name_their_post_with_the_migration(client, earned, charlie, moderator, desk):
    told = Notification.objects.filter(kind="points_earned")
    for row in told:
        row.subject, row.title = "", TITLE
        row.save()
    gone = Notification.objects.create(
        member=charlie, kind="points_earned", cause="x", title="Gone", url="/forum/threads/999/?post=3#post-3"
    )
    survey = Notification.objects.create(member=charlie, kind="points_earned", cause="y", title="Survey", url="/surveys/nps/")
    importlib.import_module("forum.migrations.0017_edits_where_posts_wait").ask_what_points_were_for(apps, None)
    gone.refresh_from_db()
    survey.refresh_from_db()
    assert (gone.subject, gone.title) == ("post:0", "")
    assert (survey.subject, survey.title) == ("", "Survey")
    assert set(told.filter(member=charlie, cause__startswith="accrual:").values_list("subject", flat=True)) == {f"post:{earned.pk}"}
    assert TITLE in read(client, charlie, "/notifications/")
    moderating.move(earned.thread, desk, by=moderator, reason="Theirs alone")
    assert TITLE not in read(client, charlie, "/notifications/")
