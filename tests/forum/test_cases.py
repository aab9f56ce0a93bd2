"""The moderators' queue: every case is reached and read whole; several are decided alike where that is safe."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum import deciding, moderating, posting, reporting, rewriting
from forum.models import Appeal, Board, ModerationAction, Post, Report, Review, State, Thread
from forum.refusals import NotYours
from members.models import Activity
from tests.conftest import member_of

QUEUE = "/forum/moderation/"
WORDS = "Cheap seals. " * 40 + "The very end."


def raise_cases(thread, author, n: int, **fields) -> list[Review]:
    """n posts that wait; the rows alone, for reporting and holding are tested elsewhere."""
    thread.refresh_from_db()
    first = thread.highest_no + 1
    posts = Post.objects.bulk_create(
        [
            Post(thread=thread, no=no, author=author, body=f"Case {no}.", html=f"<p>Case {no}.</p>", excerpt=f"Case {no}.")
            for no in range(first, first + n)
        ]
    )
    Thread.objects.filter(pk=thread.pk).update(highest_no=first + n - 1)
    thread.refresh_from_db()
    return Review.objects.bulk_create([Review(post=post, **{"report_count": post.no % 3, **fields}) for post in posts])


@pytest.fixture
def held(square, thread, bob):
    """Bob's reply, which waits to be approved."""
    Board.objects.filter(pk=square.pk).update(approval=Board.Approval.ALL)
    thread.board.refresh_from_db()
    return posting.reply(thread, author=bob, body="May I?")


def case_of(post) -> str:
    review = post.reviews.get(status="open")
    return f"{review.pk}.{review.report_count}.{review.post.edit_count}"


def listed(client, address: str) -> list[int]:
    return [pk for page in pages(client, address) for pk in page]


def pages(client, address: str) -> list[list[int]]:
    """The cases of each page, as their links name them."""
    found = []
    while address:
        context = client.get(address).context
        found.append([case.review.pk for case in context["page"].cases])
        address = f"{QUEUE}?{context['query']}&after={context['page'].next_after}" if context["page"].next_after else ""
    return found


def test_every_case_is_reached_page_by_page_the_most_reported_first(client, thread, bob, moderator):
    raise_cases(thread, bob, 65)
    client.force_login(moderator)
    found = pages(client, QUEUE)
    assert [len(page) for page in found] == [20, 20, 20, 5]
    assert [pk for page in found for pk in page] == list(Review.objects.order_by("-report_count", "pk").values_list("pk", flat=True))
    assert listed(client, f"{QUEUE}?order=oldest") == list(Review.objects.order_by("pk").values_list("pk", flat=True))
    assert "rel=&quot;next&quot;" not in (last := client.get(f"{QUEUE}?after={found[-1][-1]}").content.decode())
    assert "Nothing waits" in last


def test_none_is_missed_where_cases_are_reported_again_or_decided_between_two_pages(client, thread, bob, moderator):
    reviews = raise_cases(thread, bob, 45)
    client.force_login(moderator)
    first = client.get(QUEUE).context["page"]
    Review.objects.filter(pk=first.next_after).update(report_count=50)
    Review.objects.filter(pk=first.cases[0].review.pk).update(status="dismissed", decided_at=timezone.now())
    rest = listed(client, f"{QUEUE}?after={first.next_after}")
    seen = {case.review.pk for case in first.cases} | set(rest)
    assert seen == {review.pk for review in reviews}


def test_the_queue_is_narrowed_by_kind_board_reason_waiting_time_and_author(client, thread, open_board, alice, bob, mei, moderator):
    spam, rude = raise_cases(thread, bob, 2, report_count=1)
    Report.objects.create(review=spam, reporter=mei, kind="spam")
    Report.objects.create(review=rude, reporter=mei, kind="rude")
    elsewhere = posting.start_thread(open_board, author=alice, title="News", body="New.")
    (word,) = raise_cases(elsewhere, mei, 1, cause="words", report_count=0)
    (old,) = raise_cases(thread, alice, 1, cause="burst", opened_at=timezone.now() - datetime.timedelta(days=4))
    client.force_login(moderator)
    for query, expected in {
        "kind=words": {word},
        "kind=reports": {spam, rude},
        "board=news": {word},
        "board=square": {spam, rude, old},
        "reason=spam": {spam},
        "age=3": {old},
        "age=7": set(),
        f"author={mei.handle}": {word},
        f"kind=reports&author={bob.handle}&reason=rude": {rude},
        "kind=no-such&board=x&reason=y&age=z&order=w&author=%3Cb%3E&after=x": {spam, rude, word, old},
    }.items():
        assert set(listed(client, f"{QUEUE}?{query}")) == {review.pk for review in expected}, query
    page = client.get(QUEUE)
    assert {chip["value"]: chip["n"] for chip in page.context["kinds"]} == {"": 4, "reports": 2, "words": 1, "burst": 1}
    assert "The square (3)" in page.content.decode()


