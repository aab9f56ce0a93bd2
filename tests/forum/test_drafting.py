"""Drafts: wherever a member writes, what is not sent yet is kept for them alone, and is found again where they left it."""

import uuid

import pytest

from forum import blogging, drafting, messaging, moderating, polling, posting, rewriting
from forum.models import Board, Conversation, Draft, Post, Thread

POLL = {
    "poll-question": "Which day?",
    "poll-options": "Monday\nFriday",
    "poll-kind": "several",
    "poll-results": "voted",
    "poll-closes_at": "2099-01-01T10:00",
}


def keep(client, key, **words):
    """As the page's script does. Returns the answer's JSON."""
    answer = client.post("/forum/drafts/save/", {"key": key, "body": "", **words})
    assert answer.status_code == 200, answer.content
    return answer.json()


def page_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def listed(client) -> dict[str, str]:
    """Where the page of drafts leads, by the name of the place."""
    return {row["name"]: row["url"] for row in client.get("/forum/drafts/").context["drafts"] if row.get("url")}


def test_a_new_threads_draft_has_its_tags_and_its_poll(client, alice, square):
    client.force_login(alice)
    keep(client, f"board:{square.pk}", title="Meeting", body="When?", tags="tax, audit", **POLL)
    page = client.get("/forum/boards/square/new/")
    form, extra = page.context["form"], page.context["extra"]
    assert [form[name].value() for name in ("title", "body", "tags")] == ["Meeting", "When?", "tax, audit"]
    assert {f"poll-{name}": extra[name].value() for name in ("question", "options", "kind", "results", "closes_at")} == POLL
    assert extra["is_secret"].value() is False
    shown = page.content.decode()
    assert "Your draft is back" in shown
    assert "poll-extra" in shown.split(" open>")[0].rsplit("<details", 1)[1]
    sent = {"title": "Meeting", "body": "When?", "tags": "tax, audit", **POLL}
    assert client.post("/forum/boards/square/new/", sent).status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_without_a_poll_leaves_the_polls_form_as_it_is(client, alice, square):
    client.force_login(alice)
    keep(client, f"board:{square.pk}", title="Meeting", **{"poll-kind": "single", "poll-results": "always", "poll-is_secret": "on"})
    extra = client.get("/forum/boards/square/new/").context["extra"]
    assert [extra[name].value() for name in ("kind", "is_secret")] == ["single", True]
    keep(client, f"board:{square.pk}", tags="only-a-tag")
    assert Draft.objects.get().beside == {"tags": "only-a-tag"}
    keep(client, f"board:{square.pk}", **{"poll-kind": "single", "poll-is_secret": "on"})
    assert not Draft.objects.exists(), "what a form begins with is no draft"


def test_the_first_entry_of_a_blog_that_is_not_there_yet_has_a_draft(client, alice):
    client.force_login(alice)
    keep(client, "blog:new", title="My year", body="It began", **{"entry-series": "Years"})
    assert not Board.objects.blogs().exists(), "a draft opens no blog"
    page = client.get("/blogs/new/")
    assert (page.context["form"]["body"].value(), page.context["extra"]["series"].value()) == ("It began", "Years")
    assert listed(client) == {"Your blog": "/blogs/new/"}
    assert client.post("/blogs/new/", {"title": "", "body": "It began"}).status_code == 422
    assert client.get("/blogs/new/").context["form"]["body"].value() == "It began", "also once the blog is there"
    assert client.post("/blogs/new/", {"title": "My year", "body": "It began well."}).status_code == 302
    assert not Draft.objects.exists()
    keep(client, "blog:new", title="Another", body="Next")
    assert client.get("/blogs/new/").context["form"]["title"].value() == "Another"


def test_a_first_message_has_a_draft_for_each_whom_one_begins_to_write_to(client, alice, bob, mei):
    client.force_login(alice)
    keep(client, "message:new", to="@bob-lin @mei", title="Friday", body="Between us:")
    keep(client, f"message:@{mei.handle}", to=f"@{mei.handle}", title="You only", body="Do not tell Bob.")
    new = client.get("/forum/messages/new/").context["form"]
    assert [new[name].value() for name in ("to", "title", "body")] == ["@bob-lin @mei", "Friday", "Between us:"]
    assert client.get(f"/forum/messages/new/?to={mei.handle}").context["form"]["body"].value() == "Do not tell Bob."
    to_bob = client.get(f"/forum/messages/new/?to={bob.handle}")
    assert to_bob.context["form"]["body"].value() is None, "what was begun to one is not put into a letter to another"
    assert listed(client) == {
        "New message": "/forum/messages/new/",
        f"Message to @{mei.handle}": f"/forum/messages/new/?to={mei.handle}",
    }
    sent = client.post("/forum/messages/new/", {"to": f"@{bob.handle}", "title": "Friday", "body": "Between us: no."})
    assert sent.status_code == 302
    assert list(Draft.objects.values_list("key", flat=True)) == [f"message:@{mei.handle}"]
    talk = Conversation.objects.get()
    keep(client, f"message:{talk.pk}", body="And one")
    assert "Your draft is back" in page_of(client, f"/forum/messages/{talk.pk}/")
    client.post(f"/forum/messages/{talk.pk}/", {"body": "And one more thing."})
    assert not Draft.objects.filter(key=f"message:{talk.pk}").exists()


