"""Edits with a watched word wait for a moderator; until then the post says what it said."""

import pytest
from django.core.cache import cache

from forum import appealing, moderating, posting, rearranging, reporting, rewriting, waiting
from forum.models import Appeal, Board, Draft, HeldEdit, ModerationAction, Post, Review, State, WatchedWord
from members.models import Activity
from notifications.models import Notification
from tests.conftest import in_role, member_of


@pytest.fixture(autouse=True)
def watched(db):
    WatchedWord.objects.create(word="casino", action="hold")
    WatchedWord.objects.create(word="赌场", action="hold")
    WatchedWord.objects.create(word="cheap", action="flag")
    cache.clear()


@pytest.fixture
def tagged(square, alice):
    return posting.start_thread(square, author=alice, title="Month-end", body="How do you close?", tags=["tax"])


@pytest.fixture
def answer(tagged, bob):
    return posting.reply(tagged, author=bob, body="By hand.")


def form(post: Post, **changed: str) -> dict[str, str]:
    names = ", ".join(tag.name for tag in post.thread.tags.all())
    own = {"title": post.thread.title, "tags": names} if post.opens_thread else {}
    return {"body": post.body, "reason": "", "based_on": str(post.edit_count), **own, **changed}


def edited(client, post: Post, **changed: str) -> str:
    """The page that its author sees after an edit through the form."""
    client.force_login(post.author)
    answer = client.post(f"/forum/posts/{post.pk}/edit/", form(post, **changed), follow=True)
    assert answer.status_code == 200
    post.refresh_from_db()
    return answer.content.decode()


def case_of(post: Post) -> str:
    return f"/forum/moderation/{post.reviews.get(status='open').pk}/"


def decided(client, moderator, post: Post, verb: str, **more: str) -> None:
    client.force_login(moderator)
    held = client.get(case_of(post)).context["held"]
    client.post(case_of(post), {"verb": verb, "reason": "Looked at", "held": str(held.pk), **more})
    post.refresh_from_db()


def told(member) -> list[str]:
    return sorted(Notification.objects.filter(member=member, kind="moderation").values_list("details__verb", flat=True))


def test_an_edit_with_a_held_word_changes_nothing_until_a_moderator_approves_it(client, tagged, answer, alice, bob, mei, moderator):
    facts = Activity.objects.count()
    page = edited(client, answer, body=f"By hand, or at the casino with @{mei.handle}.", reason="More")
    assert "Your edit waits for a moderator" in page
    as_it_is, waiting_edit = page.split('class="notice waiting-edit"')
    assert "casino" not in as_it_is
    assert "or at the casino" in waiting_edit
    assert (answer.body, answer.edit_count, answer.state) == ("By hand.", 0, State.VISIBLE)
    for reader in (alice, mei, None):
        client.force_login(reader) if reader else client.logout()
        for address in (f"/forum/threads/{tagged.pk}/", f"/forum/posts/{answer.pk}/history/", "/forum/search/?q=casino"):
            assert "or at the casino" not in client.get(address).content.decode()
    assert not Notification.objects.filter(member=mei, kind="mention").exists()
    client.force_login(moderator)
    assert "An edit with a watched word waits: casino" in client.get("/forum/moderation/").content.decode()
    case = client.get(case_of(answer)).content.decode()
    assert "<ins>By hand, or at the casino with" in case
    decided(client, moderator, answer, "approve_edit")
    assert (answer.body, answer.edit_count) == (f"By hand, or at the casino with @{mei.handle}.", 1)
    assert (answer.revisions.get().body, answer.revisions.get().editor, answer.revisions.get().reason) == ("By hand.", bob, "More")
    assert Notification.objects.filter(member=mei, kind="mention").count() == 1
    assert (told(bob), Review.objects.get().status) == (["approve_edit"], "dismissed")
    assert Activity.objects.count() == facts, "nothing was earned or lost by it"
    assert ModerationAction.objects.get().verb == "approve_edit"


def test_a_refused_edit_leaves_the_post_and_its_author_reads_why_and_may_appeal(client, answer, bob, moderator):
    second = in_role(member_of(None, "max@club.example", "Max the moderator", is_staff=True), "Moderators")
    edited(client, answer, body="At the casino.")
    decided(client, moderator, answer, "refuse_edit")
    assert (answer.body, answer.edit_count, HeldEdit.objects.get().status) == ("By hand.", 0, "refused")
    assert (told(bob), Review.objects.get().status) == (["refuse_edit"], "upheld")
    client.force_login(bob)
    assert "Looked at" in client.get("/forum/decisions/").content.decode()
    action = ModerationAction.objects.get()
    assert client.post(f"/forum/decisions/{action.pk}/appeal/", {"words": "It is a place."}).status_code == 200
    appealing.decide(Appeal.objects.get(), grant=True, by=second, reason="It is")
    answer.refresh_from_db()
    assert (answer.body, answer.revisions.get().body, HeldEdit.objects.get().status) == ("At the casino.", "By hand.", "approved")