def test_a_case_is_read_whole_with_what_stands_around_it_and_its_authors_history(client, thread, bob, mei, alice, moderator):
    posting.reply(thread, author=alice, body="What stood before.")
    post = posting.reply(thread, author=bob, body=WORDS)
    posting.reply(thread, author=alice, body="What came after.")
    earlier = posting.reply(thread, author=bob, body="An earlier advert.")
    moderating.hide_post(earlier, by=moderator, reason="It was one")
    rewriting.edit(post, editor=bob, body=WORDS + " Edited.")
    reporting.report(post, reporter=mei, kind="spam", note="Look at its end")
    review = post.reviews.get()
    client.force_login(moderator)
    assert "The very end." not in client.get(QUEUE).content.decode()
    page = client.get(f"{QUEUE}{review.pk}/").content.decode()
    for words in ("The very end. Edited.", "What stood before.", "What came after.", "It was one", "Look at its end", "edited 1 time"):
        assert words in page, words
    client.force_login(alice)
    assert client.get(f"{QUEUE}{review.pk}/").status_code == 404


def test_after_a_decision_the_queue_is_narrowed_as_it_was(client, thread, bob, moderator):
    first, second = raise_cases(thread, bob, 2, cause="words", report_count=0)
    client.force_login(moderator)
    sent = client.post(f"{QUEUE}{first.pk}/?kind=words&order=oldest", {"verb": "dismiss", "reason": "Fine"})
    assert sent.url.endswith(f"{QUEUE}?kind=words&order=oldest")
    assert listed(client, sent.url) == [second.pk]


def test_a_case_is_decided_once_and_says_who_did(client, thread, bob, moderator):
    (review,) = raise_cases(thread, bob, 1)
    client.force_login(moderator)
    address = f"{QUEUE}{review.pk}/"
    client.post(address, {"verb": "dismiss", "reason": "It is fine"})
    late = client.post(address, {"verb": "hide_post", "reason": "It is not"}, follow=True)
    review.post.refresh_from_db()
    assert "was decided, or its post changed, meanwhile" in late.content.decode()
    assert (review.post.state, ModerationAction.objects.count()) == (State.VISIBLE, 1)
    page = client.get(address).content.decode()
    assert f"Dismissed, decided by {moderator.display_name}." in page
    assert 'name="verb"' not in page


def test_what_its_author_withdrew_is_closed_and_not_hidden(client, thread, bob, mei, moderator):
    post = posting.reply(thread, author=bob, body="Never mind.")
    reporting.report(post, reporter=mei, kind="rude")
    rewriting.withdraw(post, author=bob)
    client.force_login(moderator)
    address = f"{QUEUE}{post.reviews.get().pk}/"
    assert client.post(address, {"verb": "hide_post", "reason": "Rude"}).status_code == 422
    client.post(address, {"verb": "dismiss", "reason": "Withdrawn"})
    assert post.reviews.get().status == "dismissed"


def test_held_posts_are_approved_together_and_count_from_then_on(client, square, thread, held, bob, mei, moderator):
    other = posting.reply(thread, author=mei, body="And may I?")
    client.force_login(moderator)
    data = {"case": [case_of(held), case_of(other)], "verb": "approve", "reason": "Welcome"}
    assert "2 cases decided" in client.post(f"{QUEUE}?kind=approval", data, follow=True).content.decode()
    thread.refresh_from_db()
    assert (thread.reply_count, Review.objects.filter(status="open").count()) == (2, 0)
    assert Activity.objects.filter(kind=Activity.Kind.REPLY_POSTED, member__in=[bob, mei]).count() == 2
    assert {action.reason for action in ModerationAction.objects.filter(verb="approve")} == {"Welcome"}