def test_a_reply_remembers_whom_it_answers(client, bob, thread):
    client.force_login(bob)
    keep(client, f"thread:{thread.pk}", body="As you say", reply_to="1")
    page = client.get(f"/forum/threads/{thread.pk}/")
    assert (page.context["form"]["body"].value(), page.context["form"]["reply_to"].value()) == ("As you say", "1")
    assert "Discard the draft" in page.content.decode()


def test_an_edit_has_a_draft_that_goes_when_it_is_saved_or_is_the_post_itself(client, alice, square):
    thread = posting.start_thread(square, author=alice, title="Month-end", body="How?", tags=["tax"])
    post = thread.posts.get()
    client.force_login(alice)
    form = {"title": "Month-end", "body": "How?", "tags": "tax", "based_on": "0"}
    keep(client, f"post:{post.pk}", **form)
    assert not Draft.objects.exists(), "nothing is changed yet"
    first = keep(client, f"post:{post.pk}", **form | {"tags": "tax, audit"})
    keep(client, f"post:{post.pk}", **form | {"body": "How do\r\nyou?", "reason": "Clearer", "seq": first["seq"]})
    page = client.get(f"/forum/posts/{post.pk}/edit/")
    assert [page.context["form"][name].value() for name in ("title", "body", "reason")] == ["Month-end", "How do\nyou?", "Clearer"]
    assert page.context["changed"] is None
    assert listed(client) == {"Edit of Month-end #1": f"/forum/posts/{post.pk}/edit/"}
    post.refresh_from_db()
    assert post.body == "How?"
    keep(client, f"post:{post.pk}", **form)
    assert not Draft.objects.exists(), "typed back to what the post says"
    keep(client, f"post:{post.pk}", **form | {"body": "How then?"})
    client.post(f"/forum/posts/{post.pk}/edit/", form | {"body": "How then?"})
    post.refresh_from_db()
    assert (post.body, Draft.objects.count()) == ("How then?", 0)


def test_a_draft_of_an_edit_says_that_the_post_has_changed_and_loses_nothing(client, alice, thread, moderator):
    post = thread.posts.get()
    client.force_login(alice)
    mine = {"title": thread.title, "body": "How do *you* close?", "tags": "", "based_on": "0"}
    keep(client, f"post:{post.pk}", **mine)
    moderating.edit_post(post, by=moderator, body="How do you close your books, please?", reason="Politer")
    page = client.get(f"/forum/posts/{post.pk}/edit/")
    shown = page.content.decode()
    assert "The post has changed since you began" in shown
    assert "<span>How do you close your books, please?</span>" in shown
    assert (page.context["form"]["body"].value(), page.context["form"]["based_on"].value()) == (mine["body"], 1)
    assert Draft.objects.get().body == mine["body"]
    assert client.post(f"/forum/posts/{post.pk}/edit/", mine | {"based_on": "1"}).status_code == 302
    post.refresh_from_db()
    assert (post.body, [each.body for each in post.revisions.all()]) == (
        mine["body"],
        ["How do you close your books?", "How do you close your books, please?"],
    )


def test_an_edit_sent_over_anothers_is_not_taken_unseen(client, alice, thread, moderator):
    post = thread.posts.get()
    client.force_login(alice)
    mine = {"title": thread.title, "body": "Mine.", "tags": "", "based_on": "0"}
    moderating.edit_post(post, by=moderator, body="The moderator's.", reason="Politer")
    refused = client.post(f"/forum/posts/{post.pk}/edit/", mine)
    shown = refused.content.decode()
    post.refresh_from_db()
    assert (refused.status_code, post.body) == (409, "The moderator's.")
    assert "The post was changed while you were writing" in shown
    assert ">\nMine.</textarea>" in shown
    assert "The moderator&#x27;s." in shown
    again = mine | {"based_on": str(refused.context["form"]["based_on"].value())}
    assert client.post(f"/forum/posts/{post.pk}/edit/", again).status_code == 302
    post.refresh_from_db()
    assert post.body == "Mine."
    client.force_login(moderator)
    late = {"title": thread.title, "body": "Again.", "tags": "", "reason": "Politer", "based_on": "1"}
    assert client.post(f"/forum/posts/{post.pk}/edit/", late).status_code == 409
    assert Post.objects.get(pk=post.pk).body == "Mine."


def test_a_moderators_draft_is_their_own(client, alice, thread, moderator):
    post = thread.posts.get()
    client.force_login(moderator)
    keep(client, f"post:{post.pk}", title=thread.title, body="Politer.", reason="Rude")
    client.force_login(alice)
    assert client.get(f"/forum/posts/{post.pk}/edit/").context["form"]["body"].value() == post.body
    rewriting.edit(post, editor=alice, body="Softer.")
    assert Draft.objects.get().member == moderator
    post.refresh_from_db()
    moderating.edit_post(post, by=moderator, body="Politer.", reason="Rude")
    assert not Draft.objects.exists()