def test_an_appeal_puts_no_old_edit_over_newer_words(client, answer, bob, moderator):
    second = in_role(member_of(None, "max@club.example", "Max the moderator", is_staff=True), "Moderators")
    edited(client, answer, body="At the casino.")
    decided(client, moderator, answer, "refuse_edit")
    appeal = appealing.appeal(ModerationAction.objects.get(), member=bob, words="It is a place.")
    rewriting.edit(answer, editor=bob, body="By machine.")
    appealing.decide(appeal, grant=True, by=second, reason="It is")
    answer.refresh_from_db()
    assert answer.body == "By machine."


@pytest.mark.parametrize("changed", [{"title": "At the c4sino"}, {"tags": "tax, 赌 场"}, {"body": "赌-场"}])
def test_titles_and_tags_wait_as_the_text_does(client, tagged, alice, moderator, changed):
    opening = tagged.posts.get()
    edited(client, opening, **changed)
    tagged.refresh_from_db()
    assert (tagged.title, opening.body, [tag.name for tag in tagged.tags.all()]) == ("Month-end", "How do you close?", ["tax"])
    decided(client, moderator, opening, "approve_edit")
    tagged.refresh_from_db()
    now = {"title": tagged.title, "body": opening.body, "tags": ", ".join(tag.name for tag in tagged.tags.all())}
    assert {name: now[name] for name in changed} == changed
    assert opening.edit_count == 1


def test_a_tag_with_a_held_word_holds_a_new_thread(square, alice):
    held = posting.start_thread(square, author=alice, title="Friday", body="Who comes?", tags=["casino"])
    assert (held.state, held.posts.get().reviews.get().remark) == (State.PENDING, "casino")


def test_what_a_post_says_already_holds_and_flags_nothing_again(client, answer, bob, moderator):
    edited(client, answer, body="At the casino.")
    decided(client, moderator, answer, "approve_edit")
    edited(client, answer, body="At the casino, by hand.")
    assert (answer.body, answer.edit_count) == ("At the casino, by hand.", 2)
    edited(client, answer, body="At the casino, cheap.")
    assert (answer.body, answer.reviews.get(status="open").cause) == ("At the casino, cheap.", "words")


def test_a_waiting_edit_stands_in_the_form_is_replaced_by_the_next_and_goes_with_a_harmless_one(client, answer, bob, moderator):
    edited(client, answer, body="At the casino.")
    page = client.get(f"/forum/posts/{answer.pk}/edit/")
    assert page.context["form"]["body"].value() == "At the casino."
    assert "waits for a moderator" in page.content.decode()
    first = HeldEdit.objects.get()
    edited(client, answer, body="At the grand casino.")
    client.force_login(moderator)
    client.post(case_of(answer), {"verb": "approve_edit", "reason": "Read the first", "held": str(first.pk)})
    answer.refresh_from_db()
    assert answer.body == "By hand.", "nobody approves a text that they have not read"
    assert HeldEdit.objects.get(status="waiting").body == "At the grand casino."
    edited(client, answer, body="By machine.")
    assert (answer.body, HeldEdit.objects.filter(status="waiting").count(), Review.objects.get().status) == ("By machine.", 0, "dismissed")


def test_its_author_takes_a_waiting_edit_back_and_nobody_else_does(client, answer, alice, bob, moderator):
    edited(client, answer, body="At the casino.")
    for other in (alice, moderator):
        client.force_login(other)
        assert client.post(f"/forum/posts/{answer.pk}/edit/take-back/").status_code == 404
    assert waiting.waiting_of(answer)
    client.force_login(bob)
    assert client.post(f"/forum/posts/{answer.pk}/edit/take-back/").status_code == 302
    assert (waiting.waiting_of(answer), Review.objects.get().status) == (None, "dismissed")
    assert client.post(f"/forum/posts/{answer.pk}/edit/take-back/").status_code == 302, "harmless when repeated"
    assert client.get(f"/forum/posts/{answer.pk}/edit/").context["form"]["body"].value() == "By hand."


def test_only_moderators_decide_about_an_edit(client, answer, alice, bob):
    edited(client, answer, body="At the casino.")
    for other in (alice, bob):
        client.force_login(other)
        address = case_of(answer)
        assert client.post(address, {"verb": "approve_edit", "reason": "x", "held": str(HeldEdit.objects.get().pk)}).status_code == 404
    answer.refresh_from_db()
    assert (answer.body, HeldEdit.objects.get().status) == ("By hand.", "waiting")