def test_what_changed_since_it_was_seen_and_what_does_not_fit_is_left(client, thread, held, bob, mei, alice, moderator):
    shown, reported, edited = (Review.objects.get(pk=review.pk) for review in raise_cases(thread, bob, 3, report_count=1))
    seen = [case_of(each.post) for each in (shown, reported, edited)] + [case_of(held)]
    reporting.report(reported.post, reporter=mei, kind="spam")
    moderating.edit_post(edited.post, by=moderator, body="Other words.", reason="Clearer")
    client.force_login(moderator)
    page = client.post(QUEUE, {"case": seen, "verb": "dismiss", "reason": "Fine"}, follow=True).content.decode()
    assert "1 case decided" in page
    assert "3 cases are left" in page
    assert list(Review.objects.filter(status="dismissed")) == [shown]
    held.refresh_from_db()
    assert held.state == State.PENDING


def test_nothing_shown_is_hidden_together_and_nobody_else_decides(client, thread, bob, alice, marketer, moderator):
    (review,) = raise_cases(thread, bob, 1)
    seen = deciding.Seen(review.pk, review.report_count, 0)
    with pytest.raises(ValueError, match="hide_post"):
        deciding.decide_together([seen], "hide_post", by=moderator, reason="Off")
    with pytest.raises(ValueError, match="dismiss"):
        deciding.decide_together([seen] * (deciding.MOST + 1), "dismiss", by=moderator, reason="Fine")
    with pytest.raises(NotYours):
        deciding.decide_together([seen], "dismiss", by=marketer, reason="Fine")
    data = {"case": case_of(review.post), "verb": "dismiss", "reason": "Fine"}
    client.force_login(moderator)
    for wrong in ({"verb": "hide_post"}, {"reason": ""}, {"case": []}, {"case": "1.x.0"}, {"case": ["1.1.1"] * 21}):
        answer = client.post(QUEUE, data | wrong)
        assert answer.status_code == 422, wrong
    # What was chosen stays chosen.
    assert "checked" in client.post(QUEUE, data | {"reason": ""}).content.decode()
    for nobody in (alice, marketer):
        client.force_login(nobody)
        assert client.post(QUEUE, data).status_code == 404
    assert Review.objects.get().status == "open"


def test_every_appeal_is_reached_too(client, thread, bob, moderator):
    actions = [
        ModerationAction.objects.create(actor=moderator, verb="hide_post", thread=thread, member=bob, reason=f"No {n}") for n in range(23)
    ]
    Appeal.objects.bulk_create([Appeal(action=action, member=bob, against=moderator, words=f"Please {action.pk}.") for action in actions])
    client.force_login(moderator)
    page = client.get(f"{QUEUE}?kind=appeals")
    assert len(page.context["appeals"]) == 20
    assert len(client.get(f"{QUEUE}?kind=appeals&after={page.context['next_appeal']}").context["appeals"]) == 3
    # All that was decided about a member can be read as well.
    ModerationAction.objects.bulk_create([ModerationAction(actor=moderator, verb="lock", member=bob, reason="Again") for _n in range(20)])
    member_page = client.get(f"{QUEUE}members/{bob.handle}/")
    assert "No 0" not in member_page.content.decode()
    assert "No 0" in client.get(f"{QUEUE}members/{bob.handle}/?before={member_page.context['next_before']}").content.decode()


def test_the_queue_asks_the_database_as_often_for_many_cases_as_for_one(client, thread, mei, moderator, settings):
    # That somebody was seen is noted every few minutes, by the clock.
    settings.USERSESSIONS_TRACK_ACTIVITY = False

    def fill(n: int) -> None:
        for number in range(n):
            author = member_of(None, f"author{Post.objects.count()}@x.example", f"Author {number}")
            (review,) = raise_cases(thread, author, 1)
            Report.objects.create(review=review, reporter=mei, kind="spam", note="Look")
            ModerationAction.objects.create(actor=moderator, verb="lock", member=author, reason="Before")

    def asked(address: str) -> int:
        """The fewest of three times: now and then a request does what is due once a minute."""
        counted = []
        for _time in range(3):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counted.append(len(queries))
        return min(counted)

    client.force_login(moderator)
    fill(1)
    once = {query: asked(f"{QUEUE}?{query}") for query in ("", "kind=reports&reason=spam", "order=oldest&age=1")}
    fill(24)
    assert {query: asked(f"{QUEUE}?{query}") for query in once} == once
    assert max(once.values()) <= 22
    case = Review.objects.first().pk
    before = asked(f"{QUEUE}{case}/")
    fill(3)
    assert asked(f"{QUEUE}{case}/") == before <= 22