def test_nobody_keeps_a_draft_of_an_edit_that_is_not_theirs(client, alice, bob, charlie, thread, harbour_board):
    ours = posting.start_thread(harbour_board, author=alice, title="Ours", body="Secret.").posts.get()
    for member, post in ((bob, thread.posts.get()), (charlie, ours)):
        client.force_login(member)
        assert client.post("/forum/drafts/save/", {"key": f"post:{post.pk}", "body": "Mine"}).status_code == 404
    client.force_login(charlie)
    drafting.save(charlie, key=f"thread:{ours.thread_id}", body="Let me in")
    assert "Ours" not in page_of(client, "/forum/drafts/")
    client.logout()
    assert client.post("/forum/drafts/save/", {"key": "blog:new", "body": "x"}).status_code == 302
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("key", ["post:x", "blog:1", "message:@", "message:@MEI!", "board:new", "thread:-1", "message:@" + "a" * 42, ""])
def test_a_key_of_nothing_is_refused(client, bob, key):
    client.force_login(bob)
    assert client.post("/forum/drafts/save/", {"key": key, "body": "x"}).status_code == 422
    assert not Draft.objects.exists()


def test_what_is_kept_beside_the_words_is_bounded_and_known(client, bob, square):
    client.force_login(bob)
    sent = {"title": "T", "tags": "x" * 999, "poll-options": "o" * 9_999, "poll-question": "q\0" * 300, "colour": "red", "reply_to": "x"}
    keep(client, f"board:{square.pk}", **sent)
    kept = Draft.objects.get().beside
    assert {name: len(value) for name, value in kept.items()} == {"tags": 250, "poll-options": 3_000, "poll-question": 200}
    assert "\0" not in kept["poll-question"]


def test_a_member_has_only_so_many_drafts_and_the_oldest_goes(client, bob, monkeypatch):
    monkeypatch.setattr(drafting, "MAX_DRAFTS", 3)
    client.force_login(bob)
    for number in range(5):
        keep(client, f"message:@m{number}", body="x", to=f"@m{number}")
    assert set(Draft.objects.values_list("key", flat=True)) == {"message:@m2", "message:@m3", "message:@m4"}


def test_a_draft_is_discarded_where_it_came_back_and_only_within_the_club(client, alice, bob, thread):
    post = thread.posts.get()
    client.force_login(alice)
    keep(client, f"post:{post.pk}", title=thread.title, body="Half")
    edit = f"/forum/posts/{post.pk}/edit/"
    assert f'name="next" value="{edit}"' in page_of(client, edit)
    address = f"/forum/drafts/{Draft.objects.get().pk}/discard/"
    client.force_login(bob)
    assert client.post(address, {"next": edit}).status_code == 404
    client.force_login(alice)
    assert client.post(address, {"next": edit}).headers["Location"] == edit
    assert client.get(edit).context["form"]["body"].value() == post.body
    keep(client, f"post:{post.pk}", title=thread.title, body="Half")
    away = client.post(f"/forum/drafts/{Draft.objects.get().pk}/discard/", {"next": "https://evil.example/"})
    assert away.headers["Location"] == "/forum/drafts/"


def test_a_save_that_comes_after_its_form_was_sent_leaves_no_draft(client, alice, bob, square):
    client.force_login(alice)
    key = str(uuid.uuid4())
    client.post("/forum/boards/square/new/", {"title": "Meeting", "body": "When?", "client_key": key})
    keep(client, f"board:{square.pk}", title="Meeting", body="When", client_key=key)
    thread = Thread.objects.get()
    client.post("/forum/messages/new/", {"to": f"@{bob.handle}", "title": "Friday", "body": "Fine.", "client_key": key})
    keep(client, "message:new", title="Friday", body="Fin", client_key=key)
    assert not Draft.objects.exists()
    keep(client, f"thread:{thread.pk}", body="Another", client_key=str(uuid.uuid4()))
    assert Draft.objects.count() == 1


def test_another_members_key_keeps_nobodys_draft_away(client, alice, bob, thread):
    sent = uuid.uuid4()
    posting.reply(thread, author=alice, body="Mine.", client_key=sent)
    client.force_login(bob)
    keep(client, f"thread:{thread.pk}", body="Half", client_key=str(sent))
    assert Draft.objects.get().member == bob


def test_deeds_of_others_leave_a_draft_alone(alice, bob, square):
    drafting.save(bob, key=drafting.of_opening(square), body="Half a thread")
    drafting.save(bob, key=drafting.OF_BLOG, body="Half an entry")
    drafting.save(bob, key=drafting.OF_MESSAGE, body="Half a message")
    blogging.post_entry(alice, title="Mine", body="x")
    polling.start_thread_with_poll(square, None, author=alice, title="Mine", body="x")
    messaging.start(alice, to=[bob], title="Hello", body="x", draft=drafting.OF_MESSAGE)
    posting.start_thread(square, author=bob, title="Whole", body="x")
    assert set(Draft.objects.values_list("key", flat=True)) == {drafting.OF_BLOG, drafting.OF_MESSAGE}