def test_a_case_with_reports_too_stays_open_for_them(client, answer, alice, bob, moderator):
    reporting.report(answer, reporter=alice, kind="rude")
    edited(client, answer, body="At the casino.")
    decided(client, moderator, answer, "refuse_edit")
    assert Review.objects.get().status == "open"
    client.post(case_of(answer), {"verb": "dismiss", "reason": "Not rude"})
    assert Review.objects.get().status == "dismissed"


def test_cases_are_not_dismissed_over_an_edit_that_waits(client, answer, bob, moderator):
    edited(client, answer, body="At the casino.")
    client.force_login(moderator)
    seen = client.get("/forum/moderation/").context["page"].cases[0].seen
    client.post("/forum/moderation/", {"case": seen, "verb": "dismiss", "reason": "Fine"})
    assert client.post(case_of(answer), {"verb": "dismiss", "reason": "Fine"}).status_code == 422
    assert (Review.objects.get().status, HeldEdit.objects.get().status) == ("open", "waiting")


def test_a_waiting_edit_goes_with_its_post_or_its_author(client, tagged, bob, mei, moderator):
    posts = [posting.reply(tagged, author=bob, body=f"Reply {n}.") for n in range(3)]
    for post in posts:
        edited(client, post, body="At the casino.")
    rewriting.withdraw(posts[0], author=bob)
    moderating.hide_post(posts[1], by=moderator, reason="Rude")
    rearranging.change_author(posts[2], mei, by=moderator, reason="It was her")
    assert set(HeldEdit.objects.values_list("status", flat=True)) == {"dropped"}
    assert not Review.objects.filter(status="open").exists()
    posts[1].refresh_from_db()
    assert [post.body for post in Post.objects.filter(author=mei)] == ["Reply 2."]


def test_an_approved_edit_says_what_it_changes_in_the_post_as_it_is_by_then(client, answer, bob, moderator):
    edited(client, answer, body="By hand, at the casino.")
    moderating.edit_post(answer, by=moderator, body="By hand, carefully.", reason="Clearer")
    client.force_login(bob)
    page = client.get(f"/forum/posts/{answer.pk}/edit/")
    assert page.context["changed"]["post"].body == "By hand, carefully."
    client.force_login(moderator)
    assert "<del>By hand, carefully.</del>" in client.get(case_of(answer)).content.decode()
    decided(client, moderator, answer, "approve_edit")
    assert [each.body for each in answer.revisions.all()] == ["By hand.", "By hand, carefully."]


def test_an_edit_that_waits_leaves_no_draft_and_a_draft_begun_after_it_stays(client, answer, bob, moderator):
    client.force_login(bob)
    client.post("/forum/drafts/save/", {"key": f"post:{answer.pk}", "body": "At the cas"})
    edited(client, answer, body="At the casino.")
    assert not Draft.objects.exists()
    client.post("/forum/drafts/save/", {"key": f"post:{answer.pk}", "body": "At the casino, or"})
    decided(client, moderator, answer, "approve_edit")
    assert Draft.objects.get().body == "At the casino, or"


def test_the_clubs_own_people_and_a_moderators_edit_do_not_wait(client, answer, moderator):
    moderating.edit_post(answer, by=moderator, body="What casino means.", reason="Explained")
    own = posting.reply(answer.thread, author=moderator, body="Mine.")
    rewriting.edit(own, editor=moderator, body="My casino.")
    assert set(Post.objects.exclude(no=1).values_list("body", flat=True)) == {"What casino means.", "My casino."}
    assert not HeldEdit.objects.exists()


def page_of(client, member, post: Post) -> str:
    client.logout()
    if member:
        client.force_login(member)
    page = client.get(f"/forum/threads/{post.thread_id}/")
    assert page.status_code == 200
    return page.content.decode()


def test_only_its_author_and_moderators_see_on_the_threads_page_that_an_edit_waits_and_what_it_would_say(
    client, tagged, answer, alice, bob, mei, moderator
):
    Board.objects.update(audience=Board.Audience.PUBLIC)
    edited(client, answer, body=f"By **casino**, @{alice.handle}.")
    edited(client, tagged.posts.get(no=1), title="Casino close", body="The casino?", tags="tax, casino")
    of_bob, of_moderator = page_of(client, bob, answer), page_of(client, moderator, answer)
    said = f'<p>By <strong>casino</strong>, <a href="/members/{alice.handle}/" class="mention">@{alice.handle}</a>.</p>'
    assert said in of_bob
    assert f"/forum/posts/{answer.pk}/edit/" in of_bob.split("waiting-edit")[1]
    assert case_of(answer) not in of_bob
    assert said in of_moderator
    assert case_of(answer) in of_moderator
    assert "Casino close" in of_moderator
    assert "Casino close" not in of_bob
    for reader in (None, mei):
        page = page_of(client, reader, answer)
        assert "By hand." in page
        assert "asino" not in page
    decided(client, moderator, answer, "approve_edit")
    assert "waiting-edit" not in page_of(client, bob, answer)
